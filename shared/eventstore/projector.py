"""The runner of views: pages in, view and checkpoint out in one transaction, waits answered, rebuilds swapped in."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from threading import Condition
from time import monotonic

import sqlalchemy as sa

from shared.eventstore import shadow
from shared.eventstore.checkpoints import Checkpoint, move_checkpoints, read_checkpoints, write_checkpoint
from shared.eventstore.folding import Poisoned, digest_of, fold, fold_whole
from shared.eventstore.parking import Parked, list_parked, unpark
from shared.eventstore.port import PAGE_MAX, LogError, Recorded
from shared.eventstore.projecting import LogWithViews, Projection
from shared.eventstore.stepping import Stepper
from shared.kernel.clock import Clock

__all__ = ["Projector", "ViewStale", "digest_of"]

IDLE_WAIT_S = 0.25


class ViewStale(Exception):
    """The view was folded by other code than runs now; it does not serve until rebuilt."""

    def __init__(self, name: str) -> None:
        super().__init__(f"view {name} was folded by older code; run: rebuild {name}")
        self.name = name


class Projector:
    """Keeps *projections* of *log* up to date.

    `start` runs a thread; without it `run_once` folds one page, and `wait_for` steps by itself. Views that stand at
    the same position share one read and one transaction.
    """

    def __init__(
        self,
        log: LogWithViews,
        projections: Sequence[Projection],
        clock: Clock,
        page_max: int = PAGE_MAX,
    ) -> None:
        self._log = log
        self._clock = clock
        self._page_max = page_max
        self._projections = {one.name: one for one in projections}
        if len(self._projections) != len(projections):
            raise ValueError("expected each view once, found a name twice")
        self._changed = Condition()
        self._stepper = Stepper(f"projector-{log.name}", self.run_once, self._idle, log.nudge, (LogError,))
        self._on_page: list[Callable[[int], None]] = []
        with log.writing() as connection:
            self._checkpoints = self._open(connection)

    def _open(self, connection: sa.Connection) -> dict[str, Checkpoint]:
        found = read_checkpoints(connection)
        for projection in self._projections.values():
            if projection.name not in found:
                for table in projection.tables:
                    table.create(connection, checkfirst=True)
                found[projection.name] = Checkpoint(0, projection.code_digest)
                write_checkpoint(connection, projection.name, found[projection.name])
        return {name: found[name] for name in self._projections}

    @property
    def stale(self) -> list[str]:
        """Names of views that other code folded; they are left alone until rebuilt."""
        return [name for name, one in self._projections.items() if self._checkpoints[name].digest != one.code_digest]

    @property
    def ready(self) -> bool:
        """Whether every view may serve."""
        return not self.stale

    def check(self, name: str) -> None:
        """Raises ViewStale when the view must not serve, LookupError when there is none of that name."""
        if self._checkpoints[name].digest != self._projections[name].code_digest:
            raise ViewStale(name)

    @property
    def names(self) -> list[str]:
        return list(self._projections)

    @property
    def projections(self) -> list[Projection]:
        return list(self._projections.values())

    def position(self, name: str | None = None) -> int:
        """How far the view has come; the slowest serving view when *name* is None."""
        if name is not None:
            return self._checkpoints[name].position
        serving = [self._checkpoints[one].position for one in self._projections if one not in self.stale]
        return min(serving, default=self._log.head().position)

    def lag(self) -> int:
        """Events that the slowest view has not seen."""
        return max(0, self._log.head().position - self.position())

    def parked(self) -> list[Parked]:
        return [one for one in list_parked(self._log.views) if one.owner.startswith("view:")]

    def on_page(self, call: Callable[[int], None]) -> None:
        """*call* gets the new position after each page, for those who push changes on (SSE). It must be quick."""
        self._on_page.append(call)

    def run_once(self) -> int:
        """Fold at most one page into the views that are furthest behind; returns the number of events read."""
        stale = set(self.stale)
        live = [one for name, one in self._projections.items() if name not in stale]
        if not live:
            return 0
        after = min(self._checkpoints[one.name].position for one in live)
        page = self._log.read_all(after, self._page_max)
        if not page:
            return 0
        self._fold(live, page)
        return len(page)

    def _fold(self, live: Sequence[Projection], page: Sequence[Recorded]) -> None:
        """A page that holds poison is taken a second time, with care: savepoints would cost every page more."""
        try:
            checkpoints = self._written(live, page)
        except Poisoned:
            checkpoints = self._written(live, page, with_care=True)
        with self._changed:
            self._checkpoints = {name: checkpoints[name] for name in self._projections}
            self._changed.notify_all()
        for call in self._on_page:
            call(page[-1].position)

    def _written(
        self, live: Sequence[Projection], page: Sequence[Recorded], *, with_care: bool = False
    ) -> dict[str, Checkpoint]:
        """Checkpoints are read again under the write lock: a rebuild or another process may have moved them."""
        after, position, now = page[0].position - 1, page[-1].position, self._clock.now()
        with self._log.writing() as connection:
            checkpoints, moved = read_checkpoints(connection), dict[str, Checkpoint]()
            for projection in live:
                if checkpoints[projection.name] != Checkpoint(after, projection.code_digest):
                    continue
                if with_care:
                    fold(connection, projection, page, now, self._log.name)
                else:
                    fold_whole(connection, projection, page)
                moved[projection.name] = Checkpoint(position, projection.code_digest)
            move_checkpoints(connection, moved)
        return checkpoints | moved

    def catch_up(self) -> None:
        """Fold until nothing is left."""
        while self.run_once():
            pass

    def wait_for(self, projection: str | None, position: int, timeout_s: float) -> bool:
        """Read your write: wait until the view (None: every view) has seen *position*; False at the time-out.

        Woken by the page that brings it. Raises ViewStale when the view does not serve.
        """
        for name in self.stale if projection is None else [projection]:
            self.check(name)
        if not self._stepper.is_started:
            deadline = monotonic() + timeout_s
            while self.position(projection) < position and monotonic() < deadline and self.run_once():
                pass
            return self.position(projection) >= position
        with self._changed:
            return self._changed.wait_for(lambda: self.position(projection) >= position, timeout_s)

    def rebuild(self, name: str) -> int:
        """Fold the view anew beside the live one, then swap both in one transaction; returns its position."""
        projection = self._projections[name]
        with shadow.built(self._log, projection, self._clock, page_max=self._page_max) as (copy, seen):
            with self._log.writing() as connection:
                position = shadow.catch_up(self._log, projection, copy, seen, self._clock)
                unpark(connection, f"view:{name}")
                shadow.swap(connection, projection, copy)
                checkpoint = Checkpoint(position, projection.code_digest)
                write_checkpoint(connection, name, checkpoint)
            with self._changed:
                self._checkpoints = {**self._checkpoints, name: checkpoint}
                self._changed.notify_all()
        return position

    def as_of(self, name: str, position: int) -> AbstractContextManager[sa.Connection]:
        """The view as it stood when the head was at *position*, on a connection of its own, for one question."""
        return shadow.as_of(self._log, self._projections[name], position, self._clock)

    def rebuild_stale(self) -> list[str]:
        """Rebuild what other code folded; returns the names."""
        names = self.stale
        for name in names:
            self.rebuild(name)
        return names

    @property
    def is_well(self) -> bool:
        """Whether the thread, if it was started, still runs."""
        return self._stepper.is_well

    def trouble(self) -> str | None:
        """What keeps the thread from its work, in a line; None when well."""
        return self._stepper.trouble()

    def start(self) -> None:
        self._stepper.start()

    def stop(self) -> None:
        self._stepper.stop()

    def _idle(self) -> None:
        self._log.wait_beyond(self.position(), IDLE_WAIT_S)
