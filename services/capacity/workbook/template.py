"""Writing the workbook a factory fills in: a guide, an example, one sheet a table, drop-downs, what stands already.

Texts are written as texts, never as formulas, and dates are fixed, so that the same book gives the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from services.capacity.workbook.book import Book
from services.capacity.workbook.columns import Column, Holds, Sheet
from services.capacity.workbook.rows import rows_of
from services.capacity.workbook.sheets import FEN_PER_YUAN_DIGITS, HEADER_ROWS, PERCENT_DIGITS, ROWS_MAX, SHEETS
from shared.kernel.clock import LOCAL_ZONE

GUIDE, EXAMPLES, CHOICES = "说明", "示例", "选项"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MADE_ON = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed document property without a zone, for reproducible bytes
_GUIDE_ROWS = [
    ("共坊 产能发布工作簿", "Gongfang: publish a plant by one workbook"),
    (
        "1. 各表前两行是列名，请勿改动；从第 3 行开始填写，可参照“示例”表。",
        "1. Rows 1 and 2 of each sheet are names; leave them. Fill in from row 3; see the sheet of examples.",
    ),
    (
        "2. 填写数值本身，不要用公式；编号、规格、许可证号请用文本格式。",
        "2. Enter values, not formulas; codes, formats and licence numbers as text.",
    ),
    (
        "3. 日期如 2026-12-01；时刻如 08:00；均为北京时间。",
        "3. Dates such as 2026-12-01, times such as 08:00, local time.",
    ),
    (
        "4. 上传后先预览，再导入：有一处错误则全部不导入，并逐格指出原因。",
        "4. Preview, then import: with one bad cell nothing is imported, and each one is named with its reason.",
    ),
    ("5. 未列出的产线、许可证保持不变；删除请在平台上操作。", "5. Lines and papers not listed stay as they are."),
]


def write_workbook(book: Book) -> bytes:
    """The .xlsx of *book*; an empty book is the blank template."""
    import xlsxwriter  # late: a server starts sooner without it

    target = BytesIO()
    workbook = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties({"title": f"{book.plant_code} {book.plant_name}", "created": _MADE_ON})
    styles = _Styles(workbook)
    _write_guide(workbook, styles)
    rows = rows_of(book)
    for sheet in SHEETS:
        _write_sheet(workbook, sheet, rows[sheet.key], styles)
    _write_examples(workbook, styles)
    _write_choices(workbook, styles)
    workbook.close()
    return target.getvalue()


class _Styles:
    def __init__(self, workbook: Any) -> None:
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.head = workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True})
        self.needed = workbook.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "font_color": "#C00000", "bottom": 1, "text_wrap": True}
        )
        self.sub = workbook.add_format({"italic": True, "font_color": "#666666", "text_wrap": True})
        self.wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.cells = {
            Holds.DATE: workbook.add_format({"num_format": "yyyy-mm-dd"}),
            Holds.MOMENT: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            Holds.WHOLE: workbook.add_format({"num_format": "#,##0"}),
            Holds.YUAN: workbook.add_format({"num_format": "#,##0.00"}),
            Holds.PERCENT: workbook.add_format({"num_format": "0.####%"}),
        }
        self.text = workbook.add_format({"num_format": "@"})

    def of(self, column: Column) -> Any:
        return self.cells.get(column.holds, self.text)


def _write_guide(workbook: Any, styles: _Styles) -> None:
    worksheet = workbook.add_worksheet(GUIDE)
    worksheet.set_column(0, 1, 60, styles.wrap)
    for number, (zh, en) in enumerate(_GUIDE_ROWS):
        worksheet.write_string(number, 0, zh, styles.title if number == 0 else styles.wrap)
        worksheet.write_string(number, 1, en, styles.title if number == 0 else styles.wrap)
    first = len(_GUIDE_ROWS) + 1
    for number, sheet in enumerate(SHEETS, start=first):
        worksheet.write_string(number, 0, f"【{sheet.zh}】{sheet.note_zh}", styles.wrap)
        worksheet.write_string(number, 1, f"{sheet.en}: {sheet.note_en}", styles.wrap)


def _write_sheet(workbook: Any, sheet: Sheet, rows: Sequence[Mapping[str, Any]], styles: _Styles) -> None:
    worksheet = workbook.add_worksheet(sheet.zh)
    worksheet.freeze_panes(HEADER_ROWS, 1)
    for index, column in enumerate(sheet.columns):
        worksheet.set_column(index, index, column.width, styles.of(column))
        worksheet.write_string(0, index, column.zh, styles.needed if column.required else styles.head)
        worksheet.write_string(1, index, column.en, styles.sub)
        _offer_choices(worksheet, index, column)
        for number, row in enumerate(rows, start=HEADER_ROWS):
            _write_cell(worksheet, (number, index), column, row.get(column.key), styles.of(column))


def _offer_choices(worksheet: Any, index: int, column: Column) -> None:
    """A drop-down over the sheet of choices; codes may be typed as well, so it advises and does not block them."""
    if not column.options or column.holds is Holds.CODES:
        return
    from xlsxwriter.utility import xl_col_to_name

    place = _CHOICE_PLACES[column.options]
    letter = xl_col_to_name(place)
    source = f"='{CHOICES}'!${letter}$3:${letter}${2 + len(column.options)}"
    stop = "stop" if column.holds is Holds.CHOICE else "warning"
    rule = {"validate": "list", "source": source, "error_type": stop, "ignore_blank": True}
    worksheet.data_validation(HEADER_ROWS, index, HEADER_ROWS + ROWS_MAX - 1, index, rule)


def _write_cell(worksheet: Any, place: tuple[int, int], column: Column, value: Any, style: Any) -> None:
    if value is None or value == []:
        return
    match column.holds:
        case Holds.WHOLE:
            worksheet.write_number(*place, value, style)
        case Holds.YUAN:
            worksheet.write_number(*place, unscaled(value, FEN_PER_YUAN_DIGITS), style)
        case Holds.PERCENT:
            worksheet.write_number(*place, unscaled(value, PERCENT_DIGITS + 2), style)  # the format shows it times 100
        case Holds.DATE:
            worksheet.write_datetime(*place, value, style)
        case Holds.MOMENT:
            worksheet.write_datetime(*place, value.astimezone(LOCAL_ZONE).replace(tzinfo=None), style)
        case _:
            worksheet.write_string(*place, shown(column, value), style)


def unscaled(value: int, digits: int) -> Decimal:
    """The number as written into the file, to 16 digits: read back exactly."""
    return Decimal(value).scaleb(-digits)


def shown(column: Column, value: Any) -> str:
    """A text cell as people see it: choices by their Chinese name, times as 08:00, several codes with 、."""
    match column.holds:
        case Holds.CHOICE:
            return next(one.zh for one in column.options if one.value == value)
        case Holds.TIME:
            return f"{value // 60:02d}:{value % 60:02d}"
        case Holds.CODES:
            return "、".join(value)
        case _:
            return value.isoformat() if isinstance(value, date) else str(value)


def _write_examples(workbook: Any, styles: _Styles) -> None:
    """One filled-in row a sheet. The reader never looks here."""
    worksheet = workbook.add_worksheet(EXAMPLES)
    worksheet.set_column(0, 12, 18)
    for number, sheet in enumerate(SHEETS):
        worksheet.write_string(number * 4, 0, f"{sheet.zh} {sheet.en}", styles.title)
        for index, column in enumerate(sheet.columns):
            worksheet.write_string(number * 4 + 1, index, column.zh, styles.head)
            worksheet.write_string(number * 4 + 2, index, column.example, styles.text)


def _write_choices(workbook: Any, styles: _Styles) -> None:
    """What the drop-downs offer: the cell text, and beside it what it means."""
    worksheet = workbook.add_worksheet(CHOICES)
    worksheet.set_column(0, 2 * len(_CHOICE_COLUMNS), 22)
    for column in _CHOICE_COLUMNS:
        place = _CHOICE_PLACES[column.options]
        worksheet.write_string(0, place, column.zh, styles.head)
        worksheet.write_string(1, place, column.en, styles.sub)
        for number, option in enumerate(column.options, start=2):
            text = option.zh if column.holds is Holds.CHOICE else option.value
            worksheet.write_string(number, place, text, styles.text)
            worksheet.write_string(number, place + 1, f"{option.zh} {option.en}", styles.text)


def _different_choices() -> list[Column]:
    found: dict[tuple[Any, ...], Column] = {}
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.options:
                found.setdefault(column.options, column)
    return list(found.values())


_CHOICE_COLUMNS = _different_choices()
_CHOICE_PLACES = {column.options: 2 * index for index, column in enumerate(_CHOICE_COLUMNS)}
