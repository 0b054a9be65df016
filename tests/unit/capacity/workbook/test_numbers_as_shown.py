"""Numbers, percentages and dates as the people see them who typed them, whatever the file stores and in whichever way."""

import re
import zipfile
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.book import Book
from services.capacity.workbook.formats import shows_date, shows_percent
from services.capacity.workbook.messages import BadCells
from services.capacity.workbook.template import write_workbook
from tests.support.workbooks import Edit, a_book, cell, edited


def told(*edits: Edit) -> list[tuple[str, str]]:
    with pytest.raises(BadCells) as refused:
        read_workbook(edited(*edits))
    return [(one.place, one.why.value) for one in refused.value.cells]


def formatted(place: str, value: Any, number_format: str) -> Edit:
    sheet, _, name = place.partition("!")

    def edit(workbook: Any) -> None:
        workbook[sheet][name].value = value
        workbook[sheet][name].number_format = number_format

    return edit


def rate(book: Book) -> int:
    return book.lines[0].capabilities[0].rate_per_hour


@pytest.mark.parametrize("text", ["36,000", "36000", "36000.0", "３６０００", "３６，０００", " 36,000 "])
def test_grouping_is_read_where_it_is_grouping(text: str) -> None:
    assert rate(read_workbook(edited(cell("工艺能力!E3", text)))) == 36_000


@pytest.mark.parametrize(
    "text", ["1,5", "36,00", "3,6000", ",36", "36,000,0", "1.200,5", "36 000", "36'000", "3.6万", "3.6e4", "约36000"]
)
def test_whatever_else_stands_between_digits_is_asked_about(text: str) -> None:
    assert told(cell("工艺能力!E3", text)) == [("工艺能力!E3", "NUMBER_UNCLEAR")]


@pytest.mark.parametrize(
    ("stored", "fen"),
    [(0.30000000000000004, 30), (350.09999999999997, 35_010), (57.499999999999993, 5_750), (1.1100000000000001, 111)],
)
def test_the_tail_of_a_binary_fraction_is_not_what_was_typed(stored: float, fen: int) -> None:
    assert read_workbook(edited(cell("价格!D3", stored))).lines[0].prices[0].fen_per_thousand == fen


def test_a_tail_does_not_make_a_whole_number_a_broken_one() -> None:
    assert rate(read_workbook(edited(cell("工艺能力!E3", 24000.000000000004)))) == 24_000


@pytest.mark.parametrize(
    ("value", "number_format", "ppm"),
    [
        (1, "0%", 1_000_000),
        (0.78, "0.00%", 780_000),
        (0.7849999999999999, "0.0#%", 785_000),
        (80, "General", 800_000),
        (80, "0.####", 800_000),
        (80, '0.0"%"', 800_000),
        ("80%", "@", 800_000),
        ("80 %", "@", 800_000),
        ("８０％", "@", 800_000),
        ("1%", "@", 10_000),
        ("80", "@", 800_000),
    ],
)
def test_a_percentage_is_what_the_cell_shows(value: object, number_format: str, ppm: int) -> None:
    book = read_workbook(edited(formatted("工艺能力!F3", value, number_format)))
    assert book.lines[0].capabilities[0].efficiency_ppm == ppm


@pytest.mark.parametrize("value", [1, 0.8, "1", "0.8"])
def test_a_bare_number_up_to_one_may_be_a_fraction_and_is_asked_about(value: object) -> None:
    assert told(formatted("工艺能力!F3", value, "General")) == [("工艺能力!F3", "PERCENT_UNCLEAR")]


@pytest.mark.parametrize("place", ["工艺能力!E3", "价格!D3", "产线!E3"])
def test_a_percentage_where_none_belongs_is_asked_about(place: str) -> None:
    assert (place, "PERCENT_UNEXPECTED") in told(formatted(place, 24, "0%"))


def test_a_workbook_says_its_percentages_as_percentages() -> None:
    """So that 100 % typed over one of its cells is 100 %."""
    with zipfile.ZipFile(BytesIO(write_workbook(a_book()))) as archive:
        assert b'formatCode="0.####%"' in archive.read("xl/styles.xml")


EAST_ASIAN = [27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]


@pytest.mark.parametrize("number", [14, *EAST_ASIAN])
def test_a_date_is_read_under_every_built_in_format_although_the_file_writes_no_code_down(number: int) -> None:
    content = edited()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {one.filename: archive.read(one) for one in archive.infolist()}
    styles = parts["xl/styles.xml"].decode()
    [dates] = re.findall(r'<numFmt [^>]*?formatCode="yyyy\\?-mm\\?-dd"[^>]*?/>', styles)
    [own] = re.findall(r'numFmtId="(\d+)"', dates)
    parts["xl/styles.xml"] = re.sub(rf'(<xf [^>]*?)numFmtId="{own}"', rf'\1numFmtId="{number}"', styles).encode()
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    assert read_workbook(target.getvalue()) == a_book()


@pytest.mark.parametrize("text", ["2026-12-24", "2026/12/24", "2026.12.24", "2026年12月24日", "２０２６－１２－２４"])
def test_a_date_as_text_is_read_when_the_year_comes_first(text: str) -> None:
    calendar = read_workbook(edited(cell("停产日!B3", text))).lines[0].calendar
    assert calendar is not None
    assert calendar.closed_days[0].on == date(2026, 12, 24)


@pytest.mark.parametrize(
    "text", ["24/12/2026", "12/24/2026", "24.12.2026", "2026-12/24", "2026年12-24", "20261224", "12月24日"]
)
def test_a_date_that_can_be_read_in_two_ways_is_asked_about(text: str) -> None:
    assert ("停产日!B3", "DATE_EXPECTED") in told(cell("停产日!B3", text))


@pytest.mark.parametrize(
    "code",
    ["yyyy/m/d;@", "[$-804]aaaa;@", "e/m/d", '[DBNum1][$-804]yyyy"年"m"月"d"日";@', "h:mm", "[h]:mm", 'gge"年"'],
)
def test_formats_of_dates_are_known(code: str) -> None:
    assert shows_date(code)


@pytest.mark.parametrize(
    "code", ["General", "0.00E+00", "#,##0", '0"年"', "[Red]0.00", '0!.0,"万"', "@", "", '"days" 0']
)
def test_formats_of_numbers_are_no_dates(code: str) -> None:
    assert not shows_date(code)


@pytest.mark.parametrize(
    ("code", "is_one"), [("0%", True), ("0.0#%;-0%", True), ('0"%"', False), ("0\\%", False), ("0", False)]
)
def test_a_per_cent_sign_counts_where_it_scales(code: str, *, is_one: bool) -> None:
    assert shows_percent(code) is is_one


def test_text_has_one_unicode_form() -> None:
    decomposed, composed = "Cafe\u0301 罐线", "Café 罐线"
    assert read_workbook(edited(cell("产线!B3", decomposed))).lines[0].name == composed
