"""What is wrong with a calendar a plant declares: shifts, closed days, maintenance, and what is offered."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.capacity.domain.calendar import day_start
from services.capacity.domain.refusals import Why
from services.capacity.domain.soundness import NAME_CHARACTERS_MAX, Fault, is_plain_text
from services.capacity.domain.values import Calendar, Maintenance, Shift
from shared.kernel.clock import LOCAL_ZONE

DAYS_MAX = 800
SHIFTS_MAX = 168  # one an hour
CLOSED_DAYS_MAX = 200
MAINTENANCE_MAX = 200
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES


def calendar_faults(calendar: Calendar) -> Iterator[Fault]:
    """Everything wrong with *calendar*; whether it still lies ahead is the decider's question."""
    start, until = calendar.valid_from.isoformat(), calendar.valid_until.isoformat()
    days = (calendar.valid_until - calendar.valid_from).days
    if days <= 0:
        yield Fault(Why.VALIDITY_ORDER, "valid_until", facts={"start": start, "until": until})
    if days > DAYS_MAX:
        yield Fault(Why.CALENDAR_TOO_LONG, "valid_until", facts={"max": DAYS_MAX, "found": days})
    yield from _shift_faults(calendar)
    if days <= 0:
        return  # nothing lies within such a calendar: saying so of every row would hide the cause
    yield from _closed_day_faults(calendar)
    yield from _maintenance_faults(calendar)


def _shift_faults(calendar: Calendar) -> Iterator[Fault]:
    if not calendar.shifts:
        yield Fault(Why.CALENDAR_EMPTY, "shifts")
    operating = bytearray(_WEEK_MINUTES)
    for name, shifts in (("shifts", calendar.shifts), ("offered_shifts", calendar.offered_shifts)):
        if len(shifts) > SHIFTS_MAX:
            yield Fault(Why.TOO_MANY_ROWS, name, facts={"max": SHIFTS_MAX, "found": len(shifts)})
            return
        offered = bytearray(_WEEK_MINUTES)
        for index, shift in enumerate(shifts):
            facts: dict[str, object] = {
                "weekday": shift.weekday,
                "start_minute": shift.start_minute,
                "minutes": shift.minutes,
            }
            if not _is_shift(shift):
                yield Fault(Why.SHIFT_OUT_OF_RANGE, "", index, facts, name)
                continue
            pieces = _week_pieces(shift)
            mine = operating if name == "shifts" else offered
            if any(any(mine[piece]) for piece in pieces):
                yield Fault(Why.SHIFTS_OVERLAP, "", index, facts, name)
            elif name != "shifts" and not all(all(operating[piece]) for piece in pieces):
                yield Fault(Why.SHIFT_NOT_OPERATING, "", index, facts, name)
            for piece in pieces:
                mine[piece] = b"\1" * len(mine[piece])


def _is_shift(shift: Shift) -> bool:
    return 1 <= shift.weekday <= 7 and 0 <= shift.start_minute < _DAY_MINUTES and 1 <= shift.minutes <= _DAY_MINUTES


def _week_pieces(shift: Shift) -> list[slice]:
    """The minutes of the week a shift covers, Monday 00:00 being 0; Sunday's night runs on into Monday."""
    first = (shift.weekday - 1) * _DAY_MINUTES + shift.start_minute
    end = first + shift.minutes
    return [slice(first, min(end, _WEEK_MINUTES)), slice(0, max(0, end - _WEEK_MINUTES))]


def _closed_day_faults(calendar: Calendar) -> Iterator[Fault]:
    if len(calendar.closed_days) > CLOSED_DAYS_MAX:
        facts: dict[str, object] = {"max": CLOSED_DAYS_MAX, "found": len(calendar.closed_days)}
        yield Fault(Why.TOO_MANY_ROWS, "closed_days", facts=facts)
    seen = set()
    for index, closed in enumerate(calendar.closed_days):
        if closed.on in seen:
            yield Fault(Why.CLOSED_DAY_TWICE, "", index, {"on": closed.on.isoformat()}, "closed_days")
        seen.add(closed.on)
        yield from _reason_faults(closed.reason, "closed_days", index)
        if not calendar.valid_from <= closed.on < calendar.valid_until:
            yield Fault(
                Why.CLOSED_DAY_OUTSIDE, "", index, {"on": closed.on.isoformat(), **_span(calendar)}, "closed_days"
            )


def _maintenance_faults(calendar: Calendar) -> Iterator[Fault]:
    rows = calendar.maintenance
    if len(rows) > MAINTENANCE_MAX:
        yield Fault(Why.TOO_MANY_ROWS, "maintenance", facts={"max": MAINTENANCE_MAX, "found": len(rows)})
    since, until = day_start(calendar.valid_from), day_start(calendar.valid_until)
    for index, row in enumerate(rows):
        facts: dict[str, object] = {"starts_at": local_text(row.starts_at), "ends_at": local_text(row.ends_at)}
        yield from _reason_faults(row.reason, "maintenance", index)
        if row.ends_at <= row.starts_at or row.starts_at.microsecond or row.ends_at.microsecond:
            yield Fault(Why.MAINTENANCE_ORDER, "ends_at", index, facts, "maintenance")
        elif not since <= row.starts_at < row.ends_at <= until:
            yield Fault(Why.MAINTENANCE_OUTSIDE, "", index, {**facts, **_span(calendar)}, "maintenance")
    for index in _overlapping(rows):
        facts = {"starts_at": local_text(rows[index].starts_at)}
        yield Fault(Why.MAINTENANCE_OVERLAP, "", index, facts, "maintenance")


def _reason_faults(reason: str, of: str, index: int) -> Iterator[Fault]:
    if not is_plain_text(reason, NAME_CHARACTERS_MAX):
        yield Fault(Why.NAME_UNFIT, "reason", index, {"found": reason[:40], "max": NAME_CHARACTERS_MAX}, of)


def _overlapping(rows: Sequence[Maintenance]) -> list[int]:
    """Indexes of rows that begin before an earlier one has ended."""
    order = sorted(range(len(rows)), key=lambda index: rows[index].starts_at)
    found = []
    busy_until: datetime | None = None
    for index in order:
        if busy_until is not None and rows[index].starts_at < busy_until:
            found.append(index)
        busy_until = max(busy_until or rows[index].ends_at, rows[index].ends_at)
    return found


def _span(calendar: Calendar) -> dict[str, object]:
    last = calendar.valid_until - timedelta(days=1)
    return {"start": calendar.valid_from.isoformat(), "until": last.isoformat()}


def local_text(at: datetime) -> str:
    """The instant as people of the plant write it."""
    return at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M")
