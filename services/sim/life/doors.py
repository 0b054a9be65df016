"""The services as the people of the simulation meet them: their handlers and logs, in a house of the moment."""

from services.capacity import wiring as capacity_wiring
from services.embedded.house import House
from services.ledger import wiring as ledger_wiring
from services.order import wiring as order_wiring
from services.order.handlers.entrusting import Entrusting
from services.order.handlers.inquiring import Inquiring
from services.portal import wiring as portal_wiring


def order_of(house: House) -> order_wiring.Service:
    service = house.services["order"]
    assert isinstance(service, order_wiring.Service)  # noqa: S101 - the assembly put it there
    return service


def capacity_of(house: House) -> capacity_wiring.Service:
    service = house.services["capacity"]
    assert isinstance(service, capacity_wiring.Service)  # noqa: S101 - the assembly put it there
    return service


def ledger_of(house: House) -> ledger_wiring.Service:
    service = house.services["ledger"]
    assert isinstance(service, ledger_wiring.Service)  # noqa: S101 - the assembly put it there
    return service


def portal_of(house: House) -> portal_wiring.Service:
    service = house.services["portal"]
    assert isinstance(service, portal_wiring.Service)  # noqa: S101 - the assembly put it there
    return service


def inquiring(house: House) -> Inquiring:
    """Inquiries, over the same log, catalogue and terms as the orders."""
    ordering = order_of(house).handlers
    return Inquiring(ordering.log, ordering.catalogue, ordering.terms)


def entrusting(house: House) -> Entrusting:
    return Entrusting(order_of(house).log)
