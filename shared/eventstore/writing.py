"""The write side of the SQLite log: judge a batch under BEGIN IMMEDIATE, insert its rows, commit once."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from shared.eventstore import reading
from shared.eventstore.admission import Request, admit
from shared.eventstore.codec import COLUMNS, EMPTY_DIGEST, Row, encode_cause, link, microseconds, row_links
from shared.eventstore.database import named, roll_back
from shared.eventstore.parking import parked_row
from shared.eventstore.port import (
    EVENT_BYTES_MAX,
    Appended,
    Claim,
    LogDamaged,
    LogError,
    Parked,
    Progress,
    StreamAppend,
)
from shared.kernel.clock import Clock
from shared.kernel.event import Cause, EventTypes

VERSIONS_CACHED_MAX = 2_000  # a miss costs one look at the index
ROWS_PER_STATEMENT_MAX = 32
_UNKNOWN = -1

_INSERTS = [
    f"INSERT INTO event ({COLUMNS}) VALUES " + ",".join(["(?,?,?,?,?,?,?,?,?)"] * count)  # noqa: S608 - constants only
    for count in range(ROWS_PER_STATEMENT_MAX + 1)
]
_TAIL = f"SELECT {COLUMNS} FROM event ORDER BY position DESC LIMIT 2"  # noqa: S608 - constants only
_UPSERT_PROGRESS = (
    "INSERT OR REPLACE INTO progress (consumer, source, mark, log_id, epoch, digest) VALUES (?,?,?,?,?,?)"
)
_FORGET_PROGRESS = "DELETE FROM progress WHERE consumer = ? AND source = ?"
_UPSERT_PARKED = (
    "INSERT OR REPLACE INTO parked (owner, source, mark, key, type, reason, parked_us) VALUES (?,?,?,?,?,?,?)"
)
_FORGET_CLAIMS = (
    "DELETE FROM claim WHERE rowid IN (SELECT rowid FROM claim WHERE expires_us <= ? ORDER BY expires_us LIMIT ?)"
)
_UPSERT_CLAIM = "INSERT OR REPLACE INTO claim (scope, key, fingerprint, answer, expires_us) VALUES (?,?,?,?,?)"


def put_mark(driver: reading.Driver, mark: Progress) -> None:
    """Store *mark* in the open transaction, whatever stood there."""
    proof = mark.proof
    proven = (None, None, None) if proof is None else (proof.log_id, proof.epoch, proof.digest)
    driver.execute(_UPSERT_PROGRESS, (mark.consumer, mark.source, mark.mark, *proven))


def forget_mark(driver: reading.Driver, consumer: str, source: str) -> None:
    driver.execute(_FORGET_PROGRESS, (consumer, source))


def forget_claims(driver: reading.Driver, expired_at: datetime, limit: int) -> int:
    """Delete claims that had expired by *expired_at*, the oldest first; returns how many."""
    return driver.execute(_FORGET_CLAIMS, (microseconds(expired_at), limit)).rowcount


class _Overtaken(Exception):
    """Another process wrote since head and versions were remembered."""


class Writer:
    """Not thread-safe: the combiner gives it one batch at a time. It is the `Ground` that requests are judged on.

    Head and stream versions are remembered between transactions. They are exact as long as `PRAGMA data_version`
    stands still; it is asked before anybody is refused, and when the next position turns out to be taken.
    """

    def __init__(self, driver: sqlite3.Connection, clock: Clock, path: Path) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._clock = clock
        self._path = path
        self._data_version = _UNKNOWN
        self._versions: dict[str, int] = {}
        self._position = 0
        self._digest = EMPTY_DIGEST
        self._recorded_us = 0

    def write(self, batch: Sequence[Request]) -> int:
        """Settle every request of *batch* and return the head's position. Raises when nothing at all was written."""
        if self._driver.in_transaction:
            raise RuntimeError("this thread is already writing to the log; finish that transaction first")
        try:
            written = self._transact(batch)
        except BaseException as failure:
            self._forget()
            roll_back(self._driver)
            if isinstance(failure, sqlite3.Error):
                raise named(failure, self._path) from failure
            raise
        for request, appended in written:
            request.appended = appended
        return self._position

    def write_alone(self, types: EventTypes, one: StreamAppend, cause: Cause) -> Appended | None:
        """One event on a new stream, or on one whose version is remembered: a statement that is its own transaction.

        All in one place, because this is what most commands come down to. Whoever wrote meanwhile took the position
        or the version, so the statement itself notices. None: nothing was written, and the general way has to judge.
        """
        stream, expected, versions = one.stream, one.expected_version, self._versions
        if versions.get(stream, 0) != expected or len(one.events) != 1:
            return None
        if self._data_version == _UNKNOWN or self._driver.in_transaction:
            return None
        type_name, data = types.stored(one.events[0])
        if len(data) > EVENT_BYTES_MAX or len(one.event_ids) > 1:
            return None
        event_id = one.event_ids[0] if one.event_ids else None
        position, version, cause_bytes = self._position + 1, expected + 1, encode_cause(cause)
        recorded_us = max(round(self._clock.now().timestamp() * 1_000_000), self._recorded_us)
        digest = link(self._digest, position, stream, version, event_id, type_name, data, cause_bytes, recorded_us)
        row = (position, stream, version, event_id, type_name, data, cause_bytes, recorded_us, digest)
        try:
            self._cursor.execute(_INSERTS[1], row)
        except sqlite3.IntegrityError:
            return None
        except BaseException as failure:
            self._forget()
            if isinstance(failure, sqlite3.Error):
                raise named(failure, self._path) from failure
            raise
        self._position, self._digest, self._recorded_us = position, digest, recorded_us
        if len(versions) > VERSIONS_CACHED_MAX:
            versions.clear()
        versions[stream] = version
        return Appended(position, {stream: version})

    def _transact(self, batch: Sequence[Request]) -> list[tuple[Request, Appended]]:
        """One transaction, a second one when the first was judged on what another process had overtaken.

        Whoever appended meanwhile took the next position, so the insert itself notices: no question beforehand.
        """
        cursor = self._cursor
        cursor.execute("BEGIN IMMEDIATE")
        try:
            written = self._judge(batch)
        except (_Overtaken, sqlite3.IntegrityError):
            if not self._is_overtaken():
                raise
            cursor.execute("ROLLBACK")
            cursor.execute("BEGIN IMMEDIATE")
            self._remember()
            written = self._judge(batch)
        cursor.execute("COMMIT" if written else "ROLLBACK")
        return written

    def _is_overtaken(self) -> bool:
        """Whether anybody else committed since head and versions were remembered."""
        (found,) = self._cursor.execute("PRAGMA data_version").fetchone()
        return bool(found != self._data_version)

    def _remember(self) -> None:
        self._versions.clear()
        (self._data_version,) = self._cursor.execute("PRAGMA data_version").fetchone()
        self._position, self._digest, self._recorded_us = reading.tail(self._cursor) or (0, EMPTY_DIGEST, 0)

    def _forget(self) -> None:
        self._versions.clear()
        self._data_version = _UNKNOWN

    def _judge(self, batch: Sequence[Request]) -> list[tuple[Request, Appended]]:
        """Refused requests are settled here and leave no trace; the others' rows are in the open transaction.

        Raises _Overtaken before anybody is refused on remembered versions that no longer hold.
        """
        if self._data_version == _UNKNOWN:
            self._remember()
        elif len(self._versions) > VERSIONS_CACHED_MAX:
            self._versions.clear()
        now = self._clock.now()
        recorded_us = max(round(now.timestamp() * 1_000_000), self._recorded_us)
        written: list[tuple[Request, Appended]] = []
        rows: list[Row] = []
        for request in batch:
            try:
                request.appended = admit(self, request, now)
            except LogError as refusal:
                if self._is_overtaken():
                    raise _Overtaken from None
                request.failure = refusal
                continue
            if request.appended is None:
                versions = self._add_rows(request, recorded_us, rows)
                if request.marks:
                    self._store_marks(request)
                written.append((request, Appended(self._position, versions)))
        if len(rows) == 1:
            self._cursor.execute(_INSERTS[1], rows[0])
        elif rows:
            self._insert(rows)
        self._recorded_us = recorded_us
        return written

    def _insert(self, rows: Sequence[Row]) -> None:
        """A statement gives Python's lock away once, and then has to queue for it: so many rows go in one statement."""
        for first in range(0, len(rows), ROWS_PER_STATEMENT_MAX):
            part = rows[first : first + ROWS_PER_STATEMENT_MAX]
            self._cursor.execute(_INSERTS[len(part)], list(chain.from_iterable(part)))

    def _add_rows(self, request: Request, recorded_us: int, rows: list[Row]) -> dict[str, int]:
        versions: dict[str, int] = {}
        cause, position, digest = request.cause, self._position, self._digest
        encoded = iter(request.encoded)
        for one in request.appends:
            stream = one.stream
            version = self.version_of(stream)
            event_ids = iter(one.event_ids)
            for type_name, data in next(encoded):
                position += 1
                version += 1
                event_id = next(event_ids, None)
                digest = link(digest, position, stream, version, event_id, type_name, data, cause, recorded_us)
                rows.append((position, stream, version, event_id, type_name, data, cause, recorded_us, digest))
            self._versions[stream] = versions[stream] = version
        self._position, self._digest = position, digest
        return versions

    def _store_marks(self, request: Request) -> None:
        for mark in request.marks:
            if isinstance(mark, Progress):
                put_mark(self._cursor, mark)
            elif isinstance(mark, Parked):
                self._cursor.execute(_UPSERT_PARKED, parked_row(mark))
            else:
                expires_us = microseconds(mark.expires_at)
                self._cursor.execute(_UPSERT_CLAIM, (mark.scope, mark.key, mark.fingerprint, mark.answer, expires_us))

    def version_of(self, stream: str) -> int:
        version = self._versions.get(stream)
        if version is None:
            version = self._versions[stream] = reading.version(self._cursor, stream)
        return version

    def places_of(self, stream: str, after_version: int, up_to_version: int) -> Sequence[tuple[str, int]]:
        return reading.places(self._cursor, stream, after_version, up_to_version)

    def mark_of(self, consumer: str, source: str) -> int:
        return reading.progress(self._cursor, consumer, source)

    def claim_of(self, scope: str, key: str) -> Claim | None:
        return reading.claim(self._cursor, scope, key)

    def rows(self, statement: str, wanted: tuple[str, int, int]) -> list[tuple[str, bytes]]:
        """What a reader asked for, answered on this connection; the caller holds the write lock."""
        try:
            return self._cursor.execute(statement, wanted).fetchall()
        except sqlite3.Error as error:
            raise named(error, self._path) from error

    def check_tail(self) -> int:
        """The head's position, after checking that the last event carries the digest that its bytes demand.

        A torn or altered tail shows here, before anything is added to it; the rest is for `verify`.
        """
        rows: list[Row] = self._cursor.execute(_TAIL).fetchall()
        if not rows:
            return 0
        last, previous = rows[0], rows[1][8] if len(rows) > 1 else EMPTY_DIGEST
        if not row_links(previous, last):
            raise LogDamaged(f"{self._path.name}: position {last[0]} does not carry the digest of its own bytes")
        return last[0]
