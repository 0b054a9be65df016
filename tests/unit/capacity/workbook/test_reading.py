"""Files that are no workbook at all, or try to be too much of one."""

import re
import warnings
import zipfile
from contextlib import suppress
from io import BytesIO
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.capacity.domain.refusals import Why
from services.capacity.workbook.archive import BYTES_MAX, SHEETS_MAX
from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.messages import BadCells
from shared.kernel.refusal import Refused
from tests.support.workbooks import edited

SOUND = edited()


def refused(content: bytes) -> Why:
    with pytest.raises(Refused) as no:
        read_workbook(content)
    assert isinstance(no.value.why, Why)
    return no.value.why


def part_of(name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(SOUND)) as archive:
        return archive.read(name)


def repacked(change: dict[str, bytes]) -> bytes:
    """The sound workbook with parts replaced or added."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(SOUND)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in source.infolist():
            if part.filename not in change:
                copy.writestr(part, source.read(part))
        for name, content in change.items():
            copy.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a,b\n1,2\n", SOUND[:5000]], ids=range(4))
def test_what_is_no_workbook_is_unreadable(content: bytes) -> None:
    assert refused(content) is Why.WORKBOOK_UNREADABLE


def test_a_zip_of_something_else_is_unreadable() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refused(target.getvalue()) is Why.WORKBOOK_UNREADABLE


def test_too_many_bytes_are_refused_before_anything_is_unpacked() -> None:
    assert refused(b"\0" * (BYTES_MAX + 1)) is Why.WORKBOOK_TOO_LARGE


def test_a_zip_bomb_is_refused_by_what_it_says_it_unpacks_to() -> None:
    assert refused(repacked({"xl/media/bomb.bin": b"\0" * 25_000_000})) is Why.WORKBOOK_TOO_LARGE


def test_styles_that_would_take_a_parser_half_a_minute_are_refused_unread() -> None:
    bomb = b"<styleSheet><fonts>" + b"<font/>" * 200_000 + b"</fonts></styleSheet>"
    assert refused(repacked({"xl/styles.xml": bomb})) is Why.WORKBOOK_TOO_LARGE


def test_too_many_parts_and_too_many_sheets_are_refused() -> None:
    assert refused(repacked({f"xl/media/{number}.bin": b"x" for number in range(201)})) is Why.WORKBOOK_TOO_LARGE

    def add(workbook: object) -> None:
        for number in range(SHEETS_MAX):
            workbook.create_sheet(f"备注{number}")  # type: ignore[attr-defined] # openpyxl's workbook

    assert refused(edited(add)) is Why.WORKBOOK_TOO_LARGE


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/o.bin"])
def test_macros_links_and_embedded_things_are_refused(name: str) -> None:
    assert refused(repacked({name: b"x"})) is Why.WORKBOOK_UNREADABLE


def test_document_types_are_refused_for_they_build_xml_bombs() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>'
    assert refused(repacked({"xl/sharedStrings.xml": bomb})) is Why.WORKBOOK_UNREADABLE


def test_a_sheet_of_broken_xml_is_unreadable() -> None:
    assert refused(repacked({"xl/worksheets/sheet2.xml": b"<worksheet><sheetData><row>"})) is Why.WORKBOOK_UNREADABLE


def test_a_part_whose_packed_bytes_were_changed_is_unreadable() -> None:
    with zipfile.ZipFile(BytesIO(SOUND)) as archive:
        begins = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    spoiled = bytearray(SOUND)
    spoiled[begins : begins + 40] = b"\xff" * 40
    assert refused(bytes(spoiled)) is Why.WORKBOOK_UNREADABLE


SHEETS = [f"xl/worksheets/sheet{number}.xml" for number in range(1, 13)]
PARTS = [*SHEETS, "xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml"]


@settings(max_examples=25, deadline=None)
@given(part=st.sampled_from(PARTS), place=st.floats(0, 1), taken=st.integers(0, 40), put=st.binary(max_size=20))
def test_a_file_spoiled_anywhere_is_read_or_refused_and_nothing_else(
    part: str, place: float, taken: int, put: bytes
) -> None:
    with zipfile.ZipFile(BytesIO(SOUND)) as archive:
        content = archive.read(part)
    at = int(len(content) * place)
    spoiled = repacked({part: content[:at] + put + content[at + taken :]})
    with warnings.catch_warnings(), suppress(Refused, BadCells):
        warnings.simplefilter("ignore")  # openpyxl remarks on what it mends
        read_workbook(spoiled)


@settings(max_examples=40, deadline=None)
@given(
    sheet=st.sampled_from(SHEETS), value=st.text(max_size=30), kind=st.sampled_from(["n", "b", "e", "d", "s", "str"])
)
def test_a_cell_that_claims_to_be_what_it_is_not_is_a_bad_cell(sheet: str, value: str, kind: str) -> None:
    """A first data cell of each sheet with any content under any type, as a hostile or a clumsy program writes it."""
    text = escape("".join(one for one in value if one.isprintable()))
    with zipfile.ZipFile(BytesIO(SOUND)) as archive:
        content = archive.read(sheet).decode()
    cell = f'<c r="A3" t="{kind}"><v>{text}</v></c>'
    spoiled = re.sub(r'<c r="A3"[^>]*>.*?</c>', lambda _: cell, content, count=1)  # a text may hold \1
    with suppress(Refused, BadCells):
        read_workbook(repacked({sheet: spoiled.encode()}))
