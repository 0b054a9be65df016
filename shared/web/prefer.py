"""`Prefer: wait=N` (RFC 7240): an answer that arrives later may be waited for, at most 30 seconds, never by polling.

Waiting holds a thread of the process, so only so many requests wait at a time; one too many is answered at once, as a
preference may be.
"""

import re
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from flask import request

from shared.eventstore.port import EventLog

WAIT_S_MAX = 30
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?:$|[,;])", re.IGNORECASE)
WAITING_MAX = 8
_PROCESS_SLOTS = threading.BoundedSemaphore(WAITING_MAX)
T = TypeVar("T")


def wait_seconds() -> int:
    """How long the caller is willing to wait: 0 when not asked, at most WAIT_S_MAX."""
    found = _WAIT.search(request.headers.get("Prefer", ""))
    return min(int(found[1]), WAIT_S_MAX) if found else 0


def wait_for(
    log: EventLog,
    probe: Callable[[int], T | None],
    seconds: float,
    slots: threading.BoundedSemaphore = _PROCESS_SLOTS,
) -> T | None:
    """What *probe* finds, woken by each append to *log*; None when it finds nothing within *seconds*.

    *probe* gets the log's position at the time: a probe that reads a view asks it for at least that position.
    """
    may_wait = slots.acquire(blocking=False)
    try:
        return _wait(log, probe, seconds if may_wait else 0)
    finally:
        if may_wait:
            slots.release()


def _wait(log: EventLog, probe: Callable[[int], T | None], seconds: float) -> T | None:
    deadline = time.monotonic() + seconds
    while True:
        position = log.head().position
        found = probe(position)
        left = deadline - time.monotonic()
        if found is not None or left <= 0:
            return found
        log.wait_beyond(position, left)
