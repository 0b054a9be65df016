"""Rows of a sheet as openpyxl's parser reads them, without what it does beyond that: formulas are never expanded, a row
has no more cells than are looked at, and nothing around the rows is built.

A shared formula is expanded by the library at every cell that names it: a file of a few kilobytes makes gigabytes of it.
"""

from collections.abc import Generator, Iterator
from typing import Any
from xml.etree.ElementTree import iterparse

from openpyxl.worksheet._reader import ROW_TAG, WorkSheetParser

from services.capacity.workbook.cells import Raw, is_empty
from services.capacity.workbook.formats import Formats, formats_of
from services.capacity.workbook.sheets import COLUMNS_MAX

FORMULA = "="
EMPTY = Raw(None, "n")


class RowParser(WorkSheetParser):
    """openpyxl's parser of cells, for rows alone."""

    def parse(self) -> Generator[tuple[int, list[dict[str, Any]]], None, None]:
        for _, element in iterparse(self.source):  # noqa: S314 - document types were refused before, see archive.py
            if element.tag == ROW_TAG:
                yield self.parse_row(element)
                element.clear()

    def parse_formula(self, element: Any) -> str:  # noqa: ARG002 - the library calls it so
        """A cell with a formula is refused whatever the formula says."""
        return FORMULA

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        """Cells stand in the order of their columns: those after the first COLUMNS_MAX lie beyond what is read."""
        del row[COLUMNS_MAX:]
        number, cells = super().parse_row(row)
        return int(number), cells


def rows_of(worksheet: Any, highest: int) -> Iterator[tuple[int, list[Raw]]]:
    """Rows that are there, each with its number and COLUMNS_MAX cells, in the order of the file; what the file claims
    of its size is not believed. Of the rows beyond *highest* only the first that holds anything is given, as the last.
    """
    book = worksheet.parent
    formats = formats_of(book)
    with worksheet._get_source() as source:  # noqa: SLF001 - how openpyxl's own reader of rows opens a sheet
        parser = RowParser(
            source,
            worksheet._shared_strings,  # noqa: SLF001 - as above
            epoch=book.epoch,
            date_formats=formats.dates,
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - as above
        )
        for number, cells in parser.parse():
            row = _row(cells, formats)
            if number <= highest:
                yield number, row
            elif not all(is_empty(one) for one in row):
                yield number, row
                return


def _row(cells: list[dict[str, Any]], formats: Formats) -> list[Raw]:
    row = [EMPTY] * COLUMNS_MAX
    for cell in cells:
        if 1 <= cell["column"] <= COLUMNS_MAX:
            is_percent = cell["data_type"] == "n" and cell["style_id"] in formats.percents
            row[cell["column"] - 1] = Raw(cell["value"], cell["data_type"], is_percent)
    return row
