"""The vocabulary of capabilities, formats, features and units that recipes ask for and lines publish."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).with_name("capabilities.yaml")
CHANGEOVER_EXTRAS = ("base", "format", "capability")
ANY = "*"


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its names; *values* of a feature, empty where any text will do."""

    code: str
    zh: str
    en: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownCapability:
    """What a capability counts in, and the formats and features that belong to it.

    *usual_rate*: least and most rated speed an hour that is met with, None where nobody has said; *paper*: what a plant
    needs for it, `licence`, `food_contact` or nothing.
    """

    code: str
    zh: str
    en: str
    unit: str
    formats: tuple[str, ...]
    features: tuple[str, ...]
    usual_rate: tuple[int, int] | None
    paper: str


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return found


@cache
def capabilities() -> dict[str, KnownCapability]:
    """All capabilities by code, in the file's order."""
    return {code: _known(code, row) for code, row in _data()["capabilities"].items()}


def _known(code: str, row: Mapping[str, Any]) -> KnownCapability:
    least, most = row.get("usual_rate", (None, None))
    return KnownCapability(
        code,
        row["zh"],
        row["en"],
        row["unit"],
        tuple(row["formats"]),
        tuple(row["features"]),
        None if least is None else (least, most),
        row.get("paper", ""),
    )


@cache
def _services() -> frozenset[str]:
    return frozenset(code for code, row in _data()["capabilities"].items() if row.get("service"))


def makes(code: str) -> bool:
    """Whether steps of the capability make goods: testing, keeping and carrying them do not."""
    return code not in _services()


@cache
def terms(kind: str) -> dict[str, Term]:
    """All terms of *kind* (`units`, `features`, `formats`) by code, in the file's order."""
    return {code: Term(code, row["zh"], row["en"], tuple(row.get("values", ()))) for code, row in _data()[kind].items()}
