"""What may be written: the one place that judges an append against versions, marks and claims, for every engine."""

from _thread import LockType
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.eventstore.codec import encode_cause
from shared.eventstore.port import (
    ANY_VERSION,
    EVENT_BYTES_MAX,
    EVENTS_PER_APPEND_MAX,
    AlreadyClaimed,
    Appended,
    Claim,
    Mark,
    NotAhead,
    Progress,
    StreamAppend,
    WrongVersion,
)
from shared.kernel.event import Cause, EventTypes


class Ground(Protocol):
    """What stands in the log at the moment of judging, under the write lock."""

    def version_of(self, stream: str) -> int: ...

    def places_of(self, stream: str, after_version: int, up_to_version: int) -> Sequence[tuple[str, int]]:
        """(event id, position) of those versions, ascending."""
        ...

    def mark_of(self, consumer: str, source: str) -> int: ...

    def claim_of(self, scope: str, key: str) -> Claim | None: ...


class Request:
    """One caller's append, encoded before any lock is taken, and what became of it."""

    __slots__ = ("appended", "appends", "cause", "encoded", "failure", "gate", "marks")

    def __init__(self, types: EventTypes, appends: Sequence[StreamAppend], cause: Cause, marks: Sequence[Mark]) -> None:
        self.appends = appends
        self.marks = marks
        self.cause = encode_cause(cause)
        self.encoded = [_encoded(types, one) for one in appends]
        self.appended: Appended | None = None
        self.failure: Exception | None = None
        self.gate: LockType | None = None  # where the caller waits while another writes for it
        if len(appends) > 1 and len({one.stream for one in appends}) != len(appends):
            raise ValueError("expected each stream at most once in an append")
        if sum(map(len, self.encoded)) > EVENTS_PER_APPEND_MAX:
            raise ValueError(f"expected at most {EVENTS_PER_APPEND_MAX} events an append")


def _encoded(types: EventTypes, one: StreamAppend) -> list[tuple[str, bytes]]:
    """(stored name, bytes) of each event. Raises ValueError for what the port forbids."""
    if not one.stream or one.expected_version < ANY_VERSION:
        raise ValueError(f"expected a stream name and a version >= {ANY_VERSION}, found {one.stream!r}")
    encoded = [*map(types.stored, one.events)]
    if one.event_ids and len(one.event_ids) != len(encoded):
        raise ValueError(f"expected {len(encoded)} event ids for {one.stream}, found {len(one.event_ids)}")
    for name, data in encoded:
        if len(data) > EVENT_BYTES_MAX:
            raise ValueError(f"expected at most {EVENT_BYTES_MAX} bytes an event, found {len(data)} in {name}")
    return encoded


def admit(ground: Ground, request: Request, now: datetime) -> Appended | None:
    """None when *request* may be written; its first result when the same event ids already stand there.

    Marks are judged before versions: a repeated delivery or request must hear that it was seen before, not that
    somebody else was first. Raises NotAhead, AlreadyClaimed, WrongVersion.
    """
    for mark in request.marks:
        if isinstance(mark, Progress):
            found = ground.mark_of(mark.consumer, mark.source)
            if mark.mark <= found or mark.after not in (None, found):
                raise NotAhead(mark, found)
        elif isinstance(mark, Claim):
            claim = ground.claim_of(mark.scope, mark.key)
            if claim is not None and claim.expires_at > now:
                raise AlreadyClaimed(claim)
    for one in request.appends:
        expected = one.expected_version
        if expected == ANY_VERSION:
            continue
        version = ground.version_of(one.stream)
        if version != expected:
            first = _first_result(ground, request.appends)
            if first is not None:
                return first
            raise WrongVersion(one.stream, expected, version)
    return None


def _first_result(ground: Ground, appends: Sequence[StreamAppend]) -> Appended | None:
    """What the first write of these very event ids at these very versions returned, None when it never was."""
    position, versions = 0, {}
    for one in appends:
        if not one.events:
            continue
        if not one.event_ids or one.expected_version == ANY_VERSION:
            return None
        last = one.expected_version + len(one.event_ids)
        places = ground.places_of(one.stream, one.expected_version, last)
        if [event_id for event_id, _ in places] != list(one.event_ids):
            return None
        position = max(position, places[-1][1])
        versions[one.stream] = last
    return Appended(position, versions)
