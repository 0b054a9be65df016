"""What makes a plan impossible, and what was found instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.capacity.domain.plan_events import Change, ChangeCause
from services.capacity.domain.slots import Slot
from shared.contracts.planning import PlannedStep
from shared.contracts.reasons import PlanReason

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Trigger:
    """What made the plan impossible: *affected* processes must move, away from *banned* plants (process -> plants), and
    from *avoided* ones too while anybody else can.

    *prolonged*: process -> its step as it will be: it stays where it is, and what follows may have to move.
    """

    replan_id: str
    cause: ChangeCause
    affected: frozenset[str]
    banned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reasons: Sequence[PlanReason] = ()
    prolonged: Mapping[str, PlannedStep] = field(default_factory=dict)
    avoided: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_makers_fault(self) -> bool:
        """Whether a plant broke its word: then the buyer pays no more than before, whoever makes it instead."""
        return self.cause in {"no_show", "under_delivery", "late_input", "moved"}

    @property
    def strictly(self) -> "Trigger":
        """With the avoided plants banned."""
        both = self.banned.keys() | self.avoided.keys()
        return replace(
            self, banned={one: self.banned.get(one, _NOBODY) | self.avoided.get(one, _NOBODY) for one in both}
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A plan that would do, and the slots it needs."""

    change: Change
    slots: dict[str, list[Slot]]
