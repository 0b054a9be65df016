"""Workbooks that are small and sound to look at, and made to become huge or slow in the reader's hands."""

import re
import tracemalloc
import zipfile
from io import BytesIO
from time import thread_time

import pytest

from services.capacity.domain.refusals import Why
from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.cells import Bad, Raw, is_empty, read
from services.capacity.workbook.messages import BadCells, CellWhy
from services.capacity.workbook.sheets import COLUMNS_MAX, SHEETS
from shared.kernel.refusal import Reason
from tests.unit.capacity.workbook.test_reading import SOUND, part_of, refused, repacked

SHEET = "xl/worksheets/sheet2.xml"
LONG = 300_000


def _with_rows(rows: str) -> bytes:
    """The sound workbook with *rows* below all others of its second sheet."""
    return repacked({SHEET: part_of(SHEET).replace(b"</sheetData>", rows.encode() + b"</sheetData>")})


def _told(content: bytes) -> list[Reason]:
    with pytest.raises(BadCells) as bad:
        read_workbook(content)
    return [one.why for one in bad.value.cells]


def test_a_shared_formula_is_never_expanded() -> None:
    """One formula of many letters, named by many cells: the library would write it out at each of them."""
    formula = "A1+" * (LONG // 3) + "A1"
    first = f'<row r="900"><c r="A900"><f t="shared" ref="A900:AD999" si="0">{formula}</f><v>1</v></c></row>'
    others = "".join(f'<row r="{r}"><c r="A{r}"><f t="shared" si="0"/><v>1</v></c></row>' for r in range(901, 921))
    content = _with_rows(first + others)
    tracemalloc.start()
    told = _told(content)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert CellWhy.FORMULA_CELL in told
    assert highest < 20 * LONG  # expanded it is ten times that


def test_a_sheet_that_is_listed_again_and_again_is_not_looked_into_as_often() -> None:
    """The library reads every listed sheet before it says how many there are."""
    book = part_of("xl/workbook.xml")
    (one,) = re.findall(rb'<(?:\w+:)?sheet [^>]*name="[^"]*"[^>]*/>', book)[:1]
    content = repacked({"xl/workbook.xml": book.replace(one, one * 41)})
    assert refused(content) is Why.WORKBOOK_TOO_LARGE


def test_a_row_has_no_more_cells_than_are_read() -> None:
    row = '<row r="900">' + "<c/>" * 200_000 + "</row>"
    content = _with_rows(row)
    tracemalloc.start()
    read_workbook(content)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert highest < 40_000_000  # 18 MB, most of it the XML; with every cell a dictionary 63


def test_what_stands_beyond_the_last_column_is_not_looked_at() -> None:
    cells = "".join(f'<c r="{letter}900"><f>1+1</f></c>' for letter in ("AE", "AF"))
    assert COLUMNS_MAX == 30
    read_workbook(_with_rows(f'<row r="900">{cells}</row>'))


@pytest.mark.parametrize("text", ["x" * 2_000_000, " " * 2_000_000, "x\x00" * 1_000_000], ids=["x", "blank", "nul"])
def test_a_text_of_two_million_characters_is_refused_by_its_length_alone(text: str) -> None:
    """The file names it once, thirty thousand cells may show it: each look at it must cost nothing."""
    raw, column = Raw(text, "s"), SHEETS[0].columns[0]
    begun = thread_time()
    for _ in range(2_000):
        assert not is_empty(raw)
        with pytest.raises(Bad) as bad:
            read(raw, column)
        assert bad.value.why is CellWhy.TEXT_TOO_LONG
    assert thread_time() - begun < 1


BOMB = '<?xml version="1.0"{}?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>'


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/strings.bin", "xl/media/image1.png", "strings"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_is_found_in_any_part_in_any_encoding(name: str, encoding: str) -> None:
    assert refused(repacked({name: BOMB.format("").encode(encoding)})) is Why.WORKBOOK_UNREADABLE


@pytest.mark.parametrize(
    "content",
    [
        "<a/>".encode("utf-16"),
        "<a/>".encode("utf-16-le"),
        "  <a/>".encode("utf-16-be"),
        b'<?xml version="1.0" encoding="cp037"?><a/>',
        b"<?xml version='1.0' encoding = 'utf-16'?><a/>",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="iso-8859-1"?><a/>',
    ],
)
def test_xml_that_is_not_utf_8_is_refused_for_nobody_looked_into_it(content: bytes) -> None:
    assert refused(repacked({"xl/theme/theme9.xml": content})) is Why.WORKBOOK_UNREADABLE


def test_parts_as_spreadsheet_programs_write_them_are_read() -> None:
    settings = "HP LaserJet".encode("utf-16-le") + b"\0" * 50
    for declared in (b"", b' encoding="UTF-8" standalone="yes"', b" encoding='us-ascii'"):
        theme = b'\xef\xbb\xbf<?xml version="1.0"' + declared + b"?>\r\n<a/>"
        read_workbook(repacked({"xl/printerSettings/printerSettings1.bin": settings, "xl/theme/theme9.xml": theme}))


def test_a_part_packed_in_a_way_the_format_does_not_know_is_unreadable() -> None:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(SOUND)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as copy:
        for name in source.namelist():
            copy.writestr(name, source.read(name))
    spoiled = re.sub(rb"(?s)(PK\x03\x04.{60})....", lambda found: found[1] + b"\xff" * 4, target.getvalue(), count=1)
    assert refused(spoiled) is Why.WORKBOOK_UNREADABLE
