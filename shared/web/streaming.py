"""Live updates: server-sent events that resume by position, and the same rows for those who poll.

A position counts the events of the one stream that is followed: the log's own would tell how busy everybody else is.
A client sends back the id of the last event it saw (`Last-Event-ID`, or `?after=`) and misses nothing. A stream ends by
itself after a while and the browser comes back; open streams are capped, so that they never take all threads.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import orjson
from flask import Response, current_app, request

from shared.eventstore.port import EventLog, Recorded
from shared.kernel.refusal import Refused
from shared.web.access import current_principal
from shared.web.refusals import WebWhy

STREAM_FOR_S = 55.0
HEARTBEAT_S = 15.0
RETRY_S = 5
ROWS_MAX = 200
PAGES_MAX = 20
STREAMS_MAX = 4
STREAMS_PER_ORGANISATION_MAX = 2  # nobody takes all of them
_PROCESS_SLOTS = threading.BoundedSemaphore(STREAMS_MAX)
"""A stream holds a thread, and threads are the process's: with `prefer.WAITING_MAX` they leave some to answer with."""
_POSITION_MAX = 10**15
_POSITION = re.compile(r"[0-9]{1,16}")

Shown = Mapping[str, object]
Select = Callable[[Recorded], Shown | None]
"""What of an event this caller may see; None: nothing. The wall between tenants stands here."""
Source = Callable[[int], tuple[Sequence[Recorded], int]]
"""Events of a stream after a position in it, ascending, and the position up to which they were looked through."""


class OpenStreams:
    """Counts the open streams of one app against *slots*: those of the process, unless it has its own."""

    def __init__(self, slots: threading.BoundedSemaphore | None = None) -> None:
        self._slots = slots or _PROCESS_SLOTS
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    @property
    def count(self) -> int:
        return self._open.total()

    def enter(self, org_id: str) -> None:
        """Raises Refused STREAMS_FULL when every slot is taken, or the organisation has its share of them."""
        with self._lock:
            if self._open[org_id] >= STREAMS_PER_ORGANISATION_MAX or not self._slots.acquire(blocking=False):
                raise Refused(WebWhy.STREAMS_FULL, seconds=RETRY_S)
            self._open[org_id] += 1

    def leave(self, org_id: str) -> None:
        with self._lock:
            self._open[org_id] -= 1
            self._open += Counter()  # forgets who has none
        self._slots.release()


def of_stream(log: EventLog, stream: str) -> Source:
    """The events of a short stream (an order's, a work order's), without reading past everybody else's."""

    def after(position: int) -> tuple[Sequence[Recorded], int]:
        found = log.read_stream(stream, position)
        return found, found[-1].version if found else position

    return after


def last_seen() -> int:
    """The position after which the caller wants to go on: Last-Event-ID, else `?after=`, else 0."""
    text = request.headers.get("Last-Event-ID") or request.args.get("after") or "0"
    if not _POSITION.fullmatch(text) or int(text) > _POSITION_MAX:
        raise Refused(WebWhy.HEADER_INVALID, header="Last-Event-ID", expected="0..10^15", found=text[:40])
    return int(text)


def events(log: EventLog, source: Source, select: Select) -> Response:
    """Answer with a stream when the caller accepts text/event-stream, else with one page of the same rows.

    A position beyond the log is refused: waiting there would miss everything until the log had grown past it. The page is `{"items": [{"position", …}], "next": position}`: ask again with `?after=<next>`.
    """
    begin = last_seen()
    ends = log.head().position
    if begin > ends:
        raise Refused(WebWhy.EVENT_ID_AHEAD, found=begin)
    best = request.accept_mimetypes.best_match(["application/json", "text/event-stream"])
    if best != "text/event-stream":
        items, following = _page(source, select, begin)
        return Response(orjson.dumps({"items": items, "next": following}), content_type="application/json")
    streams = current_app.extensions["gongfang-streams"]
    assert isinstance(streams, OpenStreams)  # noqa: S101 - build_app put it there
    org_id = current_principal().org_id
    streams.enter(org_id)
    live = Response(_live(log, source, select, begin), content_type="text/event-stream; charset=utf-8")
    live.call_on_close(lambda: streams.leave(org_id))
    live.headers["X-Accel-Buffering"] = "no"
    return live


def _page(source: Source, select: Select, position: int) -> tuple[list[dict[str, object]], int]:
    """At most ROWS_MAX rows, and the position to go on from; bounded work however little the caller may see."""
    items: list[dict[str, object]] = []
    for _ in range(PAGES_MAX):
        found, looked_up_to = source(position)
        if looked_up_to == position:
            break
        for one in found:
            shown = select(one)
            if shown is not None:
                items.append({"position": one.version, **shown})
                if len(items) == ROWS_MAX:
                    return items, one.version
        position = looked_up_to
    return items, position


def _live(log: EventLog, source: Source, select: Select, position: int) -> Iterator[bytes]:
    ends_at = time.monotonic() + STREAM_FOR_S
    yield f"retry: {RETRY_S * 1000}\n: open\n\n".encode()
    while (left := ends_at - time.monotonic()) > 0:
        head = log.head().position
        items, position = _page(source, select, position)
        for item in items:
            yield f"id: {item['position']}\ndata: ".encode() + orjson.dumps(item) + b"\n\n"
        if not items and not log.wait_beyond(head, min(left, HEARTBEAT_S)):
            yield b": still here\n\n"
    yield b"id: %d\n\n" % position  # without data it is no message: the browser only remembers where to go on
