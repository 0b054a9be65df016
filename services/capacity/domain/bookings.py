"""What the rule of slots and the planning board remember of a line's bookings: compact, ascending, found by their start."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from services.capacity.domain.changeover import Run
from services.capacity.domain.hours import microseconds_of, seconds_of

_AGE_MAX = 64
RETENTION = timedelta(days=7)  # ended slots leave the state after this long, the last run of the line excepted


class Booking(msgspec.Struct, frozen=True, gc=False):
    """A slot as the rule and the planning board remember it. Seconds since 1970; *expires_us* 0: firm.

    *buyer_org_id* is remembered of holds only, which are counted by whose they are.
    """

    starts: int
    ends: int
    slot_id: str
    quote_id: str
    order_id: str
    option_ids: tuple[str, ...]
    setup: int
    busy: int
    expires_us: int
    run: Run
    buyer_org_id: str = ""

    def stands(self, at_us: int) -> bool:
        """Whether the booking takes its time at *at_us* (microseconds since 1970): firm, or not yet expired."""
        return not self.expires_us or self.expires_us > at_us


class LineSlots(msgspec.Struct, frozen=True, gc=False):
    """Bookings of one line, ascending by start. A line nobody booked yet has none.

    *longest*: seconds that no booking exceeds, so that what touches a span is found by its start. *age*: events since
    bookings that no longer matter were last left out.
    """

    bookings: tuple[Booking, ...] = ()
    longest: int = 0
    age: int = 0

    def first_ending_after(self, at: int) -> int:
        """Index of the first booking that ends beyond *at*; every earlier one has ended by then."""
        bookings = self.bookings
        i = bisect_right(bookings, at - self.longest, key=_start)
        while i < len(bookings) and bookings[i].ends <= at:
            i += 1
        return i

    def touching(self, starts: int, ends: int) -> Iterator[Booking]:
        """Bookings, standing or not, that share time with [starts, ends)."""
        bookings = self.bookings
        for i in range(self.first_ending_after(starts), len(bookings)):
            if bookings[i].starts >= ends:
                return
            if bookings[i].ends > starts:
                yield bookings[i]


def remembered(state: LineSlots, at: datetime) -> LineSlots:
    """The state, now and then without bookings that can no longer matter: long ended ones, the last firm run excepted,
    and holds that have expired. Whether they are still there changes no answer.
    """
    if state.age < _AGE_MAX:
        return LineSlots(state.bookings, state.longest, state.age + 1)
    at_us, old = microseconds_of(at), seconds_of(at - RETENTION)
    past = [one for one in state.bookings if one.ends <= old and not one.expires_us]
    last = max(past, key=lambda one: one.ends, default=None)
    kept = tuple(one for one in state.bookings if one is last or (one.ends > old and one.stands(at_us)))
    return line_slots(kept)


def line_slots(bookings: Iterable[Booking]) -> LineSlots:
    """The state of a line with *bookings*, in any order."""
    ordered = tuple(sorted(bookings, key=_order))
    return LineSlots(ordered, max((one.ends - one.starts for one in ordered), default=0))


def with_bookings(state: LineSlots, changed: Iterable[Booking]) -> LineSlots:
    """*changed* put in, or in place of their namesakes: a slot id never moves to another start."""
    bookings, longest = list(state.bookings), state.longest
    for booking in changed:
        i = bisect_left(bookings, _order(booking), key=_order)
        same = i < len(bookings) and bookings[i].slot_id == booking.slot_id
        bookings[i : i + same] = [booking]
        longest = max(longest, booking.ends - booking.starts)
    return LineSlots(tuple(bookings), longest, state.age)


def _order(one: Booking) -> tuple[int, str]:
    return one.starts, one.slot_id


def _start(one: Booking) -> int:
    return one.starts
