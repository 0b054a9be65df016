"""A calendar's weekly shifts become UTC intervals."""

from datetime import UTC, date, datetime

from services.capacity.domain.calendar import offered_hours, operating_hours, operation_by_day, planned_downtime
from services.capacity.domain.spans import merged
from services.capacity.domain.values import Calendar, ClosedDay, Maintenance, Shift
from shared.contracts.line_time import OperationInterval
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


NIGHTS_AND_DAYS = [
    shift
    for weekday in range(1, 8)
    for shift in (Shift(weekday, start_minute=8 * 60, minutes=720), Shift(weekday, start_minute=20 * 60, minutes=720))
]


def test_a_night_shift_that_the_next_days_shift_follows_still_belongs_to_its_start_day() -> None:
    """Two shifts of twelve hours without a break; Saturday is closed, and the night before runs on into it."""
    calendar = _calendar(*NIGHTS_AND_DAYS, closed=(date(2027, 3, 6),))
    friday = OperationInterval(_utc(3, 5, 0), _utc(3, 6, 0), date(2027, 3, 5))
    sunday = OperationInterval(_utc(3, 7, 0), _utc(3, 8, 0), date(2027, 3, 7))
    assert operation_by_day(calendar, _utc(3, 5, 0), _utc(3, 8, 0)) == [friday, sunday]


def test_a_calendar_declared_in_the_middle_of_a_night_names_the_day_the_night_began() -> None:
    [rest, *_] = operation_by_day(_calendar(*NIGHTS_AND_DAYS), _utc(3, 5, 20), _utc(3, 7, 0))
    assert rest == OperationInterval(_utc(3, 5, 20), _utc(3, 6, 0), date(2027, 3, 5))


def test_operation_by_day_is_the_same_time_as_the_operating_hours() -> None:
    calendar = _calendar(*NIGHTS_AND_DAYS, closed=(date(2027, 3, 6),))
    since, until = _utc(3, 1, 3), _utc(3, 20, 5)
    by_day = [Interval(one.starts_at, one.ends_at) for one in operation_by_day(calendar, since, until)]
    assert merged(by_day) == operating_hours(calendar, since, until)


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
