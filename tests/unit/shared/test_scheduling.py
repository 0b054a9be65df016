"""Jobs in stories run by the story's time alone; in real time a thread runs them."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from shared.clock import StoryClock, SystemClock
from shared.scheduling import Job, Scheduler

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
