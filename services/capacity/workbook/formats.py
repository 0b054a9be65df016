"""What the number format of a cell says about its number: a date, per cent of something, or just a number.

openpyxl knows the built-in formats of Western Excel; files from East Asian Excel and WPS use numbers 27-36 and 50-58
for dates without writing down their codes (ECMA-376 part 1, 18.8.30, all languages).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, builtin_format_code

_EAST_ASIAN_DATES = frozenset({*range(27, 37), *range(50, 59)})
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]')  # quoted, escaped, padding, [colour]
_EXPONENT = re.compile(r"[eE][+-]")
_DATE_LETTERS = re.compile(r"[ymdhsYMDHSeEgGaA]")  # e and g: years of an era, a: weekdays, as East Asian Excel has them


@dataclass(frozen=True, slots=True)
class Formats:
    """Ids of cell styles by what they show: *dates* and *percents*; any other shows its number."""

    dates: frozenset[int]
    percents: frozenset[int]


def formats_of(book: Any) -> Formats:
    """The formats of an openpyxl workbook that was loaded with its styles."""
    codes = {index: _code(style.numFmtId, book._number_formats) for index, style in enumerate(book._cell_styles)}  # noqa: SLF001 - the library publishes styles a cell, not the table of them
    east_asian = {index for index, style in enumerate(book._cell_styles) if style.numFmtId in _EAST_ASIAN_DATES}  # noqa: SLF001 - as above
    return Formats(
        frozenset(east_asian | {index for index, code in codes.items() if shows_date(code)}),
        frozenset(index for index, code in codes.items() if shows_percent(code)),
    )


def _code(number: int, own: Sequence[str]) -> str:
    place = number - BUILTIN_FORMATS_MAX_SIZE
    return own[place] if 0 <= place < len(own) else builtin_format_code(number) or ""


def shows_date(code: str) -> bool:
    """Whether the first section of a format code shows a date or a time of day."""
    bare = _bare(code)
    return bare.lower() != "general" and _DATE_LETTERS.search(_EXPONENT.sub("", bare)) is not None


def shows_percent(code: str) -> bool:
    """Whether the first section of a format code shows its number times a hundred."""
    return "%" in _bare(code)


def _bare(code: str) -> str:
    """The first section of *code* without what it shows literally."""
    return _LITERALS.sub("", code).split(";")[0]
