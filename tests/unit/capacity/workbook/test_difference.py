"""What a preview says: rows that go, rows that come, and what the workbook leaves alone."""

from services.capacity.domain.values import Price
from services.capacity.workbook.difference import difference
from tests.support.masters import licence, licence_number, proof
from tests.support.workbooks import a_book, a_line_book


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
