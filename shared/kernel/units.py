"""Units of measure: one base unit an item, explicit exact conversions, UN/CEFACT-like short codes."""

import re
from dataclasses import dataclass
from fractions import Fraction

QUANTITY_MAX = 10**12
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")  # no exponents: "1e999999999" must cost nothing


class TooMany(ValueError):  # a number of its own kind: the unit was right
    """More than any quantity may be."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole number of base units, e.g. 12,000 `can`. Never negative; at most 10^12."""

    value: int
    unit: str

    def __post_init__(self) -> None:
        if not 0 <= self.value <= QUANTITY_MAX:
            raise TooMany(f"expected 0..{QUANTITY_MAX} {self.unit}, found {self.value}")


def convert(value: str, unit: str, base: str, factors: dict[str, int]) -> Quantity:
    """*value* (decimal text) in *unit* as whole *base* units; *factors* maps unit -> base units in one.

    Raises ValueError when the unit is unknown for the item, the text is no number, or the result is not whole.
    """
    factor = 1 if unit == base else factors.get(unit)
    if factor is None:
        known = ", ".join(sorted({base, *factors}))
        raise ValueError(f"expected a unit of {known}, found {unit[:20]!r}")
    if not _DECIMAL.fullmatch(value):
        raise ValueError(f"expected a decimal number such as 12000 or 0.5, found {value[:40]!r}")
    amount = Fraction(value) * factor
    if amount.denominator != 1:
        raise ValueError(f"expected a whole number of {base}, found {value} {unit}")
    return Quantity(int(amount), base)
