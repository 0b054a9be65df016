"""Opening a workbook that anybody may have made: bounded in bytes, parts, unpacked size, sheets, rows and columns;
then its sheets as rows of read cells, every bad one named.

Formulas are refused rather than read by their cached result: nobody has checked what a foreign program cached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from typing import Any

from services.capacity.domain.refusals import Why
from services.capacity.workbook.archive import check_archive
from services.capacity.workbook.cells import Bad, Raw, is_empty, read, shown
from services.capacity.workbook.columns import Sheet
from services.capacity.workbook.messages import CELLS_TOLD_MAX, BadCell, BadCells, CellWhy
from services.capacity.workbook.sheets import HEADER_ROWS, ROWS_MAX, SHEETS
from services.capacity.workbook.strict import transitional
from shared.kernel.refusal import Reason, Refused


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data: where it stands, and its values by column key; a bad or empty cell has no value."""

    sheet: Sheet
    number: int
    values: Mapping[str, Any]
    letters: Mapping[str, str]
    is_sound: bool

    def place(self, key: str) -> str:
        """The cell of column *key*, e.g. `产线!D7`; the first one when the row has no such column."""
        return f"{self.sheet.zh}!{self.letters.get(key, 'A')}{self.number}"


@dataclass(slots=True)
class Faults:
    """Bad cells as they are found; the first `CELLS_TOLD_MAX` are told, all are counted."""

    cells: list[BadCell] = field(default_factory=list)
    count: int = 0

    def add(self, sheet: Sheet, place: str, why: Reason, facts: Mapping[str, Any]) -> None:
        self.count += 1
        if len(self.cells) < CELLS_TOLD_MAX:
            self.cells.append(BadCell(sheet.zh, place, why, dict(facts)))

    def raise_if_any(self) -> None:
        if self.cells:
            raise BadCells(self.cells, self.count)


def read_sheets(content: bytes, faults: Faults) -> dict[str, list[Row]]:
    """Rows by sheet key. Raises Refused when the file as a whole is not acceptable."""
    import openpyxl  # late: it takes a tenth of a server's start, and few requests bring a workbook

    check_archive(content)
    try:
        readable = BytesIO(transitional(content))
        workbook = openpyxl.load_workbook(readable, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # the parser of a hostile file may raise anything: it is unreadable
        raise Refused(Why.WORKBOOK_UNREADABLE) from error
    try:
        return {sheet.key: _read_sheet(workbook, sheet, faults) for sheet in SHEETS}
    finally:
        workbook.close()


def _read_sheet(workbook: Any, sheet: Sheet, faults: Faults) -> list[Row]:
    if sheet.zh not in workbook.sheetnames:
        faults.add(sheet, f"{sheet.zh}!A1", CellWhy.SHEET_MISSING, {"name": sheet.zh})
        return []
    from services.capacity.workbook.rows_of_file import rows_of  # late, as openpyxl itself

    try:
        lines = list(rows_of(workbook[sheet.zh], HEADER_ROWS + ROWS_MAX))
    except Exception as error:  # as above: a broken sheet is an unreadable file
        raise Refused(Why.WORKBOOK_UNREADABLE) from error
    told = sorted(((number, raw) for number, raw in lines if not all(map(is_empty, raw))), key=lambda line: line[0])
    headings = told[0] if told else (1, [])
    letters = _letters(*headings, sheet, faults)
    rows: list[Row] = []
    for before, (number, raw) in pairwise([headings, *told[1:]]):
        if number == before[0]:
            faults.add(sheet, f"{sheet.zh}!A{number}", CellWhy.ROW_TWICE, {"row": number})
        elif number > HEADER_ROWS + ROWS_MAX:
            faults.add(sheet, f"{sheet.zh}!A{number}", CellWhy.TOO_MANY_ROWS, {"last": HEADER_ROWS + ROWS_MAX})
        elif before[0] != headings[0] or not _repeats_headings(sheet, number, raw, letters, faults):
            row = _read_row(sheet, number, raw, letters, faults)
            rows += [] if row is None else [row]
    return rows


def _repeats_headings(sheet: Sheet, number: int, raw: list[Raw], letters: dict[str, str], faults: Faults) -> bool:
    """Whether the row under the headings says them again, in the other language. Data typed over some of it is told."""
    cells = {column: raw[_index(letters[column.key])] for column in sheet.columns if column.key in letters}
    says = {column: None if is_empty(cell) else shown(cell.value) for column, cell in cells.items()}
    if not any(text in (column.zh, column.en) for column, text in says.items()):
        return False
    for column, text in says.items():
        if text is not None and text not in (column.zh, column.en):
            place = f"{sheet.zh}!{letters[column.key]}{number}"
            faults.add(sheet, place, CellWhy.HEADING_TYPED_OVER, {"name": column.named, "found": text})
    return True


def _letters(number: int, header: list[Raw], sheet: Sheet, faults: Faults) -> dict[str, str]:
    """Column key -> letter, by the names in the first row that holds anything (Chinese or English)."""
    by_name = {name: column.key for column in sheet.columns for name in (column.zh, column.en)}
    found: dict[str, str] = {}
    for index, raw in enumerate(header):
        if is_empty(raw):
            continue
        name, place = shown(raw.value), f"{sheet.zh}!{_letter(index)}{number}"
        key = by_name.get(name)
        if key is None:
            faults.add(sheet, place, CellWhy.COLUMN_UNKNOWN, {"found": name})
        elif key in found:
            faults.add(sheet, place, CellWhy.COLUMN_TWICE, {"found": name})
        else:
            found[key] = _letter(index)
    free = _letter(max((i + 1 for i, raw in enumerate(header) if not is_empty(raw)), default=0))
    for column in sheet.columns:
        if column.key not in found:
            faults.add(sheet, f"{sheet.zh}!{free}{number}", CellWhy.COLUMN_MISSING, {"name": column.zh})
    return found


def _read_row(sheet: Sheet, number: int, raw: list[Raw], letters: dict[str, str], faults: Faults) -> Row | None:
    """The row's values; None when all its cells are empty. Cells beside the known columns are not looked at."""
    cells = {key: raw[_index(letter)] for key, letter in letters.items() if _index(letter) < len(raw)}
    if all(is_empty(one) for one in cells.values()):
        return None
    values: dict[str, Any] = {}
    is_sound = len(letters) == len(sheet.columns)
    for column in sheet.columns:
        if column.key not in letters:
            continue
        try:
            value = read(cells.get(column.key, Raw(None, "n")), column)
        except Bad as bad:
            is_sound = False
            faults.add(sheet, f"{sheet.zh}!{letters[column.key]}{number}", bad.why, bad.facts)
            continue
        if value is not None:
            values[column.key] = value
    return Row(sheet, number, values, letters, is_sound)


def _index(letter: str) -> int:
    from openpyxl.utils import column_index_from_string

    return column_index_from_string(letter) - 1


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(index + 1)
