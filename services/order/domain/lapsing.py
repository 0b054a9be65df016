"""Nobody said anything until the end: what the order's waits state for that is carried out."""

from collections.abc import Sequence
from datetime import datetime

from services.order.domain.asking import set_aside
from services.order.domain.cancelling import end_parts
from services.order.domain.changing import body_of
from services.order.domain.commands import ConfirmDelivery, LetLapse
from services.order.domain.delivering import confirm_delivery, has_all_come
from services.order.domain.events import AnyOrderEvent, OrderCancelled
from services.order.domain.evolution import evolve
from services.order.domain.judging import blocked_in
from services.order.domain.situations import Cancelled, Order, Quoted, Running
from services.order.domain.terms import Terms
from services.order.domain.waiting import Wait, waits
from shared.contracts.remaining import part_of

_BY_JOB = frozenset({"plan", "order", "booking", "goods", "receipt", "dispute"})
"""Waits that end here; the others are answered as questions or end by the clock alone."""


def let_lapse(command: LetLapse, order: Order) -> Sequence[AnyOrderEvent]:
    """Every default that is due, one after the other; nothing while there is time left."""
    events: list[AnyOrderEvent] = []
    while due := _due(order, command.terms, command.at):
        fresh = _carried_out(due, order, command.terms, command.at)
        if not fresh:
            break
        for event in fresh:
            order = evolve(order, event)
        events += fresh
    return events


def _due(order: Order, terms: Terms, at: datetime) -> Wait | None:
    return next((one for one in waits(order, terms) if one.waits_for in _BY_JOB and one.answer_by <= at), None)


def _carried_out(due: Wait, order: Order, terms: Terms, at: datetime) -> Sequence[AnyOrderEvent]:
    match due.waits_for:
        case "receipt" | "dispute":
            quantity = _silently_taken(order, due.subject) if due.waits_for == "receipt" else 0
            return confirm_delivery(ConfirmDelivery(due.subject, quantity, at, by_default=True), order)
        case "goods" if isinstance(order, Running):
            return _overdue(order, terms, at)
        case _:
            return _unbooked(order, at)


def _silently_taken(order: Order, delivery_id: str) -> int:
    """What came in order, at most what of the line was wanted and has not come before: silence pays for no more."""
    running = order.running if isinstance(order, Cancelled) else order
    if not isinstance(running, Running):
        return 0
    delivery = running.deliveries[delivery_id]
    before = sum(
        one.confirmed or 0 for one in running.deliveries.values() if one.order_line_id == delivery.order_line_id
    )
    line = running.body.line(delivery.order_line_id)
    wanted = delivery.quantity if line is None else line.demand.quantity_net
    return max(0, min(delivery.quantity - blocked_in(running, delivery), wanted - before))


def _unbooked(order: Order, at: datetime) -> Sequence[AnyOrderEvent]:
    body, events = body_of(order), list[AnyOrderEvent]()
    if isinstance(order, Quoted) and order.quote.is_open(at):
        events.append(set_aside(body, order.quote.quote_id, "cancelled", at))
    events.append(
        OrderCancelled(
            order_id=body.order_id,
            buyer_org_id=body.buyer_org_id,
            fee_fen=0,
            why="lapsed",
            cancelled_at=at,
            by_default=True,
        )
    )
    return events


def _overdue(order: Running, terms: Terms, at: datetime) -> Sequence[AnyOrderEvent]:
    """Long after the promise: what has not come by now is let go, begun or not; what has come is all there is."""
    come = {one.process_id for one in order.deliveries.values()}
    parts = {part_of(one) for one in order.promise.steps if one.process_id in come}
    late = frozenset(part_of(one) for one in order.promise.steps) - parts
    events = list(end_parts(order, late, why="overdue", by_default=True, terms=terms, at=at, begun_too=True))
    after: Order = order
    for event in events:
        after = evolve(after, event)
    return [*events, *has_all_come(after, at)]
