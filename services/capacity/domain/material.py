"""Authority on what comes in for a work order: received, blocked by whoever judges it, and cleared again."""

from collections.abc import Sequence
from typing import assert_never

from services.capacity.domain.refusals import Why
from services.capacity.domain.work_commands import BlockMaterial, ClearMaterial, Material, ReceiveMaterial
from services.capacity.domain.work_events import MaterialBlocked, MaterialCleared, MaterialReceived, WorkOrderEvent
from services.capacity.domain.work_identity import identity
from services.capacity.domain.work_state import Closed, Live, NoWork, Work
from shared.kernel.refusal import Refused


def take_in(command: Material, work: Work) -> Sequence[WorkOrderEvent]:
    """Material comes, and is judged, whatever the situation; a closed work order has no use for it."""
    if isinstance(work, NoWork):
        raise Refused(Why.UNKNOWN_WORK)
    if isinstance(work, Closed):
        return []
    match command:
        case ReceiveMaterial():
            return _receive(command, work)
        case BlockMaterial():
            return _block(command, work)
        case ClearMaterial():
            return _clear(command, work)
        case _:
            assert_never(command)


def _receive(command: ReceiveMaterial, work: Live) -> Sequence[WorkOrderEvent]:
    if not command.lots:
        return []
    for lot in command.lots:
        held = work.stock.get(lot.lot_id)
        if lot.quantity < 0 and (held is None or held.left + lot.quantity < 0):
            raise Refused(Why.LOT_LEFT_ALREADY, id=lot.lot_id, delivery_id="-")
    return [
        MaterialReceived(
            **identity(work.terms),
            item=command.item,
            from_work_id=command.from_work_id,
            lots=command.lots,
            received_at=command.at,
        )
    ]


def _block(command: BlockMaterial, work: Live) -> Sequence[WorkOrderEvent]:
    lot = work.stock.get(command.lot_id)
    if lot is None or lot.blocked:
        return []
    blocked = MaterialBlocked(
        **identity(work.terms), lot_id=command.lot_id, grounds=command.grounds, blocked_at=command.at
    )
    return [blocked]


def _clear(command: ClearMaterial, work: Live) -> Sequence[WorkOrderEvent]:
    lot = work.stock.get(command.lot_id)
    if lot is None or not lot.blocked:
        return []
    return [MaterialCleared(**identity(work.terms), lot_id=command.lot_id, cleared_at=command.at)]
