"""Why a cell of a workbook is bad: the codes that only a spreadsheet can earn, and a bad cell told to people."""

from dataclasses import dataclass
from typing import Any

from shared.kernel.refusal import Kind, Language, Reason, Words


class CellWhy(Reason):
    """Faults of form, before any rule of the trade is asked."""

    SHEET_MISSING = "SHEET_MISSING"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_UNKNOWN = "COLUMN_UNKNOWN"
    COLUMN_TWICE = "COLUMN_TWICE"
    HEADING_TYPED_OVER = "HEADING_TYPED_OVER"
    ROW_TWICE = "ROW_TWICE"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    FORMULA_CELL = "FORMULA_CELL"
    ERROR_CELL = "ERROR_CELL"
    EMPTY_REQUIRED = "EMPTY_REQUIRED"
    FORMULA_INJECTION = "FORMULA_INJECTION"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    TEXT_EXPECTED = "TEXT_EXPECTED"
    NUMBER_EXPECTED = "NUMBER_EXPECTED"
    NUMBER_UNCLEAR = "NUMBER_UNCLEAR"
    PERCENT_UNEXPECTED = "PERCENT_UNEXPECTED"
    PERCENT_UNCLEAR = "PERCENT_UNCLEAR"
    NUMBER_NEGATIVE = "NUMBER_NEGATIVE"
    NUMBER_ZERO = "NUMBER_ZERO"
    NUMBER_TOO_LARGE = "NUMBER_TOO_LARGE"
    NUMBER_TOO_SMALL = "NUMBER_TOO_SMALL"
    NUMBER_NOT_WHOLE = "NUMBER_NOT_WHOLE"
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
    DATE_EXPECTED = "DATE_EXPECTED"
    DATE_OUT_OF_RANGE = "DATE_OUT_OF_RANGE"
    TIME_EXPECTED = "TIME_EXPECTED"
    MOMENT_EXPECTED = "MOMENT_EXPECTED"
    CHOICE_UNKNOWN = "CHOICE_UNKNOWN"
    CODE_TWICE = "CODE_TWICE"
    REFERENCE_UNKNOWN = "REFERENCE_UNKNOWN"
    PLANT_ROWS = "PLANT_ROWS"
    WRONG_PLANT = "WRONG_PLANT"
    LINE_WITHOUT_CAPABILITY = "LINE_WITHOUT_CAPABILITY"

    @property
    def words(self) -> Words:
        zh, en, detail_zh, detail_en = _WORDS[self.value]
        return Words(Kind.INVALID, zh, en, detail_zh, detail_en)


@dataclass(frozen=True, slots=True)
class BadCell:
    """One bad cell: *place* such as `产线!D7`, why, and the facts its words need."""

    sheet: str
    place: str
    why: Reason
    facts: dict[str, Any]

    def told(self, language: Language) -> dict[str, object]:
        words = self.why.words
        return {
            "sheet": self.sheet,
            "cell": self.place,
            "code": self.why.value,
            "title": words.title(language),
            "detail": words.detail(language, self.facts),
        }


class BadCells(Exception):
    """The workbook is refused as a whole; *cells* in reading order, at most `CELLS_TOLD_MAX` of *count*."""

    def __init__(self, cells: list[BadCell], count: int) -> None:
        first = cells[0]
        super().__init__(f"{count} bad cells, the first {first.place}: {first.why.value} {first.facts}")
        self.cells, self.count = cells, count


CELLS_TOLD_MAX = 200

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "SHEET_MISSING": ("缺少工作表", "Sheet is missing", "缺少工作表“{name}”。", "The sheet “{name}” is missing."),
    "COLUMN_MISSING": ("缺少列", "Column is missing", "第一行缺少列“{name}”。", "Row 1 lacks the column “{name}”."),
    "COLUMN_UNKNOWN": ("多余的列", "Unknown column", "模板没有列“{found}”。", "The template has no column “{found}”."),
    "COLUMN_TWICE": ("列重复", "Column twice", "列“{found}”出现了两次。", "The column “{found}” is there twice."),
    "HEADING_TYPED_OVER": (
        "列名行被改写",
        "Headings typed over",
        "此处应为列名“{name}”，现为“{found}”。列名行不读作数据：请恢复列名，把数据填到其下方。",
        "Expected the heading “{name}”; found “{found}”. A row of headings is not read as data: restore it and enter data below.",
    ),
    "ROW_TWICE": (
        "行号重复",
        "Row twice",
        "文件中第 {row} 行出现了两次，请用 Excel 或 WPS 打开后另存再上传。",
        "The file holds row {row} twice; open it in a spreadsheet program, save it again and send that.",
    ),
    "TOO_MANY_ROWS": (
        "超出读取范围的行",
        "Row beyond what is read",
        "只读到第 {last} 行；请把此行移到上方，或删去。",
        "Rows are read down to row {last}; move this one up or delete it.",
    ),
    "FORMULA_CELL": (
        "含有公式",
        "Holds a formula",
        "请填写数值本身，不要用公式。",
        "Enter the value itself instead of a formula.",
    ),
    "ERROR_CELL": (
        "单元格报错",
        "Holds an error",
        "单元格显示 {found}，请改填正确的数值。",
        "The cell shows {found}; enter the value itself.",
    ),
    "EMPTY_REQUIRED": ("必填项为空", "Required and empty", "“{name}”为必填项，请补上。", "“{name}” must be filled in."),
    "FORMULA_INJECTION": (
        "疑似公式注入",
        "Text looks like a formula",
        "文本不能以 = + - @ 开头，以免被当作公式执行；现为“{found}”，请改写。",
        "Text must not begin with = + - @, lest it run as a formula; found “{found}”.",
    ),
    "CONTROL_CHARACTER": (
        "含控制字符",
        "Control character",
        "文本含有不可见的控制字符，请删去后重新输入。",
        "The text holds invisible control characters; type it anew.",
    ),
    "TEXT_TOO_LONG": (
        "文本过长",
        "Text is too long",
        "最多 {max} 个字，现为 {found} 个。",
        "At most {max} characters; found {found}.",
    ),
    "TEXT_EXPECTED": (
        "应为文本",
        "Text expected",
        "请把单元格设为文本格式再填写，现为“{found}”。",
        "Format the cell as text and enter it again; found “{found}”.",
    ),
    "NUMBER_EXPECTED": (
        "应为数字",
        "Number expected",
        "应为数字，现为“{found}”。",
        "Expected a number; found “{found}”.",
    ),
    "NUMBER_UNCLEAR": (
        "数字写法不明",
        "Number can be read in two ways",
        "“{found}”可有两种读法。请写成 12000、12,000 或 1.5 这样的数字，逗号只用于三位分节。",
        "“{found}” can be read in two ways. Write 12000, 12,000 or 1.5; commas only between groups of three digits.",
    ),
    "PERCENT_UNEXPECTED": (
        "不应为百分比",
        "Percentage not expected",
        "此列不是百分比，而单元格显示为 {found}；请改为常规格式并填写数值。",
        "This column holds no percentage, and the cell shows {found}; format it as a number and enter the value.",
    ),
    "PERCENT_UNCLEAR": (
        "百分比写法不明",
        "Percentage can be read in two ways",
        "“{found}”是 {found}% 还是 {whole}%？请把单元格设为百分比格式，或连同百分号一起写成文本。",
        "Is “{found}” {found}% or {whole}%? Format the cell as a percentage, or write the per cent sign with it as text.",
    ),
    "NUMBER_NEGATIVE": (
        "不能为负",
        "Negative number",
        "不能为负数，现为 {found}。",
        "The number may not be negative; found {found}.",
    ),
    "NUMBER_ZERO": ("不能为零", "Zero", "必须大于零，现为 0。", "The number must be more than zero; found 0."),
    "NUMBER_TOO_LARGE": (
        "数字过大",
        "Number is too large",
        "不得大于 {max}，现为 {found}。",
        "Expected at most {max}; found {found}.",
    ),
    "NUMBER_TOO_SMALL": (
        "数字过小",
        "Number is too small",
        "不得小于 {min}，现为 {found}。",
        "Expected at least {min}; found {found}.",
    ),
    "NUMBER_NOT_WHOLE": (
        "应为整数",
        "Whole number expected",
        "应为整数，现为 {found}。",
        "Expected a whole number; found {found}.",
    ),
    "TOO_MANY_DECIMALS": (
        "小数位过多",
        "Too many decimals",
        "最多 {digits} 位小数，现为 {found}。",
        "At most {digits} decimals; found {found}.",
    ),
    "DATE_EXPECTED": (
        "应为日期",
        "Date expected",
        "应为日期，例如 2026-12-01，现为“{found}”。",
        "Expected a date such as 2026-12-01; found “{found}”.",
    ),
    "DATE_OUT_OF_RANGE": (
        "日期超出范围",
        "Date is out of range",
        "应在 {min} 至 {max} 年之间，现为 {found}。",
        "Expected the years {min} to {max}; found {found}.",
    ),
    "TIME_EXPECTED": (
        "应为时刻",
        "Time expected",
        "应为时刻，例如 08:00，现为“{found}”。",
        "Expected a time such as 08:00; found “{found}”.",
    ),
    "MOMENT_EXPECTED": (
        "应为日期和时刻",
        "Date and time expected",
        "应为日期和时刻，例如 2026-12-09 08:00，现为“{found}”。",
        "Expected a date and time such as 2026-12-09 08:00; found “{found}”.",
    ),
    "CHOICE_UNKNOWN": (
        "选项不对",
        "Unknown choice",
        "应为 {known} 之一，现为“{found}”。",
        "Expected one of {known}; found “{found}”.",
    ),
    "CODE_TWICE": (
        "编号重复",
        "Code twice",
        "编号“{found}”已在第 {row} 行出现。",
        "The code “{found}” stands in row {row} already.",
    ),
    "REFERENCE_UNKNOWN": (
        "引用的编号不存在",
        "Dangling reference",
        "工作表“{sheet}”中没有“{found}”，请核对编号或补上该行。",
        "“{found}” is not on the sheet “{sheet}”; check the code or add its row.",
    ),
    "PLANT_ROWS": (
        "工厂应为一行",
        "One plant expected",
        "本表应恰有一行，现有 {found} 行。",
        "Expected exactly one row; found {found}.",
    ),
    "WRONG_PLANT": (
        "不是这家工厂的工作簿",
        "Workbook of another plant",
        "登记为“{expected}”，现为“{found}”。",
        "Registered as “{expected}”; found “{found}”.",
    ),
    "LINE_WITHOUT_CAPABILITY": (
        "产线没有工艺能力",
        "Line without capability",
        "产线“{found}”在工作表“工艺能力”中没有一行。",
        "The line “{found}” has no row on the sheet of capabilities.",
    ),
}
