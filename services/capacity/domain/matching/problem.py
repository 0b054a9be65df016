"""What matching is asked and what it answers: the seam that a better engine may take over unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from services.capacity.domain.slots import Slot
from shared.contracts.planning import DemandLine, Limits, Place, PlanOption, Supply
from shared.contracts.reasons import PlanReason, Relaxation


class Demand(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An order, or an inquiry, to plan: the buyer's part of `order.planning-requested.v1`. *deliver_from* None: as early
    as can be. *parts_ended*: order line id -> the highest number of its parts that were cancelled: it is not used again.
    """

    order_id: str
    buyer_org_id: str
    lines: list[DemandLine]
    deliver_to: Place
    earliest_start_at: datetime
    requested_by: datetime
    limits: Limits
    supplies: list[Supply]
    deliver_from: datetime | None = None
    parts_ended: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Matched:
    """The menu. *refusals*: why other lines and variants are not in it.

    *slots*: line id -> slots of all options (a slot shared by options appears once), firm as they stand; use
    `held_until` for a quote. Kept slots of an earlier plan are not among them.
    """

    options: list[PlanOption]
    refusals: list[PlanReason]
    slots: Mapping[str, list[Slot]] = field(default_factory=dict)

    def held_until(self, expires_at: datetime) -> dict[str, list[Slot]]:
        """The slots as holds that expire at *expires_at*."""
        return {
            line_id: [msgspec.structs.replace(one, expires_at=expires_at) for one in slots]
            for line_id, slots in self.slots.items()
        }


@dataclass(frozen=True, slots=True)
class Unmatched:
    """No plan exists. *reasons* in order of precedence; *relaxation*: the smallest change found that would help."""

    reasons: list[PlanReason]
    relaxation: Relaxation | None
