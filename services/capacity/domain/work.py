"""Authority on one work order (stream `work-…`), from offer to delivery. The rules of each stage stand in `offers`,
`production`, `inspection` and `shipping`.
"""

from collections.abc import Sequence
from typing import assert_never

from services.capacity.domain.inspection import dispose
from services.capacity.domain.no_shows import miss
from services.capacity.domain.offers import bargain
from services.capacity.domain.production import make
from services.capacity.domain.refusals import Why
from services.capacity.domain.shipping import deliver, forward, ship
from services.capacity.domain.work_commands import (
    Bargaining,
    DeliverGoods,
    DispositionLot,
    ForwardGoods,
    Making,
    MissSlot,
    ReceiveMaterial,
    ShipGoods,
    WorkCommand,
)
from services.capacity.domain.work_events import MaterialReceived, WorkOrderEvent
from services.capacity.domain.work_identity import identity
from services.capacity.domain.work_state import Closed, NoWork, Work, evolve
from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused


def decide(command: WorkCommand, work: Work) -> Sequence[WorkOrderEvent]:
    if isinstance(command, Bargaining):
        return bargain(command, work)
    if isinstance(command, Making):
        return make(command, work)
    match command:
        case DispositionLot():
            return dispose(command, work)
        case ShipGoods():
            return ship(command, work)
        case DeliverGoods():
            return deliver(command, work)
        case ForwardGoods():
            return forward(command, work)
        case MissSlot():
            return miss(command, work)
        case ReceiveMaterial():
            return _receive(command, work)
        case _:
            assert_never(command)


def _receive(command: ReceiveMaterial, work: Work) -> Sequence[WorkOrderEvent]:
    """Material comes whatever the situation; a closed work order has no use for it."""
    if isinstance(work, NoWork):
        raise Refused(Why.UNKNOWN_WORK)
    if isinstance(work, Closed) or not command.lots:
        return []
    return [
        MaterialReceived(
            **identity(work.terms),
            item=command.item,
            from_work_id=command.from_work_id,
            lots=command.lots,
            received_at=command.at,
        )
    ]


WORK: Decider[WorkCommand, Work, WorkOrderEvent] = Decider(initial=NoWork(), decide=decide, evolve=evolve)
