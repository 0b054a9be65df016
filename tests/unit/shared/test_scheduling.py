"""Jobs in stories run by the story's time alone; in real time a thread runs them."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from shared.clock import StoryClock, SystemClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import Claim, LogUnavailable
from shared.scheduling import ItemsFailed, Job, Scheduler, each, forget_claims
from tests.support.notes import NOTE_TYPES, note_cause

START = datetime(2026, 12, 1, tzinfo=UTC)


def test_jobs_run_when_due_in_order_and_missed_runs_are_made_up_once() -> None:
    clock, ran = StoryClock(START), []
    jobs = [
        Job("slow", timedelta(hours=1), lambda: ran.append("slow")),
        Job("fast", timedelta(minutes=1), lambda: ran.append("fast")),
    ]
    scheduler = Scheduler(jobs, clock)
    assert scheduler.run_due(clock.now()) == []
    assert scheduler.run_due(clock.advance(timedelta(hours=2))) == ["fast", "slow"]
    assert scheduler.run_due(clock.advance(timedelta(seconds=59))) == []
    assert scheduler.run_due(clock.advance(timedelta(seconds=1))) == ["fast"]
    assert ran == ["fast", "slow", "fast"]


def test_a_failing_job_is_visible_and_comes_again() -> None:
    clock = StoryClock(START)
    answers = iter([1 // 1, 0])

    def call() -> float:
        return 1 / (1 - next(answers))

    scheduler = Scheduler([Job("sweep", timedelta(minutes=1), call)], clock)
    scheduler.run_due(clock.advance(timedelta(minutes=1)))
    assert "ZeroDivisionError" in scheduler.failures["sweep"]
    scheduler.run_due(clock.advance(timedelta(minutes=1)))
    assert scheduler.failures == {}


def test_an_item_that_fails_stops_nobody_elses_and_stays_visible() -> None:
    clock, done, broken = StoryClock(START), list[int](), {2, 3}

    def act(item: int) -> None:
        if item in broken:
            raise ValueError(f"cannot do {item}")
        done.append(item)

    scheduler = Scheduler([Job("sweep", timedelta(minutes=1), lambda: each(range(1, 6), act, str))], clock)
    scheduler.run_due(clock.advance(timedelta(minutes=1)))
    assert done == [1, 4, 5]
    assert scheduler.failing == {"sweep": 2}
    assert scheduler.failures["sweep"] == "ItemsFailed: 2 of 5 items failed; first: 2: ValueError: cannot do 2"
    broken.clear()
    scheduler.run_due(clock.advance(timedelta(minutes=1)))
    assert (scheduler.failures, scheduler.failing) == ({}, {})


def test_items_that_fail_do_not_fill_a_run_that_does_a_bounded_number() -> None:
    done: list[int] = []

    def act(item: int) -> None:
        if item < 10:
            raise ValueError(item)
        done.append(item)

    with pytest.raises(ItemsFailed) as failed:
        each(range(100), act, str, 3)
    assert (done, len(failed.value.failures), failed.value.done) == ([10, 11, 12], 10, 3)
    assert each(range(20, 30), act, str, 3) == 3


def test_a_log_that_cannot_be_written_ends_the_run_at_once() -> None:
    tried: list[int] = []

    def act(item: int) -> None:
        tried.append(item)
        raise LogUnavailable("disk full")

    with pytest.raises(LogUnavailable):
        each(range(5), act, str)
    assert tried == [0]


def test_claims_leave_when_they_have_expired() -> None:
    clock = StoryClock(START)
    log = MemoryLog("notes", NOTE_TYPES, clock)
    for number in range(2_500):
        claim = Claim("scope", f"k{number}", "f", b"{}", START + timedelta(hours=24))
        log.append([], note_cause(), [claim])
    scheduler = Scheduler([forget_claims("notes", log, clock)], clock)
    scheduler.run_due(clock.advance(timedelta(hours=23)))
    assert log.claim("scope", "k0", clock.now()) is not None
    scheduler.run_due(clock.advance(timedelta(hours=2)))
    assert scheduler.failures == {}
    assert log.claim("scope", "k0", START) is log.claim("scope", "k2499", START) is None


def test_a_thread_runs_jobs_in_real_time() -> None:
    done = Event()
    scheduler = Scheduler([Job("ping", timedelta(milliseconds=20), done.set)], SystemClock())
    scheduler.start()
    scheduler.start()
    try:
        assert done.wait(10)
    finally:
        scheduler.stop()
        scheduler.stop()


def test_a_job_name_stands_for_one_job() -> None:
    job = Job("sweep", timedelta(minutes=1), lambda: None)
    with pytest.raises(ValueError, match="name twice"):
        Scheduler([job, job], StoryClock(START))
