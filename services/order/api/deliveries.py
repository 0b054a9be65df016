"""Routes of deliveries: confirmed or disputed by the receiving party only."""

from collections.abc import Mapping
from typing import Any

from services.order.api.asking import ConfirmBody, DeliveriesQuery, DisputeBody
from services.order.api.doors import OrderApi, doors
from services.order.api.orders_shown import delivery_shown, running_of
from services.order.api.paper_lists import page_of_papers
from services.order.api.reasons_shown import Shown
from services.order.api.views import DeliveriesPage, DeliveryView
from services.order.domain.changing import body_of
from services.order.domain.commands import ConfirmDelivery, DisputeDelivery
from services.order.domain.order import stream_of
from services.order.domain.refusals import Why
from services.order.domain.situations import Delivery, Order
from services.order.domain.tailoring import whole_units
from services.order.projections import papers
from shared.eventstore.handling import Loaded, transact
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.etags import etag
from shared.web.fields import Given
from shared.web.idempotency import Command, perform
from shared.web.routes import Answer, Routes

routes = Routes("deliveries", description="Goods at the receiving party's door")


def _find(api: OrderApi, order_id: str, delivery_id: str) -> tuple[Loaded[Order], Delivery]:
    loaded = api.ordering.find(order_id, current_principal())
    running = running_of(loaded.state)
    if running is None or delivery_id not in running.deliveries:
        raise Refused(Why.UNKNOWN_DELIVERY)
    return loaded, running.deliveries[delivery_id]


def _show(order_id: str, delivery_id: str) -> tuple[Shown, None, dict[str, str]]:
    api = doors()
    loaded, delivery = _find(api, order_id, delivery_id)
    may = current_principal().may
    return delivery_shown(delivery, loaded.state, api.ordering.terms, api.now(), may), None, etag(loaded.version)


@routes.get("/deliveries", operation_id="listDeliveries", query=DeliveriesQuery, answer=DeliveriesPage)
@permits("order:read")
def list_deliveries(query: dict[str, Any]) -> Answer:
    """Deliveries of all orders, the latest first: a buyer's own, all of them for the office."""
    wanted = papers.Wanted("delivery", query["state"], query["order_id"], query["since"], query["until"])
    return page_of_papers(query, wanted, lambda row: _show(row.order_id, row.paper_id)[0])


@routes.get("/deliveries/<delivery_id>", operation_id="getDelivery", answer=DeliveryView)
@permits("order:read")
def read_delivery(delivery_id: str) -> Answer:
    """A delivery and what the receiving party said about it."""
    return _show(doors().order_of(delivery_id, Why.UNKNOWN_DELIVERY, current_principal()), delivery_id)


@routes.post("/deliveries/<delivery_id>/confirm", operation_id="confirmDelivery", body=ConfirmBody, answer=DeliveryView)
@permits("delivery:confirm")
def confirm_delivery(delivery_id: str, body: dict[str, Any]) -> Answer:
    """Say that it arrived in order, wholly or in part. The last confirmation closes the order. What came beyond the
    order's tolerance is not paid for unless `accept_over` says so.
    """
    api = doors()
    order_id = api.order_of(delivery_id, Why.UNKNOWN_DELIVERY, current_principal())
    loaded, delivery = _find(api, order_id, delivery_id)
    quantity = _whole(body["quantity"], delivery, units_of(loaded.state, delivery))

    def act(command: Command) -> None:
        taken_by = api.ordering.terms if body["accept_over"] else None
        confirmed = ConfirmDelivery(delivery_id, quantity, command.cause.at, taken_by)
        transact(
            api.log, lambda: api.ordering.act(order_id, confirmed, command.principal), command.cause, command.marks
        )

    return perform(act, lambda _: _show(order_id, delivery_id), resource=delivery_id, about=stream_of(order_id))


def units_of(order: Order, delivery: Delivery) -> Mapping[str, int]:
    """The units of the product that came, as the order snapshotted them."""
    line = body_of(order).line(delivery.order_line_id)
    return line.demand.units if line is not None and line.demand.unit == delivery.unit else {}


def _whole(given: Given | None, delivery: Delivery, units: Mapping[str, int]) -> int | None:
    if given is None:
        return None
    return whole_units(given.value, given.unit, delivery.unit, units, "/quantity").value


@routes.post("/deliveries/<delivery_id>/dispute", operation_id="disputeDelivery", body=DisputeBody, answer=DeliveryView)
@permits("delivery:confirm")
def dispute_delivery(delivery_id: str, body: dict[str, Any]) -> Answer:
    """Say what is wrong with it; the order stays open until it is settled and confirmed."""
    api = doors()
    order_id = api.order_of(delivery_id, Why.UNKNOWN_DELIVERY, current_principal())

    def act(command: Command) -> None:
        disputed = DisputeDelivery(delivery_id, body["grounds"], command.cause.at)
        transact(api.log, lambda: api.ordering.act(order_id, disputed, command.principal), command.cause, command.marks)

    return perform(act, lambda _: _show(order_id, delivery_id), resource=delivery_id, about=stream_of(order_id))
