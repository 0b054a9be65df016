"""The Excel workbook that anybody may have made: as a file, part by part, and cell by cell."""

import contextlib
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from services.capacity.workbook.assembling import read_workbook
from services.capacity.workbook.cells import Bad, Raw, read
from services.capacity.workbook.messages import BadCells
from services.capacity.workbook.sheets import SHEETS
from shared.kernel.refusal import Refused
from tests.fuzz.targets.target import Feed, Target, expect, first_line, text_of
from tests.support.workbooks import edited

_NO = (BadCells, Refused)


def _file() -> Feed:
    def feed(raw: bytes) -> None:
        with contextlib.suppress(*_NO):
            read_workbook(raw)

    return feed


def _parts() -> Feed:
    """The first line names a part of a sound file, the rest is what stands there instead."""
    with zipfile.ZipFile(BytesIO(edited())) as sound:
        parts = {one.filename: sound.read(one) for one in sound.infolist()}

    def feed(raw: bytes) -> None:
        name, content = first_line(raw)
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for known, kept in parts.items():
                archive.writestr(known, content if known == name else kept)
        with contextlib.suppress(*_NO):
            read_workbook(made.getvalue())

    return feed


def _values(text: str) -> list[tuple[Any, str]]:
    """What openpyxl may make of a cell with *text*, and the kind it calls it."""
    found: list[tuple[Any, str]] = [(text, "s"), (text, "f"), (text, "e"), (text == "1", "b")]
    for kind, make in (("n", float), ("n", int), ("d", datetime.fromisoformat), ("d", date.fromisoformat)):
        with contextlib.suppress(ValueError, OverflowError):
            found.append((make(text), kind))
    with contextlib.suppress(ValueError):
        found.append((time.fromisoformat(text), "d"))
    return found


def _cells() -> Feed:
    columns = [column for sheet in SHEETS for column in sheet.columns]

    def feed(raw: bytes) -> None:
        for value, kind in _values(text_of(raw)):
            for column in columns:
                with contextlib.suppress(Bad):
                    found = read(Raw(value, kind), column)
                    expect(holds=not isinstance(found, float), what=f"a float got out of {column.key}")

    return feed


FILES = [
    Target("workbook-file", _file, cost=20),
    Target("workbook-parts", _parts, cost=100),
    Target("workbook-cells", _cells, cost=4),
]
