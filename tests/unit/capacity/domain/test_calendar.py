"""A calendar's weekly shifts become UTC intervals; working time converts both ways."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.capacity.domain.calendar import day_start, local_day, offered_hours, operating_hours, planned_downtime
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
from services.capacity.domain.values import Calendar, ClosedDay, Maintenance, Shift
from shared.contracts.planning import Interval

NIGHT = Shift(weekday=5, start_minute=22 * 60, minutes=600)  # Friday 22:00 to Saturday 08:00
DAY_SHIFT = Shift(weekday=6, start_minute=9 * 60, minutes=480)


def _utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=UTC)


def _calendar(
    *shifts: Shift,
    closed: tuple[date, ...] = (),
    maintenance: tuple[Maintenance, ...] = (),
    only: tuple[Shift, ...] = (),
) -> Calendar:
    return Calendar(
        valid_from=date(2027, 1, 1),
        valid_until=date(2027, 7, 1),
        shifts=list(shifts),
        closed_days=[ClosedDay(on, "春节") for on in closed],
        maintenance=list(maintenance),
        offered="shifts" if only else "all",
        offered_shifts=list(only),
    )


WEEKEND = (_utc(3, 4, 16), _utc(3, 7, 16))  # Friday 5 March 00:00 to Monday 8 March 00:00 in Shanghai


def test_a_night_shift_crosses_midnight_in_local_time() -> None:
    assert operating_hours(_calendar(NIGHT), *WEEKEND) == [Interval(_utc(3, 5, 14), _utc(3, 6, 0))]


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    """Closing Saturday leaves Friday's night shift alone; closing Friday takes all of it."""
    saturday_closed = operating_hours(_calendar(NIGHT, DAY_SHIFT, closed=(date(2027, 3, 6),)), *WEEKEND)
    assert saturday_closed == [Interval(_utc(3, 5, 14), _utc(3, 6, 0))]
    friday_closed = operating_hours(_calendar(NIGHT, DAY_SHIFT, closed=(date(2027, 3, 5),)), *WEEKEND)
    assert friday_closed == [Interval(_utc(3, 6, 1), _utc(3, 6, 9))]


def test_a_shift_from_before_the_period_is_cut_at_its_edge() -> None:
    assert operating_hours(_calendar(NIGHT), _utc(3, 5, 20), _utc(3, 6, 16)) == [
        Interval(_utc(3, 5, 20), _utc(3, 6, 0))
    ]


def test_no_shift_starts_outside_the_validity() -> None:
    assert operating_hours(_calendar(NIGHT), _utc(7, 1, 0), _utc(7, 20, 0)) == []


def test_maintenance_is_planned_downtime_and_not_offered() -> None:
    upkeep = Maintenance(_utc(3, 6, 3), _utc(3, 6, 5), "CIP")
    calendar = _calendar(DAY_SHIFT, maintenance=(upkeep,))
    assert [(row.starts_at, row.ends_at) for row in planned_downtime(calendar, *WEEKEND)] == [
        (upkeep.starts_at, upkeep.ends_at)
    ]
    assert offered_hours(calendar, *WEEKEND) == [
        Interval(_utc(3, 6, 1), _utc(3, 6, 3)),
        Interval(_utc(3, 6, 5), _utc(3, 6, 9)),
    ]


def test_only_offered_shifts_are_offered_and_only_where_the_line_operates() -> None:
    offered = Shift(weekday=6, start_minute=7 * 60, minutes=240)
    assert offered_hours(_calendar(DAY_SHIFT, only=(offered,)), *WEEKEND) == [Interval(_utc(3, 6, 1), _utc(3, 6, 3))]


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
