"""Lots judged anew after they were released: the buyer is told, and what is blocked is not taken as delivered in order."""

from collections.abc import Sequence

from services.order.domain.commands import ReceiveVerdict
from services.order.domain.events import AnyOrderEvent, DeliveryCorrected, LotRejudged
from services.order.domain.refusals import Why
from services.order.domain.situations import Cancelled, Closed, Delivery, Order, Running
from shared.contracts import capacity
from shared.kernel.refusal import Refused


def receive_verdict(command: ReceiveVerdict, order: Order) -> Sequence[AnyOrderEvent]:
    """Told however far the order is: goods that were confirmed long ago may have to be recalled."""
    fact = command.fact
    if isinstance(fact, capacity.ShipmentCorrected):
        return _counted_anew(fact, order)
    if not isinstance(order, Running | Cancelled | Closed):
        return []
    return [
        LotRejudged(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            work_id=fact.work_id,
            process_id=fact.process_id,
            lot_id=fact.lot_id,
            disposition=fact.disposition,
            quantity=fact.quantity,
            unit=fact.unit,
            grounds=fact.grounds,
            deliveries={one.delivery_id: one.quantity for one in fact.deliveries},
            judged_at=fact.judged_at,
        )
    ]


def _counted_anew(fact: capacity.ShipmentCorrected, order: Order) -> Sequence[AnyOrderEvent]:
    """Before it arrived, its arrival says it; once it is confirmed, what was confirmed stays."""
    running = order.running if isinstance(order, Cancelled) else order
    delivery = running.deliveries.get(fact.delivery_id) if isinstance(running, Running) else None
    if delivery is None or delivery.confirmed is not None or delivery.quantity == fact.quantity:
        return []
    return [
        DeliveryCorrected(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            delivery_id=fact.delivery_id,
            before=delivery.quantity,
            quantity=fact.quantity,
            unit=fact.unit,
            grounds=fact.grounds,
            corrected_at=fact.corrected_at,
        )
    ]


def blocked_in(running: Running, delivery: Delivery) -> int:
    """Units of a delivery that were found bad after they left."""
    blocked = sum(one.get(delivery.delivery_id, 0) for one in running.blocked_lots.values())
    return min(blocked, delivery.quantity)


def blocked_lots_in(running: Running, delivery: Delivery) -> list[str]:
    """The lots that were found bad and of which something is in a delivery."""
    return [lot_id for lot_id, where in running.blocked_lots.items() if delivery.delivery_id in where]


def in_order(running: Running, delivery: Delivery, quantity: int | None) -> int:
    """What is confirmed when *quantity* is said, None: all that may be. Raises Refused CONFIRM_TOO_MUCH, GOODS_BLOCKED."""
    blocked = blocked_in(running, delivery)
    usable = delivery.quantity - blocked
    said = usable if quantity is None else quantity
    if not 0 <= said <= delivery.quantity:
        raise Refused(Why.CONFIRM_TOO_MUCH, pointer="/quantity", delivered=delivery.quantity, unit=delivery.unit)
    if blocked and (said > usable or (quantity is None and not usable)):
        raise Refused(Why.GOODS_BLOCKED, pointer="/quantity", blocked=blocked, usable=usable, unit=delivery.unit)
    return said
