"""Workbooks for tests: a sound one of two lines, and the means to spoil single cells of it as a person would."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl

from services.capacity.domain.values import AutoAcceptRule, ChangeoverRule, Price
from services.capacity.workbook.book import Book, LineBook
from services.capacity.workbook.template import CHOICES, EXAMPLES, GUIDE, write_workbook
from tests.support.masters import calendar, capability, day_shifts, licence, proof

Edit = Callable[[Any], None]


def a_line_book(code: str = "L1", **changes: Any) -> LineBook:
    fields: dict[str, Any] = {
        "code": code,
        "name": f"灌装线 {code}",
        "load_cap_hours_per_week": 0,
        "frozen_fence_hours": 24,
        "capabilities": [capability(), capability(code="FILL_SMALL_BATCH", rate_per_hour=4_800, batch_min=1_500)],
        "calendar": calendar(),
        "changeovers": [ChangeoverRule("base", "*", "*", 15), ChangeoverRule("family", "protein", "water", None, True)],
        "prices": [Price("FILL_CAN", 250_000, 22_000, 1_200_000)],
        "auto_accept_rules": [AutoAcceptRule(["FILL_CAN"], 100_000, 50_000, 48)],
    }
    return LineBook(**(fields | changes))


def a_book(**changes: Any) -> Book:
    """P08 of 咸安 with two lines: their rows stand at 产线 3 and 4, capabilities at 3-6, shifts of C1 at 3-7."""
    other = calendar(shifts=day_shifts(16, 8), maintenance=[])
    fields: dict[str, Any] = {
        "plant_code": "P08",
        "plant_name": "淦河无菌茶饮厂",
        "district": "421202",
        "lines": [a_line_book(), a_line_book("L2", calendar=other, auto_accept_rules=[])],
        "licences": [licence(categories=("0603", "0607"))],
        "proofs": [proof()],
    }
    return Book(**(fields | changes))


def edited(*edits: Edit, book: Book | None = None) -> bytes:
    """The sound workbook after *edits* by a spreadsheet program."""
    workbook = openpyxl.load_workbook(BytesIO(_bare(write_workbook(book)) if book else _sound()))
    for edit in edits:
        edit(workbook)
    target = BytesIO()
    workbook.save(target)
    workbook.close()
    return target.getvalue()


@cache
def _sound() -> bytes:
    return _bare(write_workbook(a_book()))


def _bare(content: bytes) -> bytes:
    """The workbook without guide, examples and drop-downs, which no test spoils: quicker to load and save."""
    workbook = openpyxl.load_workbook(BytesIO(content))
    for name in (GUIDE, EXAMPLES, CHOICES):
        del workbook[name]
    for worksheet in workbook:
        worksheet.data_validations.dataValidation.clear()
        worksheet.column_dimensions.clear()
    target = BytesIO()
    workbook.save(target)
    workbook.close()
    return target.getvalue()


def cell(place: str, value: Any) -> Edit:
    """Puts *value* into a cell such as `产线!D3`; text stays text even where it looks like a formula."""
    sheet, _, name = place.partition("!")

    def edit(workbook: Any) -> None:
        target = workbook[sheet][name]
        target.value = value
        if isinstance(value, str) and value.startswith("'="):
            target.value = value[1:]
            target.data_type = "s"

    return edit
