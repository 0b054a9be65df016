"""Every event capacity stores, by its stored name: the merged registry of all its streams."""

from services.capacity.domain.floor import FLOOR_EVENTS
from services.capacity.domain.master_events import LINE_EVENTS, PLANT_EVENTS
from services.capacity.domain.plan_events import PLAN_EVENTS
from services.capacity.domain.slots import SLOT_EVENTS
from services.capacity.domain.work_events import WORK_EVENTS
from shared.kernel.event import EventTypes

EVENT_TYPES = EventTypes({**PLANT_EVENTS, **LINE_EVENTS, **SLOT_EVENTS, **PLAN_EVENTS, **WORK_EVENTS, **FLOOR_EVENTS})
