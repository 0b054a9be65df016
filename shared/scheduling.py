"""Time becomes work: jobs that repeat, run by a scheduler thread in real time or stepped by hand in a story."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from shared.eventstore.port import EventLog, LogUnavailable
from shared.kernel.clock import Clock

MISFIRE_GRACE_S = 30

T = TypeVar("T")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """*call* is to be made *every* so often; it must be repeatable, since a late run stands for all that were missed."""

    name: str
    every: timedelta
    call: Callable[[], object]


class ItemsFailed(Exception):
    """Some items of a job failed; all the others were done. *failures*: item -> what stopped it."""

    def __init__(self, failures: Mapping[str, Exception], done: int) -> None:
        first, why = next(iter(failures.items()))
        super().__init__(
            f"{len(failures)} of {len(failures) + done} items failed; first: {first}: {type(why).__name__}: {why}"
        )
        self.failures, self.done = dict(failures), done


def each(items: Iterable[T], act: Callable[[T], object], name: Callable[[T], str], done_max: int | None = None) -> int:
    """Let *act* have its way with every item by itself: one that fails stops nobody else's. Returns how many were done.

    Ends after *done_max* that were done, so that failing ones cannot fill a run. Raises ItemsFailed in the end when any
    failed, so that the run counts as failed and they stay visible; LogUnavailable at once, since then no item can be done.
    """
    failures: dict[str, Exception] = {}
    done = 0
    for item in items:
        try:
            act(item)
        except LogUnavailable:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is this item's alone: named, kept, raised in the end
            _log.exception("item failed", item=name(item))
            failures[name(item)] = failure
        else:
            done += 1
            if done == done_max:
                break
    if failures:
        raise ItemsFailed(failures, done)
    return done


CLAIMS_EVERY = timedelta(minutes=10)
CLAIMS_AT_ONCE = 1_000


def forget_claims(service: str, log: EventLog, clock: Clock) -> Job:
    """Idempotency keys leave once they have expired, a bounded number a transaction: writers wait for none of it long."""

    def forget() -> int:
        forgotten = 0
        while found := log.forget_claims(clock.now(), CLAIMS_AT_ONCE):
            forgotten += found
        return forgotten

    return Job(f"{service}-expired-claims", CLAIMS_EVERY, forget)


class Scheduler:
    """Runs *jobs*. One run of a job at a time; missed runs are made up once; a failing job is logged and comes again.

    In real time `start` gives them a thread. Under a story's clock nobody starts it: `run_due` runs what is due by
    then, so that no job depends on wall time.
    """

    def __init__(self, jobs: Sequence[Job], clock: Clock) -> None:
        if len({one.name for one in jobs}) != len(jobs):
            raise ValueError("expected each job once, found a name twice")
        self._jobs = list(jobs)
        self._clock = clock
        self._due = {one.name: clock.now() + one.every for one in jobs}
        self._lock = Lock()
        self._thread: BackgroundScheduler | None = None
        self._failures: dict[str, str] = {}
        self._failing: dict[str, int] = {}

    @property
    def failures(self) -> dict[str, str]:
        """Jobs whose last run failed, and how."""
        return dict(self._failures)

    @property
    def failing(self) -> dict[str, int]:
        """Jobs whose last run failed -> how many of its items did; 1 for a job that failed as a whole."""
        return dict(self._failing)

    def run_due(self, now: datetime) -> list[str]:
        """Run once every job that is due at *now*, in the order of their due times; returns their names."""
        with self._lock:
            due = sorted((one for one in self._jobs if self._due[one.name] <= now), key=lambda one: self._due[one.name])
            for job in due:
                self._due[job.name] = now + job.every
                self._run(job)
        return [one.name for one in due]

    def start(self) -> None:
        if self._thread is not None:
            return
        self._thread = BackgroundScheduler(
            timezone="UTC",
            daemon=True,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_GRACE_S},
        )
        for job in self._jobs:
            seconds = job.every.total_seconds()
            self._thread.add_job(self._run, "interval", args=[job], seconds=seconds, id=job.name, name=job.name)
        self._thread.start()

    def stop(self) -> None:
        """End after the runs under way."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)
            self._thread = None

    def _run(self, job: Job) -> None:
        try:
            job.call()
        except Exception as failure:  # noqa: BLE001 - the outermost loop of jobs: log, keep, go on
            self._failures[job.name] = f"{type(failure).__name__}: {failure}"
            self._failing[job.name] = len(failure.failures) if isinstance(failure, ItemsFailed) else 1
            _log.exception("job failed", job=job.name)
        else:
            self._failures.pop(job.name, None)
            self._failing.pop(job.name, None)
