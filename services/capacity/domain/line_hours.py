"""How a line's hours are declared, offered and taken back, never in the past. Bookings say no by their own rule."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.capacity.domain.calendar import day_start, offered_hours, operation_by_day, planned_downtime
from services.capacity.domain.calendar_soundness import calendar_faults, local_text
from services.capacity.domain.line_commands import DeclareCalendar, PublishHours, WithdrawHours
from services.capacity.domain.line_state import Line
from services.capacity.domain.master_events import (
    CalendarDeclared,
    CapacityPublished,
    CapacityWithdrawn,
    LineMasterEvent,
)
from services.capacity.domain.refusals import Why
from services.capacity.domain.soundness import demand
from services.capacity.domain.spans import between, merged, minus
from shared.contracts.planning import Interval
from shared.kernel.refusal import Refused

INTERVALS_MAX = 500
REDECLARED = "calendar redeclared"


def declare(command: DeclareCalendar, line: Line) -> Sequence[LineMasterEvent]:
    """The calendar from now or its first day on, whichever is later: the past keeps its earlier declaration.

    Offered hours follow the calendar: what is new is published, what fell away is withdrawn.
    """
    calendar = command.calendar
    demand(calendar_faults(calendar), "/calendar")
    starts_at = max(day_start(calendar.valid_from), next_second(command.at))
    ends_at = day_start(calendar.valid_until)
    if ends_at <= starts_at:
        raise Refused(Why.CALENDAR_PAST, pointer="/calendar/valid_until", until=calendar.valid_until.isoformat())
    if calendar == line.calendar:
        return []
    offers = offered_hours(calendar, starts_at, ends_at)
    before = between(line.offered, starts_at, ends_at)
    gone, fresh = minus(before, offers), minus(offers, before)
    declared = CalendarDeclared(
        **line.identity,
        calendar=calendar,
        period_from=starts_at,
        period_to=ends_at,
        operation=operation_by_day(calendar, starts_at, ends_at),
        planned_downtime=planned_downtime(calendar, starts_at, ends_at),
        declared_at=command.at,
    )
    events: list[LineMasterEvent] = []
    if gone:
        events.append(_withdrawn(line, gone, REDECLARED, command.at))
    events.append(declared)
    if fresh:
        events.append(_published(line, fresh, command.at))
    return events


def publish(command: PublishHours, line: Line) -> Sequence[LineMasterEvent]:
    """Offer hours of planned operation; what is offered already says nothing new."""
    wanted = _future(command.intervals, command.at)
    for outside in minus(wanted, line.plannable)[:1]:
        raise Refused(Why.HOURS_NOT_OPERATING, pointer="/intervals", start=local_text(outside.starts_at))
    fresh = minus(wanted, line.offered)
    return [_published(line, fresh, command.at)] if fresh else []


def withdraw(command: WithdrawHours, line: Line) -> Sequence[LineMasterEvent]:
    """Take offered hours back; whether they are held or booked is asked of the line's slots."""
    wanted = _future(command.intervals, command.at)
    for outside in minus(wanted, line.offered)[:1]:
        raise Refused(Why.HOURS_NOT_OFFERED, pointer="/intervals", start=local_text(outside.starts_at))
    return [_withdrawn(line, wanted, command.reason, command.at, command.stoppage_id)]


def _future(intervals: Sequence[Interval], at: datetime) -> list[Interval]:
    if not 0 < len(intervals) <= INTERVALS_MAX:
        raise Refused(Why.TOO_MANY_ROWS, pointer="/intervals", max=INTERVALS_MAX, found=len(intervals))
    for index, one in enumerate(intervals):
        where = f"/intervals/{index}"
        facts: dict[str, Any] = {"start": local_text(one.starts_at), "to": local_text(one.ends_at)}
        if one.ends_at <= one.starts_at or one.starts_at.microsecond or one.ends_at.microsecond:
            raise Refused(Why.HOURS_ORDER, pointer=where, **facts)
        if one.starts_at < at:
            raise Refused(Why.HOURS_PAST, pointer=where, **facts)
    return merged(intervals)


def _published(line: Line, intervals: list[Interval], at: datetime) -> CapacityPublished:
    return CapacityPublished(**line.identity, intervals=intervals, published_at=at)


def _withdrawn(
    line: Line, intervals: list[Interval], reason: str, at: datetime, stoppage_id: str = ""
) -> CapacityWithdrawn:
    return CapacityWithdrawn(
        **line.identity, intervals=intervals, reason=reason, withdrawn_at=at, stoppage_id=stoppage_id
    )


def next_second(at: datetime) -> datetime:
    """*at* itself when whole, else the next whole second: line time is counted in seconds."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
