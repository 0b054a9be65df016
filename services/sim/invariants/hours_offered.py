"""Booked never exceeds offered: bookings lie in offered hours, none overlaps another, no hold counts after its expiry."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.capacity.domain import master_events as masters
from services.capacity.domain.slots import Slot, SlotsConfirmed, SlotsHeld, SlotsReleased
from services.sim.invariants.book import Book, Past
from shared.contracts.planning import Interval
from shared.eventstore.port import Recorded

Span = tuple[datetime, datetime]


@dataclass(slots=True)
class _Booked:
    """A slot as it stands: *expires_at* None when firm."""

    slot: Slot
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime | None

    def stands(self, at: datetime) -> bool:
        return self.expires_at is None or at < self.expires_at


@dataclass(slots=True)
class _Line:
    """Offered hours, ascending and apart, and the bookings by slot id."""

    offered: list[Span] = field(default_factory=list)
    booked: dict[str, _Booked] = field(default_factory=dict)


class HoursOffered(Book):
    """Per line: what is offered, and what is booked or held in it."""

    name = "booked within offered"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._lines: dict[str, _Line] = {}
        self._new: list[tuple[_Line, Slot, datetime, Recorded]] = []
        self.entries = {
            masters.CapacityPublished: self._published,
            masters.CapacityWithdrawn: self._withdrawn,
            SlotsHeld: self._held,
            SlotsConfirmed: self._confirmed,
            SlotsReleased: self._released,
        }

    def _line(self, line_id: str) -> _Line:
        return self._lines.setdefault(line_id, _Line())

    def _published(self, event: masters.CapacityPublished, _: Recorded) -> Iterator[str]:
        line = self._line(event.line_id)
        line.offered = _joined([*line.offered, *_spans(event.intervals)])
        yield from ()

    def _withdrawn(self, event: masters.CapacityWithdrawn, recorded: Recorded) -> Iterator[str]:
        line = self._line(event.line_id)
        for span in _spans(event.intervals):
            _take(line.offered, span)
            for one in line.booked.values():
                if any(one.slot is new for _, new, _, _ in self._new):
                    continue  # placed by the same append, which is judged as a whole
                if one.stands(event.withdrawn_at) and one.starts_at < span[1] and span[0] < one.ends_at:
                    yield f"{_at(recorded)}: hours of {event.line_id} withdrawn under slot {one.slot.slot_id}"

    def _held(self, event: SlotsHeld, recorded: Recorded) -> Iterator[str]:
        line = self._line(event.line_id)
        for slot in event.slots:
            self._new.append((line, slot, event.held_at, recorded))
            line.booked[slot.slot_id] = _Booked(slot, slot.starts_at, slot.ends_at, slot.expires_at)
        yield from ()

    def _confirmed(self, event: SlotsConfirmed, recorded: Recorded) -> Iterator[str]:
        line = self._line(event.line_id)
        for slot in event.slots:
            held = line.booked.pop(slot.slot_id, None)
            if held is None or held.slot.quote_id != slot.quote_id:
                yield f"{_at(recorded)}: slot {slot.slot_id} is firm that {slot.quote_id} never held"
            elif not held.stands(event.confirmed_at):
                yield f"{_at(recorded)}: slot {slot.slot_id} is firm after its hold expired at {held.expires_at}"
            elif (held.starts_at, held.ends_at) != (slot.starts_at, slot.ends_at):
                yield f"{_at(recorded)}: slot {slot.slot_id} is firm at another time than was held"
            if slot.expires_at is not None:
                yield f"{_at(recorded)}: slot {slot.slot_id} is firm and expires"
            self._new.append((line, slot, event.confirmed_at, recorded))
            line.booked[slot.slot_id] = _Booked(slot, slot.starts_at, slot.ends_at, None)

    def _released(self, event: SlotsReleased, _: Recorded) -> Iterator[str]:
        booked, until = self._line(event.line_id).booked, event.kept_until
        for gone in event.slots:
            one = booked.get(gone.slot_id)
            if one is not None and until is not None and one.starts_at < until:
                one.ends_at = min(one.ends_at, until)
            else:
                booked.pop(gone.slot_id, None)
        yield from ()

    def settled(self) -> Iterator[str]:
        new, self._new = self._new, []
        for line, slot, at, recorded in new:
            if slot.slot_id in line.booked:
                yield from _fitting(line, slot, at, recorded)


def _fitting(line: _Line, slot: Slot, at: datetime, recorded: Recorded) -> Iterator[str]:
    """Whether *slot* is exactly its busy seconds of offered hours, and free of others at *at*."""
    offered = _offered_seconds(line.offered, slot.starts_at, slot.ends_at)
    if offered != slot.setup_seconds + slot.run_seconds:
        yield (
            f"{_at(recorded)}: slot {slot.slot_id} on {recorded.stream} books "
            f"{slot.setup_seconds + slot.run_seconds} s where {offered:.0f} s are offered"
        )
    for other in line.booked.values():
        if other.slot.slot_id == slot.slot_id or not other.stands(at):
            continue
        if slot.starts_at < other.ends_at and other.starts_at < slot.ends_at and not _are_alternatives(slot, other):
            yield f"{_at(recorded)}: slots {slot.slot_id} and {other.slot.slot_id} overlap on {recorded.stream}"


def _are_alternatives(slot: Slot, other: _Booked) -> bool:
    """Options of one quote that are both only held: at most one of them will be taken."""
    both_held = slot.expires_at is not None and other.expires_at is not None
    return both_held and slot.quote_id == other.slot.quote_id and not set(slot.option_ids) & set(other.slot.option_ids)


def _spans(intervals: Sequence[Interval]) -> list[Span]:
    return [(one.starts_at, one.ends_at) for one in intervals]


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for starts, ends in sorted(spans):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def _met(spans: Sequence[Span], starts: datetime, ends: datetime) -> slice:
    """Which of *spans*, ascending and apart, have time in [starts, ends)."""
    first = bisect_right(spans, starts, key=lambda one: one[1])
    return slice(first, bisect_left(spans, ends, lo=first, key=lambda one: one[0]))


def _take(spans: list[Span], gone: Span) -> None:
    """Take *gone* out of *spans*."""
    if gone[0] >= gone[1]:
        return
    met = _met(spans, *gone)
    left = [(starts, gone[0]) for starts, _ in spans[met] if starts < gone[0]]
    spans[met] = left + [(gone[1], ends) for _, ends in spans[met] if gone[1] < ends]


def _offered_seconds(spans: Sequence[Span], starts: datetime, ends: datetime) -> float:
    return sum(
        (min(ends, until) - max(starts, since)).total_seconds() for since, until in spans[_met(spans, starts, ends)]
    )


def _at(recorded: Recorded) -> str:
    return f"capacity/{recorded.position}"
