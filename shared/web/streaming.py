"""Live updates: server-sent events that resume by position, and the same rows for those who poll.

A position counts the events of the one stream that is followed: the log's own would tell how busy everybody else is.
A client sends back the id of the last event it saw (`Last-Event-ID`, or `?after=`) and misses nothing. A stream ends by
itself after a while and the browser comes back; open streams are capped, so that they never take all threads.

The id of an event is its position, behind the log's epoch once there was a recovery ("2.17"): who has seen an event of a
history that was given up is told so, and does not miss what took its place. It tells nobody about anybody else's work.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import orjson
from flask import Response, current_app, request

from shared.eventstore.identity import FIRST_EPOCH
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
_SEEN = re.compile(r"(?:([0-9]{1,6})\.)?([0-9]{1,16})")

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
    return _last_seen()[1]


def _last_seen() -> tuple[int | None, int]:
    """The epoch in which the caller saw that position as well; None where it does not say, by `?after=`."""
    header = request.headers.get("Last-Event-ID")
    text = header or request.args.get("after") or "0"
    found = _SEEN.fullmatch(text)
    if found is None or int(found[2]) > _POSITION_MAX:
        raise Refused(WebWhy.HEADER_INVALID, header="Last-Event-ID", expected="0..10^15", found=text[:40])
    return (int(found[1] or FIRST_EPOCH) if header or found[1] else None), int(found[2])


def _check_seen(log: EventLog, source: Source, epoch: int | None, position: int) -> None:
    """Raises Refused EVENT_ID_AHEAD where the caller has seen what the log does not tell, or tells no more."""
    if position > log.head().position:
        raise Refused(WebWhy.EVENT_ID_AHEAD, found=position)
    if epoch is None or epoch == log.identity.epoch or position == 0:
        return
    seen = next((one for one in source(position - 1)[0] if one.version == position), None)
    if seen is None or epoch > log.identity.epoch or log.identity.epoch_at(seen.position) > epoch:
        raise Refused(WebWhy.EVENT_ID_AHEAD, found=position)


def _id_of(log: EventLog, position: object) -> str:
    epoch = log.identity.epoch
    return f"{position}" if epoch == FIRST_EPOCH else f"{epoch}.{position}"


def events(log: EventLog, source: Source, select: Select) -> Response:
    """Answer with a stream when the caller accepts text/event-stream, else with one page of the same rows.

    A position beyond the log is refused, and one of a history that was given up: waiting there would miss everything until
    the log had grown past it. The page is `{"items": [{"position", …}], "next": position}`: ask again with `?after=<next>`.
    """
    epoch, begin = _last_seen()
    _check_seen(log, source, epoch, begin)
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
            yield f"id: {_id_of(log, item['position'])}\ndata: ".encode() + orjson.dumps(item) + b"\n\n"
        if not items and not log.wait_beyond(head, min(left, HEARTBEAT_S)):
            yield b": still here\n\n"
    yield f"id: {_id_of(log, position)}\n\n".encode()  # without data it is no message: the browser only remembers where to go on
