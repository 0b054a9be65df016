"""One cell: from what the spreadsheet holds to the value its column means, or the reason why not. No floats get out."""

import re
import unicodedata
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
_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,6})?")
_DIGIT = re.compile(r"[0-9]")
_DATE = re.compile(
    r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})(日?)"
)  # the year first: days and months keep their places
_DATE_MARKS = {("-", "-", ""), ("/", "/", ""), (".", ".", ""), ("年", "月", "日")}
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_ANY_DAY = date(2000, 1, 1)
DIGITS_SHOWN = 15  # significant digits that spreadsheet programs show and keep of what was typed
_SHOWN_MAX = 40


@dataclass(frozen=True, slots=True)
class Raw:
    """What the file holds: openpyxl's value and its type letter (`s` text, `n` number, `d` date, `b`, `e`, `f`).

    *is_percent*: the cell shows its number times a hundred, with a per cent sign.
    """

    value: Any
    kind: str
    is_percent: bool = False


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
    value = raw.value
    if isinstance(value, str):
        value = _one_form(value, LIST_TEXT_MAX if column.holds is Holds.CODES else TEXT_MAX)
    elif raw.is_percent:
        value = _percentage(value, column)
    return _READERS[column.holds](value, column)


def _one_form(text: str, longest: int) -> str:
    """*text* in one Unicode form (NFC), so that what looks alike is alike.

    Its length first: a text that many cells share is looked through for each of them.
    """
    if len(text) > longest:
        raise Bad(CellWhy.TEXT_TOO_LONG, max=longest, found=len(text))
    if _CONTROL.search(text):
        raise Bad(CellWhy.CONTROL_CHARACTER)
    text = unicodedata.normalize("NFC", text)
    if text.lstrip().startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(text.strip()):
        raise Bad(CellWhy.FORMULA_INJECTION, found=shown(text))
    return text


def _percentage(value: object, column: Column) -> Decimal:
    """What a cell shows as per cent, as that many per cent: 0.8 is shown and meant as 80 %."""
    percentage = _decimal(value).scaleb(2)
    if column.holds is not Holds.PERCENT:
        raise Bad(CellWhy.PERCENT_UNEXPECTED, found=f"{percentage:f}%")
    return percentage


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
    """Exact decimal of a number as the spreadsheet shows it: to 15 significant digits, beyond which files hold the
    tail of a binary fraction that nobody typed. Text counts where it can be read in one way only.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise Bad(CellWhy.NUMBER_EXPECTED, found=shown(value))
    if isinstance(value, str):
        return _decimal_of_text(value)
    number = Decimal(f"{value:.{DIGITS_SHOWN}g}") if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise Bad(CellWhy.NUMBER_EXPECTED, found=shown(value))
    return number


def _decimal_of_text(value: str) -> Decimal:
    """Digits may be full-width, thousands grouped by commas; whatever else stands between digits is asked about."""
    text = unicodedata.normalize("NFKC", value).strip()
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    raise Bad(CellWhy.NUMBER_UNCLEAR if _DIGIT.search(text) else CellWhy.NUMBER_EXPECTED, found=shown(value))


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
    """80, 80% as text, and what a cell shows as 80 %: all the same. A bare number up to 1 may mean a fraction."""
    if isinstance(value, str):
        bare = unicodedata.normalize("NFKC", value).strip()
        if bare.endswith("%"):
            return _scaled(bare.removesuffix("%"), column, PERCENT_DIGITS)
    if not isinstance(value, Decimal) and 0 < (number := _decimal(value)) <= 1:
        raise Bad(CellWhy.PERCENT_UNCLEAR, found=shown(value), whole=f"{number.scaleb(2).normalize():f}")
    return _scaled(value, column, PERCENT_DIGITS)


def _date(value: object, _: Column) -> date:
    found: date | None = None
    if isinstance(value, datetime):
        whole = _to_the_second(value)
        found = whole.date() if whole is not None and whole.time() == time() else None
    elif isinstance(value, date):
        found = value
    elif isinstance(value, str):
        found = _date_of_text(unicodedata.normalize("NFKC", value).strip())
    if found is None:
        raise Bad(CellWhy.DATE_EXPECTED, found=shown(value))
    return _in_range(found)


def _date_of_text(text: str) -> date | None:
    parts = _DATE.fullmatch(text)
    if parts is None or (parts[2], parts[4], parts[6]) not in _DATE_MARKS:
        return None
    found: date | None = _made(lambda: date(int(parts[1]), int(parts[3]), int(parts[5])))
    return found


def _made(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except (ValueError, OverflowError):
        return None


def _to_the_second(value: datetime) -> datetime | None:
    """The file stores days as a binary fraction, which may lie a little beside the second that is shown."""
    found: datetime | None = _made(lambda: (value + timedelta(microseconds=500_000)).replace(microsecond=0))
    return found


def _in_range(found: date) -> date:
    if not YEAR_MIN <= found.year <= YEAR_MAX:
        raise Bad(CellWhy.DATE_OUT_OF_RANGE, min=YEAR_MIN, max=YEAR_MAX, found=found.isoformat())
    return found


def _time(value: object, _: Column) -> int:
    """Minute of the day."""
    if isinstance(value, time):
        whole = _to_the_second(datetime.combine(_ANY_DAY, value))
        value = value if whole is None or whole.date() != _ANY_DAY else whole.time()
    if isinstance(value, time) and not value.second and not value.microsecond:
        return value.hour * 60 + value.minute
    if isinstance(value, str) and (parts := _TIME.fullmatch(unicodedata.normalize("NFKC", value).strip())):
        hour, minute = int(parts[1]), int(parts[2])
        if (hour, minute) == (24, 0):
            return 0
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    raise Bad(CellWhy.TIME_EXPECTED, found=shown(value))


def _moment(value: object, _: Column) -> datetime:
    """The instant of a local date and time, to the second."""
    found: datetime | None = None
    if isinstance(value, datetime):
        found = _to_the_second(value)
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
