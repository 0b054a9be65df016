"""Authority on one work order (stream `work-…`), from offer to delivery. The rules of each stage stand in `offers`,
`material`, `production`, `inspection` and `shipping`.
"""

from collections.abc import Sequence
from typing import assert_never

from services.capacity.domain.inspection import dispose
from services.capacity.domain.material import take_in
from services.capacity.domain.no_shows import miss
from services.capacity.domain.offers import bargain
from services.capacity.domain.production import make
from services.capacity.domain.shipping import confirm, deliver, forward, ship
from services.capacity.domain.work_commands import (
    Bargaining,
    ConfirmGoods,
    DeliverGoods,
    DispositionLot,
    ForwardGoods,
    Making,
    Material,
    MissSlot,
    ShipGoods,
    WorkCommand,
)
from services.capacity.domain.work_events import WorkOrderEvent
from services.capacity.domain.work_state import NoWork, Work, evolve
from shared.kernel.decider import Decider


def decide(command: WorkCommand, work: Work) -> Sequence[WorkOrderEvent]:
    if isinstance(command, Bargaining):
        return bargain(command, work)
    if isinstance(command, Making):
        return make(command, work)
    if isinstance(command, Material):
        return take_in(command, work)
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
        case ConfirmGoods():
            return confirm(command, work)
        case _:
            assert_never(command)


WORK: Decider[WorkCommand, Work, WorkOrderEvent] = Decider(initial=NoWork(), decide=decide, evolve=evolve)
