"""The first gap of a line that fits a run: set-up from every run that may come before, room for every run that may
come after, offered hours, validity windows, release and weekly load cap. Cost does not grow with past bookings.

A hold may vanish, so the run before a gap is not certain: behind a hold stands another, and at last a firm run. The
gap must fit whichever of them it will be; the slot's own set-up is the one from the nearest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.capacity.domain.bookings import Booking
from services.capacity.domain.changeover import Run
from services.capacity.domain.hours import WEEK, local_day_number, local_midnight, week_start
from services.capacity.domain.line_on_board import LineOnBoard

Window = tuple[int, int]
_WEEKS_TRIED_MAX = 60


class Placement(NamedTuple):
    """Where a run came to lie, in seconds since 1970: set-up from *starts*, run from *runs_from* to *ends*."""

    starts: int
    runs_from: int
    ends: int
    setup: int


@dataclass(frozen=True, slots=True)
class Search:
    """A run looking for a gap on *line*: *seconds* of open time for *run*, nothing before *not_before*, all of the
    slot inside one of *windows*. Bookings that have expired at *at_us* or are named in *ignored* take no time.
    """

    line: LineOnBoard
    run: Run
    seconds: int
    not_before: int
    windows: Sequence[Window]
    at_us: int
    ignored: frozenset[str]
    load_cap_seconds: int = 0

    def takes_time(self, booking: Booking) -> bool:
        return (
            booking.stands(self.at_us) and booking.slot_id not in self.ignored and booking.quote_id not in self.ignored
        )


def earliest(search: Search, release: int, end_min: int = 0) -> Placement | None:
    """The placement that ends first with its run not before *release* and its end not before *end_min*.

    None when there is none in the windows.
    """
    for since, until in search.windows:
        found = _within_cap(search, max(search.not_before, since), until, release, end_min)
        if found is not None:
            return found
    return None


def _within_cap(search: Search, since: int, until: int, release: int, end_min: int) -> Placement | None:
    for _ in range(_WEEKS_TRIED_MAX):
        found = _in_window(search, since, until, release, end_min)
        if found is None or not search.load_cap_seconds:
            return found
        overfull = overfull_week(search, found)
        if overfull is None:
            return found
        since = overfull + WEEK
    return None


def overfull_week(search: Search, placed: Placement) -> int | None:
    """Start of the first local week whose slots on the line would go beyond the cap with *placed*; None: none."""
    line = search.line
    week = week_start(placed.starts)
    while week < placed.ends:
        last = week + WEEK
        booked = line.hours.between(max(placed.starts, week), min(placed.ends, last))
        for i in range(line.first_ending_after(week), len(line.bookings)):
            one = line.bookings[i]
            if one.starts >= last:
                break
            if search.takes_time(one):
                booked += line.hours.between(max(one.starts, week), min(one.ends, last))
        if booked > search.load_cap_seconds:
            return week
        week = last
    return None


class _Gap(NamedTuple):
    """Free time from *start* to *limit*; *before*: runs that may stand right before it, ascending."""

    start: int
    limit: int
    before: Sequence[Booking]


def _in_window(search: Search, since: int, until: int, release: int, end_min: int) -> Placement | None:
    bookings = search.line.bookings
    i = search.line.first_ending_after(max(release, since))
    before = _before(search, i)
    gap_start = max([since, *(one.ends for one in before)])
    while True:
        while i < len(bookings) and not search.takes_time(bookings[i]):
            i += 1
        limit = min(until, bookings[i].starts) if i < len(bookings) else until
        if limit - gap_start >= search.seconds and limit > release:
            found = _fit(search, _Gap(gap_start, limit, before), release, end_min)
            if found is not None and _leaves_room(search, found, i):
                return found
        if i >= len(bookings) or bookings[i].starts >= until:
            return None
        taken = bookings[i]
        gap_start = max(gap_start, taken.ends)
        before = [*before, taken] if taken.expires_us else [taken]
        i += 1


def _before(search: Search, i: int) -> list[Booking]:
    """Runs that may stand right before booking *i*: holds, back to the nearest firm one; ascending."""
    found: list[Booking] = []
    while i > 0:
        i -= 1
        one = search.line.bookings[i]
        if search.takes_time(one):
            found.append(one)
            if not one.expires_us:
                break
    found.reverse()
    return found


def _fit(search: Search, gap: _Gap, release: int, end_min: int) -> Placement | None:
    """The earliest placement in the gap; every rule is a lower bound on the start of the run, raised until all hold."""
    hours, before = search.line.hours, gap.before
    nearest = max(before, key=lambda one: one.ends, default=None)
    same_day: dict[str, bool] = {}
    day_floor = gap.start
    for _ in range(2 * len(before) + 2):
        setups = {one.slot_id: _setup(search, one, same_day=same_day.get(one.slot_id, False)) for one in before}
        if None in setups.values():
            return None
        setup = setups[nearest.slot_id] if nearest else search.line.changeovers.seconds(None, search.run, same_day=True)
        bounds = [hours.advance(day_floor, setup or 0), release, _latest_for(search, end_min)]
        bounds += [hours.advance(one.ends, setups[one.slot_id] or 0) for one in before]
        placed = _place(search, bounds, setup or 0, gap.limit)
        if placed is None:
            return None
        clash = _clash_of_days(search, before, placed, same_day)
        if clash is None:
            return placed
        if _setup(search, clash, same_day=True) is None:
            day_floor = max(day_floor, local_midnight(local_day_number(clash.ends - 1) + 1))
        else:
            same_day[clash.slot_id] = True
    return None


def _place(search: Search, bounds: Sequence[int | None], setup: int, limit: int) -> Placement | None:
    hours = search.line.hours
    known = [one for one in bounds if one is not None]
    if len(known) < len(bounds):
        return None
    runs_from = hours.first_open(max(known))
    if runs_from is None:
        return None
    starts, ends = hours.retreat(runs_from, setup), hours.advance(runs_from, search.seconds)
    if starts is None or ends is None or ends > limit:
        return None
    return Placement(starts, runs_from, ends, setup)


def _latest_for(search: Search, end_min: int) -> int | None:
    """The earliest start of the run whose end is not before *end_min*; 0 when that asks for nothing."""
    if not end_min:
        return 0
    hours = search.line.hours
    start = hours.retreat(end_min, search.seconds)
    if start is None:
        return 0
    end = hours.advance(start, search.seconds)
    return start if end is None or end >= end_min else start + 1


def _setup(search: Search, before: Booking, *, same_day: bool) -> int | None:
    return search.line.changeovers.seconds(before.run, search.run, same_day=same_day)


def _clash_of_days(
    search: Search, before: Sequence[Booking], placed: Placement, same_day: dict[str, bool]
) -> Booking | None:
    """A run before whose last day is *placed*'s first, though its set-up was reckoned for another day."""
    day = local_day_number(placed.starts)
    for one in before:
        touches = local_day_number(one.ends - 1) == day
        if touches and not same_day.get(one.slot_id) and _differs(search, one):
            return one
    return None


def _differs(search: Search, one: Booking) -> bool:
    return _setup(search, one, same_day=True) != _setup(search, one, same_day=False)


def _after(search: Search, i: int) -> Iterator[Booking]:
    """Runs that may come right after a gap that ends at booking *i*: holds, up to the nearest firm one."""
    bookings = search.line.bookings
    for k in range(i, len(bookings)):
        one = bookings[k]
        if search.takes_time(one):
            yield one
            if not one.expires_us:
                return


def _leaves_room(search: Search, placed: Placement, i: int) -> bool:
    """Whether every run that may come next can still be made ready: its set-up may begin before its slot does."""
    hours = search.line.hours
    for one in _after(search, i):
        same_day = local_day_number(placed.ends - 1) == local_day_number(one.starts)
        setup = search.line.changeovers.seconds(search.run, one.run, same_day=same_day)
        runs_from = hours.advance(one.starts, one.setup)
        if setup is None or runs_from is None or hours.between(placed.ends, runs_from) < setup:
            return False
    return True
