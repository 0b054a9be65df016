"""What a work order waits for, until when, and what holds when nobody does anything: each situation has its line here."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.capacity.domain.work_state import (
    Accepted,
    Closed,
    Countered,
    Finished,
    NoWork,
    Offered,
    Running,
    SettingUp,
)


@dataclass(frozen=True, slots=True)
class Wait:
    """*until* and *then* in words. *ended_by*: the job that ends the wait, "" where the order's own deadlines do."""

    until: str
    then: str
    ended_by: str


WAITS: Mapping[type, tuple[Wait, ...]] = {
    Offered: (Wait("answer_by of the offer", "it lapses and the next plant is asked", "capacity-lapsed-offers"),),
    Countered: (Wait("answer_by of the question to the buyer", "the agreed terms are kept, or let go", ""),),
    Accepted: (
        Wait(
            "its grace after it could have begun", "the slot is missed, another plant is asked", "capacity-missed-slots"
        ),
        Wait(
            "its grace after the run should have begun without the buyer's material, or after a slot without what another"
            " plant makes",
            "the slot is free, the buyer is told and asked",
            "capacity-missing-material",
        ),
    ),
    SettingUp: (Wait("14 days after the order's promise", "the order lets it go; what comes later is its own", ""),),
    Running: (Wait("14 days after the order's promise", "the order lets it go; what comes later is its own", ""),),
    Finished: (Wait("14 days after the order's promise", "the order lets it go; what comes later is its own", ""),),
}
ENDED: frozenset[type] = frozenset({NoWork, Closed})
"""Situations in which nothing is waited for."""
