"""Elements and indicators: computed exactly from account sums, by the formulas of `rules/figures.yaml`.

Elements add up over lines and days, and indicators are always quotients of summed elements, never averages of ratios.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import yaml

from services.ledger.domain.accounts import BUSY, Account, UnitAccount

_DATA = Path(__file__).with_name("rules") / "figures.yaml"
_SECONDS_PER_HOUR = 3_600
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Element:
    """One row of the registry. Exactly one of *time*, *units* and *ideal* names accounts."""

    code: str
    unit: str
    zh: str
    en: str
    time: tuple[Account, ...] = ()
    units: tuple[UnitAccount, ...] = ()
    ideal: tuple[UnitAccount, ...] = ()
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the registry. *num* and *den*: products of factors, each a tuple of element codes to add."""

    code: str
    zh: str
    en: str
    num: tuple[tuple[str, ...], ...]
    den: tuple[tuple[str, ...], ...]
    formula: str
    source: str
    headline: bool = False

    @property
    def elements(self) -> tuple[str, ...]:
        """Codes of all elements the indicator is made of, each once."""
        return tuple(dict.fromkeys(code for factor in (*self.num, *self.den) for code in factor))


@dataclass(frozen=True, slots=True)
class Ratio:
    """num / den exactly; *value* is decimal text rounded half up to 6 places, None with a *reason* when there is none."""

    num: str
    den: str
    value: str | None
    reason: str | None = None


@dataclass
class Sums:
    """Account sums of one group of line-days. Units by (unit, ideal rate, account)."""

    time: dict[Account, int] = field(default_factory=dict)
    third_party_busy: int = 0
    clients: set[str] = field(default_factory=set)
    units: dict[tuple[str, int, UnitAccount], int] = field(default_factory=dict)

    def add_time(self, account: Account, client: str, seconds: int, owner: str) -> None:
        self.time[account] = self.time.get(account, 0) + seconds
        if account in BUSY and client not in {"", owner} and seconds:
            self.third_party_busy += seconds
            self.clients.add(client)

    def add_units(self, unit: str, ideal_rate: int, account: UnitAccount, quantity: int) -> None:
        key = unit, ideal_rate, account
        self.units[key] = self.units.get(key, 0) + quantity

    @property
    def unit_codes(self) -> list[str]:
        """Units of measure in which anything was made, sorted."""
        return sorted({unit for (unit, _, _), quantity in self.units.items() if quantity})


class Undefined(Exception):
    """A figure has no value; the message is the stable reason."""


def element_value(element: Element, sums: Sums) -> Fraction:
    """The element's value. Raises Undefined `units_mixed` or `ideal_rate_missing`."""
    if element.third_party:
        return Fraction(sums.third_party_busy)
    if element.time:
        return Fraction(sum(sums.time.get(one, 0) for one in element.time))
    if element.ideal:
        return sum((_ideal_seconds(rate, quantity) for rate, quantity in _made(sums, element.ideal)), Fraction())
    if len(sums.unit_codes) > 1:
        raise Undefined("units_mixed")
    return Fraction(sum(quantity for _, quantity in _made(sums, element.units)))


def _made(sums: Sums, accounts: Iterable[UnitAccount]) -> list[tuple[int, int]]:
    wanted = set(accounts)
    return [(rate, quantity) for (_, rate, account), quantity in sums.units.items() if account in wanted and quantity]


def _ideal_seconds(rate: int, quantity: int) -> Fraction:
    """PRI x quantity: the time it would take at the registered ideal rate, in seconds."""
    if rate == 0:
        raise Undefined("ideal_rate_missing")
    return Fraction(quantity * _SECONDS_PER_HOUR, rate)


def quantity_in(unit: str, element: Element, sums: Sums) -> int:
    """A unit element counted in one unit of measure."""
    return sum(
        quantity for (code, _, account), quantity in sums.units.items() if code == unit and account in element.units
    )


def ratio(indicator: Indicator, sums: Sums) -> Ratio:
    """The indicator over *sums*, as an exact quotient."""
    try:
        num, den = _product(indicator.num, sums), _product(indicator.den, sums)
    except Undefined as undefined:
        return Ratio("", "", None, str(undefined))
    above, below = num.numerator * den.denominator, den.numerator * num.denominator
    if below == 0:
        return Ratio(str(above), "0", None, "zero_denominator")
    return Ratio(str(above), str(below), decimal_text(Fraction(above, below)))


def _product(factors: Iterable[tuple[str, ...]], sums: Sums) -> Fraction:
    return prod((_factor(factor, sums) for factor in factors), start=Fraction(1))


def _factor(codes: tuple[str, ...], sums: Sums) -> Fraction:
    return sum((element_value(elements()[code], sums) for code in codes), Fraction())


def decimal_text(value: Fraction) -> str:
    """*value* (>= 0) with 6 decimals, rounded half up."""
    scale = 10**DECIMALS
    scaled = (2 * value.numerator * scale + value.denominator) // (2 * value.denominator)
    return f"{scaled // scale}.{scaled % scale:0{DECIMALS}d}"


@cache
def version() -> str:
    return str(_read()["version"])


@cache
def elements() -> Mapping[str, Element]:
    """All elements by code, in the registry's order."""
    return {
        row["code"]: Element(
            code=row["code"],
            unit=row["unit"],
            zh=row["zh"],
            en=row["en"],
            time=tuple(Account(one) for one in row.get("time", ())),
            units=tuple(UnitAccount(one) for one in row.get("units", ())),
            ideal=tuple(UnitAccount(one) for one in row.get("ideal", ())),
            third_party=bool(row.get("third_party", False)),
        )
        for row in _read()["elements"]
    }


@cache
def indicators() -> Mapping[str, Indicator]:
    """All indicators by code, in the registry's order."""
    return {
        row["code"]: Indicator(
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            num=tuple(tuple(one.split("+")) for one in row["num"]),
            den=tuple(tuple(one.split("+")) for one in row["den"]),
            formula=row["formula"],
            source=row["source"],
            headline=bool(row.get("headline", False)),
        )
        for row in _read()["indicators"]
    }


@cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return read
