"""Working time converts both ways, and local days and weeks follow from arithmetic."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.capacity.domain.calendar import day_start, local_day
from services.capacity.domain.hours import (
    WEEK,
    hours_of,
    instant_of,
    local_day_number,
    local_midnight,
    open_hours,
    seconds_of,
    week_start,
)
from shared.contracts.planning import Interval


def _utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def test_local_days_by_arithmetic_agree_with_the_zone_data() -> None:
    at = _utc(1, 1, 15, 59)
    for _ in range(400):
        assert local_day_number(seconds_of(at)) == (local_day(at) - date(1970, 1, 1)).days
        assert local_midnight(local_day_number(seconds_of(at))) == seconds_of(day_start(local_day(at)))
        at += timedelta(hours=7, minutes=1)


def test_a_week_starts_on_local_monday() -> None:
    start = instant_of(week_start(seconds_of(_utc(3, 7, 15, 59))))
    assert local_day(start) == date(2027, 3, 1)
    assert week_start(seconds_of(_utc(3, 7, 16))) == seconds_of(start) + WEEK


@st.composite
def _spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 200), min_size=2, max_size=12)))
    return tuple((a, b) for (a, b) in list(pairwise(edges))[::2])


@given(_spans(), st.integers(0, 210), st.integers(1, 80))
@settings(max_examples=200)
def test_advance_and_retreat_agree_with_counting_second_by_second(
    spans: tuple[tuple[int, int], ...], at: int, need: int
) -> None:
    hours = open_hours(spans)
    is_open = [any(a <= t < b for a, b in spans) for t in range(220)]
    assert hours.worked(at) == sum(is_open[:at])
    assert hours.first_open(at) == next((t for t in range(at, 220) if is_open[t]), None)
    later = [t for t in range(at, 221) if sum(is_open[at:t]) == need]
    assert hours.advance(at, need) == (later[0] if later else None)
    earlier = [t for t in range(at) if sum(is_open[t:at]) == need]
    assert hours.retreat(at, need) == (earlier[-1] if earlier else None)


def test_parts_of_a_second_at_the_edges_are_not_open() -> None:
    hours = hours_of([Interval(_utc(3, 1, 0) + timedelta(milliseconds=1), _utc(3, 1, 1))])
    assert hours.total == 3_599
