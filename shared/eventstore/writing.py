"""The write side of the SQLite log: judge a batch under BEGIN IMMEDIATE, insert its rows, commit once."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from shared.eventstore import reading
from shared.eventstore.admission import Request, admit
from shared.eventstore.codec import COLUMNS, EMPTY_DIGEST, Row, link, microseconds, row_links
from shared.eventstore.database import named, roll_back
from shared.eventstore.port import Appended, Claim, LogDamaged, LogError, Progress
from shared.kernel.clock import Clock

VERSIONS_CACHED_MAX = 100_000

_INSERT = f"INSERT INTO event ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"  # noqa: S608 - constants only
_TAIL = f"SELECT {COLUMNS} FROM event ORDER BY position DESC LIMIT 2"  # noqa: S608 - constants only
_UPSERT_PROGRESS = "INSERT OR REPLACE INTO progress (consumer, source, mark) VALUES (?,?,?)"
_UPSERT_CLAIM = "INSERT OR REPLACE INTO claim (scope, key, fingerprint, answer, expires_us) VALUES (?,?,?,?,?)"


class Writer:
    """Not thread-safe: the combiner gives it one batch at a time. It is the `Ground` that requests are judged on.

    Head and stream versions are remembered between transactions; they are exact as long as `PRAGMA data_version`
    stands still, and forgotten when it moves or anything fails.
    """

    def __init__(self, driver: sqlite3.Connection, clock: Clock, path: Path) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._clock = clock
        self._path = path
        self._data_version = -1
        self._versions: dict[str, int] = {}
        self._position = 0
        self._digest = EMPTY_DIGEST
        self._recorded_us = 0

    def write(self, batch: Sequence[Request]) -> int:
        """Settle every request of *batch* and return the head's position. Raises when nothing at all was written."""
        if self._driver.in_transaction:
            raise RuntimeError("this thread is already writing to the log; finish that transaction first")
        cursor = self._cursor
        try:
            cursor.execute("BEGIN IMMEDIATE")
            self._notice_others()
            written = self._judge(batch)
            cursor.execute("COMMIT" if written else "ROLLBACK")
        except BaseException as failure:
            self._forget()
            roll_back(self._driver)
            if isinstance(failure, sqlite3.Error):
                raise named(failure, self._path) from failure
            raise
        for request, appended in written:
            request.appended = appended
        return self._position

    def _notice_others(self) -> None:
        (found,) = self._cursor.execute("PRAGMA data_version").fetchone()
        if found != self._data_version:
            self._forget()
            row = reading.tail(self._cursor)
            self._position, self._digest, self._recorded_us = row or (0, EMPTY_DIGEST, 0)
            self._data_version = found
        if len(self._versions) > VERSIONS_CACHED_MAX:
            self._versions.clear()

    def _forget(self) -> None:
        self._versions.clear()
        self._data_version = -1

    def _judge(self, batch: Sequence[Request]) -> list[tuple[Request, Appended]]:
        """Refused requests are settled here and leave no trace; the others' rows are in the open transaction."""
        now = self._clock.now()
        recorded_us = max(microseconds(now), self._recorded_us)
        written: list[tuple[Request, Appended]] = []
        rows: list[Row] = []
        for request in batch:
            try:
                first = admit(self, request, now)
            except LogError as refusal:
                request.failure = refusal
                continue
            if first is not None:
                request.appended = first
                continue
            versions = self._add_rows(request, recorded_us, rows)
            if request.marks:
                self._store_marks(request)
            written.append((request, Appended(self._position, versions)))
        if len(rows) == 1:
            self._cursor.execute(_INSERT, rows[0])
        elif rows:
            self._cursor.executemany(_INSERT, rows)
        self._recorded_us = recorded_us
        return written

    def _add_rows(self, request: Request, recorded_us: int, rows: list[Row]) -> dict[str, int]:
        versions: dict[str, int] = {}
        cause, position, digest = request.cause, self._position, self._digest
        for one, encoded in zip(request.appends, request.encoded, strict=True):
            stream, ids = one.stream, one.event_ids
            version = self.version_of(stream)
            for index, (type_name, data) in enumerate(encoded):
                position += 1
                version += 1
                event_id = ids[index] if ids else None
                digest = link(digest, position, stream, version, event_id, type_name, data, cause, recorded_us)
                rows.append((position, stream, version, event_id, type_name, data, cause, recorded_us, digest))
            self._versions[stream] = versions[stream] = version
        self._position, self._digest = position, digest
        return versions

    def _store_marks(self, request: Request) -> None:
        for mark in request.marks:
            if isinstance(mark, Progress):
                self._cursor.execute(_UPSERT_PROGRESS, (mark.consumer, mark.source, mark.mark))
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
