"""Working time of a line: open intervals in whole seconds since 1970 with prefix sums, so that wall time and open
time convert both ways by binary search. Runs pause over closed time and go on when the line opens again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from shared.contracts.planning import Interval

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
WEEK = 7 * DAY
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
_LOCAL_OFFSET = 28_800  # Asia/Shanghai is UTC+8 without summer time since 1991; a test holds it against the zone data
_MONDAY = 4 * DAY  # 1970-01-05 was the first Monday


def seconds_of(at: datetime) -> int:
    """Whole seconds since 1970, rounded down."""
    return (at - EPOCH) // _SECOND


def seconds_up(at: datetime) -> int:
    """Whole seconds since 1970, rounded up: the first second that is not before *at*."""
    return -((EPOCH - at) // _SECOND)


def microseconds_of(at: datetime) -> int:
    return (at - EPOCH) // _MICROSECOND


def instant_of(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def local_day_number(seconds: int) -> int:
    """Days since 1970-01-01 on the local calendar."""
    return (seconds + _LOCAL_OFFSET) // DAY


def local_midnight(day_number: int) -> int:
    """The second at which a local day begins."""
    return day_number * DAY - _LOCAL_OFFSET


def week_start(seconds: int) -> int:
    """The local Monday midnight at or before *seconds*."""
    return (seconds + _LOCAL_OFFSET - _MONDAY) // WEEK * WEEK + _MONDAY - _LOCAL_OFFSET


@dataclass(frozen=True, slots=True)
class OpenHours:
    """*starts* and *ends* of open intervals, ascending and apart; *before[i]*: open seconds ahead of interval i."""

    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]
    total: int

    def worked(self, at: int) -> int:
        """Open seconds before *at*."""
        i = bisect_right(self.starts, at) - 1
        return self.before[i] + min(at, self.ends[i]) - self.starts[i] if i >= 0 else 0

    def between(self, since: int, until: int) -> int:
        """Open seconds within [since, until)."""
        return self.worked(until) - self.worked(since) if since < until else 0

    def first_open(self, at: int) -> int | None:
        """The first open second at or after *at*; None when the line never opens again."""
        i = bisect_right(self.ends, at)
        return max(at, self.starts[i]) if i < len(self.starts) else None

    def advance(self, at: int, seconds: int) -> int | None:
        """The earliest instant by which *seconds* open seconds have passed since *at*; None beyond the hours."""
        if not seconds:
            return at
        target = self.worked(at) + seconds
        if target > self.total:
            return None
        i = bisect_left(self.before, target) - 1
        return self.starts[i] + target - self.before[i]

    def retreat(self, at: int, seconds: int) -> int | None:
        """The latest open instant from which *seconds* open seconds pass until *at*; None before the hours."""
        if not seconds:
            return at
        target = self.worked(at) - seconds
        if target < 0:
            return None
        i = bisect_right(self.before, target) - 1
        return self.starts[i] + target - self.before[i]

    def holds(self, since: int, until: int, busy: int) -> bool:
        """Whether [since, until) begins and ends in open time and has exactly *busy* open seconds."""
        last = until - 1
        return self.first_open(since) == since and self.first_open(last) == last and self.between(since, until) == busy


@lru_cache(maxsize=4_096)  # lines of one rhythm share their hours
def open_hours(spans: tuple[tuple[int, int], ...]) -> OpenHours:
    """Hours of (start, end) pairs that ascend and do not touch."""
    before = []
    total = 0
    for start, end in spans:
        before.append(total)
        total += end - start
    return OpenHours([one[0] for one in spans], [one[1] for one in spans], before, total)


def hours_of(spans: Iterable[Interval]) -> OpenHours:
    """Hours of *spans* (ascending, apart); parts of a second at their edges are not open."""
    pairs = ((seconds_up(one.starts_at), seconds_of(one.ends_at)) for one in spans)
    return open_hours(tuple(pair for pair in pairs if pair[0] < pair[1]))
