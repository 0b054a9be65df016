"""When a plant that agreed and did not begin has missed its slot: only when nothing but the plant kept it from beginning."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.capacity.domain.work_commands import MissSlot
from services.capacity.domain.work_events import SlotMissed, WorkInput, WorkOrderEvent
from services.capacity.domain.work_identity import identity
from services.capacity.domain.work_state import Accepted, Work


def miss(command: MissSlot, work: Work) -> Sequence[WorkOrderEvent]:
    """Passed over while the plant has time left, or waits itself for material."""
    ready_at = _ready_at(work, command.floor_free_since) if isinstance(work, Accepted) else None
    grace = timedelta(minutes=command.limits.no_show_grace_minutes)
    if not isinstance(work, Accepted) or ready_at is None or command.at < ready_at + grace:
        return []
    terms = work.terms
    return [SlotMissed(**identity(terms), plant_name=terms.plant_name, ready_at=ready_at, missed_at=command.at)]


def missing_inputs(work: Accepted) -> list[WorkInput]:
    """Inputs of which too little is there to begin; what the plant buys itself is its own matter."""
    received: dict[str, int] = {}
    for lot in work.stock.values():
        received[lot.item] = received.get(lot.item, 0) + lot.received
    needed = [one for one in work.terms.inputs if one.source != "pooled"]
    return [one for one in needed if received.get(one.item, 0) < one.quantity_to_start]


def _ready_at(work: Accepted, floor_free_since: datetime | None) -> datetime | None:
    """When the work could have begun: by its slot, its material and the floor. None: material is not there yet."""
    if missing_inputs(work):
        return None
    came = [lot.received_at for lot in work.stock.values() if lot.received_at is not None]
    freed = [] if floor_free_since is None else [floor_free_since]
    return max([work.terms.starts_at, work.accepted_at, *came, *freed])
