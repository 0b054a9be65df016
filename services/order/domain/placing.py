"""Placing an order, and asking for a plan again: what bounds an order has, and what a plan is asked for with."""

from collections.abc import Sequence
from datetime import datetime

from services.order.domain.asking import check_attempts, planning_requested, set_aside
from services.order.domain.commands import PlaceOrder, RequestQuote
from services.order.domain.events import AnyOrderEvent, OrderPlaced
from services.order.domain.refusals import Why
from services.order.domain.situations import Absent, Order, Planning, Quoted, Running, Unplannable
from services.order.domain.standing import open_quote, standing_of
from services.order.domain.supplying import check_supplies
from services.order.domain.terms import Terms
from services.order.domain.values import OrderLine
from shared.contracts.planning import Supply
from shared.kernel.refusal import Refused


def place(command: PlaceOrder, order: Order) -> Sequence[AnyOrderEvent]:
    if not isinstance(order, Absent):
        raise Refused(Why.ORDER_EXISTS, order_id=command.order_id)
    check_lines(command.lines, command.terms)
    check_dates(command.requested_from, command.requested_by, command.at, command.terms)
    check_line_dates(command.lines, command.at, command.terms)
    check_supplies(command.lines, command.supplies, partial_ok=command.limits.partial_ok)
    check_arrivals(command.supplies, command.requested_by)
    return [
        OrderPlaced(
            order_id=command.order_id,
            buyer_org_id=command.buyer_org_id,
            reference=command.reference,
            lines=list(command.lines),
            deliver_to=command.deliver_to,
            earliest_start_at=command.at,
            requested_from=command.requested_from,
            requested_by=command.requested_by,
            limits=command.limits,
            supplies=list(command.supplies),
            placed_at=command.at,
            made_from=command.made_from,
            same_reference=list(command.same_reference),
        )
    ]


def check_lines(lines: Sequence[OrderLine], terms: Terms) -> None:
    """Raises Refused: LINES_COUNT, QUANTITY_RANGE with a pointer to the line."""
    if not 1 <= len(lines) <= terms.lines_max:
        raise Refused(Why.LINES_COUNT, pointer="/lines", limit=terms.lines_max, found=len(lines))
    for index, line in enumerate(lines):
        check_quantity(line.demand.quantity_net, f"/lines/{index}/quantity", line.demand.unit, terms)


def check_quantity(quantity: int, pointer: str, unit: str, terms: Terms) -> None:
    if not 1 <= quantity <= terms.quantity_max:
        raise Refused(Why.QUANTITY_RANGE, pointer=pointer, limit=terms.quantity_max, unit=unit, found=quantity)


def check_line_dates(lines: Sequence[OrderLine], at: datetime, terms: Terms) -> None:
    """Dates that lines have of their own. Raises Refused as `check_dates`."""
    for index, line in enumerate(lines):
        if line.demand.requested_by is not None:
            check_dates(line.demand.requested_from, line.demand.requested_by, at, terms, f"/lines/{index}")


def check_dates(
    requested_from: datetime | None, requested_by: datetime, at: datetime, terms: Terms, place: str = ""
) -> None:
    """*place*: the pointer of what the dates belong to. Raises Refused: DATE_PAST, DATE_TOO_FAR, WINDOW_EMPTY."""
    if requested_by <= at:
        raise Refused(
            Why.DATE_PAST, pointer=f"{place}/requested_by", found=f"{requested_by:%FT%TZ}", now=f"{at:%FT%TZ}"
        )
    if requested_by > at + terms.horizon:
        found = f"{requested_by:%FT%TZ}"
        raise Refused(Why.DATE_TOO_FAR, pointer=f"{place}/requested_by", days=terms.horizon.days, found=found)
    if requested_from is not None and requested_from >= requested_by:
        found, end = f"{requested_from:%FT%TZ}", f"{requested_by:%FT%TZ}"
        raise Refused(Why.WINDOW_EMPTY, pointer=f"{place}/requested_window", found=found, end=end)


def check_arrivals(supplies: Sequence[Supply], requested_by: datetime) -> None:
    """Raises Refused SUPPLY_TOO_LATE: material that comes after the goods are wanted helps nobody."""
    for index, supply in enumerate(supplies):
        if supply.arrives_at >= requested_by:
            pointer, found, by = (
                f"/supplies/{index}/arrives_at",
                f"{supply.arrives_at:%FT%TZ}",
                f"{requested_by:%FT%TZ}",
            )
            raise Refused(Why.SUPPLY_TOO_LATE, pointer=pointer, item=supply.item, found=found, by=by)


def request_quote(command: RequestQuote, order: Order) -> Sequence[AnyOrderEvent]:
    match order:
        case Quoted() | Unplannable():
            check_attempts(order.body.attempt, command.terms)
            events: list[AnyOrderEvent] = []
            quote = open_quote(order, command.at)
            if quote is not None:
                events.append(set_aside(order.body, quote.quote_id, "replaced", command.at))
            return [*events, planning_requested(order.body, order.body.attempt + 1, "requote", command.at)]
        case Running(revision=revision) if revision is not None:
            if order.is_in_production:
                raise Refused(Why.CHANGE_TOO_LATE, state=standing_of(order, command.at))
            check_attempts(order.attempt, command.terms)
            target = revision.target
            event = planning_requested(target, order.attempt + 1, "requote", command.at, order.promise.quote_id)
            return [event]
        case Planning():
            raise Refused(Why.PLAN_AWAITED, order_id=order.body.order_id)
        case _:
            raise Refused(Why.NOT_NOW, action="requote", state=standing_of(order, command.at))
