"""Authority on what leaves a plant: released lots, to the next steps by their shares, and to the buyer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from services.capacity.domain.inspection import lots_with
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_commands import ConfirmGoods, DeliverGoods, ForwardGoods, ShipGoods
from services.capacity.domain.work_events import (
    Destination,
    GoodsConfirmed,
    GoodsDelivered,
    GoodsForwarded,
    GoodsShipped,
    ShipmentCorrected,
    WorkOrderEvent,
)
from services.capacity.domain.work_identity import identity, not_finished
from services.capacity.domain.work_state import Finished, Shipment, Work, produced, totals_of
from shared.contracts.line_time import LotMove
from shared.kernel.clock import instant_text
from shared.kernel.refusal import Refused
from shared.kernel.rounding import apportion


def ship(command: ShipGoods, work: Work) -> Sequence[WorkOrderEvent]:
    if not isinstance(work, Finished):
        raise not_finished(work)
    terms, when = work.terms, command.when
    destination = _destination(command, work)
    if command.waiting_lots and not destination.to_process_id:
        raise Refused(Why.INSPECTION_PENDING, lots=", ".join(command.waiting_lots))
    when.limits.check_at(when.at, when.now, work.finished_at)
    lots = _available(work, destination, is_part=command.quantity is not None)
    due = _due(work, destination, sum(lot.quantity for lot in lots))
    if due <= 0:
        raise Refused(Why.NOTHING_RELEASED, id=terms.work_id)
    quantity = _part(command, destination, due, terms.unit)
    is_whole = quantity == due and (destination.before_release or not lots_with(work, None))
    to_work_id = command.to_work_ids.get(destination.to_process_id, "")
    about, taken = identity(terms), _taken(lots, quantity)
    shipped = GoodsShipped(
        **about,
        delivery_id=command.delivery_id,
        to_process_id=destination.to_process_id,
        to_work_id=to_work_id,
        lots=taken,
        quantity=quantity,
        is_last=is_whole and all(one is destination for one in _open_destinations(work)),
        totals=totals_of(work.reports),
        at=when.at,
    )
    if not destination.is_internal:
        return [shipped]
    return [
        shipped,
        GoodsDelivered(
            **about,
            delivery_id=command.delivery_id,
            to_process_id=destination.to_process_id,
            to_work_id=to_work_id,
            lots=taken,
            quantity=quantity,
            at_door=False,
            at=when.at,
        ),
    ]


def _part(command: ShipGoods, destination: Destination, due: int, unit: str) -> int:
    """How much leaves now. Raises Refused: SHIP_TOO_MUCH, PARTS_NOT_WANTED at the door of a buyer who wants it whole."""
    quantity = command.quantity
    if quantity is None or quantity == due:
        return due
    if quantity > due or quantity < 1:
        raise Refused(Why.SHIP_TOO_MUCH, pointer="/quantity", found=quantity, limit=due, unit=unit)
    if not destination.to_process_id and not command.in_parts:
        raise Refused(Why.PARTS_NOT_WANTED, pointer="/quantity", limit=due, unit=unit)
    return quantity


def _open_destinations(work: Finished) -> list[Destination]:
    gone = {one.to_process_id for one in work.shipments.values()}
    return [one for one in work.terms.destinations if one.to_process_id not in gone]


def _destination(command: ShipGoods, work: Finished) -> Destination:
    """One that got nothing yet; once all did, one that is to get of what was released since."""
    waiting = _open_destinations(work) or [
        one for one in work.terms.destinations if _due(work, one, left_to_ship(work)) > 0
    ]
    if command.to_process_id is not None:
        waiting = [one for one in waiting if one.to_process_id == command.to_process_id]
    if not waiting:
        raise Refused(Why.SHIPPED, id=work.terms.work_id)
    return waiting[0]


def _due(work: Finished, destination: Destination, available: int) -> int:
    """How much of *available* is for *destination*: its share among those that got nothing, or of all once each has."""
    waiting = _open_destinations(work)
    if len(waiting) == 1:
        return available
    if waiting:
        return apportion(available, [max(one.share, 1) for one in waiting])[waiting.index(destination)]
    destinations = work.terms.destinations
    whole = available + sum(one.quantity for one in work.shipments.values())
    shares = apportion(whole, [max(one.share, 1) for one in destinations])
    got = sum(one.quantity for one in work.shipments.values() if one.to_process_id == destination.to_process_id)
    return min(available, shares[destinations.index(destination)] - got)


def left_to_ship(work: Finished) -> int:
    """Units of released lots that have not left: after the last shipment, of lots that were released since."""
    return sum(lot.quantity for lot in _unshipped(work, set(lots_with(work, "released"))))


def _available(work: Finished, destination: Destination, *, is_part: bool = False) -> list[LotMove]:
    """Released lots less what was shipped; to a laboratory also those that wait for it. A part may leave while other lots
    wait. Raises INSPECTION_PENDING.
    """
    waiting = lots_with(work, None)
    if waiting and not destination.before_release and not is_part:
        raise Refused(Why.INSPECTION_PENDING, lots=", ".join(waiting))
    fit = set(lots_with(work, "released", None) if destination.before_release else lots_with(work, "released"))
    return _unshipped(work, fit)


def _unshipped(work: Finished, fit: set[str]) -> list[LotMove]:
    """What has not left of the lots that are *fit* to."""
    gone: dict[str, int] = {}
    for shipment in work.shipments.values():
        for lot in shipment.lots:
            gone[lot.lot_id] = gone.get(lot.lot_id, 0) + lot.quantity
    return [
        msgspec.structs.replace(lot, quantity=lot.quantity - gone.get(lot.lot_id, 0))
        for lot in produced(work.reports).values()
        if lot.lot_id in fit and lot.quantity > gone.get(lot.lot_id, 0)
    ]


def _taken(lots: Sequence[LotMove], quantity: int) -> list[LotMove]:
    moves = []
    for lot in lots:
        part = min(lot.quantity, quantity)
        if part:
            moves.append(msgspec.structs.replace(lot, quantity=part))
            quantity -= part
    return moves


def deliver(command: DeliverGoods, work: Work) -> Sequence[WorkOrderEvent]:
    if not isinstance(work, Finished):
        raise not_finished(work)
    shipment, when = _under_way(command, work), command.when
    when.limits.check_at(when.at, when.now, shipment.shipped_at)
    return [
        GoodsDelivered(
            **identity(work.terms),
            delivery_id=shipment.delivery_id,
            to_process_id=shipment.to_process_id,
            to_work_id=command.to_work_ids.get(shipment.to_process_id, shipment.to_work_id),
            lots=list(shipment.lots),
            quantity=shipment.quantity,
            at_door=not shipment.to_process_id,
            at=when.at,
        )
    ]


def forward(command: ForwardGoods, work: Work) -> Sequence[WorkOrderEvent]:
    """Passed over unless the shipment lies where it was taken: what is on the road is simply taken elsewhere. What was
    found bad stays where it is.
    """
    if not isinstance(work, Finished) or work.shipments[command.delivery_id].delivered_at is None:
        return []
    if is_blocked(work, work.shipments[command.delivery_id]):
        return []
    return [
        GoodsForwarded(
            **identity(work.terms), delivery_id=command.delivery_id, to_work_id=command.to_work_id, at=command.at
        )
    ]


def restated_shipments(work: Finished, after: Finished, grounds: str, at: datetime) -> list[ShipmentCorrected]:
    """The shipments as they were, when reports say now that there was more or less in their lots: each part of a lot in
    proportion. Raises Refused LOT_LEFT_ALREADY where the buyer has confirmed one.
    """
    was, now = produced(work.reports), produced(after.reports)
    parts = {lot_id: _parts(work, lot_id, was, now) for lot_id in {*was, *now} if was.get(lot_id) != now.get(lot_id)}
    events = []
    for one in work.shipments.values():
        lots = [
            msgspec.structs.replace(lot, quantity=parts.get(lot.lot_id, {}).get(one.delivery_id, lot.quantity))
            for lot in one.lots
        ]
        if lots == list(one.lots):
            continue
        if one.confirmed is not None:
            raise Refused(Why.LOT_LEFT_ALREADY, id=lots[0].lot_id, delivery_id=one.delivery_id)
        events.append(
            ShipmentCorrected(
                **identity(work.terms),
                delivery_id=one.delivery_id,
                to_process_id=one.to_process_id,
                lots=lots,
                quantity=sum(lot.quantity for lot in lots),
                grounds=grounds,
                corrected_at=at,
            )
        )
    return events


def _parts(work: Finished, lot_id: str, was: Mapping[str, LotMove], now: Mapping[str, LotMove]) -> dict[str, int]:
    """delivery -> how much of the lot went with it, by what is said of the lot now."""
    sent = {
        one.delivery_id: sum(lot.quantity for lot in one.lots if lot.lot_id == lot_id)
        for one in work.shipments.values()
        if any(lot.lot_id == lot_id for lot in one.lots)
    }
    made = was[lot_id].quantity if lot_id in was else 0
    left = max(made - sum(sent.values()), 0)
    weights = [*sent.values(), left]
    shares = apportion(now[lot_id].quantity if lot_id in now else 0, weights) if sum(weights) else [0] * len(weights)
    return dict(zip(sent, shares, strict=False))


def is_blocked(work: Finished, shipment: Shipment) -> bool:
    """Whether a lot in it was found bad."""
    blocked = set(lots_with(work, "blocked"))
    return any(lot.lot_id in blocked for lot in shipment.lots)


def confirm(command: ConfirmGoods, work: Work) -> Sequence[WorkOrderEvent]:
    """The buyer's word about a shipment, once."""
    sent = work.shipments.get(command.delivery_id) if isinstance(work, Finished) else None
    if not isinstance(work, Finished) or sent is None or sent.confirmed is not None:
        return []
    return [
        GoodsConfirmed(
            **identity(work.terms),
            delivery_id=command.delivery_id,
            quantity=command.quantity,
            confirmed_at=command.at,
        )
    ]


def _under_way(command: DeliverGoods, work: Finished) -> Shipment:
    shipments = list(work.shipments.values())
    if command.delivery_id is not None:
        shipments = [one for one in shipments if one.delivery_id == command.delivery_id]
    for one in shipments:
        if one.delivered_at is None:
            return one
    if shipments:
        done = shipments[-1]
        raise Refused(Why.DELIVERED, id=done.delivery_id, at=instant_text(done.delivered_at or done.shipped_at))
    if command.delivery_id is None:
        raise Refused(Why.NOT_SHIPPED, id=work.terms.work_id)
    raise Refused(Why.UNKNOWN_DELIVERY, id=command.delivery_id)
