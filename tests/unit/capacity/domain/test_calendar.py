"""A calendar's weekly shifts become UTC intervals."""

from datetime import UTC, date, datetime

from services.capacity.domain.calendar import offered_hours, operating_hours, planned_downtime
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
