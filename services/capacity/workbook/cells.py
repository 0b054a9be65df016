"""One cell: from what the spreadsheet holds to the value its column means, or the reason why not. No floats get out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from services.capacity.domain.soundness import FORMULA_STARTS, NAME_CHARACTERS_MAX
from services.capacity.workbook.columns import Column, Holds
from services.capacity.workbook.messages import CellWhy
from services.capacity.workbook.sheets import FEN_PER_YUAN_DIGITS, PERCENT_DIGITS
from shared.kernel.clock import LOCAL_ZONE

TEXT_MAX = NAME_CHARACTERS_MAX
LIST_TEXT_MAX = 400
YEAR_MIN, YEAR_MAX = 2000, 2100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|_x00[01][0-9A-Fa-f]_")
_SEPARATORS = re.compile(r"[,，、;；\s]+")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_SHOWN_MAX = 40


@dataclass(frozen=True, slots=True)
class Raw:
    """What the file holds: openpyxl's value and its type letter (`s` text, `n` number, `d` date, `b`, `e`, `f`)."""

    value: Any
    kind: str


class Bad(Exception):
    """The cell cannot be read as its column's value."""

    def __init__(self, why: CellWhy, **facts: object) -> None:
        super().__init__(why.value)
        self.why, self.facts = why, facts


def is_empty(raw: Raw) -> bool:
    """Nothing, or a few blanks: more of them than any text may have are no empty cell but a text too long."""
    if not isinstance(raw.value, str):
        return raw.value is None
    return len(raw.value) <= LIST_TEXT_MAX and not raw.value.strip()


def read(raw: Raw, column: Column) -> object:
    """The value of *raw* for *column*; None when it is empty and may be. Raises Bad."""
    if raw.kind == "f":
        raise Bad(CellWhy.FORMULA_CELL)
    if raw.kind == "e":
        raise Bad(CellWhy.ERROR_CELL, found=shown(raw.value))
    if is_empty(raw):
        if column.required:
            raise Bad(CellWhy.EMPTY_REQUIRED, name=column.named)
        return None
    if isinstance(raw.value, str):
        _check_text(raw.value, LIST_TEXT_MAX if column.holds is Holds.CODES else TEXT_MAX)
    return _READERS[column.holds](raw.value, column)


def _check_text(text: str, longest: int) -> None:
    """Its length first: a text that many cells share is looked through for each of them."""
    if len(text) > longest:
        raise Bad(CellWhy.TEXT_TOO_LONG, max=longest, found=len(text))
    if _CONTROL.search(text):
        raise Bad(CellWhy.CONTROL_CHARACTER)
    if text.lstrip().startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text.strip()):
        raise Bad(CellWhy.FORMULA_INJECTION, found=shown(text))


def shown(value: object) -> str:
    """A value as it may be repeated to its author: short, on one line."""
    return " ".join(str(value)[:LIST_TEXT_MAX].split())[:_SHOWN_MAX]


def _text(value: object, _: Column) -> str:
    if not isinstance(value, str):
        raise Bad(CellWhy.TEXT_EXPECTED, found=shown(value))
    return " ".join(value.split())


def _codes(value: object, column: Column) -> list[str]:
    return [one for one in _SEPARATORS.split(_text(value, column)) if one]


def _decimal(value: object) -> Decimal:
    """Exact decimal of a number as the spreadsheet shows it: Excel keeps 15 digits, and so does Python's shortest text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Bad(CellWhy.NUMBER_EXPECTED, found=shown(value))
    if isinstance(value, str):
        text = value.strip().replace(",", "")
        if not _NUMBER.fullmatch(text):
            raise Bad(CellWhy.NUMBER_EXPECTED, found=shown(value))
        return Decimal(text)
    number = Decimal(repr(value))
    if not number.is_finite():
        raise Bad(CellWhy.NUMBER_EXPECTED, found=shown(value))
    return number


def _scaled(value: object, column: Column, digits: int) -> int:
    """*value* x 10^digits as a whole number within the column's bounds."""
    number = _decimal(value)
    if number < 0:
        raise Bad(CellWhy.NUMBER_NEGATIVE, found=shown(value))
    scaled = number.scaleb(digits)
    if scaled > column.high:
        raise Bad(CellWhy.NUMBER_TOO_LARGE, max=Decimal(column.high).scaleb(-digits), found=shown(value))
    if scaled != scaled.to_integral_value():
        if digits == 0:
            raise Bad(CellWhy.NUMBER_NOT_WHOLE, found=shown(value))
        raise Bad(CellWhy.TOO_MANY_DECIMALS, digits=digits, found=shown(value))
    if scaled == 0 and column.low > 0:
        raise Bad(CellWhy.NUMBER_ZERO)
    if scaled < column.low:
        raise Bad(CellWhy.NUMBER_TOO_SMALL, min=Decimal(column.low).scaleb(-digits), found=shown(value))
    return int(scaled)


def _whole(value: object, column: Column) -> int:
    return _scaled(value, column, 0)


def _yuan(value: object, column: Column) -> int:
    return _scaled(value, column, FEN_PER_YUAN_DIGITS)


def _percent(value: object, column: Column) -> int:
    return _scaled(value, column, PERCENT_DIGITS)


def _date(value: object, _: Column) -> date:
    found: date | None = None
    if isinstance(value, datetime):
        found = value.date() if value.time() == time() else None
    elif isinstance(value, date):
        found = value
    elif isinstance(value, str) and (parts := _DATE.fullmatch(value.strip())):
        found = _made(lambda: date(int(parts[1]), int(parts[2]), int(parts[3])))
    if found is None:
        raise Bad(CellWhy.DATE_EXPECTED, found=shown(value))
    return _in_range(found)


def _made(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except (ValueError, OverflowError):
        return None


def _in_range(found: date) -> date:
    if not YEAR_MIN <= found.year <= YEAR_MAX:
        raise Bad(CellWhy.DATE_OUT_OF_RANGE, min=YEAR_MIN, max=YEAR_MAX, found=found.isoformat())
    return found


def _time(value: object, _: Column) -> int:
    """Minute of the day."""
    if isinstance(value, time) and not value.second and not value.microsecond:
        return value.hour * 60 + value.minute
    if isinstance(value, str) and (parts := _TIME.fullmatch(value.strip())):
        hour, minute = int(parts[1]), int(parts[2])
        if (hour, minute) == (24, 0):
            return 0
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    raise Bad(CellWhy.TIME_EXPECTED, found=shown(value))


def _moment(value: object, _: Column) -> datetime:
    """The instant of a local date and time, to the second (the file stores days as a binary fraction)."""
    found: datetime | None = None
    if isinstance(value, datetime):
        found = _made(lambda: (value + timedelta(microseconds=500_000)).replace(microsecond=0))
    elif isinstance(value, str):
        found = _made(lambda: datetime.fromisoformat(value.strip()))
    if found is None or found.tzinfo is not None or (isinstance(value, str) and len(value.strip()) < 16):
        raise Bad(CellWhy.MOMENT_EXPECTED, found=shown(value))
    _in_range(found.date())
    return found.replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


def _choice(value: object, column: Column) -> str:
    text = shown(value)
    for option in column.options:
        if text in (option.zh, option.en, option.value):
            return option.value
    known = {"zh": "、".join(one.zh for one in column.options), "en": ", ".join(one.en for one in column.options)}
    raise Bad(CellWhy.CHOICE_UNKNOWN, known=known, found=text)


_READERS: Mapping[Holds, Callable[[Any, Column], object]] = {
    Holds.CODE: _text,
    Holds.TEXT: _text,
    Holds.CODES: _codes,
    Holds.WHOLE: _whole,
    Holds.YUAN: _yuan,
    Holds.PERCENT: _percent,
    Holds.DATE: _date,
    Holds.TIME: _time,
    Holds.MOMENT: _moment,
    Holds.CHOICE: _choice,
}
