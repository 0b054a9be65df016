"""Work and deliveries as they arrive: when an order is delivered, who confirms or disputes, and when it is closed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.order.domain.commands import (
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    ReceiveDelivery,
    ReceiveProgress,
)
from services.order.domain.events import (
    AnyOrderEvent,
    DeliveryArrived,
    DeliveryConfirmed,
    DeliveryDisputed,
    OrderClosed,
    OrderDelivered,
    WorkMoved,
)
from services.order.domain.evolution import evolve
from services.order.domain.judging import in_order
from services.order.domain.over_delivery import beyond_tolerance
from services.order.domain.refusals import Why
from services.order.domain.situations import BEGUN, Cancelled, Delivery, Order, Running
from services.order.domain.standing import standing_of
from services.order.domain.terms import Terms
from shared.contracts.remaining import last_steps
from shared.kernel.refusal import Refused


def receive_progress(command: ReceiveProgress, order: Order) -> Sequence[AnyOrderEvent]:
    """Work that another work order has taken over ends in silence: the process goes on."""
    fact, running = command.fact, _under_way(order)
    if running is None or (isinstance(order, Cancelled) and fact.state not in BEGUN):
        return []
    planned = running.promise.work_ids.get(fact.process_id, fact.work_id)
    if fact.state == "cancelled" and fact.work_id != planned:
        return []
    moved = WorkMoved(
        order_id=fact.order_id,
        buyer_org_id=fact.buyer_org_id,
        work_id=fact.work_id,
        process_id=fact.process_id,
        state=fact.state,
        good=fact.good,
        scrap=fact.scrap,
        rework=fact.rework,
        unit=fact.unit,
        moved_at=fact.at,
        automatic=fact.automatic,
    )
    return [moved, *all_delivered(evolve(order, moved), command.terms, fact.at)]


def receive_delivery(command: ReceiveDelivery, order: Order) -> Sequence[AnyOrderEvent]:
    """Goods at the door. What happened is recorded, be it more or less than ordered; paying is bounded elsewhere."""
    fact, running = command.fact, _under_way(order)
    if running is None or fact.delivery_id in running.deliveries:
        return []
    step = running.step(fact.process_id)
    only = running.body.lines[0].demand.order_line_id if len(running.body.lines) == 1 else ""
    arrived = DeliveryArrived(
        order_id=fact.order_id,
        buyer_org_id=fact.buyer_org_id,
        delivery_id=fact.delivery_id,
        work_id=fact.work_id,
        process_id=fact.process_id,
        order_line_id=only if step is None else step.order_line_id,
        quantity=fact.quantity,
        unit=fact.unit,
        lots=fact.lots,
        delivered_at=fact.delivered_at,
    )
    return [arrived, *all_delivered(evolve(order, arrived), command.terms, fact.delivered_at)]


def _under_way(order: Order) -> Running | None:
    """What is being made and brought: of a cancelled order what had begun."""
    match order:
        case Running():
            return order
        case Cancelled(running=running):
            return running
        case _:
            return None


def all_delivered(order: Order, terms: Terms | None, at: datetime) -> Sequence[AnyOrderEvent]:
    """The event that every line is at the door, once, the first time it is so; with it the end, where all of it is
    confirmed. *terms* None: only what has all come counts, not what is nearly all.
    """
    if not isinstance(order, Running) or order.delivered_at is not None or not order.deliveries:
        return []
    if not all(_is_line_delivered(order, one.demand.order_line_id, terms) for one in order.body.lines):
        return []
    return has_all_come(order, at)


def has_all_come(order: Order, at: datetime) -> Sequence[AnyOrderEvent]:
    """Said of an order of which nothing more is waited for, however little has come; nothing when it was said before."""
    if not isinstance(order, Running) or order.delivered_at is not None or not order.deliveries:
        return []
    body = order.body
    delivered = OrderDelivered(order_id=body.order_id, buyer_org_id=body.buyer_org_id, delivered_at=at)
    return [delivered, _closed(order, at)] if _all_confirmed(order) else [delivered]


def _is_line_delivered(order: Running, order_line_id: str, terms: Terms | None) -> bool:
    """Enough arrived, or everything that was made for the line was shipped and arrived, though it is less; or nothing of
    it will be made.
    """
    delivered, wanted = order.delivered(order_line_id), order.wanted(order_line_id)
    if wanted == 0 or (terms is not None and terms.is_enough(delivered, wanted)):
        return True
    return is_all_there(order, order_line_id)


def _may_more_come(running: Running) -> bool:
    """Whether anything that has begun may still reach the door."""
    come = {one.process_id for one in running.deliveries.values()}
    return any(
        running.has_begun(one.process_id) and running.work[one.process_id].state != "blocked"
        for one in last_steps(running.promise.steps)
        if one.process_id not in come
    )


def is_all_there(order: Running, order_line_id: str) -> bool:
    """Whether nothing more will come of the line. While its buyer is asked about a make-up run, more may."""
    if order.asked is not None and order.asked.cause == "under_delivery":
        return False
    delivered = order.delivered(order_line_id)
    last = [order.work.get(one.process_id) for one in order.promise.last_steps(order_line_id)]
    if not last or any(one is None or one.state != "shipped" for one in last):
        return False
    return delivered >= sum(one.good for one in last if one is not None) > 0


def _find(order: Order, delivery_id: str, at: datetime) -> tuple[Running, Delivery]:
    running = _under_way(order)
    if running is None:
        raise Refused(Why.NOT_NOW, action="confirm_delivery", state=standing_of(order, at))
    delivery = running.deliveries.get(delivery_id)
    if delivery is None:
        raise Refused(Why.UNKNOWN_DELIVERY, delivery_id=delivery_id)
    if delivery.confirmed is not None:
        raise Refused(Why.CONFIRMED_ALREADY, delivery_id=delivery_id)
    return running, delivery


def confirm_delivery(command: ConfirmDelivery, order: Order) -> Sequence[AnyOrderEvent]:
    """Confirming ends a dispute as well. The last confirmation of a delivered order closes it, and that of a cancelled one
    of which nothing more comes. What was found bad after it left cannot be confirmed before it is released again.
    """
    running, delivery = _find(order, command.delivery_id, command.at)
    quantity = in_order(running, delivery, command.quantity)
    body, found, taken_by = running.body, replace(delivery, confirmed=quantity), command.over_taken_by
    confirmed = DeliveryConfirmed(
        order_id=body.order_id,
        buyer_org_id=body.buyer_org_id,
        delivery_id=delivery.delivery_id,
        quantity=quantity,
        unit=delivery.unit,
        confirmed_at=command.at,
        over_accepted=0 if taken_by is None else beyond_tolerance(running, found, taken_by),
        by_default=command.by_default,
    )
    after = replace(running, deliveries={**running.deliveries, delivery.delivery_id: found})
    is_waited_for = _may_more_come(after) if isinstance(order, Cancelled) else after.delivered_at is None
    if is_waited_for or not _all_confirmed(after):
        return [confirmed]
    return [confirmed, _closed(after, command.at)]


def dispute_delivery(command: DisputeDelivery, order: Order) -> Sequence[AnyOrderEvent]:
    running, delivery = _find(order, command.delivery_id, command.at)
    if delivery.grounds:
        raise Refused(Why.DISPUTED_ALREADY, delivery_id=command.delivery_id)
    return [
        DeliveryDisputed(
            order_id=running.body.order_id,
            buyer_org_id=running.body.buyer_org_id,
            delivery_id=command.delivery_id,
            grounds=command.grounds,
            disputed_at=command.at,
        )
    ]


def close(command: CloseOrder, order: Order) -> Sequence[AnyOrderEvent]:
    running = _under_way(order)
    if running is None:
        raise Refused(Why.NOT_NOW, action="close", state=standing_of(order, command.at))
    if not running.deliveries or not _all_confirmed(running):
        raise Refused(Why.NOT_ALL_CONFIRMED)
    under_way = [one for one in running.work.values() if one.state in {"in_progress", "completed", "released"}]
    if under_way:
        raise Refused(Why.WORK_UNDER_WAY, count=len(under_way))
    return [_closed(running, command.at)]


def _all_confirmed(order: Running) -> bool:
    return all(one.confirmed is not None for one in order.deliveries.values())


def _closed(order: Running, at: datetime) -> OrderClosed:
    return OrderClosed(order_id=order.body.order_id, buyer_org_id=order.body.buyer_org_id, closed_at=at)
