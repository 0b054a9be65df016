"""Money is integer fen (1/100 CNY) inside and a decimal string outside."""

import re
from dataclasses import dataclass
from typing import Literal

_AMOUNT = re.compile(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen; currency is CNY. Unit prices below one fen are kept as fen per 1,000 pieces elsewhere."""

    fen: int
    currency: Literal["CNY"] = "CNY"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.fen + other.fen)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.fen - other.fen)

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"


def parse_money(text: str) -> Money:
    """Money from a decimal string such as `4860.00`; at most 13 digits before and 2 after the point.

    Raises ValueError with what was expected and found.
    """
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"expected an amount in CNY such as 4860.00, found {text[:40]!r}")
    whole, _, part = text.lstrip("-").partition(".")
    fen = int(whole) * 100 + int(part.ljust(2, "0") or "0")
    return Money(-fen if text.startswith("-") else fen)
