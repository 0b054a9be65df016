"""The runner of views: past states, swaps under a running thread, errors that pass and errors that end it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
import sqlalchemy as sa

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import LogUnavailable, Recorded
from shared.eventstore.projector import Projector
from tests.support.notes import NOTE_TYPES, START, NoteCount, note_cause, taken

CLOCK = StoryClock(START)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog("notes", NOTE_TYPES, CLOCK)


def test_a_view_is_shown_as_of_any_earlier_position(log: MemoryLog) -> None:
    view = NoteCount()
    projector = Projector(log, [view], CLOCK)
    for index in range(5):
        log.append([taken("a", index, "x")], note_cause())
    projector.catch_up()
    for position in range(6):
        with projector.as_of("note_count", position) as then:
            rows = then.execute(sa.select(view.table.c.notes)).scalars().all()
        assert rows == ([position] if position else [])
    assert view.counts(log.views) == {"a": 5}


def test_a_rebuild_under_a_running_thread_counts_nothing_twice(log: MemoryLog) -> None:
    view = NoteCount()
    projector = Projector(log, [view], CLOCK, page_max=3)
    projector.start()
    try:
        writer = Thread(target=lambda: [log.append([taken("a", index, "x")], note_cause()) for index in range(200)])
        writer.start()
        for _ in range(5):
            projector.rebuild("note_count")
        writer.join(30)
        assert projector.wait_for("note_count", 200, 30)
    finally:
        projector.stop()
    assert view.counts(log.views) == {"a": 200}
    assert projector.lag() == 0


def test_two_projectors_on_one_log_fold_every_event_once(log: MemoryLog) -> None:
    view = NoteCount()
    one, two = Projector(log, [view], CLOCK, page_max=2), Projector(log, [view], CLOCK, page_max=3)
    log.append([taken("a", 0, *["x"] * 20)], note_cause())
    while one.run_once() + two.run_once():
        pass
    assert view.counts(log.views) == {"a": 20}


class Unwell(MemoryLog):
    """A log whose disk is full for a while."""

    failures = 0

    def read_all(self, after_position: int = 0, limit: int = 1_000) -> list[Recorded]:
        if self.failures:
            self.failures -= 1
            raise LogUnavailable("disk full")
        return super().read_all(after_position, limit)


def test_the_thread_waits_for_a_log_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.eventstore.stepping.RETRY_WAIT_S", 0.01)
    log = Unwell("notes", NOTE_TYPES, CLOCK)
    projector = Projector(log, [NoteCount()], CLOCK)
    log.failures = 3
    done = log.append([taken("a", 0, "x")], note_cause())
    projector.start()
    try:
        assert projector.wait_for(None, done.position, 30)
        assert projector.is_well
    finally:
        projector.stop()


class Filling(MemoryLog):
    """A log whose disk is full at one of the next transactions of views: the *full_at*-th from now."""

    full_at = 0

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        self.full_at -= 1
        if self.full_at == 0:
            raise LogUnavailable("disk full")
        with super().writing() as connection:
            yield connection


@pytest.mark.parametrize("full_at", [1, 2, 3])
@pytest.mark.parametrize("step", ["page", "rebuild"])
def test_whenever_the_disk_fills_up_view_and_checkpoint_stay_together(step: str, full_at: int) -> None:
    log, view = Filling("notes", NOTE_TYPES, CLOCK), NoteCount()
    projector = Projector(log, [view], CLOCK)
    log.append([taken("a", 0, *["x"] * 5)], note_cause())
    log.full_at = full_at
    with suppress(LogUnavailable):
        projector.run_once() if step == "page" else projector.rebuild("note_count")
    log.full_at = 0
    Projector(log, [view], CLOCK).catch_up()  # goes by what is stored, not by what the first one remembers
    assert view.counts(log.views) == {"a": 5}


def test_a_listener_hears_every_page_and_an_error_of_his_ends_the_thread_visibly(log: MemoryLog) -> None:
    heard: list[int] = []
    projector = Projector(log, [NoteCount()], CLOCK, page_max=2)
    projector.on_page(heard.append)
    log.append([taken("a", 0, *["x"] * 5)], note_cause())
    projector.catch_up()
    assert heard == [2, 4, 5]
    projector.on_page(lambda _: heard[99])  # type: ignore[arg-type] # it fails, and that is the point
    log.append([taken("b", 0, "x")], note_cause())
    projector.start()
    while projector.is_well:
        assert projector._stepper.is_started
    projector.stop()
    assert isinstance(projector._stepper.failure, IndexError)


def test_a_view_has_one_name(log: MemoryLog) -> None:
    with pytest.raises(ValueError, match="name twice"):
        Projector(log, [NoteCount(), NoteCount()], CLOCK)
    with pytest.raises(KeyError):
        Projector(log, [NoteCount()], CLOCK).check("absent")
