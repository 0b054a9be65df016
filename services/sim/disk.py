"""Disks that fail: the logs of the simulation, on which a write may be refused, lost, torn or left without an answer.

Every write of a service passes here: appends, pages of views, leases, keys. A crash is no error that code could catch
and go on from: it ends the process.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Protocol

import sqlalchemy as sa

from services.sim.faults import Weather
from services.sim.torn import copy_files, cut_last_commit, remove_files, wal_bytes
from shared.eventstore.database import driver_of
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import Appended, LogUnavailable, Mark, StreamAppend
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sqlite import SqliteLog
from shared.eventstore.states import States
from shared.kernel.clock import Clock
from shared.kernel.event import Cause, EventTypes

CHECKPOINT_BYTES = 4_000_000  # of write-ahead log, after which it is brought into the file between two steps
_PAGES_MAX = 0xFFFFFFFE  # SQLite's own bound


class Crash(BaseException):  # not an Exception: nothing in the platform may survive it
    """The process dies here and now."""


class SimulatedLog(LogWithViews, Protocol):
    """A log on a disk that fails, and that outlives the process."""

    tip: int  # position of the last event, known without asking
    disk: "Disk"

    def reopened(self, clock: Clock) -> "SimulatedLog":
        """The log as the next process finds it; this one is used no more."""
        ...

    def rest(self) -> None:
        """What the engine does between two steps."""
        ...


class Disk:
    """The disk of one service: decides what becomes of each write. *weather* None: nothing ever goes wrong.

    *begun*: the positions at which appends began, for the log itself does not tell where one ends and the next begins.
    A torn append is noted as well; the next one begins where it did.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        self.chance = Random(0)
        self.weather: Weather | None = None
        self.begun: set[int] = set()

    def note(self, appends: Sequence[StreamAppend], appended: Appended) -> None:
        """What was appended is one whole."""
        size = sum(len(one.events) for one in appends)
        if size:
            self.begun.add(appended.position - size + 1)

    def strike(self) -> str | None:
        """What hits this write. Raises LogUnavailable where it is never begun."""
        strike = None if self.weather is None else self.weather.strike(self._service)
        if strike == "append-fails":
            raise LogUnavailable(f"{self._service}: the disk answers with an error")
        return strike

    def is_full(self) -> bool:
        return self.weather is not None and self.weather.spell("disk-full", self._service) is not None

    def hit_full(self) -> None:
        if self.weather is not None and self.is_full():
            self.weather.hit("disk-full")


class FailingMemoryLog(MemoryLog):
    """The log in memory. The object stands for the disk: it outlives a crash, and only kept states are lost."""

    def __init__(self, name: str, types: EventTypes, clock: Clock, disk: Disk) -> None:
        super().__init__(name, types, clock)
        self.disk = disk
        self.tip = 0

    def append(self, appends: Sequence[StreamAppend], cause: Cause, marks: Sequence[Mark] = ()) -> Appended:
        strike = self._begin()
        if strike == "crash-before-commit":
            raise Crash(self.name)
        appended = super().append(appends, cause, marks)
        self.tip = max(self.tip, appended.position)
        self.disk.note(appends, appended)
        if strike is not None:
            raise Crash(self.name)
        return appended

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        strike = self._begin()
        with super().writing() as connection:
            yield connection
            if strike == "crash-before-commit":
                raise Crash(self.name)
        if strike is not None:
            raise Crash(self.name)

    def _begin(self) -> str | None:
        """A torn write is all or nothing here: there is no file that could hold a part of it."""
        strike = self.disk.strike()
        if self.disk.is_full():
            self.disk.hit_full()
            raise LogUnavailable(f"{self.name}: disk full")
        if strike == "torn-write":
            return self.disk.chance.choice(("crash-before-commit", "crash-after-commit"))
        return strike

    def reopened(self, clock: Clock) -> "FailingMemoryLog":
        self.states = States()
        self._clock = clock
        return self

    def rest(self) -> None:
        """Nothing to look after."""


class FailingSqliteLog(SqliteLog):
    """The log in real files at `<place>/<incarnation>/<name>.sqlite`; each process has an incarnation of its own.

    The write-ahead log is brought into the file between steps only (`rest`), never by the commit that a crash tears.
    """

    def __init__(
        self, name: str, types: EventTypes, clock: Clock, *, place: Path, disk: Disk, incarnation: int = 0
    ) -> None:
        self._place, self.disk, self._incarnation = place, disk, incarnation
        path = place / str(incarnation) / f"{name}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(name, types, clock, path)
        self._driver = driver_of(self._connection)
        self._driver.execute("PRAGMA wal_autocheckpoint = 0").close()
        self._is_full = False
        self._torn_from: int | None = None  # length of the write-ahead log before the write that the crash tore
        self.tip = self.head().position

    def append(self, appends: Sequence[StreamAppend], cause: Cause, marks: Sequence[Mark] = ()) -> Appended:
        strike, before = self._begin(), wal_bytes(self._path)
        if strike == "crash-before-commit":
            raise Crash(self.name)
        with self._counting():
            appended = super().append(appends, cause, marks)
        self.tip = max(self.tip, appended.position)
        self.disk.note(appends, appended)
        self._end(strike, before)
        return appended

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        strike, before = self._begin(), wal_bytes(self._path)
        with self._counting(), super().writing() as connection:
            yield connection
            if strike == "crash-before-commit":
                raise Crash(self.name)
        self._end(strike, before)

    def _begin(self) -> str | None:
        """A full disk is a real one to SQLite: it may not take another page."""
        strike = self.disk.strike()
        if self.disk.is_full() != self._is_full:
            self._is_full = self.disk.is_full()
            pages = self._driver.execute("PRAGMA page_count").fetchone()[0] if self._is_full else _PAGES_MAX
            self._driver.execute(f"PRAGMA max_page_count = {pages}").close()
        return strike

    @contextmanager
    def _counting(self) -> Iterator[None]:
        try:
            yield
        except LogUnavailable:
            self.disk.hit_full()
            raise

    def _end(self, strike: str | None, before: int) -> None:
        if strike == "torn-write":
            self._torn_from = before
        if strike is not None:
            raise Crash(self.name)

    def reopened(self, clock: Clock) -> "FailingSqliteLog":
        """The files as the crash left them, copied before this object closes: closing would tidy them up."""
        next_one = self._incarnation + 1
        fresh = self._place / str(next_one) / self._path.name
        copy_files(self._path, fresh)
        if self._torn_from is not None:
            cut_last_commit(fresh, self._torn_from, self.disk.chance)
        self.close()
        remove_files(self._path)
        return FailingSqliteLog(self.name, self.types, clock, place=self._place, disk=self.disk, incarnation=next_one)

    def rest(self) -> None:
        if wal_bytes(self._path) > CHECKPOINT_BYTES:
            self.scrub()
