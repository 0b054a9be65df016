"""Changing and cancelling: what may still be changed, and what it costs, shown before it bites."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.order.domain.asking import check_attempts, planning_requested, set_aside
from services.order.domain.commands import CancelOrder, ChangeOrder
from services.order.domain.events import AnyOrderEvent, OrderCancelled, OrderChanged
from services.order.domain.own_terms import changed_lines, check_changed_dates
from services.order.domain.placing import check_dates
from services.order.domain.refusals import Why
from services.order.domain.situations import (
    Absent,
    Accepted,
    Body,
    Cancelled,
    Closed,
    Order,
    Planning,
    Quote,
    Quoted,
    Revision,
    Running,
    Taken,
    Unplannable,
)
from services.order.domain.standing import standing_of
from services.order.domain.supplying import check_supplies
from services.order.domain.terms import FeeRow, cancellation_fee_fen, cancellation_rows, change_fee_fen
from services.order.domain.values import Window
from shared.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change leads to: *target* to be planned anew, *fee_fen* once its quote is accepted."""

    target: Body
    fee_fen: int


def preview_change(command: ChangeOrder, order: Order) -> ChangePreview:
    """What the change would be and cost. Raises Refused where it is not possible; the price comes with the new quote."""
    match order:
        case Planning(body=body) | Unplannable(body=body) | Quoted(body=body):
            return ChangePreview(_target(command, body), 0)
        case Running() if not order.is_in_production:
            if order.revision is not None and isinstance(order.revision.answer, Taken):
                raise Refused(Why.NOT_NOW, action="change", state="accepted")
            return ChangePreview(_target(command, order.body), change_fee_fen(order, command.terms.change, command.at))
        case Running():
            raise Refused(Why.CHANGE_TOO_LATE, state=standing_of(order, command.at))
        case _:
            raise Refused(Why.NOT_NOW, action="change", state=standing_of(order, command.at))


def _target(command: ChangeOrder, body: Body) -> Body:
    window = command.window or Window(body.requested_from, command.requested_by or body.requested_by)
    target = replace(
        body,
        lines=changed_lines(body.lines, command.line_changes, body.buyer_org_id, command.terms),
        deliver_to=command.deliver_to or body.deliver_to,
        requested_from=window.since,
        requested_by=window.by,
        limits=body.limits if command.limits is None else command.limits,
    )
    if target == body:
        raise Refused(Why.NOTHING_CHANGED)
    if command.requested_by is not None or command.window is not None:
        check_dates(window.since, window.by, command.at, command.terms)
    check_changed_dates(command.line_changes, command.at, command.terms)
    check_supplies(target.lines, target.supplies, partial_ok=target.limits.partial_ok)
    return target


def change(command: ChangeOrder, order: Order) -> Sequence[AnyOrderEvent]:
    preview = preview_change(command, order)
    _check_agreed(command.agreed_fee_fen, preview.fee_fen)
    attempt = order.attempt if isinstance(order, Running) else preview.target.attempt
    check_attempts(attempt, command.terms)
    body = preview.target
    events: list[AnyOrderEvent] = []
    quote = _pending_quote(order)
    if quote is not None:
        events.append(set_aside(body, quote.quote_id, "replaced", command.at))
    events.append(
        OrderChanged(
            order_id=body.order_id,
            buyer_org_id=body.buyer_org_id,
            lines=list(body.lines),
            requested_by=body.requested_by,
            limits=body.limits,
            fee_fen=preview.fee_fen,
            changed_at=command.at,
            deliver_to=body.deliver_to,
            requested_from=body.requested_from,
            has_window=True,
        )
    )
    replaces = order.promise.quote_id if isinstance(order, Running) else ""
    events.append(planning_requested(body, attempt + 1, "changed", command.at, replaces))
    return events


def _pending_quote(order: Order) -> Quote | None:
    """The quote that lies before the buyer, open or expired."""
    match order:
        case Quoted(quote=quote) | Running(revision=Revision(answer=Quote() as quote)):
            return quote
        case _:
            return None


def _check_agreed(agreed_fen: int | None, fee_fen: int) -> None:
    """A fee that the buyer was not shown is not charged: the request is refused and names it."""
    if fee_fen > (agreed_fen or 0):
        raise Refused(Why.FEE_NOT_AGREED, pointer="/agreed_fee", fee=f"{fee_fen // 100}.{fee_fen % 100:02d}")


def cancellation_fee(command: CancelOrder, order: Order) -> int:
    """What cancelling now costs, in fen. Raises Refused where it is too late or has happened."""
    match order:
        case Planning() | Unplannable() | Quoted() | Accepted():
            return 0
        case Running() if order.delivered_at is not None:
            raise Refused(Why.CANCEL_TOO_LATE, state=standing_of(order, command.at))
        case Running():
            return cancellation_fee_fen(order, command.terms.cancellation, command.at)
        case Cancelled():
            raise Refused(Why.ALREADY_CANCELLED, cancelled_at=f"{order.cancelled_at:%FT%TZ}")
        case Absent() | Closed():
            raise Refused(Why.CANCEL_TOO_LATE, state=standing_of(order, command.at))


def cancellation_parts(command: CancelOrder, order: Order) -> list[FeeRow]:
    """Step by step, what the fee is made of; empty where nothing is booked."""
    return cancellation_rows(order, command.terms.cancellation, command.at) if isinstance(order, Running) else []


def cancel(command: CancelOrder, order: Order) -> Sequence[AnyOrderEvent]:
    fee_fen = cancellation_fee(command, order)
    _check_agreed(command.agreed_fee_fen, fee_fen)
    body = body_of(order)
    events: list[AnyOrderEvent] = []
    quote = _pending_quote(order)
    if quote is not None:
        events.append(set_aside(body, quote.quote_id, "cancelled", command.at))
    events.append(
        OrderCancelled(
            order_id=body.order_id,
            buyer_org_id=body.buyer_org_id,
            fee_fen=fee_fen,
            why="buyer",
            cancelled_at=command.at,
        )
    )
    return events


def body_of(order: Order) -> Body:
    """What is asked for, in whatever situation. Raises Refused UNKNOWN_ORDER when the order was never placed."""
    match order:
        case Absent():
            raise Refused(Why.UNKNOWN_ORDER)
        case Closed(running=running):
            return running.body
        case _:
            return order.body
