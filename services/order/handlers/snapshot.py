"""From what a caller asked for to the snapshot an order keeps: products, options, units and places resolved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.order.domain.catalogue import Catalogue
from services.order.domain.own_terms import with_own_terms
from services.order.domain.refusals import Why
from services.order.domain.tailoring import quantity_of, supply_of, supply_units, tailor
from services.order.domain.terms import Terms
from services.order.domain.values import OrderLine, Window
from shared.contracts.planning import Limits, Place, Supply
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused
from shared.reference.places import districts


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One line as the caller wrote it: decimal text and a unit of the product."""

    product_id: str
    options: Mapping[str, str]
    value: str
    unit: str
    window: Window | None = None
    deliver_to: Place | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class AskedSupply:
    item: str
    value: str
    unit: str
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """An order or inquiry as the caller wrote it."""

    lines: Sequence[AskedLine]
    deliver_to: Place
    requested_from: datetime | None
    requested_by: datetime
    limits: Limits
    supplies: Sequence[AskedSupply]
    reference: str = ""
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    lines: tuple[OrderLine, ...]
    supplies: tuple[Supply, ...]


def snapshot_of(asked: Asked, catalogue: Catalogue, terms: Terms, *, owner_id: str, buyer_org_id: str) -> Snapshot:
    """*asked* with recipes from *catalogue* as it is now. Line ids derive from *owner_id*, so a retry makes the same.

    Raises Refused, with a pointer into the caller's body.
    """
    check_district(asked.deliver_to.district, "/deliver_to/district")
    for index, one in enumerate(asked.supplies):
        if one.item not in catalogue.items:
            raise Refused(Why.SUPPLY_UNKNOWN, pointer=f"/supplies/{index}/item", item=one.item[:40])
    supplied = frozenset(one.item for one in asked.supplies)
    lines = tuple(
        _line(one, catalogue, terms, f"/lines/{index}", derived_id("orl", owner_id, index), buyer_org_id, supplied)
        for index, one in enumerate(asked.lines)
    )
    supplies = tuple(_supply(one, catalogue, lines, f"/supplies/{index}") for index, one in enumerate(asked.supplies))
    return Snapshot(lines, supplies)


def _supply(asked: AskedSupply, catalogue: Catalogue, lines: Sequence[OrderLine], pointer: str) -> Supply:
    unit = catalogue.items[asked.item].unit
    units = supply_units(lines, asked.item, unit)
    quantity = supply_of(catalogue, asked.item, asked.value, asked.unit, pointer=pointer, units=units)
    return Supply(item=asked.item, quantity=quantity.value, unit=unit, arrives_at=asked.arrives_at)


def _line(  # noqa: PLR0917 - what a line is made from, in the order of the sentence
    asked: AskedLine,
    catalogue: Catalogue,
    terms: Terms,
    pointer: str,
    line_id: str,
    buyer_org_id: str,
    supplied: frozenset[str],
) -> OrderLine:
    product = catalogue.products.get(asked.product_id)
    if product is None:
        raise Refused(Why.PRODUCT_UNKNOWN, pointer=f"{pointer}/product", found=asked.product_id[:60])
    if asked.deliver_to is not None:
        check_district(asked.deliver_to.district, f"{pointer}/deliver_to/district")
    line = tailor(
        product,
        asked.options,
        quantity_of(product, asked.value, asked.unit, f"{pointer}/quantity", terms.quantity_max),
        order_line_id=line_id,
        buyer_org_id=buyer_org_id,
        supplied=supplied,
        pointer=pointer,
    )
    line = msgspec.structs.replace(line, label=asked.label) if asked.label else line
    return with_own_terms(line, asked.window, asked.deliver_to)


def check_district(code: str, pointer: str) -> None:
    if code not in districts():
        raise Refused(Why.DISTRICT_UNKNOWN, pointer=pointer, found=code[:20], known=", ".join(districts()))
