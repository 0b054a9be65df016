"""From a `Book` to the rows of its sheets: exactly what the reader reads back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec

from services.capacity.domain.values import Calendar, FoodContactProof, Licence
from services.capacity.workbook.book import Book, LineBook

_DAY_MINUTES = 24 * 60
Row = Mapping[str, Any]
Codes = list[tuple[Calendar, str]]


def rows_of(book: Book, codes: Codes | None = None) -> dict[str, list[Row]]:
    """Rows by sheet key. Lines with the same hours share a calendar; maintenance stays each line's own.

    *codes*: how to call calendars, as `calendar_codes` gives them; those of *book* alone when None.
    """
    codes = calendar_codes(book.lines) if codes is None else codes
    used = [(calendar, code) for calendar, code in codes if any(_has(line, calendar) for line in book.lines)]
    return {
        "plant": [{"code": book.plant_code, "name": book.plant_name, "district": book.district}],
        "lines": [_line_row(line, codes) for line in book.lines],
        "capabilities": [
            {"line": line.code, **msgspec.structs.asdict(one)} for line in book.lines for one in line.capabilities
        ],
        "calendars": [_calendar_row(code, calendar) for calendar, code in used],
        "shifts": [row for calendar, code in used for row in _shift_rows(code, calendar)],
        "closed_days": [
            {"calendar": code, "on": one.on, "reason": one.reason}
            for calendar, code in used
            for one in calendar.closed_days
        ],
        "maintenance": [
            {"line": line.code, **msgspec.structs.asdict(one)}
            for line in book.lines
            if line.calendar is not None
            for one in line.calendar.maintenance
        ],
        "changeovers": [row for line in book.lines for row in _changeover_rows(line)],
        "prices": [{"line": line.code, **msgspec.structs.asdict(one)} for line in book.lines for one in line.prices],
        "licences": [_paper_row(one, {"number": one.number, "categories": one.categories}) for one in book.licences],
        "proofs": [_paper_row(one, {"standard": one.standard, "certificate": one.certificate}) for one in book.proofs],
        "auto_accept": [
            {"line": line.code, **msgspec.structs.asdict(one)} for line in book.lines for one in line.auto_accept_rules
        ],
    }


def _shared(calendar: Calendar) -> Calendar:
    return msgspec.structs.replace(calendar, maintenance=[])


def _has(line: LineBook, calendar: Calendar) -> bool:
    return line.calendar is not None and _shared(line.calendar) == calendar


def calendar_codes(lines: Sequence[LineBook]) -> Codes:
    """The different calendars, maintenance aside: by the code a workbook gave them, else C1, C2 … as they appear."""
    found: Codes = []
    for line in lines:
        if line.calendar is not None and all(_shared(line.calendar) != one for one, _ in found):
            found.append((_shared(line.calendar), line.calendar_code or _free_code(found)))
    return found


def calendar_codes_before(before: Sequence[LineBook], after: Sequence[LineBook]) -> Codes:
    """How to call the calendars of *before* so that one which a workbook changes keeps its code: each takes the code
    that most of its lines have in *after* (of equals the first), as long as no other has taken it.
    """
    later = dict(calendar_codes_by_line(after))
    found: Codes = []
    taken = set(later.values())
    for calendar, _ in calendar_codes(before):
        wanted = [later[line.code] for line in before if _has(line, calendar) and line.code in later]
        mine = [code for code, _ in Counter(wanted).most_common() if all(code != other for _, other in found)]
        code = mine[0] if mine else _free_code([*found, *((calendar, one) for one in taken)])
        found.append((calendar, code))
    return found


def calendar_codes_by_line(lines: Sequence[LineBook]) -> list[tuple[str, str]]:
    """(line, code of its calendar) of the lines that have one."""
    codes = calendar_codes(lines)
    return [(line.code, code) for line in lines for calendar, code in codes if _has(line, calendar)]


def _free_code(taken: Codes) -> str:
    codes = {code for _, code in taken}
    return next(code for number in count(1) if (code := f"C{number}") not in codes)


def _line_row(line: LineBook, codes: Codes) -> Row:
    mine = [code for calendar, code in codes if _has(line, calendar)]
    return {
        "code": line.code,
        "name": line.name,
        "calendar": mine[0] if mine else None,
        "load_cap_hours_per_week": line.load_cap_hours_per_week,
        "frozen_fence_hours": line.frozen_fence_hours,
    }


def _calendar_row(code: str, calendar: Calendar) -> Row:
    return {
        "code": code,
        "valid_from": calendar.valid_from,
        "last_day": calendar.valid_until - timedelta(days=1),
        "offered": calendar.offered,
    }


def _shift_rows(code: str, calendar: Calendar) -> list[Row]:
    return [
        {
            "calendar": code,
            "weekday": str(one.weekday),
            "start": one.start_minute,
            "end": (one.start_minute + one.minutes) % _DAY_MINUTES,
            "offered": "yes" if calendar.offered == "all" or one in calendar.offered_shifts else "no",
        }
        for one in calendar.shifts
    ]


def _changeover_rows(line: LineBook) -> list[Row]:
    return [
        {
            "line": line.code,
            "feature": one.feature,
            "from_value": one.from_value,
            "to_value": one.to_value,
            "ruling": "allowed" if one.minutes is not None else ("same-day" if one.same_day_only else "forbidden"),
            "minutes": one.minutes,
        }
        for one in line.changeovers
    ]


def _paper_row(paper: Licence | FoodContactProof, own: Row) -> Row:
    return {**own, "valid_from": paper.valid_from, "last_day": paper.valid_until - timedelta(days=1)}
