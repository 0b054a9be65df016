"""Rows of headings are looked at, never counted; and no row of data is lost, wherever in the file it stands."""

import re
import zipfile
from io import BytesIO

import pytest

from services.capacity.domain.values import ClosedDay
from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.messages import BadCells
from services.capacity.workbook.sheets import HEADER_ROWS, ROWS_MAX
from services.capacity.workbook.strict import transitional
from tests.support.workbooks import Edit, a_book, cell, edited

CLOSED = "xl/worksheets/sheet6.xml"  # the sheet of closed days


def closed_days(content: bytes) -> list[ClosedDay]:
    calendar = read_workbook(content).lines[0].calendar
    assert calendar is not None
    return calendar.closed_days


def deleted(sheet: str, row: int) -> Edit:
    return lambda workbook: workbook[sheet].delete_rows(row)


def inserted(sheet: str, row: int) -> Edit:
    return lambda workbook: workbook[sheet].insert_rows(row)


def told(content: bytes) -> list[tuple[str, str]]:
    with pytest.raises(BadCells) as refused:
        read_workbook(content)
    return [(one.place, one.why.value) for one in refused.value.cells]


@pytest.mark.parametrize("row", [1, 2])
@pytest.mark.parametrize("sheet", ["停产日", "产线", "价格", "食品生产许可证"])
def test_a_deleted_row_of_headings_takes_no_data_along(sheet: str, row: int) -> None:
    assert read_workbook(edited(deleted(sheet, row))) == a_book()


@pytest.mark.parametrize("row", [1, 2, 3])
def test_an_empty_row_before_or_between_changes_nothing(row: int) -> None:
    assert read_workbook(edited(inserted("停产日", row))) == a_book()


def test_without_any_heading_the_first_row_is_told_cell_by_cell() -> None:
    found = told(edited(deleted("停产日", 1), deleted("停产日", 1)))
    assert ("停产日!A1", "COLUMN_UNKNOWN") in found
    assert "COLUMN_MISSING" in {why for _, why in found}


def test_a_title_above_the_headings_is_told() -> None:
    found = told(edited(inserted("停产日", 1), cell("停产日!A1", "2027 年停产安排")))
    assert ("停产日!A1", "COLUMN_UNKNOWN") in found


def test_data_typed_over_the_second_row_of_headings_is_data() -> None:
    typed = [cell("停产日!A2", "C1"), cell("停产日!B2", "2026-12-24"), cell("停产日!C2", "盘点")]
    assert [one.on.isoformat() for one in closed_days(edited(*typed))] == ["2026-12-24", "2026-12-25"]


def test_data_typed_over_a_part_of_the_headings_is_told() -> None:
    assert told(edited(cell("停产日!B2", "2026-12-24"))) == [("停产日!B2", "HEADING_TYPED_OVER")]


def row(number: int) -> list[Edit]:
    texts = zip("ABC", ["C1", "2026-12-30", "盘点"], strict=True)
    return [cell(f"停产日!{letter}{number}", text) for letter, text in texts]


def test_a_row_after_a_gap_is_read_down_to_the_last_and_told_beyond() -> None:
    last = HEADER_ROWS + ROWS_MAX
    assert len(closed_days(edited(*row(last)))) == 2
    assert told(edited(*row(last + 1))) == [(f"停产日!A{last + 1}", "TOO_MANY_ROWS")]
    assert told(edited(*row(9_999))) == [("停产日!A9999", "TOO_MANY_ROWS")]


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def packed(parts: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def two_closed_days() -> dict[str, bytes]:
    row = [cell("停产日!A4", "C1"), cell("停产日!B4", "2026-12-30"), cell("停产日!C4", "检查")]
    return parts_of(edited(*row))


def rows(part: bytes) -> list[str]:
    return re.findall(r"<row .*?</row>", part.decode(), re.DOTALL)


def test_rows_that_stand_in_another_order_in_the_file_are_all_read() -> None:
    parts = two_closed_days()
    third, fourth = rows(parts[CLOSED])[2:4]
    text = parts[CLOSED].decode().replace(fourth, "").replace(third, fourth + third)
    assert closed_days(packed({**parts, CLOSED: text.encode()})) == closed_days(packed(parts))


def test_a_row_that_stands_twice_in_the_file_is_told() -> None:
    parts = two_closed_days()
    third = rows(parts[CLOSED])[2]
    text = parts[CLOSED].decode().replace(third, third + third)
    assert told(packed({**parts, CLOSED: text.encode()})) == [("停产日!A3", "ROW_TWICE")]


def strict(content: bytes) -> bytes:
    """The workbook as "Strict Open XML" names its parts."""

    def renamed(part: bytes) -> bytes:
        text = part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        return text.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"
        )

    return packed({name: renamed(part) for name, part in parts_of(content).items()})


def test_a_strict_workbook_is_read_like_any_other() -> None:
    content = strict(edited())
    assert content != edited()
    assert read_workbook(content) == a_book()


def test_dates_of_a_strict_workbook_may_be_texts_of_their_own_type() -> None:
    parts = parts_of(strict(edited()))
    text = re.sub(r'<c r="B3"[^>]*>.*?</c>', '<c r="B3" t="d"><v>2026-12-25</v></c>', parts[CLOSED].decode())
    assert read_workbook(packed({**parts, CLOSED: text.encode()})) == a_book()


def test_any_other_workbook_is_left_as_it_is() -> None:
    content = edited()
    assert transitional(content) is content
