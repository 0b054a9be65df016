"""The seam of the event log: what every engine (SQLite, memory, later PostgreSQL) offers, and how it refuses.

One contract suite, `tests/contract/eventstore/`, runs on every engine.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from shared.eventstore.identity import Identity, Proof
from shared.eventstore.states import States
from shared.kernel.event import Cause, Event, EventTypes

EVENTS_PER_APPEND_MAX = 10_000
EVENT_BYTES_MAX = 1_048_576
PAGE_MAX = 1_000
ANY_VERSION = -1


class StreamAppend(msgspec.Struct, frozen=True, gc=False):
    """Events to add to *stream* if its version is *expected_version* (0: absent; ANY_VERSION: unchecked).

    Without events nothing is added, but the version is checked all the same: what was decided for the other streams of
    the append was decided on this one as it stood there.
    *event_ids*, when given (one an event), make the append idempotent: the same ids at the same versions return
    the first result.
    """

    stream: str
    expected_version: int
    events: Sequence[Event]
    event_ids: Sequence[str] = ()


class Recorded(msgspec.Struct, frozen=True, gc=False):
    """One event as it stands in the log. *position* counts from 1 without gaps; *version* from 1 in its stream.

    *digest* is the running one over everything up to and including this event.
    """

    position: int
    stream: str
    version: int
    event_id: str
    type: str
    event: Event
    cause: Cause
    recorded_at: datetime
    digest: bytes = b""


class Progress(msgspec.Struct, frozen=True, gc=False):
    """A consumer's mark, stored in the same transaction as its effect; must rise, else `NotAhead`.

    *after*, when given, must be the stored mark exactly: a page that was read above it is then applied whole or not.
    *proof* says of which log, and of which of its histories, the marked position is; None: nobody knew.
    """

    consumer: str  # e.g. "capacity"
    source: str  # log and partition, e.g. "order/0"
    mark: int
    after: int | None = None
    proof: Proof | None = None


class Claim(msgspec.Struct, frozen=True, gc=False):
    """An idempotency key with the answer it got, stored in the same transaction as the effect.

    *scope* is the principal's organisation and route; *fingerprint* a digest of the request.
    """

    scope: str
    key: str
    fingerprint: str
    answer: bytes
    expires_at: datetime


class Parked(msgspec.Struct, frozen=True, gc=False):
    """One thing set aside as poison. *owner* is "view:…", "consumer:…" or "relay:…"; *mark* its position or delivery mark.

    As a mark of an append it is set aside in the very transaction that passes it.
    """

    owner: str
    source: str
    mark: int
    key: str
    type: str
    reason: str
    parked_at: datetime


Mark = Progress | Claim | Parked


class Appended(msgspec.Struct, frozen=True, gc=False):
    """*position* of the last event written (or of the head when none was); *versions*: stream -> version now."""

    position: int
    versions: dict[str, int]


class Head(msgspec.Struct, frozen=True, gc=False):
    """The end of the log: last position (0 when empty) and the running SHA-256 digest over all appended bytes."""

    position: int
    digest: bytes


class LogError(Exception):
    """Base of what the event log refuses or cannot do."""


class WrongVersion(LogError):
    """Somebody wrote to the stream first."""

    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(f"stream {stream}: expected version {expected}, found {found}; load it again and retry")
        self.stream, self.expected, self.found = stream, expected, found


class AlreadyClaimed(LogError):
    """The idempotency key has been used: *claim* holds the first request's fingerprint and answer."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"idempotency key {claim.key!r} was used before in {claim.scope!r}")
        self.claim = claim


class NotAhead(LogError):
    """The delivery was seen before: its mark is not above the stored one. Drop it."""

    def __init__(self, progress: Progress, found: int) -> None:
        super().__init__(f"{progress.consumer} has {progress.source} up to {found}; {progress.mark} is not above it")
        self.progress, self.found = progress, found


class LogUnavailable(LogError):
    """The log cannot be written or read now: disk full, read-only, locked by another process. Nothing was written."""


class LogDamaged(LogError):
    """The stored log contradicts itself (digest, gap, undecodable bytes). Stop, restore, never guess."""


class EventLog(Protocol):
    """One service's log. Thread-safe. Every write is one transaction; waiting writers are committed together."""

    name: str  # e.g. "order"; names the source of published facts
    types: EventTypes
    states: States

    def append(self, appends: Sequence[StreamAppend], cause: Cause, marks: Sequence[Mark] = ()) -> Appended:
        """Write all of *appends* and *marks*, or nothing.

        Raises NotAhead, AlreadyClaimed, WrongVersion (judged in this order), LogUnavailable; ValueError beyond a
        limit. *appends* may be empty when there are marks. No stream may be named twice.
        """
        ...

    def read_stream(self, stream: str, after_version: int = 0, up_to_version: int | None = None) -> Sequence[Recorded]:
        """Events of *stream* with after_version < version <= up_to_version, ascending; empty when absent."""
        ...

    def read_events(
        self, stream: str, after_version: int = 0, up_to_version: int | None = None
    ) -> tuple[Sequence[Event], int]:
        """The stream's events without their envelopes, ascending, and the last version read: the lean way to fold."""
        ...

    def read_all(self, after_position: int = 0, limit: int = PAGE_MAX) -> Sequence[Recorded]:
        """At most *limit* events with position > *after_position*, ascending, without gaps."""
        ...

    def stream_version(self, stream: str) -> int:
        """Version of *stream*, 0 when absent."""
        ...

    def version_as_of(self, stream: str, position: int) -> int:
        """Version *stream* had when the head stood at *position*."""
        ...

    def position_as_of(self, at: datetime) -> int:
        """The last position recorded at or before *at*; recorded instants never fall along the log."""
        ...

    def head(self) -> Head: ...

    def verify(self) -> Head:
        """Read everything and check positions, versions, digests and decoding. Raises LogDamaged, else the head."""
        ...

    def wait_beyond(self, position: int, timeout_s: float) -> bool:
        """Wait until the head is beyond *position*; False at the time-out. Woken by the append, never by polling."""
        ...

    def nudge(self) -> None:
        """End all waits now, so that a thread that was told to stop notices at once."""
        ...

    @property
    def identity(self) -> Identity:
        """Made once, when the log was created, and stored in its own database."""
        ...

    def begin_epoch(self, after_position: int) -> Identity:
        """Let a new history begin behind *after_position*: a step of a stated recovery, never of anything else."""
        ...

    def proof_at(self, position: int) -> Proof | None:
        """What proves *position* (0: the beginning) in this log; None beyond the head."""
        ...

    def progress(self, consumer: str, source: str) -> int:
        """The consumer's stored mark for *source*, 0 when there is none."""
        ...

    def marks(self) -> Sequence[Progress]:
        """Every stored mark of every consumer, by consumer and source."""
        ...

    def put_mark(self, progress: Progress) -> None:
        """Store a mark whatever stood there, lower ones as well: for proofs that lacked and for a stated recovery."""
        ...

    def forget_mark(self, consumer: str, source: str) -> None:
        """Forget a mark, for a stated recovery."""
        ...

    def forget_claims(self, expired_at: datetime, limit: int) -> int:
        """Forget at most *limit* claims that had expired by then; returns how many."""
        ...

    def claim(self, scope: str, key: str, now: datetime) -> Claim | None:
        """The stored claim, unless it expired before *now*."""
        ...

    def close(self) -> None: ...
