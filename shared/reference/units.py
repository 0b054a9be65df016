"""Units beside the base unit of a thing: multiples that hold for whatever is counted in it, and what units are called."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.kernel.units import Quantity, convert

_DATA = Path(__file__).with_name("units.yaml")


@cache
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return found


def multiples(base: str) -> Mapping[str, int]:
    """Unit -> *base* units in one, for units that hold whatever the product; empty where there are none."""
    found: Mapping[str, int] = _data()["multiples"].get(base, {})
    return found


def name_of(unit: str) -> dict[str, str]:
    """Its names in both languages; the code where it has none."""
    named: Mapping[str, str] = _data()["names"].get(unit, {"zh": unit, "en": unit})
    return dict(named)


def known_units(base: str, of_product: Mapping[str, int]) -> dict[str, int]:
    """Every unit a quantity of *base* may be given in -> base units in one; the product's own word counts before ours."""
    return {base: 1, **multiples(base), **of_product}


def in_base_units(value: str, unit: str, base: str, of_product: Mapping[str, int]) -> Quantity:
    """*value* (decimal text) *unit* as whole *base* units, exactly. *unit* is a code, or the unit's Chinese name.

    Raises TooMany beyond any quantity, ValueError when the unit is unknown or the result is not whole.
    """
    known = known_units(base, of_product)
    code = unit if unit in known else next((one for one in known if name_of(one)["zh"] == unit), unit)
    return convert(value, code, base, known)
