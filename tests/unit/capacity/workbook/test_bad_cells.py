"""Each kind of bad cell, alone in a sound workbook: named by sheet, cell and reason, and nothing else is blamed."""

# ruff: noqa: DTZ001 - a spreadsheet knows no zones

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.messages import BadCells, CellWhy
from services.capacity.workbook.sheets import HEADER_ROWS, ROWS_MAX
from tests.support.masters import licence_number
from tests.support.workbooks import Edit, a_book, a_line_book, cell, edited


def bad_cells(*edits: Edit) -> list[tuple[str, str]]:
    with pytest.raises(BadCells) as refused:
        read_workbook(edited(*edits))
    assert refused.value.count == len(refused.value.cells)
    return [(one.place, one.why.value) for one in refused.value.cells]


def test_a_sound_workbook_has_none() -> None:
    assert read_workbook(edited()) == a_book()


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        # Form
        ("产线!B3", None, "EMPTY_REQUIRED"),
        ("产线!B3", "   ", "EMPTY_REQUIRED"),
        ("产线!D3", "=1+1", "FORMULA_CELL"),
        ("产线!D3", "#REF!", "ERROR_CELL"),
        ("产线!B3", '\'=HYPERLINK("http://x")', "FORMULA_INJECTION"),
        ("产线!B3", "+cmd|' /C calc'!A0", "FORMULA_INJECTION"),
        ("产线!B3", "@SUM(A1)", "FORMULA_INJECTION"),
        ("产线!B3", "-2+3", "FORMULA_INJECTION"),
        ("产线!B3", "线_x0007_", "CONTROL_CHARACTER"),
        ("产线!B3", "长" * 61, "TEXT_TOO_LONG"),
        ("产线!B3", 1, "TEXT_EXPECTED"),
        ("工艺能力!E3", "快", "NUMBER_EXPECTED"),
        ("工艺能力!E3", True, "NUMBER_EXPECTED"),
        ("工艺能力!E3", date(2026, 12, 1), "NUMBER_EXPECTED"),
        ("工艺能力!E3", -5, "NUMBER_NEGATIVE"),
        ("工艺能力!E3", "-5", "NUMBER_NEGATIVE"),
        ("工艺能力!E3", 0, "NUMBER_ZERO"),
        ("工艺能力!E3", 10**9, "NUMBER_TOO_LARGE"),
        ("工艺能力!E3", 1e300, "NUMBER_TOO_LARGE"),
        ("工艺能力!F3", 0.005, "NUMBER_TOO_SMALL"),
        ("工艺能力!E3", 1200.5, "NUMBER_NOT_WHOLE"),
        ("价格!C3", 0.001, "TOO_MANY_DECIMALS"),
        ("日历!B3", "明天", "DATE_EXPECTED"),
        ("日历!B3", 46000.25, "DATE_EXPECTED"),
        ("日历!B3", "2026-02-30", "DATE_EXPECTED"),
        ("日历!B3", datetime(2026, 12, 1, 8, 0), "DATE_EXPECTED"),
        ("日历!B3", date(1999, 1, 1), "DATE_OUT_OF_RANGE"),
        ("班次!C3", "25:00", "TIME_EXPECTED"),
        ("班次!C3", 8, "TIME_EXPECTED"),
        ("班次!C3", time(8, 0, 30), "TIME_EXPECTED"),
        ("检修!B3", "2026-12-09", "MOMENT_EXPECTED"),
        ("检修!B3", "2026-12-09T08:00:00Z", "MOMENT_EXPECTED"),
        ("检修!B3", datetime(9999, 12, 31, 23, 59, 59, 600_000), "MOMENT_EXPECTED"),
        ("班次!B3", "星期八", "CHOICE_UNKNOWN"),
        ("换型!E3", "也许", "CHOICE_UNKNOWN"),
        ("日历!D3", "有些", "CHOICE_UNKNOWN"),
        # References
        ("产线!C3", "C9", "REFERENCE_UNKNOWN"),
        ("价格!A3", "L9", "REFERENCE_UNKNOWN"),
        ("停产日!A3", "C9", "REFERENCE_UNKNOWN"),
        # Rules of the trade
        ("产线!A3", "线一", "CODE_UNFIT"),
        ("工艺能力!B3", "FILL_MILK", "CAPABILITY_UNKNOWN"),
        ("工艺能力!B4", "FILL_CAN", "CAPABILITY_TWICE"),
        ("工艺能力!C3", "bottle", "UNIT_WRONG"),
        ("工艺能力!D3", "SLEEK_331", "FORMAT_UNKNOWN"),
        ("工艺能力!H3", 10, "BATCH_ORDER"),
        ("换型!B3", "smell", "CHANGEOVER_FEATURE"),
        ("换型!C3", "深 蓝", "CHANGEOVER_FEATURE"),
        ("换型!F3", None, "EMPTY_REQUIRED"),
        ("换型!F4", 30, "CHANGEOVER_MINUTES"),
        ("价格!B3", "BLOW", "CAPABILITY_NOT_ON_LINE"),
        ("自动接单!B3", "BLOW", "CAPABILITY_NOT_ON_LINE"),
        ("日历!C3", date(2026, 11, 30), "VALIDITY_ORDER"),
        ("日历!C3", date(2036, 1, 1), "CALENDAR_TOO_LONG"),
        ("停产日!B3", date(2027, 5, 1), "CLOSED_DAY_OUTSIDE"),
        ("检修!C3", datetime(2026, 12, 9, 7, 0), "MAINTENANCE_ORDER"),
        ("检修!B3", datetime(2026, 11, 9, 7, 0), "MAINTENANCE_OUTSIDE"),
        ("食品生产许可证!A3", "SC1234", "LICENCE_NUMBER_FORM"),
        ("食品生产许可证!A3", "SC10642120290018", "LICENCE_CHECK_DIGIT"),
        ("食品生产许可证!A3", licence_number(category="306"), "LICENCE_CLASS"),
        ("食品生产许可证!A3", licence_number(county="81"), "LICENCE_PLACE"),
        ("食品生产许可证!B3", "0603、0699", "LICENCE_CATEGORY"),
        ("食品生产许可证!B3", 603, "TEXT_EXPECTED"),
        ("食品生产许可证!D3", date(2025, 12, 31), "VALIDITY_ORDER"),
        ("接触材料!D3", date(2025, 12, 31), "VALIDITY_ORDER"),
        ("工厂!C3", "999999", "DISTRICT_UNKNOWN"),
    ],
)
def test_a_bad_cell_is_named(place: str, value: Any, code: str) -> None:
    place = place.replace("接触材料!", "食品接触材料证明!")
    found = bad_cells(cell(place, value))
    assert (place, code) in found
    assert all(other == place or why in FOLLOWING for other, why in found)


FOLLOWING = {
    "REFERENCE_UNKNOWN",
    "LINE_WITHOUT_CAPABILITY",
    "CAPABILITY_NOT_ON_LINE",
}  # what a broken code leaves behind


def test_a_number_that_is_not_shown_as_a_date_is_none() -> None:
    def unformat(workbook: Any) -> None:
        workbook["日历"]["B3"].value = 46000
        workbook["日历"]["B3"].number_format = "General"

    assert ("日历!B3", "DATE_EXPECTED") in bad_cells(unformat)


def test_a_shift_that_overlaps_is_named() -> None:
    assert bad_cells(cell("班次!B4", "周一"), cell("班次!C4", "12:00")) == [("班次!C4", "SHIFTS_OVERLAP")]


def test_an_offered_shift_must_be_marked_among_the_plants_own() -> None:
    book = read_workbook(edited(cell("日历!D3", "仅标记的班次"), cell("班次!E3", "否")))
    calendar = book.lines[0].calendar
    assert calendar is not None
    assert [one.weekday for one in calendar.offered_shifts] == [2, 3, 4, 5]


def test_maintenance_that_overlaps_is_named() -> None:
    more = [cell(f"检修!{letter}4", value) for letter, value in zip("ABCD", maintenance_row(), strict=True)]
    assert bad_cells(*more) == [("检修!B4", "MAINTENANCE_OVERLAP")]


def maintenance_row() -> list[Any]:
    start = datetime(2026, 12, 9, 11, 0)
    return ["L1", start, start + timedelta(hours=4), "换模"]


@pytest.mark.parametrize(
    ("sheet", "column", "row", "twin"),
    [("产线", "A", 4, "L1"), ("食品生产许可证", "A", 4, licence_number())],
)
def test_a_code_given_twice_is_named_at_its_second_place(sheet: str, column: str, row: int, twin: str) -> None:
    def copy(workbook: Any) -> None:
        worksheet = workbook[sheet]
        for index in range(1, worksheet.max_column + 1):
            worksheet.cell(row, index).value = worksheet.cell(3, index).value
        worksheet[f"{column}{row}"].value = twin

    assert (f"{sheet}!{column}{row}", "CODE_TWICE") in bad_cells(copy)


def test_a_missing_sheet_is_named() -> None:
    def remove(workbook: Any) -> None:
        del workbook["停产日"]

    assert bad_cells(remove) == [("停产日!A1", "SHEET_MISSING")]


def test_a_missing_an_unknown_and_a_doubled_column_are_named() -> None:
    def rename(workbook: Any) -> None:
        workbook["价格"]["E1"].value = "最低价"
        workbook["价格"]["F1"].value = "产线编号"

    assert bad_cells(rename) == [
        ("价格!E1", "COLUMN_UNKNOWN"),
        ("价格!F1", "COLUMN_TWICE"),
        ("价格!G1", "COLUMN_MISSING"),
    ]


def test_columns_may_stand_in_any_order_and_in_english() -> None:
    def swap(workbook: Any) -> None:
        worksheet = workbook["停产日"]
        for row in range(1, 5):
            first, second = worksheet.cell(row, 1), worksheet.cell(row, 2)
            first.value, second.value = second.value, first.value
        worksheet["A1"].value = "Date"

    assert read_workbook(edited(swap)) == a_book()


def test_more_rows_than_are_read_are_named() -> None:
    too_far = f"停产日!A{HEADER_ROWS + ROWS_MAX + 1}"
    assert bad_cells(cell(too_far, "C1")) == [(too_far, "TOO_MANY_ROWS")]


def test_a_line_without_capability_and_a_plant_sheet_without_plant_are_named() -> None:
    more = [cell(f"产线!{letter}5", value) for letter, value in zip("ABDE", ["L3", "空线", 0, 24], strict=True)]
    assert bad_cells(*more) == [("产线!A5", "LINE_WITHOUT_CAPABILITY")]
    nobody = [cell(f"工厂!{letter}3", None) for letter in "ABC"]
    assert bad_cells(*nobody) == [("工厂!A3", "PLANT_ROWS")]


def test_a_shared_calendar_is_blamed_once_however_many_lines_use_it() -> None:
    book = a_book(lines=[a_line_book(f"L{number}") for number in range(1, 5)])
    with pytest.raises(BadCells) as refused:
        read_workbook(edited(cell("日历!C3", date(2026, 11, 30)), book=book))
    assert [one.place for one in refused.value.cells].count("日历!C3") == 1


def test_all_bad_cells_are_told_in_one_answer_up_to_a_bound() -> None:
    def spoil(workbook: Any) -> None:
        for row in range(3, 303):
            workbook["停产日"][f"A{row}"].value = "C1"

    with pytest.raises(BadCells) as refused:
        read_workbook(edited(spoil))
    assert (len(refused.value.cells), refused.value.count) == (200, 596)


def test_a_bad_cell_speaks_both_languages() -> None:
    with pytest.raises(BadCells) as refused:
        read_workbook(edited(cell("工艺能力!E3", -5)))
    [bad] = refused.value.cells
    assert bad.told("zh")["detail"] == "不能为负数，现为 -5。"
    assert bad.told("en") == {
        "sheet": "工艺能力",
        "cell": "工艺能力!E3",
        "code": "NUMBER_NEGATIVE",
        "title": "Negative number",
        "detail": "The number may not be negative; found -5.",
    }


def test_every_reason_has_words_in_both_languages() -> None:
    for why in CellWhy:
        words = why.words
        assert all([words.title_zh, words.title_en, words.detail_zh, words.detail_en])
