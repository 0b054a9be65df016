"""Figures as a flat table, and the table as CSV or XLSX: the same figures give the same bytes."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.ledger.domain.figures import elements, indicators
from services.ledger.projections.evidence import EntryRow

Cell = str | int | Decimal | date
"""Decimal: a ratio."""
BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed: the same input gives the same bytes
_COLUMN_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Sheet:
    """A named table: a header row and rows of text and whole numbers."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def figures_sheet(groups: Sequence[dict[str, Any]]) -> Sheet:
    """One row a group and unit of measure; time elements repeat nowhere, because a further unit gets its own columns
    left empty.
    """
    keys = list(dict.fromkeys(name for group in groups for name in group["key"]))
    time = [one for one in elements().values() if one.time]
    units = [one for one in elements().values() if one.units]
    header = [
        *keys,
        "未完 unfinished",
        *(f"{one.code} {one.zh} ({one.unit})" for one in time),
        "独立委托方 clients",
        "计量单位 unit",
        *(f"{one.code} {one.zh}" for one in units),
        *(f"{one.code} {one.zh}" for one in indicators().values()),
    ]
    rows = [
        row for group in groups for row in _rows(group, keys, [one.code for one in time], [one.code for one in units])
    ]
    return Sheet("产能利用率 utilization", header, rows)


def _rows(group: dict[str, Any], keys: list[str], time: list[str], units: list[str]) -> Iterable[list[Cell]]:
    key: list[Cell] = [_key_cell(name, group["key"].get(name, "")) for name in keys]
    key.append("是 yes" if group["unfinished"] else "")
    seconds: list[Cell] = [group["elements"][code]["value"] for code in time]
    ratios: list[Cell] = ["" if one["value"] is None else Decimal(one["value"]) for one in group["indicators"].values()]
    for number, made in enumerate(group["quantities"] or [{"unit": "", "elements": {}}]):
        counts: list[Cell] = [made["elements"].get(code, {"value": ""})["value"] for code in units]
        if number == 0:
            yield [*key, *seconds, group["clients"]["value"], made["unit"], *counts, *ratios]
        else:
            yield [*key, *([""] * len(seconds)), "", made["unit"], *counts, *([""] * len(ratios))]


def _key_cell(name: str, value: str) -> Cell:
    return date.fromisoformat(value) if name in {"day", "week_from"} else value


def entries_sheet(entries: Sequence[EntryRow], *, is_whole: bool) -> Sheet:
    """One row an entry, as the ledger's list shows it: by its index, or by its reader's own number."""
    counted = {"index": "entry", "sourceseq": "sourceseq"} if is_whole else {"number": "number"}
    names = [
        *(name for name in ("index", "number") if name in counted),
        *("type", "source"),
        *(name for name in ("sourceseq",) if name in counted),
        *("time", "recorded_time", "leaf_hash", "subject"),
        *("factory_org_id", "plant_id", "line_id", "district", "order_id", "work_id"),
    ]
    fields = [{**counted, "recorded_time": "recordedtime"}.get(name, name) for name in names]
    rows: list[list[Cell]] = [[getattr(one, field) for field in fields] for one in entries]
    return Sheet("条目 entries", names, rows)


def formulas_sheet() -> Sheet:
    """Every figure's meaning and formula, so that the file explains itself."""
    defined: list[list[Cell]] = [
        [one.code, one.zh, one.en, one.unit, " + ".join((*one.time, *one.units, *one.ideal)), ""]
        for one in elements().values()
    ]
    computed: list[list[Cell]] = [
        [one.code, one.zh, one.en, "", one.formula, one.source] for one in indicators().values()
    ]
    header = ["代码 code", "名称 name", "English", "单位 unit", "公式 formula", "来源 source"]
    return Sheet("公式 formulas", header, defined + computed)


def about_sheet(facts: dict[str, str]) -> Sheet:
    """What was asked, of which ledger, by which rules."""
    return Sheet("说明 about", ["项 item", "值 value"], [[name, value] for name, value in facts.items()])


def neutral(cell: str | int) -> str | int:
    """*cell* so that no spreadsheet takes text of others for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with byte order mark, CRLF; text that begins like a formula gets an apostrophe before it."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow([neutral(one) for one in sheet.header])
    writer.writerows([_text(one) for one in row] for row in sheet.rows)
    return text.getvalue().encode()


def _text(cell: Cell) -> str | int:
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else neutral(cell)


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """One workbook; every text is written as text, never as formula or link, dates as dates, ratios as per cent."""
    import xlsxwriter  # late: a server starts sooner without it

    raw = io.BytesIO()
    workbook = xlsxwriter.Workbook(raw, {"in_memory": True, "constant_memory": False})
    workbook.set_properties({"title": "共坊 Gongfang", "created": _CREATED.replace(tzinfo=None)})
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    days = workbook.add_format({"num_format": "yyyy-mm-dd"})
    ratios = workbook.add_format({"num_format": "0.00%"})
    for sheet in sheets:
        page = workbook.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        page.set_column(0, max(0, len(sheet.header) - 1), _COLUMN_WIDTH)
        for column, name in enumerate(sheet.header):
            page.write_string(0, column, str(neutral(name)), bold)
        for number, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row):
                _write(page, (number, column), cell, days, ratios)
    workbook.close()
    return raw.getvalue()


def _write(page: Any, place: tuple[int, int], cell: Cell, days: Any, ratios: Any) -> None:
    match cell:
        case date():
            page.write_datetime(*place, cell, days)
        case Decimal():
            page.write_number(*place, cell, ratios)
        case int():
            page.write_number(*place, cell)
        case _:
            page.write_string(*place, str(neutral(cell)))
