"""Authority on how a published calendar becomes explicit hours: local weekly shifts to UTC intervals of a period."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from services.capacity.domain.spans import between, common, merged, minus
from services.capacity.domain.values import Calendar, Shift
from shared.contracts.line_time import OperationInterval, PlannedDowntime
from shared.contracts.planning import Interval
from shared.kernel.clock import LOCAL_ZONE

_SHIFT_DAYS_MAX = 2  # a shift of at most 48 h may begin this many days before the hours it reaches


def local_day(at: datetime) -> date:
    """The local date on which *at* falls."""
    return at.astimezone(LOCAL_ZONE).date()


def day_start(on: date) -> datetime:
    """The instant at which the local date *on* begins, in UTC."""
    return datetime.combine(on, time(), LOCAL_ZONE).astimezone(UTC)


def operating_hours(calendar: Calendar, since: datetime, until: datetime) -> list[Interval]:
    """Planned operation time within [since, until): ascending, apart.

    A shift belongs to the local day on which it starts: a night shift of an open day runs on into a closed one,
    and a closed day takes away the whole shift that starts on it. Days outside the validity have no shifts.
    """
    return _hours(calendar, calendar.shifts, since, until)


def operation_by_day(calendar: Calendar, since: datetime, until: datetime) -> list[OperationInterval]:
    """The same time as `operating_hours`, each interval of one production day: the day on which its shift starts.

    Shifts of one day that touch are one interval; those of two days stay apart, or a night shift that the next day's
    shift follows could not be told from it.
    """
    found: list[OperationInterval] = []
    for one, on in _shifts(calendar, calendar.shifts, since, until):
        starts_at, ends_at = max(one.starts_at, since), min(one.ends_at, until)
        if starts_at >= ends_at:
            continue
        last = found[-1] if found else None
        if last is not None and last.day == on and last.ends_at == starts_at:
            found[-1] = OperationInterval(last.starts_at, ends_at, on)
        else:
            found.append(OperationInterval(starts_at, ends_at, on))
    return found


def planned_downtime(calendar: Calendar, since: datetime, until: datetime) -> list[PlannedDowntime]:
    """Maintenance within [since, until) as far as it lies in operating hours; one row per piece, ascending."""
    operating = operating_hours(calendar, since, until)
    rows = [
        PlannedDowntime(piece.starts_at, piece.ends_at, one.reason)
        for one in calendar.maintenance
        if one.starts_at < one.ends_at
        for piece in common(operating, [Interval(one.starts_at, one.ends_at)])
    ]
    return sorted(rows, key=lambda row: (row.starts_at, row.ends_at))


def offered_hours(calendar: Calendar, since: datetime, until: datetime) -> list[Interval]:
    """Hours offered to the programme within [since, until): operating, outside maintenance, and, when only some
    shifts are offered, inside those.
    """
    hours = operating_hours(calendar, since, until)
    if calendar.offered == "shifts":
        hours = common(hours, _hours(calendar, calendar.offered_shifts, since, until))
    return minus(hours, merged(Interval(one.starts_at, one.ends_at) for one in calendar.maintenance))


def _hours(calendar: Calendar, shifts: Sequence[Shift], since: datetime, until: datetime) -> list[Interval]:
    return between(merged(one for one, _ in _shifts(calendar, shifts, since, until)), since, until)


def _shifts(
    calendar: Calendar, shifts: Sequence[Shift], since: datetime, until: datetime
) -> Iterator[tuple[Interval, date]]:
    """Shifts that may reach into [since, until), whole, each with the day on which it starts, ascending."""
    closed = {one.on for one in calendar.closed_days}
    of_weekday: dict[int, list[tuple[timedelta, timedelta]]] = {}
    for shift in shifts:
        starts, ends = shift.start_minute, shift.start_minute + shift.minutes
        of_weekday.setdefault(shift.weekday, []).append((timedelta(minutes=starts), timedelta(minutes=ends)))
    for on in _days(calendar, since, until):
        if on not in closed:
            midnight = day_start(on)
            for begins_after, ends_after in sorted(of_weekday.get(on.isoweekday(), ())):
                yield Interval(midnight + begins_after, midnight + ends_after), on


def _days(calendar: Calendar, since: datetime, until: datetime) -> Iterator[date]:
    """Local days on which a shift may start that reaches into [since, until)."""
    on = max(calendar.valid_from, local_day(since) - timedelta(days=_SHIFT_DAYS_MAX))
    last = min(calendar.valid_until - timedelta(days=1), local_day(until))
    while on <= last:
        yield on
        on += timedelta(days=1)
