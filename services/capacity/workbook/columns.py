"""What a sheet, a column and a cell of the workbook are."""

from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What a cell holds."""

    CODE = "code"
    TEXT = "text"
    CODES = "codes"  # several, separated by comma, 、 or line break
    WHOLE = "whole"
    YUAN = "yuan"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"
    MOMENT = "moment"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a drop-down: the value inside, and what people see."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Column:
    """*low* and *high* bound whole numbers, and yuan in fen. *options* are offered; CHOICE accepts no other."""

    key: str
    zh: str
    en: str
    holds: Holds
    required: bool = True
    low: int = 0
    high: int = 0
    options: tuple[Option, ...] = ()
    example: str = ""
    width: int = 14

    @property
    def named(self) -> dict[str, str]:
        """The column's heading in both languages, as a fact of a refusal."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class Sheet:
    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    note_zh: str
    note_en: str

    def column(self, key: str) -> Column:
        return next(one for one in self.columns if one.key == key)
