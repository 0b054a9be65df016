"""Opening a workbook that anybody may have made: bounded in bytes, parts, unpacked size, sheets, rows and columns;
then its sheets as rows of read cells, every bad one named.

Formulas are refused rather than read by their cached result: nobody has checked what a foreign program cached.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from services.capacity.domain.refusals import Why
from services.capacity.workbook.cells import Bad, Raw, is_empty, read
from services.capacity.workbook.columns import Sheet
from services.capacity.workbook.messages import CELLS_TOLD_MAX, BadCell, BadCells, CellWhy
from services.capacity.workbook.sheets import COLUMNS_MAX, HEADER_ROWS, ROWS_MAX, SHEETS
from shared.kernel.refusal import Reason, Refused

BYTES_MAX = 1_000_000
PARTS_MAX = 200
UNPACKED_MAX = 8_000_000
PART_MAX = {"xl/styles.xml": 256_000, "xl/sharedstrings.xml": 2_000_000}  # measured: what a parser is slow with
PART_MAX_USUAL = 2_000_000
SHEETS_MAX = 40
_MACROS = ("vbaproject.bin", "externallinks/", "activex/", "embeddings/")


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

    _check_archive(content)
    try:
        workbook = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # the parser of a hostile file may raise anything: it is unreadable
        raise Refused(Why.WORKBOOK_UNREADABLE) from error
    try:
        if len(workbook.sheetnames) > SHEETS_MAX:
            raise Refused(
                Why.WORKBOOK_TOO_LARGE, what="工作表 / sheets", max=SHEETS_MAX, found=len(workbook.sheetnames)
            )
        return {sheet.key: _read_sheet(workbook, sheet, faults) for sheet in SHEETS}
    finally:
        workbook.close()


def _check_archive(content: bytes) -> None:
    _bound("字节 / bytes", len(content), BYTES_MAX)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _bound("文件部件 / parts", len(parts), PARTS_MAX)
            _bound("解压后字节 / unpacked bytes", sum(one.file_size for one in parts), UNPACKED_MAX)
            for one in parts:
                _check_part(archive, one)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise Refused(Why.WORKBOOK_UNREADABLE) from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Not encrypted, no macros or links outside, and no document types, by which XML bombs are built."""
    name = part.filename.lower()
    _bound(f"{part.filename[:40]} 字节 / bytes", part.file_size, PART_MAX.get(name, PART_MAX_USUAL))
    if part.flag_bits & 1 or any(one in name for one in _MACROS):
        raise Refused(Why.WORKBOOK_UNREADABLE)
    if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
        raise Refused(Why.WORKBOOK_UNREADABLE)


def _bound(what: str, found: int, highest: int) -> None:
    if found > highest:
        raise Refused(Why.WORKBOOK_TOO_LARGE, what=what, max=highest, found=found)


def _read_sheet(workbook: Any, sheet: Sheet, faults: Faults) -> list[Row]:
    if sheet.zh not in workbook.sheetnames:
        faults.add(sheet, f"{sheet.zh}!A1", CellWhy.SHEET_MISSING, {"name": sheet.zh})
        return []
    try:
        lines = list(_raw_rows(workbook[sheet.zh]))
    except Exception as error:  # as above: a broken sheet is an unreadable file
        raise Refused(Why.WORKBOOK_UNREADABLE) from error
    letters = _letters(lines[0] if lines else [], sheet, faults)
    rows = []
    for number, raw in enumerate(lines[HEADER_ROWS:], start=HEADER_ROWS + 1):
        if number > HEADER_ROWS + ROWS_MAX:
            if any(not is_empty(one) for one in raw):
                faults.add(sheet, f"{sheet.zh}!A{number}", CellWhy.TOO_MANY_ROWS, {"max": ROWS_MAX})
            break
        row = _read_row(sheet, number, raw, letters, faults)
        if row is not None:
            rows.append(row)
    return rows


def _raw_rows(worksheet: Any) -> Iterator[list[Raw]]:
    """Rows from the first, one more than is read, each cut at `COLUMNS_MAX`; what the file claims of its size is
    not believed.
    """
    worksheet.reset_dimensions()
    for cells in worksheet.iter_rows(min_row=1, max_row=HEADER_ROWS + ROWS_MAX + 1, max_col=COLUMNS_MAX):
        yield [Raw(cell.value, cell.data_type) for cell in cells]


def _letters(header: list[Raw], sheet: Sheet, faults: Faults) -> dict[str, str]:
    """Column key -> letter, by the names in the first row (Chinese or English)."""
    by_name = {name: column.key for column in sheet.columns for name in (column.zh, column.en)}
    found: dict[str, str] = {}
    for index, raw in enumerate(header):
        if is_empty(raw):
            continue
        name, place = " ".join(str(raw.value).split()), f"{sheet.zh}!{_letter(index)}1"
        key = by_name.get(name)
        if key is None:
            faults.add(sheet, place, CellWhy.COLUMN_UNKNOWN, {"found": name[:40]})
        elif key in found:
            faults.add(sheet, place, CellWhy.COLUMN_TWICE, {"found": name})
        else:
            found[key] = _letter(index)
    free = _letter(max((i + 1 for i, raw in enumerate(header) if not is_empty(raw)), default=0))
    for column in sheet.columns:
        if column.key not in found:
            faults.add(sheet, f"{sheet.zh}!{free}1", CellWhy.COLUMN_MISSING, {"name": column.zh})
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
