"""What may be asked of a production line's masters. Lists replace what stood before."""

from dataclasses import dataclass
from datetime import datetime

from services.capacity.domain.values import AutoAcceptRule, Calendar, Capability, ChangeoverRule, Price
from shared.contracts.planning import Interval


@dataclass(frozen=True, slots=True)
class RegisterLine:
    line_id: str
    plant_id: str
    factory_org_id: str
    district: str
    plant_name: str
    code: str
    name: str
    capabilities: list[Capability]
    at: datetime


@dataclass(frozen=True, slots=True)
class SetCapabilities:
    name: str
    capabilities: list[Capability]
    at: datetime


@dataclass(frozen=True, slots=True)
class DeclareCalendar:
    """What it takes back is asked of the line's bookings in the same transaction."""

    calendar: Calendar
    at: datetime


@dataclass(frozen=True, slots=True)
class PublishHours:
    intervals: list[Interval]
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawHours:
    """The line's bookings are asked in the same transaction. *stoppage_id*: why the line cannot keep them, "" when its
    owner wants them back.
    """

    intervals: list[Interval]
    reason: str
    at: datetime
    stoppage_id: str = ""


@dataclass(frozen=True, slots=True)
class SetChangeovers:
    rules: list[ChangeoverRule]
    at: datetime


@dataclass(frozen=True, slots=True)
class SetPrices:
    prices: list[Price]
    at: datetime


@dataclass(frozen=True, slots=True)
class SetPlanningLimits:
    load_cap_hours_per_week: int
    frozen_fence_hours: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SetAutoAcceptRules:
    rules: list[AutoAcceptRule]
    at: datetime


LineCommand = (
    RegisterLine
    | SetCapabilities
    | DeclareCalendar
    | PublishHours
    | WithdrawHours
    | SetChangeovers
    | SetPrices
    | SetPlanningLimits
    | SetAutoAcceptRules
)
