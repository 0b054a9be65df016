"""How each event moves an order on. It never refuses: what happened, happened."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from services.order.domain.events import (
    AnyOrderEvent,
    DeliveryArrived,
    DeliveryConfirmed,
    DeliveryCorrected,
    DeliveryDisputed,
    LotRejudged,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderConfirmed,
    OrderDelivered,
    OrderPlaced,
    PartsCancelled,
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
    ShortfallAnswered,
    SupplyArrived,
    SupplyFellShort,
    WorkMoved,
)
from services.order.domain.material import material
from services.order.domain.promising import asked, given_up, moved, standing
from services.order.domain.situations import (
    BEGUN,
    Absent,
    Accepted,
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
    Taken,
    Unplannable,
    Work,
)
from shared.contracts.remaining import part_of


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
            return _closed(order, event)
        case QuoteSetAside() | PlantAnswered():
            return order  # told to the buyer; what follows from them are events of their own
        case QuoteLost():
            return _lost(order)
        case LotRejudged() | DeliveryCorrected():
            return _judged(order, event)
        case (
            PlanMoved()
            | ReplanAsked()
            | ReplanAnswered()
            | SupplyArrived()
            | SupplyFellShort()
            | ShortfallAnswered()
            | WorkMoved()
            | DeliveryArrived()
            | OrderDelivered()
            | DeliveryConfirmed()
            | DeliveryDisputed()
            | PartsCancelled()
        ):
            return _going_on(order, event)
        case _:
            assert_never(event)


def _going_on(order: Order, event: "RunningEvent") -> Order:
    """What had begun when an order was cancelled is still made, comes and is confirmed or disputed."""
    match order:
        case Running():
            return _run(order, event)
        case Cancelled(running=Running() as running):
            return replace(order, running=_run(running, event))
        case _:
            return order


RunningEvent = (
    PartsCancelled
    | PlanMoved
    | ReplanAsked
    | ReplanAnswered
    | SupplyArrived
    | SupplyFellShort
    | ShortfallAnswered
    | WorkMoved
    | DeliveryArrived
    | OrderDelivered
    | DeliveryConfirmed
    | DeliveryDisputed
)


def _run(order: Running, event: RunningEvent) -> Running:
    match event:
        case PlanMoved():  # capacity drops what it asked before: an answer to that would take a plan nobody holds
            return replace(order, promise=moved(order, order.promise, event), asked=None, before=None)
        case ReplanAsked():
            stands = standing(order, event)
            return replace(order, promise=stands, asked=asked(order, stands, event), before=None)
        case ReplanAnswered(choice="accept") if order.asked is not None:
            return replace(order, promise=order.asked.promise, asked=None, before=order.promise)
        case ReplanAnswered():
            return replace(order, asked=None)
        case PartsCancelled():
            return given_up(order, event)
        case SupplyArrived() | SupplyFellShort() | ShortfallAnswered():
            return material(order, event)
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
            known = order.deliveries[event.delivery_id]
            disputed = replace(known, grounds=event.grounds, disputed_at=event.disputed_at)
            return replace(order, deliveries={**order.deliveries, event.delivery_id: disputed})
        case _:
            assert_never(event)


def _judged(order: Order, event: LotRejudged | DeliveryCorrected) -> Order:
    """What is blocked is known however the order stands; a release takes it off."""
    match order:
        case Running() if isinstance(event, DeliveryCorrected):
            counted = replace(order.deliveries[event.delivery_id], quantity=event.quantity)
            return replace(order, deliveries={**order.deliveries, event.delivery_id: counted})
        case Running() if isinstance(event, LotRejudged):
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
        made_from=event.made_from,
        same_reference=tuple(event.same_reference),
    )


def _quote(event: QuoteReceived) -> Quote:
    return Quote(event.quote_id, tuple(event.options), tuple(event.refusals), event.offered_at, event.expires_at)


def _with(body: Body, event: OrderChanged) -> Body:
    return replace(
        body,
        lines=tuple(event.lines),
        deliver_to=event.deliver_to or body.deliver_to,
        requested_from=event.requested_from if event.has_window else body.requested_from,
        requested_by=event.requested_by,
        limits=event.limits,
    )


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
                given_up=(),
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
            ended = [one for one in order.promise.steps if part_of(one) not in order.parts_going_on]
            running = replace(order, given_up=(*order.given_up, *ended), asked=None)
            return Cancelled(body, running, event.fee_fen, event.why, event.cancelled_at)
        case Absent() | Cancelled() | Closed():
            return order
        case _:
            assert_never(order)


def _closed(order: Order, event: OrderClosed) -> Order:
    match order:
        case Running():
            return Closed(order, event.closed_at)
        case Cancelled(running=Running() as running):
            return Closed(running, event.closed_at, order)
        case _:
            return order
