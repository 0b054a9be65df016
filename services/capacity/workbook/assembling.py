"""From rows to a `Book`: references between sheets, then the rules of the trade, each fault at the cell it comes from.

A rule is asked only of things whose every cell could be read, so that one mistake is told once.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from services.capacity.domain import soundness
from services.capacity.domain.calendar_soundness import calendar_faults
from services.capacity.domain.refusals import Why
from services.capacity.domain.soundness import Fault
from services.capacity.domain.values import (
    AutoAcceptRule,
    Calendar,
    Capability,
    ChangeoverRule,
    ClosedDay,
    FoodContactProof,
    Licence,
    Maintenance,
    Price,
    Shift,
)
from services.capacity.workbook import sheets
from services.capacity.workbook.book import Book, LineBook
from services.capacity.workbook.columns import Sheet
from services.capacity.workbook.messages import CellWhy
from services.capacity.workbook.reading import Faults, Row, read_sheets
from shared.reference.places import District, districts

_DAY_MINUTES = 24 * 60
Rows = Mapping[str, list[Row]]


def read_workbook(content: bytes) -> Book:
    """The book in *content*. Raises BadCells with every bad cell, Refused when it is no workbook at all."""
    faults = Faults()
    rows = read_sheets(content, faults)
    book = _assemble(rows, faults)
    faults.raise_if_any()
    return book


def _assemble(rows: Rows, faults: Faults) -> Book:
    plant = _plant(rows["plant"], faults)
    lines = _coded(rows["lines"], faults)
    calendars = _coded(rows["calendars"], faults)
    for sheet in (sheets.ABILITIES, sheets.MAINTENANCE, sheets.CHANGEOVERS, sheets.PRICES, sheets.AUTO_ACCEPT):
        _refer(rows[sheet.key], "line", lines, sheets.LINES, faults)
    for sheet in (sheets.SHIFTS, sheets.CLOSED_DAYS):
        _refer(rows[sheet.key], "calendar", calendars, sheets.CALENDARS, faults)
    _refer(rows["lines"], "calendar", calendars, sheets.CALENDARS, faults)
    return Book(
        plant_code=plant.get("code", ""),
        plant_name=plant.get("name", ""),
        district=plant.get("district", ""),
        lines=[_line(code, row, rows, calendars, faults) for code, row in lines.items()],
        licences=_licences(rows["licences"], plant.get("district", ""), faults),
        proofs=_proofs(rows["proofs"], faults),
    )


def _plant(rows: list[Row], faults: Faults) -> Mapping[str, Any]:
    if len(rows) != 1:
        number = rows[1].number if rows else sheets.HEADER_ROWS + 1
        faults.add(sheets.PLANT, f"{sheets.PLANT.zh}!A{number}", CellWhy.PLANT_ROWS, {"found": len(rows)})
        return rows[0].values if rows else {}
    row = rows[0]
    if row.is_sound:
        _tell([*soundness.district_faults(row.values["district"])], [row], faults)
    return row.values


def _coded(rows: list[Row], faults: Faults) -> dict[str, Row]:
    """Rows by their code, each once and well-formed; a repeated code is told at its second place."""
    found: dict[str, Row] = {}
    for row in rows:
        code = row.values.get("code")
        if code is None:
            continue
        if code in found:
            facts = {"found": code, "row": found[code].number}
            faults.add(row.sheet, row.place("code"), CellWhy.CODE_TWICE, facts)
            continue
        found[code] = row
        _tell(soundness.code_faults(code), [row], faults)
        if "name" in row.values:
            _tell(soundness.name_faults(row.values["name"]), [row], faults)
    return found


def _refer(rows: list[Row], key: str, known: Mapping[str, Row], target: Sheet, faults: Faults) -> None:
    for row in rows:
        code = row.values.get(key)
        if code is not None and code not in known:
            facts = {"found": str(code)[:40], "sheet": target.zh}
            faults.add(row.sheet, row.place(key), CellWhy.REFERENCE_UNKNOWN, facts)


def _tell(found: Iterable[Fault], rows: Sequence[Row], faults: Faults, within: Row | None = None) -> None:
    """Each fault at the cell of its column: of its own row in *rows*, or of *within* when it belongs to no row."""
    for fault in found:
        row = within if within is not None and fault.row is None else rows[fault.row or 0]
        faults.add(row.sheet, row.place(_COLUMN_OF.get(fault.name, fault.name)), fault.why, fault.facts)


_COLUMN_OF = {"valid_until": "last_day"}


def _of(rows: list[Row], key: str, code: str) -> list[Row]:
    return [row for row in rows if row.values.get(key) == code]


def _line(code: str, row: Row, rows: Rows, calendars: Mapping[str, Row], faults: Faults) -> LineBook:
    capability_rows = _of(rows["capabilities"], "line", code)
    if not capability_rows:
        faults.add(row.sheet, row.place("code"), CellWhy.LINE_WITHOUT_CAPABILITY, {"found": code})
    capabilities = _capabilities(capability_rows, faults)
    on_line = {one.values["code"] for one in capability_rows if "code" in one.values}
    return LineBook(
        code=code,
        name=row.values.get("name", ""),
        load_cap_hours_per_week=row.values.get("load_cap_hours_per_week", 0),
        frozen_fence_hours=row.values.get("frozen_fence_hours", 0),
        capabilities=capabilities,
        calendar=_calendar(code, row, rows, calendars, faults),
        changeovers=_changeovers(_of(rows["changeovers"], "line", code), faults),
        prices=_prices(_of(rows["prices"], "line", code), on_line, faults),
        auto_accept_rules=_auto_accept(_of(rows["auto_accept"], "line", code), on_line, faults),
        place=row.place("calendar"),
        calendar_code=row.values.get("calendar", ""),
    )


def _capabilities(rows: list[Row], faults: Faults) -> list[Capability]:
    sound = [row for row in rows if row.is_sound]
    keys = ("code", "unit", "formats", "rate_per_hour", "efficiency_ppm", "batch_min", "batch_max", "multiple")
    made = [Capability(*(row.values[key] for key in keys)) for row in sound]
    _tell(soundness.capability_faults(made), sound, faults, sound[0] if sound else None)
    return made


def _changeovers(rows: list[Row], faults: Faults) -> list[ChangeoverRule]:
    sound = [row for row in rows if row.is_sound]
    made = []
    for row in sound:
        ruling, minutes = row.values["ruling"], row.values.get("minutes")
        if ruling == "allowed" and minutes is None:
            faults.add(
                row.sheet,
                row.place("minutes"),
                CellWhy.EMPTY_REQUIRED,
                {"name": sheets.CHANGEOVERS.column("minutes").named},
            )
            minutes = 0
        if ruling != "allowed" and minutes is not None:
            facts = {"max": soundness.CHANGEOVER_MINUTES_MAX, "found": minutes}
            faults.add(row.sheet, row.place("minutes"), Why.CHANGEOVER_MINUTES, facts)
            minutes = None
        key = (row.values["feature"], row.values["from_value"], row.values["to_value"])
        made.append(ChangeoverRule(*key, minutes if ruling == "allowed" else None, ruling == "same-day"))
    _tell(soundness.changeover_faults(made), sound, faults, sound[0] if sound else None)
    return made


def _prices(rows: list[Row], on_line: Iterable[str], faults: Faults) -> list[Price]:
    sound = [row for row in rows if row.is_sound]
    keys = ("capability", "setup_fen", "fen_per_thousand", "minimum_fen")
    made = [Price(*(row.values[key] for key in keys)) for row in sound]
    _tell(soundness.price_faults(made, on_line), sound, faults)
    return made


def _auto_accept(rows: list[Row], on_line: Iterable[str], faults: Faults) -> list[AutoAcceptRule]:
    sound = [row for row in rows if row.is_sound]
    made = [
        AutoAcceptRule(
            row.values.get("capabilities", []),
            row.values["quantity_max"],
            row.values["price_fen_min"],
            row.values["lead_hours_min"],
        )
        for row in sound
    ]
    _tell(soundness.auto_accept_faults(made, on_line), sound, faults, sound[0] if sound else None)
    return made


def _calendar(line: str, line_row: Row, rows: Rows, calendars: Mapping[str, Row], faults: Faults) -> Calendar | None:
    """The line's calendar with its own maintenance. Shifts shared by several lines are told once: the faults carry
    the same cell and the later ones are dropped.
    """
    row = calendars.get(line_row.values.get("calendar", ""))
    if row is None:
        if "calendar" not in line_row.values and _of(rows["maintenance"], "line", line):
            facts = {"name": sheets.LINES.column("calendar").named}
            faults.add(line_row.sheet, line_row.place("calendar"), CellWhy.EMPTY_REQUIRED, facts)
        return None
    code = row.values["code"]
    shifts, closed = _of(rows["shifts"], "calendar", code), _of(rows["closed_days"], "calendar", code)
    maintenance = _of(rows["maintenance"], "line", line)
    if not all(one.is_sound for one in (row, *shifts, *closed, *maintenance)):
        return None
    made = Calendar(
        valid_from=row.values["valid_from"],
        valid_until=row.values["last_day"] + timedelta(days=1),
        shifts=[_shift(one) for one in shifts],
        closed_days=[ClosedDay(one.values["on"], one.values["reason"]) for one in closed],
        maintenance=[
            Maintenance(one.values["starts_at"], one.values["ends_at"], one.values["reason"]) for one in maintenance
        ],
        offered=row.values["offered"],
        offered_shifts=[_shift(one) for one in shifts if _is_marked(one, row)],
    )
    rows_of = {
        "shifts": shifts,
        "offered_shifts": [one for one in shifts if _is_marked(one, row)],
        "closed_days": closed,
        "maintenance": maintenance,
    }
    for fault in calendar_faults(made):
        at = row if fault.row is None else rows_of[fault.of][fault.row]
        key = _COLUMN_OF.get(fault.name, fault.name) or _PLACE_OF.get(fault.of, "")
        place = at.place(key)
        if all((one.place, one.why) != (place, fault.why) for one in faults.cells):
            faults.add(at.sheet, place, fault.why, fault.facts)
    return made


_PLACE_OF = {"shifts": "start", "offered_shifts": "offered", "closed_days": "on", "maintenance": "starts_at"}


def _is_marked(shift: Row, calendar: Row) -> bool:
    return (calendar.values["offered"], shift.values["offered"]) == ("shifts", "yes")


def _shift(row: Row) -> Shift:
    start, end = row.values["start"], row.values["end"]
    return Shift(int(row.values["weekday"]), start, (end - start) % _DAY_MINUTES or _DAY_MINUTES)


def _validity(row: Row) -> tuple[date, date]:
    return row.values["valid_from"], row.values["last_day"] + timedelta(days=1)


def _licences(rows: list[Row], district: str, faults: Faults) -> list[Licence]:
    place = districts().get(district)
    made: list[Licence] = []
    seen: dict[str, int] = {}
    for row in rows:
        if not row.is_sound:
            continue
        number = row.values["number"]
        if number in seen:
            faults.add(row.sheet, row.place("number"), CellWhy.CODE_TWICE, {"found": number, "row": seen[number]})
        seen.setdefault(number, row.number)
        licence = Licence(number, row.values["categories"], *_validity(row))
        _tell_licence(licence, place, row, faults)
        made.append(licence)
    return made


def _tell_licence(licence: Licence, place: District | None, row: Row, faults: Faults) -> None:
    if place is not None:  # an unknown district has been told already
        _tell(soundness.licence_faults(licence, place), [row], faults)


def _proofs(rows: list[Row], faults: Faults) -> list[FoodContactProof]:
    made: list[FoodContactProof] = []
    seen: dict[str, int] = {}
    for row in rows:
        if not row.is_sound:
            continue
        certificate = row.values["certificate"]
        if certificate in seen:
            facts = {"found": certificate, "row": seen[certificate]}
            faults.add(row.sheet, row.place("certificate"), CellWhy.CODE_TWICE, facts)
        seen.setdefault(certificate, row.number)
        proof = FoodContactProof(row.values["standard"], certificate, *_validity(row))
        _tell(soundness.proof_faults(proof), [row], faults)
        made.append(proof)
    return made
