"""Values that stand in an order's events: its lines with the snapshot of recipe and pack, and planned totals."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from shared.contracts.planning import DemandLine


@dataclass(frozen=True, slots=True)
class Window:
    """When goods are wanted at the door: by *by*, and not before *since* where one is given."""

    since: datetime | None
    by: datetime


class OrderLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One line as ordered. *demand* is the snapshot: the order is never recomputed from live packs.

    *options* are the buyer's choices with defaults filled in.
    """

    demand: DemandLine
    pack: str
    pack_version: str
    product_zh: str
    product_en: str
    kind: str
    options: dict[str, str]
    licence_category: str = ""
    label: str = ""  # what the buyer calls the line


class Makeable(msgspec.Struct, frozen=True, gc=False):
    """How many good units of a line the material that arrived is enough for."""

    order_line_id: str
    quantity: int
    unit: str
