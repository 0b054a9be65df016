"""The unified social credit code of an organisation (GB 32100-2015): 18 characters, the last one a check."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).with_name("credit_code.yaml")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
LENGTH = 18


def check_character(first_17: str) -> str:
    """The 18th character: (31 - sum(value * 3^place) mod 31) mod 31 (GB 32100-2015, annex A).

    Raises ValueError for a wrong length or a character that is not in the alphabet.
    """
    if len(first_17) != LENGTH - 1 or any(one not in _ALPHABET for one in first_17):
        raise ValueError(f"expected 17 characters of {_ALPHABET}, found {first_17[:20]!r}")
    total = sum(_ALPHABET.index(one) * weight for one, weight in zip(first_17, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def is_credit_code(text: str) -> bool:
    """Whether *text* has the form of a credit code of a registered kind and its check character is right.

    Places 1 and 2 say who registers and as what, 3 to 8 are the digits of the registering district.
    """
    if len(text) != LENGTH or any(one not in _ALPHABET for one in text) or not text[2:8].isdigit():
        return False
    registered = _registered()
    if text[1] not in registered["kinds"].get(text[0], "") or text[2:4] not in registered["provinces"]:
        return False
    return text[-1] == check_character(text[:-1])


@cache
def _registered() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return found
