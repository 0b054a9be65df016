"""The event log on one SQLite file (WAL, synchronous=FULL): order by BEGIN IMMEDIATE, head and versions cached."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Condition
from time import monotonic

import sqlalchemy as sa

from shared.eventstore import reading
from shared.eventstore.admission import Request
from shared.eventstore.codec import COLUMNS, recorded
from shared.eventstore.combiner import Combiner
from shared.eventstore.database import (
    driver_of,
    named,
    named_errors,
    reader_engine,
    transaction,
    writer_engine,
)
from shared.eventstore.identity import Identity, Proof
from shared.eventstore.port import (
    PAGE_MAX,
    Appended,
    Claim,
    Head,
    LogDamaged,
    LogUnavailable,
    Mark,
    Progress,
    Recorded,
    StreamAppend,
)
from shared.eventstore.states import States
from shared.eventstore.upgrading import add_epoch, bring_up_to_date
from shared.eventstore.writing import Writer, forget_claims, forget_mark, put_mark
from shared.kernel.clock import Clock
from shared.kernel.event import Cause, Event, EventTypes

FOREIGN_WRITE_NOTICED_S = 0.25  # how late, at most, a waiter learns of an append made by another process

_STREAM = f"SELECT {COLUMNS} FROM event WHERE stream = ? AND version > ? AND version <= ? ORDER BY version"  # noqa: S608 - constants only
_ALL = f"SELECT {COLUMNS} FROM event WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 - constants only
_EVENTS = "SELECT type, data FROM event WHERE stream = ? AND version > ? AND version <= ? ORDER BY version"
_VERSION_MAX = 2**62


class SqliteLog:
    """One service's log in the file at *path*; satisfies `EventLog` and `LogWithViews`.

    Other processes may write to the same file: BEGIN IMMEDIATE orders all writers, and what this one has cached is
    dropped when `PRAGMA data_version` says that somebody else committed. A waiter is woken at once by an append of
    its own process, and within FOREIGN_WRITE_NOTICED_S by one of another.
    """

    def __init__(self, name: str, types: EventTypes, clock: Clock, path: Path) -> None:
        self.name = name
        self.types = types
        self.states = States()
        self._path = path
        self._appended = Condition()
        self._head_position = 0
        self._readers: deque[tuple[sa.PoolProxiedConnection, sqlite3.Connection]] = deque()
        self._nudges = 0
        self._is_closed = False
        self._waiters = 0
        self.views = reader_engine(path)
        self._engine = writer_engine(path)
        with named_errors(path):
            self._connection = self._engine.connect()
            try:
                self._open_writer(clock)
            except BaseException:
                self._connection.close()
                self._engine.dispose()
                raise
        self._combiner = Combiner(self._write)

    def _open_writer(self, clock: Clock) -> None:
        """Have the tables there and the writer at the end of the log. Raises LogDamaged."""
        driver = driver_of(self._connection)
        self._identity = bring_up_to_date(self._connection)
        self._writer = Writer(driver, clock, self._path)
        self._head_position = self._writer.check_tail()

    def append(self, appends: Sequence[StreamAppend], cause: Cause, marks: Sequence[Mark] = ()) -> Appended:
        self._check_open()
        if not appends and not marks:
            return Appended(self.head().position, {})
        combiner = self._combiner
        if len(appends) == 1 and not marks and combiner.alone():
            try:
                appended = self._writer.write_alone(self.types, appends[0], cause)
            finally:
                combiner.lock.release()
            if appended is not None:
                self._reached(appended.position)
                return appended
        return combiner.submit(Request(self.types, appends, cause, marks))

    def _write(self, batch: Sequence[Request]) -> None:
        self._reached(self._writer.write(batch))

    def _reached(self, position: int) -> None:
        if position > self._head_position:
            self._head_position = position
            if self._waiters:  # raised before a waiter looks at the head, so one of the two sees the other
                with self._appended:
                    self._appended.notify_all()

    def read_stream(self, stream: str, after_version: int = 0, up_to_version: int | None = None) -> list[Recorded]:
        last = _VERSION_MAX if up_to_version is None else up_to_version
        with self._reader() as driver:
            rows = driver.execute(_STREAM, (stream, after_version, last)).fetchall()
        return recorded(self.types, rows)

    def read_events(
        self, stream: str, after_version: int = 0, up_to_version: int | None = None
    ) -> tuple[list[Event], int]:
        """When nobody is writing, the writer's own connection answers: its pages are warm, a reader's are not."""
        wanted = (stream, after_version, _VERSION_MAX if up_to_version is None else up_to_version)
        lock = self._combiner.lock
        self._check_open()
        if lock.acquire(blocking=False):
            try:
                rows = self._writer.rows(_EVENTS, wanted)
            finally:
                lock.release()
        else:
            with self._reader() as driver:
                rows = driver.execute(_EVENTS, wanted).fetchall()
        return reading.events(self.types, stream, rows), after_version + len(rows)

    def read_all(self, after_position: int = 0, limit: int = PAGE_MAX) -> list[Recorded]:
        with self._reader() as driver:
            rows = driver.execute(_ALL, (after_position, limit)).fetchall()
        if rows and rows[-1][0] != after_position + len(rows):
            raise LogDamaged(
                f"log {self.name}: expected positions {after_position + 1}..{after_position + len(rows)}, "
                f"found {rows[0][0]}..{rows[-1][0]}"
            )
        return recorded(self.types, rows)

    def stream_version(self, stream: str) -> int:
        with self._reader() as driver:
            return reading.version(driver, stream)

    def version_as_of(self, stream: str, position: int) -> int:
        with self._reader() as driver:
            return reading.version_as_of(driver, stream, position)

    def position_as_of(self, at: datetime) -> int:
        with self._reader() as driver:
            return reading.position_as_of(driver, at)

    def head(self) -> Head:
        with self._reader() as driver:
            return reading.head(driver)

    def wait_beyond(self, position: int, timeout_s: float) -> bool:
        deadline = monotonic() + timeout_s
        with self._appended:
            nudges = self._nudges
            self._waiters += 1
            while self._head_position <= position and self._nudges == nudges:
                left = deadline - monotonic()
                if left <= 0 or not self._appended.wait(min(left, FOREIGN_WRITE_NOTICED_S)):
                    self._head_position = max(self._head_position, self.head().position)
                    if left <= 0:
                        break
            self._waiters -= 1
            return self._head_position > position

    def nudge(self) -> None:
        """End all waits now, so that a thread that was told to stop notices at once."""
        with self._appended:
            self._nudges += 1
            self._appended.notify_all()

    @property
    def identity(self) -> Identity:
        return self._identity

    def begin_epoch(self, after_position: int) -> Identity:
        with self.writing() as connection:
            begun = self._identity.begun_after(after_position)
            add_epoch(driver_of(connection), begun.log_id, begun.epochs[-1])
        self._identity = begun
        return begun

    def proof_at(self, position: int) -> Proof | None:
        with self._reader() as driver:
            digest = reading.digest_at(driver, position)
        return None if digest is None else Proof(self._identity.log_id, self._identity.epoch_at(position), digest)

    def progress(self, consumer: str, source: str) -> int:
        with self._reader() as driver:
            return reading.progress(driver, consumer, source)

    def marks(self) -> list[Progress]:
        with self._reader() as driver:
            return reading.marks(driver)

    def put_mark(self, progress: Progress) -> None:
        with self.writing() as connection:
            put_mark(driver_of(connection), progress)

    def forget_mark(self, consumer: str, source: str) -> None:
        with self.writing() as connection:
            forget_mark(driver_of(connection), consumer, source)

    def forget_claims(self, expired_at: datetime, limit: int) -> int:
        with self.writing() as connection:
            return forget_claims(driver_of(connection), expired_at, limit)

    def claim(self, scope: str, key: str, now: datetime) -> Claim | None:
        with self._reader() as driver:
            found = reading.claim(driver, scope, key)
        return found if found is not None and found.expires_at > now else None

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction on the writer's connection, for views, leases and keys; never append inside it."""
        with self._combiner.turn(), named_errors(self._path):
            self._check_open()
            with transaction(self._connection) as connection:
                yield connection

    def scrub(self) -> None:
        """Bring the write-ahead log into the file and cut it off; a reader in the way leaves it for the next time."""
        with self._combiner.turn(), named_errors(self._path):
            driver_of(self._connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def verify(self) -> Head:
        """Read the whole log and check positions, versions, digests and that every event can be read."""
        with self._reader() as driver:
            return reading.verify(driver, self.types, self.name)

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """A driver connection from SQLAlchemy's pool, kept at hand: checking one out each time costs more than a read."""
        readers = self._readers
        self._check_open()
        try:
            held = readers.pop()
        except IndexError:
            with named_errors(self._path):
                held = self._check_out()
        try:
            yield held[1]
        except sqlite3.Error as error:
            raise named(error, self._path) from error
        finally:
            readers.append(held)

    def _check_open(self) -> None:
        if self._is_closed:
            raise LogUnavailable(f"log {self.name} is closed")

    def _check_out(self) -> tuple[sa.PoolProxiedConnection, sqlite3.Connection]:
        pooled = self.views.raw_connection()
        driver = pooled.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError(f"expected a connection of the sqlite3 driver, found {type(driver).__name__}")
        return pooled, driver

    def close(self) -> None:
        self.nudge()
        with self._combiner.turn():
            self._is_closed = True
            while self._readers:
                self._readers.pop()[0].close()
            self._connection.close()
            self._engine.dispose()
            self.views.dispose()
