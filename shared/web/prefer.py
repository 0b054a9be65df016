"""`Prefer: wait=N` (RFC 7240): an answer that arrives later may be waited for, at most 30 seconds, never by polling.

Waiting holds a thread of the process, so only so many requests wait at a time, half of them of one organisation; one too
many is answered at once, as a preference may be.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from flask import g, has_request_context, request

from shared.eventstore.port import EventLog

WAIT_S_MAX = 30
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)
WAITING_MAX = 8
WAITING_PER_ORGANISATION_MAX = WAITING_MAX // 2  # nobody takes all of them
T = TypeVar("T")


class WaitingPlaces:
    """Places for requests that wait: *most* in all, and *share* of them for one organisation."""

    def __init__(self, most: int = WAITING_MAX, share: int = WAITING_PER_ORGANISATION_MAX) -> None:
        self._most, self._share = most, share
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def enter(self, org_id: str) -> bool:
        """Whether there was a place; who has one gives it back by `leave`."""
        with self._lock:
            has_place = self._taken.total() < self._most and self._taken[org_id] < self._share
            if has_place:
                self._taken[org_id] += 1
            return has_place

    def leave(self, org_id: str) -> None:
        with self._lock:
            self._taken[org_id] -= 1
            self._taken += Counter()  # forgets who has none


_OF_PROCESS = WaitingPlaces()


def wait_seconds() -> int:
    """How long the caller is willing to wait: 0 when not asked, at most WAIT_S_MAX."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), WAIT_S_MAX) if found else 0


def applied() -> str:
    """The preference that was heard while answering this request; "" when none was."""
    found: str = g.get("preference_applied", "")
    return found


def wait_for(
    log: EventLog,
    probe: Callable[[int], T | None],
    seconds: float,
    org_id: str,
    places: WaitingPlaces = _OF_PROCESS,
) -> T | None:
    """What *probe* finds, woken by each append to *log*; None when it finds nothing within *seconds*,
    for which *org_id* takes one of *places*.

    *probe* gets the log's position at the time: a probe that reads a view asks it for at least that position.
    """
    may_wait = seconds > 0 and places.enter(org_id)
    if may_wait and has_request_context():
        g.preference_applied = f"wait={seconds:g}"
    try:
        return _wait(log, probe, seconds if may_wait else 0)
    finally:
        if may_wait:
            places.leave(org_id)


def _wait(log: EventLog, probe: Callable[[int], T | None], seconds: float) -> T | None:
    deadline = time.monotonic() + seconds
    while True:
        position = log.head().position
        found = probe(position)
        left = deadline - time.monotonic()
        if found is not None or left <= 0:
            return found
        log.wait_beyond(position, left)
