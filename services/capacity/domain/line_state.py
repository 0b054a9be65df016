"""The situations of a production line: not there, or published with all its masters."""

from dataclasses import dataclass, field
from datetime import datetime

from services.capacity.domain.spans import minus
from services.capacity.domain.values import AutoAcceptRule, Calendar, Capability, ChangeoverRule, Price
from shared.contracts.planning import Interval


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing is known of the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A registered line. *operation*, *downtime* and *offered* are explicit hours, ascending and apart; *calendar* is
    the declaration made last, *declared_until* the end of all declared time.
    """

    line_id: str
    plant_id: str
    factory_org_id: str
    district: str
    plant_name: str
    code: str
    name: str
    capabilities: list[Capability]
    registered_at: datetime
    calendar: Calendar | None = None
    declared_until: datetime | None = None
    operation: list[Interval] = field(default_factory=list)
    downtime: list[Interval] = field(default_factory=list)
    offered: list[Interval] = field(default_factory=list)
    changeovers: list[ChangeoverRule] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    load_cap_hours_per_week: int = 0
    frozen_fence_hours: int = 0
    auto_accept_rules: list[AutoAcceptRule] = field(default_factory=list)

    @property
    def identity(self) -> dict[str, str]:
        """What every event of the line carries."""
        return {
            "line_id": self.line_id,
            "plant_id": self.plant_id,
            "factory_org_id": self.factory_org_id,
            "district": self.district,
        }

    @property
    def capability_codes(self) -> list[str]:
        return [one.code for one in self.capabilities]

    @property
    def plannable(self) -> list[Interval]:
        """Planned operation without planned downtime: what may be offered at all."""
        return minus(self.operation, self.downtime)


LineState = Absent | Line
