"""What importing a workbook would change: rows that go and rows that come, sheet by sheet, as people read them."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from services.capacity.workbook.book import Book
from services.capacity.workbook.columns import Column, Holds, Sheet
from services.capacity.workbook.rows import Row, calendar_codes, calendar_codes_before, rows_of
from services.capacity.workbook.sheets import FEN_PER_YUAN_DIGITS, PERCENT_DIGITS, SHEETS
from services.capacity.workbook.template import shown, unscaled
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.refusal import Language


@dataclass(frozen=True, slots=True)
class Change:
    """One row that *goes* or *comes*; a changed row is both."""

    sheet: Sheet
    kind: Literal["goes", "comes"]
    row: Row

    def told(self, language: Language) -> dict[str, Any]:
        """The row by the sheet's own names, in the reader's language."""
        zh = language == "zh"
        cells = {
            (column.zh if zh else column.en): _told(column, self.row[column.key])
            for column in self.sheet.columns
            if self.row.get(column.key) is not None
        }
        return {"sheet": self.sheet.zh if zh else self.sheet.en, "change": self.kind, "row": cells}


@dataclass(frozen=True, slots=True)
class Difference:
    """*changes* in the order of the sheets; *untouched*: lines and papers the workbook does not list, by sheet key."""

    changes: list[Change]
    untouched: dict[str, list[str]]


def difference(before: Book, after: Book) -> Difference:
    """What stands *before* against what a workbook says. What it does not list stays and is no change."""
    codes = [one.code for one in after.lines]
    numbers = [one.number for one in after.licences]
    certificates = [one.certificate for one in after.proofs]
    hours_kept = {one.code for one in after.lines if one.calendar is None}
    compared = replace(
        before,
        lines=[
            replace(one, calendar=None) if one.code in hours_kept else one for one in before.lines if one.code in codes
        ],
        licences=[one for one in before.licences if one.number in numbers],
        proofs=[one for one in before.proofs if one.certificate in certificates],
    )
    old = rows_of(compared, calendar_codes_before(compared.lines, after.lines))
    new = rows_of(after, calendar_codes(after.lines))
    changes: list[Change] = []
    for sheet in SHEETS:
        changes += [Change(sheet, "goes", row) for row in old[sheet.key] if row not in new[sheet.key]]
        changes += [Change(sheet, "comes", row) for row in new[sheet.key] if row not in old[sheet.key]]
    untouched = {
        "lines": [one.code for one in before.lines if one.code not in codes],
        "licences": [one.number for one in before.licences if one.number not in numbers],
        "proofs": [one.certificate for one in before.proofs if one.certificate not in certificates],
    }
    return Difference(changes, untouched)


def _told(column: Column, value: Any) -> str:
    match column.holds:
        case Holds.YUAN:
            return str(unscaled(value, FEN_PER_YUAN_DIGITS))
        case Holds.PERCENT:
            return f"{unscaled(value, PERCENT_DIGITS).normalize():f}"
        case Holds.MOMENT:
            return str(value.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M:%S"))
        case _:
            return shown(column, value)
