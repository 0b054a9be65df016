"""What is written reads back the same, whatever a plant publishes."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.capacity.domain.calendar_soundness import calendar_faults
from services.capacity.domain.values import (
    AutoAcceptRule,
    Calendar,
    Capability,
    ChangeoverRule,
    ClosedDay,
    Maintenance,
    Price,
    Shift,
)
from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.book import Book, LineBook
from services.capacity.workbook.sheets import SHEETS
from services.capacity.workbook.template import CHOICES, EXAMPLES, GUIDE, write_workbook
from shared.reference.capabilities import capabilities
from tests.support.masters import licence, licence_number, proof
from tests.support.workbooks import a_book

START = datetime(2026, 12, 1, tzinfo=UTC)
names = st.text("一线灌装AbZ09·（）", min_size=1, max_size=12)
fen = st.integers(0, 10_000_000_000)


@st.composite
def a_capability(draw: Any) -> Capability:
    known = draw(st.sampled_from(list(capabilities().values())))
    batch_min = draw(st.integers(1, 10_000_000))
    return Capability(
        known.code,
        known.unit,
        draw(st.lists(st.sampled_from(known.formats), min_size=1, unique=True)),
        draw(st.integers(1, 10_000_000)),
        draw(st.integers(10_000, 1_000_000)),
        batch_min,
        draw(st.one_of(st.just(0), st.integers(batch_min, 1_000_000_000))),
        draw(st.integers(1, 1_000_000)),
    )


@st.composite
def a_calendar(draw: Any) -> Calendar:
    """One shift a day of any length, closed days and maintenance anywhere within the period."""
    days = draw(st.integers(30, 390))
    valid_from = date(2026, 12, 1)
    weekdays = draw(st.lists(st.integers(1, 7), min_size=1, unique=True))
    start = draw(st.integers(0, 1439))
    shifts = [Shift(day, start, draw(st.integers(1, 1440))) for day in weekdays]
    offered = draw(st.sampled_from(["all", "shifts"]))
    closed = draw(st.lists(st.integers(0, days - 1), max_size=5, unique=True))
    begins = sorted(draw(st.lists(st.integers(0, (days - 2) * 24), max_size=4, unique=True)))
    return Calendar(
        valid_from,
        valid_from + timedelta(days=days),
        shifts,
        [ClosedDay(valid_from + timedelta(days=day), "停产") for day in closed],
        [
            Maintenance(START + timedelta(hours=hour), START + timedelta(hours=hour, seconds=3599), "检修")
            for hour in begins
        ],
        offered,
        [one for one in shifts if draw(st.booleans())] if offered == "shifts" else [],
    )


@st.composite
def a_line(draw: Any, code: str) -> LineBook:
    able = draw(st.lists(a_capability(), min_size=1, max_size=3, unique_by=lambda one: one.code))
    codes = [one.code for one in able]
    features = draw(st.lists(st.sampled_from(["base", "colour", "height", "format"]), max_size=3, unique=True))
    rulings = st.one_of(st.tuples(st.integers(0, 9_000), st.just(False)), st.tuples(st.none(), st.booleans()))
    return LineBook(
        code,
        draw(names),
        draw(st.integers(0, 168)),
        draw(st.integers(0, 1440)),
        able,
        draw(st.one_of(st.none(), a_calendar())),
        [ChangeoverRule(feature, "*", "dark", *draw(rulings)) for feature in features],
        [Price(one, draw(fen), draw(fen), draw(fen)) for one in codes if draw(st.booleans())],
        draw(
            st.lists(
                st.builds(
                    AutoAcceptRule,
                    st.lists(st.sampled_from(codes), unique=True),
                    st.integers(0, 10**9),
                    fen,
                    st.integers(0, 8_784),
                ),
                max_size=2,
            )
        ),
    )


@st.composite
def any_book(draw: Any) -> Book:
    lines = [draw(a_line(f"L{number}")) for number in range(draw(st.integers(0, 3)))]
    numbers = draw(st.lists(st.integers(9000, 9999), max_size=2, unique=True))
    licences = [licence(licence_number(sequence=str(number)), ("0601", "0607")) for number in numbers]
    return Book("P08", draw(names), "421202", lines, licences, [proof()] if draw(st.booleans()) else [])


@settings(max_examples=25, deadline=None)
@given(book=any_book())
def test_a_written_workbook_reads_back_equal(book: Book) -> None:
    for line in book.lines:
        assert line.calendar is None or not list(calendar_faults(line.calendar)) or has_overlap(line.calendar)
    if not any(line.calendar is not None and has_overlap(line.calendar) for line in book.lines):
        assert read_workbook(write_workbook(book)) == book


def has_overlap(calendar: Calendar) -> bool:
    """Long shifts of neighbouring days may run into one another: those are refused, not read back."""
    return any("OVERLAP" in fault.why.value for fault in calendar_faults(calendar))


def test_the_same_book_gives_the_same_bytes() -> None:
    assert write_workbook(a_book()) == write_workbook(a_book())


def test_the_workbook_guides_its_reader() -> None:
    workbook = openpyxl.load_workbook(BytesIO(write_workbook(a_book())))
    assert workbook.sheetnames == [GUIDE, *(one.zh for one in SHEETS), EXAMPLES, CHOICES]
    assert "预览" in str(workbook[GUIDE]["A5"].value)
    for sheet in SHEETS:
        worksheet = workbook[sheet.zh]
        assert [one.value for one in worksheet[1]] == [one.zh for one in sheet.columns]
        assert [one.value for one in worksheet[2]] == [one.en for one in sheet.columns]
    assert workbook["工艺能力"].data_validations.dataValidation
    workbook.close()


def test_text_is_never_written_as_a_formula() -> None:
    """Names are checked at every door; should one slip through, the file still holds it as text."""
    workbook = openpyxl.load_workbook(BytesIO(write_workbook(a_book(plant_name="=1+1"))))
    assert workbook["工厂"]["B3"].data_type != "f"
    workbook.close()
