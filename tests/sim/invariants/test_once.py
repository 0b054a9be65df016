"""A fact that takes effect a second time is found, also where its two effects stand side by side in the log."""

from pathlib import Path

import msgspec
import pytest

from services.sim.disk import Disk, FailingMemoryLog, FailingSqliteLog, SimulatedLog
from services.sim.invariants.once import AppliedOnce
from shared.clock import StoryClock
from shared.kernel.event import Cause
from tests.support.notes import NOTE_TYPES, START, note_cause, taken

CLOCK = StoryClock(START)
FACT = msgspec.structs.replace(note_cause(), subject="system:copier", causation_id="notes/7/1")
NEXT = msgspec.structs.replace(FACT, causation_id="notes/8/1")


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> SimulatedLog:
    if request.param == "memory":
        return FailingMemoryLog("notes", NOTE_TYPES, CLOCK, Disk("notes"))
    return FailingSqliteLog("notes", NOTE_TYPES, CLOCK, place=tmp_path, disk=Disk("notes"))


def violations(log: SimulatedLog, *causes: Cause) -> list[str]:
    """What is found where each of *causes* has an append of two events."""
    for number, cause in enumerate(causes):
        log.append([taken("a", 2 * number, "one", "two")], cause)
    found = list(AppliedOnce({"notes": log.disk}).found("notes", log.read_all(0)))
    log.close()
    return found


def test_facts_with_effects_of_their_own_are_sound(log: SimulatedLog) -> None:
    assert violations(log, note_cause(), FACT, note_cause(), NEXT) == []


def test_a_fact_applied_twice_in_a_row_is_found(log: SimulatedLog) -> None:
    assert "applied notes/7/1 at position 1 and again at 3" in violations(log, FACT, FACT)[0]


def test_a_fact_applied_again_later_is_found(log: SimulatedLog) -> None:
    assert "applied notes/7/1 at position 1 and again at 5" in violations(log, FACT, NEXT, FACT)[0]


def test_two_consumers_may_follow_one_fact(log: SimulatedLog) -> None:
    assert violations(log, FACT, msgspec.structs.replace(FACT, subject="system:reader")) == []
