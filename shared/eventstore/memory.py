"""The event log in memory: the reference for tests and simulations, held to the same suite as every engine."""

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Condition

import msgspec
import sqlalchemy as sa

from shared.eventstore.admission import Request, admit
from shared.eventstore.codec import EMPTY_DIGEST, Row, link, microseconds, recorded, row_links
from shared.eventstore.combiner import Combiner
from shared.eventstore.database import create_tables, memory_engine, transaction
from shared.eventstore.identity import Identity, Proof, new_log_id
from shared.eventstore.parking import park
from shared.eventstore.port import (
    PAGE_MAX,
    Appended,
    Claim,
    Head,
    LogDamaged,
    LogError,
    Mark,
    Parked,
    Progress,
    Recorded,
    StreamAppend,
)
from shared.eventstore.states import States
from shared.kernel.clock import Clock
from shared.kernel.event import Cause, Event, EventTypes


class MemoryLog:
    """One service's log in lists; its views live in a database in memory. Gone when the process is."""

    def __init__(self, name: str, types: EventTypes, clock: Clock) -> None:
        self.name = name
        self.types = types
        self.states = States()
        self._clock = clock
        self._rows: list[Row] = []
        self._all: list[Recorded] = []
        self._streams: dict[str, list[Recorded]] = {}
        self._progress: dict[tuple[str, str], Progress] = {}
        self._identity = Identity(new_log_id())
        self._claims: dict[tuple[str, str], Claim] = {}
        self._changed = Condition()
        self._nudges = 0
        self._combiner = Combiner(self._write)
        self.views = memory_engine()
        weakref.finalize(self, self.views.dispose)  # a log that is let go unclosed leaves no open database behind
        with self.views.connect() as connection, transaction(connection):
            create_tables(connection)

    def append(self, appends: Sequence[StreamAppend], cause: Cause, marks: Sequence[Mark] = ()) -> Appended:
        if not appends and not marks:
            return Appended(len(self._all), {})
        return self._combiner.submit(Request(self.types, appends, cause, marks))

    def _write(self, batch: Sequence[Request]) -> None:
        now = self._clock.now()
        for request in batch:
            try:
                first = admit(self, request, now)
            except LogError as refusal:
                request.failure = refusal
                continue
            request.appended = self._store(request, now) if first is None else first
        with self._changed:
            self._changed.notify_all()

    def _store(self, request: Request, now: datetime) -> Appended:
        recorded_us = max(microseconds(now), self._rows[-1][7] if self._rows else 0)
        rows, versions = [], {}
        digest = self._rows[-1][8] if self._rows else EMPTY_DIGEST
        position = len(self._rows)
        for one, encoded in zip(request.appends, request.encoded, strict=True):
            version = self.version_of(one.stream)
            for index, (type_name, data) in enumerate(encoded):
                position, version = position + 1, version + 1
                event_id = one.event_ids[index] if one.event_ids else None
                fields = (position, one.stream, version, event_id, type_name, data, request.cause, recorded_us)
                digest = link(digest, *fields)
                rows.append((*fields, digest))
            versions[one.stream] = version
        fresh = recorded(self.types, rows)
        self._rows += rows
        for event in fresh:
            self._streams.setdefault(event.stream, []).append(event)
        for mark in request.marks:
            if isinstance(mark, Progress):
                self.put_mark(mark)
            elif isinstance(mark, Parked):
                with self.views.connect() as connection, transaction(connection):
                    park(connection, mark)
            else:
                self._claims[mark.scope, mark.key] = mark
        self._all += fresh  # last: a reader of all sees nothing that its stream does not have
        return Appended(position, versions)

    def read_stream(self, stream: str, after_version: int = 0, up_to_version: int | None = None) -> list[Recorded]:
        return self._streams.get(stream, [])[after_version:up_to_version]

    def read_events(
        self, stream: str, after_version: int = 0, up_to_version: int | None = None
    ) -> tuple[list[Event], int]:
        found = self._streams.get(stream, [])[after_version:up_to_version]
        return [one.event for one in found], after_version + len(found)

    def read_all(self, after_position: int = 0, limit: int = PAGE_MAX) -> list[Recorded]:
        return self._all[after_position : after_position + limit]

    def stream_version(self, stream: str) -> int:
        return len(self._streams.get(stream, ()))

    def version_as_of(self, stream: str, position: int) -> int:
        return sum(1 for one in self._streams.get(stream, ()) if one.position <= position)

    def position_as_of(self, at: datetime) -> int:
        wanted = microseconds(at)
        return sum(1 for row in self._rows if row[7] <= wanted)

    def head(self) -> Head:
        count = len(self._all)
        return Head(count, self._rows[count - 1][8]) if count else Head(0, EMPTY_DIGEST)

    def wait_beyond(self, position: int, timeout_s: float) -> bool:
        with self._changed:
            nudges = self._nudges
            self._changed.wait_for(lambda: self._nudges != nudges or len(self._all) > position, timeout_s)
            return len(self._all) > position

    def nudge(self) -> None:
        """End all waits now, so that a thread that was told to stop notices at once."""
        with self._changed:
            self._nudges += 1
            self._changed.notify_all()

    @property
    def identity(self) -> Identity:
        return self._identity

    def begin_epoch(self, after_position: int) -> Identity:
        self._identity = self._identity.begun_after(after_position)
        return self._identity

    def proof_at(self, position: int) -> Proof | None:
        if position > len(self._rows):
            return None
        digest = self._rows[position - 1][8] if position else EMPTY_DIGEST
        return Proof(self._identity.log_id, self._identity.epoch_at(position), digest)

    def progress(self, consumer: str, source: str) -> int:
        return self.mark_of(consumer, source)

    def marks(self) -> list[Progress]:
        return [self._progress[key] for key in sorted(self._progress)]

    def put_mark(self, progress: Progress) -> None:
        self._progress[progress.consumer, progress.source] = msgspec.structs.replace(progress, after=None)

    def forget_mark(self, consumer: str, source: str) -> None:
        self._progress.pop((consumer, source), None)

    def forget_claims(self, expired_at: datetime, limit: int) -> int:
        expired = sorted((one.expires_at, key) for key, one in self._claims.items() if one.expires_at <= expired_at)
        for _, key in expired[:limit]:
            del self._claims[key]
        return len(expired[:limit])

    def claim(self, scope: str, key: str, now: datetime) -> Claim | None:
        found = self.claim_of(scope, key)
        return found if found is not None and found.expires_at > now else None

    def version_of(self, stream: str) -> int:
        return len(self._streams.get(stream, ()))

    def places_of(self, stream: str, after_version: int, up_to_version: int) -> list[tuple[str, int]]:
        found = self._streams.get(stream, [])[after_version:up_to_version]
        return [(one.event_id, one.position) for one in found]

    def mark_of(self, consumer: str, source: str) -> int:
        found = self._progress.get((consumer, source))
        return 0 if found is None else found.mark

    def claim_of(self, scope: str, key: str) -> Claim | None:
        return self._claims.get((scope, key))

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction on the views' database; readers wait until it ends. Never append inside it."""
        with self.views.connect() as connection, transaction(connection):
            yield connection

    def scrub(self) -> None:
        """Memory that is freed is gone."""

    def verify(self) -> Head:
        """Check positions, versions and digests of every row, as the file engines do."""
        previous, versions = EMPTY_DIGEST, dict.fromkeys(self._streams, 0)
        for index, row in enumerate(self._rows, start=1):
            versions[row[1]] += 1
            if row[0] != index or row[2] != versions[row[1]] or not row_links(previous, row):
                raise LogDamaged(f"log {self.name}, position {row[0]}: position, version or digest is not the next")
            previous = row[8]
        return Head(len(self._rows), previous)

    def close(self) -> None:
        self.nudge()
        self.views.dispose()
