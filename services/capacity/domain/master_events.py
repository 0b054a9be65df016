"""What happened to the masters: events of plants (streams `plant-…`) and lines (streams `line-…`) with stored names.

Events of a line carry its plant, owner and district, because publishing is a pure function of one event.
"""

from collections.abc import Mapping
from datetime import date, datetime

from services.capacity.domain.values import (
    AutoAcceptRule,
    Calendar,
    Capability,
    ChangeoverRule,
    FoodContactProof,
    Licence,
    Price,
)
from shared.contracts.line_time import OperationInterval, PlannedDowntime
from shared.contracts.planning import Interval
from shared.kernel.event import Event


class PlantRegistered(Event, omit_defaults=True):
    """A factory put a plant on the platform. *code* is the factory's own short name, unique in its organisation.

    *named_before_booking*: brands may read its name in options they have not booked.
    """

    plant_id: str
    factory_org_id: str
    code: str
    name: str
    district: str
    demo: bool
    registered_at: datetime
    named_before_booking: bool = False


class LineListed(Event):
    """The plant has one more line; written together with the line's own registration."""

    plant_id: str
    line_id: str
    code: str
    listed_at: datetime


class LicenceRecorded(Event):
    """The plant holds *licence*; it replaces what was recorded under the same number."""

    plant_id: str
    factory_org_id: str
    licence: Licence
    recorded_at: datetime


class LicenceEnded(Event):
    """The licence no longer holds from the local date *ends_on* on (given up, suspended, revoked)."""

    plant_id: str
    factory_org_id: str
    number: str
    ends_on: date
    reason: str
    ended_at: datetime


class FoodContactProofRecorded(Event):
    """The plant's output may touch food; it replaces what was recorded under the same certificate."""

    plant_id: str
    factory_org_id: str
    proof: FoodContactProof
    recorded_at: datetime


class FoodContactProofEnded(Event):
    """The certificate no longer holds from the local date *ends_on* on."""

    plant_id: str
    factory_org_id: str
    certificate: str
    ends_on: date
    reason: str
    ended_at: datetime


class LineEvent(Event):
    """Base: every event of a line names it, its plant, the plant's owner and district."""

    line_id: str
    plant_id: str
    factory_org_id: str
    district: str


class LineRegistered(LineEvent):
    """A production line is on the platform, with the rates it was designed for."""

    plant_name: str
    code: str
    name: str
    capabilities: list[Capability]
    registered_at: datetime


class CapabilitiesSet(LineEvent):
    """What the line can do from now on; replaces the whole list."""

    name: str
    capabilities: list[Capability]
    registered_at: datetime  # of the line
    set_at: datetime


class CalendarDeclared(LineEvent):
    """The line's calendar: planned operation time and planned downtime within [period_from, period_to), expanded.

    Replaces what was declared before within that period, which never reaches into the past. Offered hours follow
    as their own events.
    """

    calendar: Calendar
    period_from: datetime
    period_to: datetime
    operation: list[OperationInterval]
    planned_downtime: list[PlannedDowntime]
    declared_at: datetime


class CapacityPublished(LineEvent):
    """Hours offered to the programme from now on, none of them offered before. Ascending, apart."""

    intervals: list[Interval]
    published_at: datetime


class CapacityWithdrawn(LineEvent, omit_defaults=True):
    """Offered hours taken back; none of them was booked or held. Ascending, apart.

    *stoppage_id*: nobody took them back, the line is down: the ledger learns of that stoppage instead.
    """

    intervals: list[Interval]
    reason: str
    withdrawn_at: datetime
    stoppage_id: str = ""


class ChangeoversSet(LineEvent):
    """The line's changeover matrix; replaces the whole list."""

    rules: list[ChangeoverRule]
    set_at: datetime


class PricesSet(LineEvent):
    """The line's prices, one a capability; replaces the whole list."""

    prices: list[Price]
    set_at: datetime


class PlanningLimitsSet(LineEvent):
    """How far planning may go: *load_cap_hours_per_week* of slots in one local week, Monday to Sunday (0: no cap);
    *frozen_fence_hours* from now within which nothing new may start.
    """

    load_cap_hours_per_week: int
    frozen_fence_hours: int
    set_at: datetime


class AutoAcceptRulesSet(LineEvent):
    """Offers that fit any of *rules* are accepted at once; replaces the whole list, empty: none."""

    rules: list[AutoAcceptRule]
    set_at: datetime


PlantEvent = (
    PlantRegistered | LineListed | LicenceRecorded | LicenceEnded | FoodContactProofRecorded | FoodContactProofEnded
)
LineMasterEvent = (
    LineRegistered
    | CapabilitiesSet
    | CalendarDeclared
    | CapacityPublished
    | CapacityWithdrawn
    | ChangeoversSet
    | PricesSet
    | PlanningLimitsSet
    | AutoAcceptRulesSet
)

PLANT_EVENTS: Mapping[str, type[Event]] = {
    "plant-registered.v1": PlantRegistered,
    "line-listed.v1": LineListed,
    "licence-recorded.v1": LicenceRecorded,
    "licence-ended.v1": LicenceEnded,
    "food-contact-proof-recorded.v1": FoodContactProofRecorded,
    "food-contact-proof-ended.v1": FoodContactProofEnded,
}
LINE_EVENTS: Mapping[str, type[Event]] = {
    "line-registered.v1": LineRegistered,
    "capabilities-set.v1": CapabilitiesSet,
    "calendar-declared.v1": CalendarDeclared,
    "capacity-published.v1": CapacityPublished,
    "capacity-withdrawn.v1": CapacityWithdrawn,
    "changeovers-set.v1": ChangeoversSet,
    "prices-set.v1": PricesSet,
    "planning-limits-set.v1": PlanningLimitsSet,
    "auto-accept-rules-set.v1": AutoAcceptRulesSet,
}
