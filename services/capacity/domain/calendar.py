"""Authority on how a published calendar becomes explicit hours: local weekly shifts to UTC intervals of a period."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from services.capacity.domain.spans import between, common, merged, minus
from services.capacity.domain.values import Calendar, Shift
from shared.contracts.line_time import PlannedDowntime
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
    closed = {one.on for one in calendar.closed_days}
    of_weekday: dict[int, list[tuple[timedelta, timedelta]]] = {}
    for shift in shifts:
        starts, ends = shift.start_minute, shift.start_minute + shift.minutes
        of_weekday.setdefault(shift.weekday, []).append((timedelta(minutes=starts), timedelta(minutes=ends)))
    spans = []
    for on in _days(calendar, since, until):
        if on in closed:
            continue
        today = of_weekday.get(on.isoweekday())
        if today:
            midnight = day_start(on)
            spans += [Interval(midnight + starts, midnight + ends) for starts, ends in today]
    return between(merged(spans), since, until)


def _days(calendar: Calendar, since: datetime, until: datetime) -> Iterator[date]:
    """Local days on which a shift may start that reaches into [since, until)."""
    on = max(calendar.valid_from, local_day(since) - timedelta(days=_SHIFT_DAYS_MAX))
    last = min(calendar.valid_until - timedelta(days=1), local_day(until))
    while on <= last:
        yield on
        on += timedelta(days=1)
