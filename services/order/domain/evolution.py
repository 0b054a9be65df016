"""How each event moves an order on. It never refuses: what happened, happened."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from services.order.domain.events import (
    AnyOrderEvent,
    DeliveryArrived,
    DeliveryConfirmed,
    DeliveryDisputed,
    LotRejudged,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderConfirmed,
    OrderDelivered,
    OrderPlaced,
    PlanMoved,
    PlanningFailed,
    PlanningRequested,
    PlantAnswered,
    QuoteAccepted,
    QuoteLost,
    QuoteReceived,
    QuoteSetAside,
    ReplanAnswered,
    ReplanAsked,
    SupplyArrived,
    SupplyFellShort,
    WorkMoved,
)
from services.order.domain.situations import (
    BEGUN,
    Absent,
    Accepted,
    Asked,
    Awaited,
    Body,
    Cancelled,
    Closed,
    Delivery,
    Failure,
    Order,
    Planning,
    Promise,
    Quote,
    Quoted,
    Revision,
    Running,
    Shortfall,
    Taken,
    Unplannable,
    Work,
)


def evolve(order: Order, event: AnyOrderEvent) -> Order:  # noqa: C901, PLR0912 - one arm an event, each a line
    match event:
        case OrderPlaced():
            return Planning(_placed(event))
        case OrderChanged():
            return _changed(order, event)
        case PlanningRequested():
            return _asked_again(order, event)
        case QuoteReceived():
            return _answered(order, _quote(event))
        case PlanningFailed():
            return _answered(order, Failure(tuple(event.reasons), event.relaxation, event.failed_at))
        case QuoteAccepted():
            return _accepted(order, event)
        case OrderConfirmed():
            return _confirmed(order, event)
        case OrderCancelled():
            return _cancelled(order, event)
        case OrderClosed():
            return Closed(order, event.closed_at) if isinstance(order, Running) else order
        case QuoteSetAside() | PlantAnswered():
            return order  # told to the buyer; what follows from them are events of their own
        case QuoteLost():
            return _lost(order)
        case LotRejudged():
            return _judged(order, event)
        case (
            PlanMoved()
            | ReplanAsked()
            | ReplanAnswered()
            | SupplyArrived()
            | SupplyFellShort()
            | WorkMoved()
            | DeliveryArrived()
            | OrderDelivered()
            | DeliveryConfirmed()
            | DeliveryDisputed()
        ):
            return _run(order, event) if isinstance(order, Running) else order
        case _:
            assert_never(event)


RunningEvent = (
    PlanMoved
    | ReplanAsked
    | ReplanAnswered
    | SupplyArrived
    | SupplyFellShort
    | WorkMoved
    | DeliveryArrived
    | OrderDelivered
    | DeliveryConfirmed
    | DeliveryDisputed
)


def _run(order: Running, event: RunningEvent) -> Running:
    match event:
        case PlanMoved():  # capacity drops what it asked before: an answer to that would take a plan nobody holds
            return replace(order, promise=_moved(order.promise, event), asked=None, before=None)
        case ReplanAsked():
            stands = _standing(order, event)
            return replace(order, promise=stands, asked=_asked(stands, event), before=None)
        case ReplanAnswered(choice="accept") if order.asked is not None:
            return replace(order, promise=order.asked.promise, asked=None, before=order.promise)
        case ReplanAnswered():
            return replace(order, asked=None)
        case SupplyArrived():
            return _supplied(order, event)
        case SupplyFellShort():
            shortfall = Shortfall(
                event.item, event.quantity, event.expected, event.unit, tuple(event.makeable), event.asked_at
            )
            return replace(order, shortfalls={**order.shortfalls, event.item: shortfall})
        case OrderDelivered():
            return replace(order, delivered_at=event.delivered_at)
        case WorkMoved() | DeliveryArrived() | DeliveryConfirmed() | DeliveryDisputed():
            return _progressed(order, event)
        case _:
            assert_never(event)


def _progressed(order: Running, event: WorkMoved | DeliveryArrived | DeliveryConfirmed | DeliveryDisputed) -> Running:
    match event:
        case WorkMoved():
            work = Work(event.work_id, event.state, event.good, event.scrap, event.rework, event.unit, event.moved_at)
            begun = order.is_in_production or event.state in BEGUN
            return replace(order, work={**order.work, event.process_id: work}, is_in_production=begun)
        case DeliveryArrived():
            arrived = Delivery(
                event.delivery_id,
                event.process_id,
                event.order_line_id,
                event.quantity,
                event.unit,
                tuple(event.lots),
                event.delivered_at,
            )
            deliveries = {**order.deliveries, event.delivery_id: arrived}
            return replace(order, deliveries=deliveries, is_in_production=True)
        case DeliveryConfirmed():
            known = order.deliveries[event.delivery_id]
            confirmed = replace(known, confirmed=event.quantity, grounds="", over_accepted=event.over_accepted)
            return replace(order, deliveries={**order.deliveries, event.delivery_id: confirmed})
        case DeliveryDisputed():
            disputed = replace(order.deliveries[event.delivery_id], grounds=event.grounds)
            return replace(order, deliveries={**order.deliveries, event.delivery_id: disputed})
        case _:
            assert_never(event)


def _judged(order: Order, event: LotRejudged) -> Order:
    """What is blocked is known however the order stands; a release takes it off."""
    match order:
        case Running():
            kept = {lot_id: one for lot_id, one in order.blocked_lots.items() if lot_id != event.lot_id}
            if event.disposition == "blocked":
                kept[event.lot_id] = event.deliveries
            return replace(order, blocked_lots=kept)
        case Cancelled(running=Running() as running):
            after = _judged(running, event)
            return replace(order, running=after) if isinstance(after, Running) else order
        case _:
            return order


def _placed(event: OrderPlaced) -> Body:
    return Body(
        order_id=event.order_id,
        buyer_org_id=event.buyer_org_id,
        reference=event.reference,
        lines=tuple(event.lines),
        deliver_to=event.deliver_to,
        earliest_start_at=event.earliest_start_at,
        requested_from=event.requested_from,
        requested_by=event.requested_by,
        limits=event.limits,
        supplies=tuple(event.supplies),
        placed_at=event.placed_at,
    )


def _quote(event: QuoteReceived) -> Quote:
    return Quote(event.quote_id, tuple(event.options), tuple(event.refusals), event.offered_at, event.expires_at)


def _with(body: Body, event: OrderChanged) -> Body:
    return replace(body, lines=tuple(event.lines), requested_by=event.requested_by, limits=event.limits)


def _changed(order: Order, event: OrderChanged) -> Order:
    """The plan is asked for by the event that follows; of a confirmed order the old promise holds meanwhile."""
    match order:
        case Running():
            target = replace(_with(order.body, event), attempt=order.attempt)
            return replace(order, revision=Revision(target, event.fee_fen, Awaited()))
        case Planning(body=body) | Unplannable(body=body) | Quoted(body=body):
            return Planning(_with(body, event))
        case _:
            return order


def _asked_again(order: Order, event: PlanningRequested) -> Order:
    match order:
        case Running(revision=Revision() as revision):
            target = replace(revision.target, attempt=event.attempt)
            return replace(order, revision=replace(revision, target=target, answer=Awaited()))
        case Planning(body=body) | Unplannable(body=body) | Quoted(body=body) | Accepted(body=body):
            return Planning(replace(body, attempt=event.attempt))
        case _:
            return order


def _answered(order: Order, answer: Quote | Failure) -> Order:
    match order:
        case Planning(body=body):
            return Quoted(body, answer) if isinstance(answer, Quote) else Unplannable(body, answer)
        case Running(revision=Revision() as revision):
            return replace(order, revision=replace(revision, answer=answer))
        case _:
            return order


def _accepted(order: Order, event: QuoteAccepted) -> Order:
    match order:
        case Quoted(body=body, quote=quote):
            return Accepted(body, Taken(quote, event.option_id, event.accepted_at))
        case Running(revision=Revision(answer=Quote() as quote) as revision):
            taken = Taken(quote, event.option_id, event.accepted_at)
            return replace(order, revision=replace(revision, answer=taken))
        case _:
            return order


def _confirmed(order: Order, event: OrderConfirmed) -> Order:
    """A confirmed change replaces the promise and what was asked for; material that came stays counted."""
    option = event.option
    promise = Promise(
        quote_id=event.quote_id,
        steps=tuple(option.steps),
        trips=tuple(option.trips),
        work_ids=event.work_ids,
        promise_at=option.promise_at,
        price_fen=option.price_fen,
        vat_fen=option.vat_fen,
        confirmed_at=event.confirmed_at,
    )
    match order:
        case Accepted(body=body):
            return Running(body, promise)
        case Running(revision=Revision(target=target, fee_fen=fee_fen)):
            return replace(
                order,
                body=replace(target, arrived=order.body.arrived),
                promise=promise,
                work=_still_planned(order.work, promise),
                revision=None,
                asked=None,
                shortfalls={},
                charged_fen=order.charged_fen + fee_fen,
            )
        case _:
            return order


def _lost(order: Order) -> Order:
    """Another plan is asked for by the event that follows; a change of what is being made is over."""
    if isinstance(order, Running) and order.is_in_production:
        return replace(order, body=replace(order.body, attempt=order.attempt), revision=None)
    return order


def _still_planned(work: Mapping[str, Work], promise: Promise) -> dict[str, Work]:
    return {process_id: one for process_id, one in work.items() if promise.step(process_id) is not None}


def _cancelled(order: Order, event: OrderCancelled) -> Order:
    match order:
        case Planning(body=body) | Unplannable(body=body) | Quoted(body=body) | Accepted(body=body):
            return Cancelled(body, None, event.fee_fen, event.why, event.cancelled_at)
        case Running(body=body):
            return Cancelled(body, order, event.fee_fen, event.why, event.cancelled_at)
        case Absent() | Cancelled() | Closed():
            return order
        case _:
            assert_never(order)


def _moved(promise: Promise, event: PlanMoved | ReplanAsked) -> Promise:
    """The promise with a plan's new steps. VAT keeps its share of the price, rounded half up."""
    vat_fen = (
        promise.vat_fen if promise.price_fen == 0 else _share(promise.vat_fen, event.new_price_fen, promise.price_fen)
    )
    return replace(
        promise,
        steps=tuple(event.steps),
        trips=tuple(event.trips),
        work_ids=event.work_ids,
        promise_at=event.new_promise_at,
        price_fen=event.new_price_fen,
        vat_fen=vat_fen,
    )


def _share(part: int, whole: int, of: int) -> int:
    return (2 * part * whole + of) // (2 * of)


def _standing(order: Running, event: ReplanAsked) -> Promise:
    """What is booked when *event* asks: a question about the plan before the accepted one says that this one was lost."""
    before = order.before
    is_lost = before is not None and (before.promise_at, before.price_fen) == (
        event.old_promise_at,
        event.old_price_fen,
    )
    return before if before is not None and is_lost else order.promise


def _asked(promise: Promise, event: ReplanAsked) -> Asked:
    return Asked(
        replan_id=event.replan_id,
        cause=event.cause,
        promise=_moved(promise, event),
        old_promise_at=event.old_promise_at,
        old_price_fen=event.old_price_fen,
        reasons=tuple(event.reasons),
        default_choice=event.default_choice,
        answer_by=event.answer_by,
        asked_at=event.asked_at,
    )


def _supplied(order: Running, event: SupplyArrived) -> Running:
    """What arrives later ends the question that was asked before; it is asked anew when it still is not enough."""
    shortfalls = {item: one for item, one in order.shortfalls.items() if item != event.item}
    body = order.body.with_arrival(event.item, event.quantity)
    revision = order.revision
    if revision is not None:
        revision = replace(revision, target=revision.target.with_arrival(event.item, event.quantity))
    return replace(order, body=body, shortfalls=shortfalls, revision=revision)
