"""What a preview says: rows that go, rows that come, and what the workbook leaves alone."""

from dataclasses import replace
from datetime import date

from services.capacity.domain.values import ClosedDay, Price
from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.difference import difference
from tests.support.masters import calendar, day_shifts, licence, licence_number, proof
from tests.support.workbooks import a_book, a_line_book, cell, edited

DAY_OFF = date(2026, 12, 25)


def test_an_equal_book_changes_nothing() -> None:
    found = difference(a_book(), a_book())
    assert found.changes == []
    assert found.untouched == {"lines": [], "licences": [], "proofs": []}


def test_a_new_price_is_a_row_that_goes_and_one_that_comes() -> None:
    dearer = a_book(lines=[a_line_book(prices=[Price("FILL_CAN", 250_000, 23_050, 1_200_000)]), a_book().lines[1]])
    told = [one.told("en") for one in difference(a_book(), dearer).changes]
    assert [(one["sheet"], one["change"]) for one in told] == [("Prices", "goes"), ("Prices", "comes")]
    assert [one["row"]["Price (CNY a thousand)"] for one in told] == ["220.00", "230.50"]


def test_what_a_workbook_does_not_list_is_left_alone() -> None:
    other = licence(licence_number(sequence="9555"))
    smaller = a_book(lines=[a_line_book()], licences=[other], proofs=[])
    found = difference(a_book(), smaller)
    assert found.untouched == {
        "lines": ["L2"],
        "licences": [licence().number],
        "proofs": [proof().certificate],
    }
    assert [(one.sheet.key, one.kind) for one in found.changes] == [("licences", "comes")]


def test_a_line_without_a_calendar_keeps_its_hours() -> None:
    hourless = a_book(lines=[a_line_book(calendar=None), a_book().lines[1]])
    assert difference(a_book(), hourless).changes == []


def test_times_percentages_and_choices_are_told_as_people_write_them() -> None:
    told = {one.sheet.key: one.told("zh")["row"] for one in difference(a_book(lines=[]), a_book()).changes}
    assert told["capabilities"]["计划效率（%）"] == "80"
    assert told["shifts"]["开始"] == "16:00"
    assert told["shifts"]["星期"] == "周五"
    assert told["maintenance"]["开始时间"] == "2026-12-09 08:00:00"
    assert told["changeovers"]["规定"] == "当日禁止"


def test_one_word_changed_in_a_shared_calendar_is_one_row_and_its_successor() -> None:
    """Not every row of a calendar that is called otherwise now."""
    usual, reworded = calendar(maintenance=[]), calendar(maintenance=[], closed_days=[ClosedDay(DAY_OFF, "设备盘点")])
    lines = [a_line_book("L1", calendar=usual), a_line_book("L2", calendar=usual)]
    after = a_book(lines=[replace(one, calendar=reworded) for one in lines])
    found = difference(a_book(lines=lines), after)
    assert [(one.sheet.key, one.kind) for one in found.changes] == [("closed_days", "goes"), ("closed_days", "comes")]
    assert {one.row["calendar"] for one in found.changes} == {"C1"}


def test_a_calendar_changed_for_all_its_lines_keeps_its_code_beside_others() -> None:
    early, late = calendar(maintenance=[]), calendar(maintenance=[], shifts=day_shifts(16, 8))
    longer = calendar(maintenance=[], shifts=day_shifts(16, 10))
    before = a_book(lines=[a_line_book("L1", calendar=early), a_line_book("L2", calendar=late)])
    after = a_book(lines=[a_line_book("L1", calendar=early), a_line_book("L2", calendar=longer)])
    changes = difference(before, after).changes
    assert {(one.sheet.key, one.row["calendar"]) for one in changes} == {("shifts", "C2")}
    assert len(changes) == 10


def test_a_line_moved_to_another_calendar_is_a_change_of_the_line_alone() -> None:
    early, late = calendar(maintenance=[]), calendar(maintenance=[], shifts=day_shifts(16, 8))
    lines = [a_line_book("L1", calendar=early), a_line_book("L2", calendar=early), a_line_book("L3", calendar=late)]
    after = a_book(lines=[lines[0], replace(lines[1], calendar=late), lines[2]])
    told = [(one.sheet.key, one.kind, one.row["calendar"]) for one in difference(a_book(lines=lines), after).changes]
    assert told == [("lines", "goes", "C1"), ("lines", "comes", "C2")]


def test_calendars_are_called_as_the_workbook_calls_them() -> None:
    named = [cell("日历!A3", "DAY"), cell("产线!C3", "DAY"), cell("停产日!A3", "DAY")]
    book = read_workbook(edited(*named, *(cell(f"班次!A{row}", "DAY") for row in range(3, 8))))
    come = [one.row["code"] for one in difference(a_book(lines=[]), book).changes if one.sheet.key == "calendars"]
    assert come[0] == "DAY"
