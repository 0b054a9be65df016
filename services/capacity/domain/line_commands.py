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
    """*taken*: held and booked time of the line from now on, ascending and apart; it cannot be taken back."""

    calendar: Calendar
    taken: list[Interval]
    at: datetime


@dataclass(frozen=True, slots=True)
class PublishHours:
    intervals: list[Interval]
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawHours:
    """*taken* as for `DeclareCalendar`."""

    intervals: list[Interval]
    reason: str
    taken: list[Interval]
    at: datetime


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
