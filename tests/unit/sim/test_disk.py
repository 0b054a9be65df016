"""Disks that fail: what is acknowledged stays, what is refused is not there, what was torn is there whole or not at all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from services.sim.disk import Crash, Disk, FailingMemoryLog, FailingSqliteLog, SimulatedLog
from services.sim.faults import Fault, Weather
from shared.clock import StoryClock
from shared.eventstore.port import LogUnavailable
from tests.support.notes import NOTE_TYPES, START, note_cause, taken

CLOCK = StoryClock(START)


def fault(kind: str, writes_before: int = 0) -> Fault:
    return Fault(1, kind, "notes", START, START + timedelta(hours=1), writes_before)


@pytest.fixture
def disk() -> Disk:
    made = Disk("notes")
    made.weather, made.chance = Weather([]), Random(1)
    return made


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, disk: Disk, tmp_path: Path) -> Iterator[SimulatedLog]:
    made: SimulatedLog
    if request.param == "memory":
        made = FailingMemoryLog("notes", NOTE_TYPES, CLOCK, disk)
    else:
        made = FailingSqliteLog("notes", NOTE_TYPES, CLOCK, place=tmp_path, disk=disk)
    held = [made]
    request.node.held = held
    yield made
    held[-1].close()


def reborn(log: SimulatedLog, request: pytest.FixtureRequest) -> SimulatedLog:
    """The log as the next process finds it; closed at the end in place of the old one."""
    fresh = log.reopened(CLOCK)
    request.node.held.append(fresh)
    return fresh


def fill(log: SimulatedLog) -> None:
    for version in range(1, 200):
        log.append([taken("a", version, "x" * 5_000)], note_cause())


def count_to(log: SimulatedLog, last: int) -> None:
    with log.writing() as connection:
        for number in range(last):
            connection.exec_driver_sql("INSERT INTO seen VALUES (?)", (number,))


def weather(disk: Disk) -> Weather:
    assert disk.weather is not None
    return disk.weather


def test_an_error_leaves_nothing_and_passes(log: SimulatedLog, disk: Disk) -> None:
    weather(disk).begin(fault("append-fails"))
    with pytest.raises(LogUnavailable):
        log.append([taken("a", 0, "one")], note_cause())
    assert log.head().position == 0
    log.append([taken("a", 0, "one")], note_cause())
    assert log.tip == log.head().position == 1


def test_a_strike_waits_for_its_write(log: SimulatedLog, disk: Disk) -> None:
    weather(disk).begin(fault("append-fails", writes_before=1))
    log.append([taken("a", 0, "one")], note_cause())
    with pytest.raises(LogUnavailable):
        log.append([taken("a", 1, "two")], note_cause())
    assert weather(disk).hits == {"append-fails": 1}


def test_a_full_disk_refuses_until_there_is_room(log: SimulatedLog, disk: Disk) -> None:
    log.append([taken("a", 0, "one")], note_cause())
    full = fault("disk-full")
    weather(disk).begin(full)
    with pytest.raises(LogUnavailable, match="full"):
        fill(log)
    kept = log.head().position
    assert weather(disk).hits["disk-full"] >= 1
    weather(disk).end(full)
    log.append([taken("a", kept, "x" * 5_000)], note_cause())
    assert log.verify().position == kept + 1


@pytest.mark.parametrize(("kind", "stands"), [("crash-before-commit", 1), ("crash-after-commit", 2)])
def test_a_crash_stands_on_its_side_of_the_commit(
    log: SimulatedLog, disk: Disk, kind: str, stands: int, request: pytest.FixtureRequest
) -> None:
    log.append([taken("a", 0, "one")], note_cause())
    weather(disk).begin(fault(kind))
    with pytest.raises(Crash):
        log.append([taken("a", 1, "two")], note_cause())
    fresh = reborn(log, request)
    assert fresh.verify().position == fresh.tip == stands


@pytest.mark.parametrize("kind", ["crash-before-commit", "torn-write"])
def test_a_page_of_a_view_is_there_whole_or_not(
    log: SimulatedLog, disk: Disk, kind: str, request: pytest.FixtureRequest
) -> None:
    with log.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE seen (n INTEGER)")
    weather(disk).begin(fault(kind))
    with pytest.raises(Crash):
        count_to(log, 500)
    with reborn(log, request).views.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one()
    assert count in ({0} if kind == "crash-before-commit" else {0, 500})


@pytest.mark.parametrize("seed", range(12))
def test_a_torn_write_never_takes_what_was_acknowledged(
    log: SimulatedLog, disk: Disk, seed: int, request: pytest.FixtureRequest
) -> None:
    disk.chance = Random(seed)
    for version in range(5):
        log.append([taken("a", version, "acknowledged " * 300)], note_cause())
    weather(disk).begin(fault("torn-write"))
    with pytest.raises(Crash):
        log.append([taken("a", 5, *(f"torn {number} " * 200 for number in range(20)))], note_cause())
    fresh = reborn(log, request)
    assert fresh.verify().position in {5, 25}
    fresh.append([taken("a", fresh.tip, "after")], note_cause())
    fresh.rest()
    assert fresh.verify().position in {6, 26}
