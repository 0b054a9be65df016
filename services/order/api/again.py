"""Routes that order again what was ordered or asked before: nobody has to type it twice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.order.api.asking import (
    AgainBody,
    FromInquiryBody,
    limits_from,
    place_from,
    supplies_from,
    window_from,
)
from services.order.api.doors import doors
from services.order.api.orders import place_asked
from services.order.api.views import OrderView
from services.order.domain.changing import body_of
from services.order.domain.refusals import Why
from services.order.domain.situations import Body
from services.order.domain.values import OrderLine, Window
from services.order.handlers.snapshot import Asked, AskedLine, AskedSupply
from shared.contracts.planning import Supply
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.fields import Given
from shared.web.operations import Manner
from shared.web.routes import Answer, Routes

routes = Routes("ordering again", description="Order again what was ordered or asked before")


@routes.post(
    "/orders/<order_id>/reorder",
    operation_id="reorder",
    manner=Manner(waits=True, made_at="/orders/{id}"),
    body=AgainBody,
    answer=OrderView,
    status=201,
)
@permits("order:place")
def reorder(order_id: str, body: dict[str, Any]) -> Answer:
    """Order the same again, in whatever state the earlier order is: by today's recipes, for another date."""
    earlier = body_of(doors().ordering.find(order_id, current_principal()).state)
    quantities = _quantities(earlier, body["lines"])
    window = window_from(body)
    if window is None:
        raise Refused(Why.DATE_MISSING, pointer="/requested_by")
    lines = [replace(_line(one, quantities), window=None) for one in earlier.lines]
    asked = Asked(
        lines=lines,
        deliver_to=earlier.deliver_to if body["deliver_to"] is None else place_from(body["deliver_to"]),
        requested_from=window.since,
        requested_by=window.by,
        limits=limits_from(body["limits"]) or earlier.limits,
        supplies=supplies_from(body),
        reference=body["reference"],
        made_from=order_id,
    )
    return place_asked(asked)


@routes.post(
    "/inquiries/<inquiry_id>/order",
    operation_id="orderInquiry",
    manner=Manner(waits=True, made_at="/orders/{id}"),
    body=FromInquiryBody,
    answer=OrderView,
    status=201,
)
@permits("order:place")
def order_inquiry(inquiry_id: str, body: dict[str, Any]) -> Answer:
    """Order what was asked, whatever the answer was: a quote follows, held as for any order."""
    made = doors().inquiring.find(inquiry_id, current_principal()).state.made
    if made.preview_of:
        raise Refused(Why.INQUIRY_OF_CHANGE, order_id=made.preview_of)
    asked = Asked(
        lines=[_line(one, {}) for one in made.lines],
        deliver_to=made.deliver_to,
        requested_from=made.requested_from,
        requested_by=made.requested_by,
        limits=made.limits,
        supplies=[_supply(one) for one in made.supplies],
        reference=body["reference"],
        made_from=inquiry_id,
    )
    return place_asked(asked)


def _quantities(earlier: Body, lines: list[dict[str, Any]]) -> dict[str, Given]:
    """Order line id -> quantity this time. Raises Refused UNKNOWN_LINE."""
    for index, one in enumerate(lines):
        if earlier.line(one["order_line_id"]) is None:
            pointer = f"/lines/{index}/order_line_id"
            raise Refused(Why.UNKNOWN_LINE, pointer=pointer, order_line_id=one["order_line_id"])
    return {one["order_line_id"]: one["quantity"] for one in lines}


def _line(line: OrderLine, quantities: Mapping[str, Given]) -> AskedLine:
    demand = line.demand
    given = quantities.get(demand.order_line_id, Given(str(demand.quantity_net), demand.unit))
    window = None if demand.requested_by is None else Window(demand.requested_from, demand.requested_by)
    return AskedLine(demand.product_id, line.options, given.value, given.unit, window, demand.deliver_to, line.label)


def _supply(supply: Supply) -> AskedSupply:
    return AskedSupply(supply.item, str(supply.quantity), supply.unit, supply.arrives_at)
