"""Who has to know that a lot was judged anew: the work orders that received it, and the deliveries that hold it."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from services.capacity.domain.inspection import LABORATORY
from services.capacity.domain.plan_state import work_ids_of
from services.capacity.domain.work_commands import BlockMaterial, ClearMaterial, ForwardGoods, ReceiveMaterial
from services.capacity.domain.work_events import Disposition
from services.capacity.domain.work_state import Closed, Finished, Live, NoWork, Shipment, Work
from services.capacity.handlers.draft import Draft
from shared.contracts.capacity import LotInDelivery


def to_buyer(draft: Draft, work: Finished, lot_id: str) -> list[LotInDelivery]:
    """The deliveries to the buyer that hold something of the lot, sent by its maker or by the laboratory it went through."""
    found: dict[str, int] = {}
    for shipment in work.shipments.values():
        sent = sum(lot.quantity for lot in shipment.lots if lot.lot_id == lot_id)
        if sent and not shipment.to_process_id:
            found[shipment.delivery_id] = sent
        elif sent:
            found |= _passed_on(draft, shipment, lot_id)
    return [LotInDelivery(delivery_id, quantity) for delivery_id, quantity in found.items()]


def _passed_on(draft: Draft, shipment: Shipment, lot_id: str) -> Iterator[tuple[str, int]]:
    """A laboratory sends on what it was sent: delivery id -> how much of it came from the lot."""
    tested = draft.work_of(shipment.to_work_id) if shipment.to_work_id else NoWork()
    if not isinstance(tested, Finished) or tested.terms.capability != LABORATORY:
        return
    reports = [one for one in tested.reports.values() if any(lot.lot_id == lot_id for lot in one.lots_in)]
    left = sum(lot.quantity for one in reports for lot in one.lots_in if lot.lot_id == lot_id)
    made = {lot.lot_id for one in reports for lot in one.lots_out}
    for sent in tested.shipments.values():
        taken = min(left, sum(lot.quantity for lot in sent.lots if lot.lot_id in made))
        if taken and not sent.to_process_id:
            yield sent.delivery_id, taken
            left -= taken


def all_confirmed(draft: Draft, order_id: str, deliveries: list[LotInDelivery]) -> bool:
    """Whether the buyer found all of *deliveries* in order; not, where there are none."""
    confirmed: set[str] = set()
    for work_id in work_ids_of(draft.plan_of(order_id)).values():
        work = draft.work_of(work_id)
        if isinstance(work, Finished):
            confirmed |= {one.delivery_id for one in work.shipments.values() if one.confirmed is not None}
    return bool(deliveries) and all(one.delivery_id in confirmed for one in deliveries)


def tell_receivers(draft: Draft, work: Finished, lot_id: str, disposition: Disposition, at: datetime) -> None:
    """Block or clear the lot wherever it was received to be eaten. A laboratory tests what is blocked, so it may."""
    grounds = next(one.grounds for one in work.inspections.values() if one.lot_id == lot_id)
    for shipment in work.shipments.values():
        if any(lot.lot_id == lot_id for lot in shipment.lots):
            for work_id in _holders(draft, work.terms.order_id, shipment):
                if disposition == "blocked":
                    draft.work(work_id, BlockMaterial(lot_id, grounds, at))
                else:
                    draft.work(work_id, ClearMaterial(lot_id, at))
            if disposition == "released":
                _send_after(draft, work, shipment, at)


def tell_corrected(draft: Draft, before: Live | Closed, after: Work, at: datetime) -> None:
    """Receivers of shipments that were corrected have more or less of the lots than they were told. Raises Refused
    LOT_LEFT_ALREADY where one has eaten more of a lot than there was.
    """
    if not isinstance(before, Finished) or not isinstance(after, Finished):
        return
    for name, shipment in after.shipments.items():
        was = {lot.lot_id: lot.quantity for lot in before.shipments[name].lots}
        moves = [
            msgspec.structs.replace(lot, quantity=lot.quantity - was[lot.lot_id])
            for lot in shipment.lots
            if lot.quantity != was[lot.lot_id]
        ]
        for work_id in _all_holders(draft, after.terms.order_id, shipment) if moves else ():
            work = draft.work_of(work_id)
            stock = {} if isinstance(work, NoWork | Closed) else work.stock
            here = [one for one in moves if one.lot_id in stock]
            if here:
                draft.work(work_id, ReceiveMaterial(after.terms.output_item, after.terms.work_id, here, at))
                break


def block_bad(draft: Draft, from_work_id: str, to_work_id: str, at: datetime) -> None:
    """Of what *from_work_id* sent to *to_work_id*, what was found bad meanwhile may not be eaten."""
    work, receiver = draft.work_of(from_work_id), draft.work_of(to_work_id)
    if not isinstance(work, Finished) or isinstance(receiver, NoWork | Closed) or _tests(draft, to_work_id):
        return
    for one in work.inspections.values():
        if one.disposition == "blocked":
            draft.work(to_work_id, BlockMaterial(one.lot_id, one.grounds, at))


def _all_holders(draft: Draft, order_id: str, shipment: Shipment) -> Iterator[str]:
    """Work orders that may have got it: the one it was sent to, and the one that makes the step now."""
    now = work_ids_of(draft.plan_of(order_id)).get(shipment.to_process_id, "")
    for work_id in sorted({shipment.to_work_id, now} - {""}):
        if not isinstance(draft.work_of(work_id), NoWork | Closed):
            yield work_id


def _holders(draft: Draft, order_id: str, shipment: Shipment) -> Iterator[str]:
    """Those that may not eat of it while it is blocked."""
    return (one for one in _all_holders(draft, order_id, shipment) if not _tests(draft, one))


def _tests(draft: Draft, work_id: str) -> bool:
    work = draft.work_of(work_id)
    return not isinstance(work, NoWork) and work.terms.capability == LABORATORY


def _send_after(draft: Draft, work: Finished, shipment: Shipment, at: datetime) -> None:
    """Goods that stayed where they lay because they were blocked go on to the plant that makes the step now."""
    now = work_ids_of(draft.plan_of(work.terms.order_id)).get(shipment.to_process_id, "")
    lies_with = draft.work_of(shipment.to_work_id) if shipment.to_work_id else NoWork()
    maker = draft.work_of(now) if now else NoWork()
    if isinstance(maker, NoWork | Closed | Finished) or isinstance(lies_with, NoWork):
        return
    if maker.terms.plant_id != lies_with.terms.plant_id:
        draft.work(work.terms.work_id, ForwardGoods(shipment.delivery_id, now, at))
