"""Asking capacity for a plan: with the demand whole, numbered, and the quote it would replace."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from services.order.domain.events import PlanningRequested, PlanningWhy, QuoteSetAside, SetAsideWhy
from services.order.domain.refusals import Why
from services.order.domain.situations import Body
from services.order.domain.terms import Terms
from services.order.domain.values import OrderLine
from shared.contracts.planning import Supply
from shared.kernel.refusal import Refused


def check_attempts(attempt: int, terms: Terms) -> None:
    """Raises Refused ATTEMPTS_SPENT: an order's story stays short enough to read."""
    if attempt >= terms.attempts_max:
        raise Refused(Why.ATTEMPTS_SPENT, limit=terms.attempts_max)


def set_aside(body: Body, quote_id: str, why: SetAsideWhy, at: datetime) -> QuoteSetAside:
    return QuoteSetAside(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        quote_id=quote_id,
        why=why,
        set_aside_at=at,
    )


def planning_requested(
    body: Body, attempt: int, why: PlanningWhy, at: datetime, replaces_quote_id: str = ""
) -> PlanningRequested:
    """Ask for a plan of *body*. Material that came short stands in it with what there is."""
    return PlanningRequested(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        attempt=attempt,
        why=why,
        lines=[one.demand for one in body.lines],
        deliver_to=body.deliver_to,
        earliest_start_at=at,
        requested_by=body.requested_by,
        limits=body.limits,
        supplies=list(supplies_of(body)),
        replaces_quote_id=replaces_quote_id,
        requested_at=at,
        requested_from=body.requested_from,
    )


def supplies_of(body: Body) -> tuple[Supply, ...]:
    """The buyer's material to plan with: what came, where it came, else what was announced."""
    return tuple(_as_arrived(one, body.arrived) for one in body.supplies)


def _as_arrived(supply: Supply, arrived: Mapping[str, int]) -> Supply:
    if supply.item not in arrived:
        return supply
    return msgspec.structs.replace(supply, quantity=arrived[supply.item])


def resized(lines: Sequence[OrderLine], quantities: Mapping[str, int]) -> tuple[OrderLine, ...]:
    """*lines* with new quantities (order line id -> base units); the snapshot of recipes stays as it is."""
    return tuple(
        msgspec.structs.replace(
            one,
            demand=msgspec.structs.replace(
                one.demand, quantity_net=quantities.get(one.demand.order_line_id, one.demand.quantity_net)
            ),
        )
        for one in lines
    )
