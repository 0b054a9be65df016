"""Food production licences: how a number is built and checked, and the category details. Figures in `food.yaml`."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_DATA = Path(__file__).with_name("food.yaml")
_NUMBER = re.compile(r"SC[0-9]{14}")


@dataclass(frozen=True, slots=True)
class CategoryDetail:
    """A category detail (类别明细) such as 0603, tea drinks."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class LicenceNumber:
    """The parts of `SC` + 14 digits, as text."""

    kind: str
    category: str
    province: str
    city: str
    county: str
    sequence: str
    check: str


@dataclass(frozen=True, slots=True)
class NumberRules:
    """*kinds*: first digit -> highest class that may follow it; *province* and *city* digits of the programme."""

    kinds: dict[str, int]
    province: str
    city: str


@cache
def category_details() -> dict[str, CategoryDetail]:
    """All category details by code."""
    rows = yaml.safe_load(_DATA.read_text("utf-8"))["category_details"]
    return {row["code"]: CategoryDetail(**row) for row in rows}


@cache
def number_rules() -> NumberRules:
    return NumberRules(**yaml.safe_load(_DATA.read_text("utf-8"))["number"])


def parse_number(text: str) -> LicenceNumber:
    """The parts of a licence number. Raises ValueError when *text* is not `SC` and 14 digits."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"expected SC and 14 digits, found {text[:40]!r}")
    return LicenceNumber(
        kind=text[2],
        category=text[3:5],
        province=text[5:7],
        city=text[7:9],
        county=text[9:11],
        sequence=text[11:15],
        check=text[15],
    )


def check_digit(digits: str) -> str:
    """The 14th digit for the 13 before it: ISO 7064 MOD 11,10 as in GB/T 17710.

    P starts at 10; for each digit a: S = (P + a) mod 10, taken as 10 when 0, then P = 2 S mod 11. The check digit
    makes P + check = 1 (mod 10).
    """
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
