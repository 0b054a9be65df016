"""A past for the flow benchmark: one real, completed order, copied into the logs as often as asked.

How the past is made, plainly: one order is placed, quoted, accepted, made, delivered and closed by the real services.
The events it left in the logs of order and capacity are the pattern. Each copy gets fresh ids for everything that
belongs to the order and lies earlier by its own span of time; it is appended through the real log, in the pattern's
own order, and folded by the real views. The ledger is not copied: its consumer works through all those facts itself.
What is not done again for each copy is deciding: the rules run once, for the pattern.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from services.embedded.house import House
from shared.bus.port import FACTS_PER_EVENT_MAX
from shared.eventstore.port import ANY_VERSION, PAGE_MAX, Progress, Recorded, StreamAppend
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.event import Cause, Event
from shared.kernel.ids import derived_id

COPIED = ("order", "capacity")  # services whose events are copied
ABREAST = 100  # copies appended together, step by step
KEPT_PREFIXES = frozenset({"org", "usr", "cli", "plt", "lin"})  # masters: every copy shares them
_ID = r"\b[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}\b"
_INSTANT = r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
_MOVING = re.compile(f"({_ID}|{_INSTANT})")


def parts_of(text: str) -> Sequence[str]:
    """*text* cut so that every second part is an id or an instant."""
    return _MOVING.split(text)


@dataclass(frozen=True, slots=True)
class Stroke:
    """Events of one stream that stand together in the pattern's log; names and data in parts (`parts_of`)."""

    stream: Sequence[str]
    types: Sequence[str]
    texts: Sequence[Sequence[str]]
    cause: Cause


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one order left in one service's log, in its order; *lasts_for* from its first to its last instant."""

    log: LogWithViews
    strokes: Sequence[Stroke]


def pattern_of(log: LogWithViews, after: int, up_to: int) -> Pattern:
    """Everything written to *log* after position *after* and up to *up_to*: the one order that was told meanwhile."""
    strokes = []
    for stream, group in groupby(_read(log, after, up_to), key=lambda one: one.stream):
        events = list(group)
        texts = [parts_of(log.types.encode(one.event).decode()) for one in events]
        strokes.append(Stroke(parts_of(stream), [one.type for one in events], texts, events[0].cause))
    return Pattern(log, strokes)


def _read(log: LogWithViews, after: int, up_to: int) -> Iterator[Recorded]:
    while page := log.read_all(after, min(PAGE_MAX, up_to - after)):
        yield from page
        after = page[-1].position


class Copy:
    """One copy: ids renamed for good, instants moved earlier."""

    def __init__(self, number: int, earlier: timedelta) -> None:
        self._number, self._earlier = number, earlier
        self._moved: dict[str, str] = {}

    def text(self, parts: Sequence[str]) -> str:
        moved = list(parts)
        for place in range(1, len(moved), 2):
            moved[place] = self._moved.get(moved[place]) or self._move(moved[place])
        return "".join(moved)

    def _move(self, old: str) -> str:
        if old[3] != "_":
            new = instant_text(parse_instant(old) - self._earlier)
        elif old[:3] in KEPT_PREFIXES:
            new = old
        else:
            new = derived_id(old[:3], old, self._number)
        self._moved[old] = new
        return new


def write(pattern: Pattern, copies: Sequence[Copy]) -> None:
    """Append *copies* abreast: the pattern's first stroke for all of them, then its second, and so on."""
    log = pattern.log
    for stroke in pattern.strokes:
        by_stream: dict[str, list[Event]] = {}
        for copy in copies:
            texts = [copy.text(parts).encode() for parts in stroke.texts]
            events = [log.types.decode(name, text) for name, text in zip(stroke.types, texts, strict=True)]
            by_stream.setdefault(copy.text(stroke.stream), []).extend(events)
        log.append([StreamAppend(name, ANY_VERSION, events) for name, events in by_stream.items()], stroke.cause)


def pass_over(house: House, cause: Cause) -> None:
    """Let order and capacity pass over each other's copied facts: their effects are in the copies already."""
    for name, other in (("order", "capacity"), ("capacity", "order")):
        head = house.services[other].log.head().position
        mark = head * FACTS_PER_EVENT_MAX + FACTS_PER_EVENT_MAX - 1
        for consumer in house.services[name].consumers:
            house.services[name].log.append([], cause, [Progress(consumer.name, f"{other}/0", mark)])
