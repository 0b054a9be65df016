"""Who takes part in the demo's fictional world, read once from `world.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

_DATA = Path(__file__).with_name("world.yaml")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A fictional organisation. *person* and *login*: who may sign in to the console for it, "" for none."""

    kind: Literal["office", "buyer", "factory"]
    code: str
    name: str
    credit_code: str
    district: str
    person: str = ""
    login: str = ""


@cache
def organisations() -> dict[str, Organisation]:
    """All organisations by code: the office first, then buyers, then factories in the order of their plants."""
    data = yaml.safe_load(_DATA.read_text("utf-8"))
    rows = [
        Organisation("office", **data["office"]),
        *(Organisation("buyer", **row) for row in data["buyers"]),
        *(Organisation("factory", **row) for row in data["factories"]),
    ]
    return {row.code: row for row in rows}
