"""From what a buyer chose to the snapshot an order keeps: options checked, variants picked, templates filled in."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

import msgspec

from services.order.domain.catalogue import Catalogue, Keeping, Option, Product, ProductVariant
from services.order.domain.refusals import Why
from services.order.domain.values import OrderLine
from shared.contracts.planning import DemandLine, RecipeInput, RecipeStep, Variant
from shared.kernel.refusal import Refused
from shared.kernel.units import QUANTITY_MAX, Quantity, TooMany
from shared.reference.units import in_base_units, known_units

ARTWORK = "artwork"  # the option whose text names a design
_DAY_HOURS = 24
_TEXT = re.compile(r"[A-Za-z0-9._-]{1,40}")


def tailor(
    product: Product,
    chosen: Mapping[str, str],
    quantity: Quantity,
    *,
    order_line_id: str,
    buyer_org_id: str,
    supplied: frozenset[str],
    pointer: str,
) -> OrderLine:
    """The order line for *quantity* of *product* with the options *chosen*. *supplied*: items the buyer brings.

    Raises Refused: OPTION_UNKNOWN, OPTION_MISSING, OPTION_VALUE, CATEGORY_BLOCKED, NO_VARIANT, SUPPLY_MISSING.
    """
    options = _options(product, chosen, pointer)
    for block in product.blocks:
        if all(options.get(code) in values for code, values in block.when.items()):
            raise Refused(
                Why.CATEGORY_BLOCKED, pointer=pointer, category=block.category, zh=block.name.zh, en=block.name.en
            )
    variants = _variants(product, options, supplied, pointer)
    words = {**options, **_designs(product.options, options, buyer_org_id)}
    demand = DemandLine(
        order_line_id=order_line_id,
        product_id=product.product_id,
        quantity_net=quantity.value,
        unit=quantity.unit,
        variants=[
            Variant(one.code, one.name.zh, one.name.en, [_filled(step, words, supplied) for step in one.steps])
            for one in variants
        ],
        units=dict(product.units),
        product_zh=product.name.zh,
        product_en=product.name.en,
        options=options,
        **_kept(product.keeping, options),
    )
    return OrderLine(
        demand=demand,
        pack=product.pack,
        pack_version=product.pack_version,
        product_zh=product.name.zh,
        product_en=product.name.en,
        kind=product.kind,
        options=options,
        licence_category=product.licence_category,
    )


class _Kept(TypedDict, total=False):
    wait_hours_max: int
    age_hours_max: int | None
    cold_band: str


def _kept(keeping: Keeping | None, options: Mapping[str, str]) -> _Kept:
    """How the goods keep, in the hours that planning counts in; nothing where nothing is known to spoil."""
    if keeping is None:
        return {}
    age = keeping.age_days_max
    return {
        "wait_hours_max": keeping.wait_days_max * _DAY_HOURS,
        "age_hours_max": None if age is None else age * _DAY_HOURS,
        "cold_band": keeping.band(options),
    }


def _options(product: Product, chosen: Mapping[str, str], pointer: str) -> dict[str, str]:
    """The buyer's choices with defaults, each held against its schema."""
    known = {one.code: one for one in product.options}
    for code in chosen:
        if code not in known:
            raise Refused(
                Why.OPTION_UNKNOWN,
                pointer=f"{pointer}/options/{code}",
                found=code[:40],
                known=", ".join(known) or "-",
            )
    found = {}
    for code, option in known.items():
        value = chosen.get(code, option.default)
        if not value:
            if option.required:
                raise Refused(Why.OPTION_MISSING, pointer=f"{pointer}/options/{code}", option=code)
            continue
        if not _is_value(option, value):
            expected = ", ".join(option.choices) or "[A-Za-z0-9._-]{1,40}"
            raise Refused(
                Why.OPTION_VALUE,
                pointer=f"{pointer}/options/{code}",
                option=code,
                found=value[:40],
                expected=expected,
            )
        found[code] = value
    return found


def _is_value(option: Option, value: str) -> bool:
    return value in option.choices if option.kind == "choice" else _TEXT.fullmatch(value) is not None


def _variants(
    product: Product, options: Mapping[str, str], supplied: frozenset[str], pointer: str
) -> list[ProductVariant]:
    """Variants open under *options*, made with all the buyer brings and nothing only the buyer could bring."""
    open_ones = [
        one for one in product.variants if all(options.get(code) in values for code, values in one.when.items())
    ]
    if not open_ones:
        raise Refused(Why.NO_VARIANT, pointer=f"{pointer}/options", product_id=product.product_id)
    possible = [one for one in open_ones if _buyer_only(one) <= supplied]
    if not possible:
        missing = sorted(set[str]().union(*(_buyer_only(one) for one in open_ones)) - supplied)
        raise Refused(Why.SUPPLY_MISSING, pointer="/supplies", items=", ".join(missing))
    usable = supplied & set[str]().union(*(_items(one) for one in possible))
    return [one for one in possible if usable <= _items(one)]


def _items(variant: ProductVariant) -> set[str]:
    return {one.item for step in variant.steps for one in step.inputs if one.item}


def _buyer_only(variant: ProductVariant) -> set[str]:
    return {one.item for step in variant.steps for one in step.inputs if one.item and one.source == "buyer"}


def with_artwork(line: OrderLine, artwork: str, buyer_org_id: str, pointer: str) -> OrderLine:
    """*line* with other artwork: its snapshot is what it was but for the design that runs are told apart by.

    Raises Refused: OPTION_UNKNOWN for a product without artwork, OPTION_VALUE.
    """
    if ARTWORK not in line.options:
        known = ", ".join(line.options) or "-"
        raise Refused(Why.OPTION_UNKNOWN, pointer=pointer, found=ARTWORK, known=known)
    if _TEXT.fullmatch(artwork) is None:
        raise Refused(
            Why.OPTION_VALUE, pointer=pointer, option=ARTWORK, found=artwork[:40], expected="[A-Za-z0-9._-]{1,40}"
        )
    before, after = (_design(buyer_org_id, one) for one in (line.options[ARTWORK], artwork))
    variants = [
        msgspec.structs.replace(one, steps=[_redesigned(step, before, after) for step in one.steps])
        for one in line.demand.variants
    ]
    options = {**line.options, ARTWORK: artwork}
    demand = msgspec.structs.replace(line.demand, variants=variants, options=options)
    return msgspec.structs.replace(line, demand=demand, options=options)


def _redesigned(step: RecipeStep, before: str, after: str) -> RecipeStep:
    features = {code: after if value == before else value for code, value in step.features.items()}
    return msgspec.structs.replace(step, features=features)


def _design(buyer_org_id: str, text: str) -> str:
    return "dsn_" + hashlib.sha256(f"{buyer_org_id}\x1f{text}".encode()).hexdigest()[:16]


def _designs(options: Sequence[Option], chosen: Mapping[str, str], buyer_org_id: str) -> dict[str, str]:
    """Free texts become opaque design codes: equal for one buyer's same artwork, telling nobody whose it is."""
    return {
        one.code: _design(buyer_org_id, chosen[one.code])
        for one in options
        if one.kind == "text" and one.code in chosen
    }


def _filled(step: RecipeStep, words: Mapping[str, str], supplied: frozenset[str]) -> RecipeStep:
    return msgspec.structs.replace(
        step,
        format=_word(step.format, words),
        features={code: _word(text, words) for code, text in step.features.items()},
        inputs=[_sourced(one, supplied) for one in step.inputs],
    )


def _word(text: str, words: Mapping[str, str]) -> str:
    return words[text[1:]] if text.startswith("$") else text


def _sourced(eaten: RecipeInput, supplied: frozenset[str]) -> RecipeInput:
    return msgspec.structs.replace(eaten, source="buyer") if eaten.item in supplied else eaten


def quantity_of(product: Product, value: str, unit: str, pointer: str, most: int = QUANTITY_MAX) -> Quantity:
    """*value* *unit* in the product's base unit. Raises Refused: QUANTITY_UNIT; QUANTITY_RANGE beyond any quantity, which
    tells that *most* may be ordered.
    """
    return whole_units(value, unit, product.unit, product.units, pointer, most)


def whole_units(  # noqa: PLR0917 - a quantity, what it is counted in, and where it stood
    value: str, unit: str, base: str, units: Mapping[str, int], pointer: str, most: int = QUANTITY_MAX
) -> Quantity:
    """*value* *unit* in whole *base* units by the table *units*. Raises Refused as `quantity_of` does."""
    try:
        return in_base_units(value, unit, base, units)
    except TooMany as fault:
        found = f"{value} {unit}"[:60]
        raise Refused(Why.QUANTITY_RANGE, pointer=pointer, limit=most, unit=base, found=found) from fault
    except ValueError as fault:
        known = ", ".join(known_units(base, units))
        raise Refused(
            Why.QUANTITY_UNIT, pointer=pointer, found=f"{value} {unit}"[:60], known=known, base=base
        ) from fault


def supply_of(
    catalogue: Catalogue, item: str, value: str, unit: str, *, pointer: str, units: Mapping[str, int] | None = None
) -> Quantity:
    """A quantity of a buyer's *item* in its unit, by the table *units* of the products made of it (`supply_units`).

    Raises Refused: SUPPLY_UNKNOWN, SUPPLY_UNIT.
    """
    known = catalogue.items.get(item)
    if known is None:
        raise Refused(Why.SUPPLY_UNKNOWN, pointer=f"{pointer}/item", item=item[:40])
    try:
        return in_base_units(value, unit, known.unit, units or {})
    except ValueError as fault:
        expected = ", ".join(known_units(known.unit, units or {}))
        raise Refused(
            Why.SUPPLY_UNIT, pointer=f"{pointer}/quantity", expected=expected, found=f"{value} {unit}"[:60]
        ) from fault


def supply_units(lines: Iterable[OrderLine], item: str, unit: str) -> dict[str, int]:
    """Units that the products eating *item* are ordered in, where they count in *unit* too; none that two of them
    understand differently.
    """
    tables = [
        one.demand.units
        for one in lines
        if one.demand.unit == unit
        and any(eaten.item == item for way in one.demand.variants for step in way.steps for eaten in step.inputs)
    ]
    merged: dict[str, set[int]] = {}
    for table in tables:
        for code, factor in table.items():
            merged.setdefault(code, set()).add(factor)
    return {code: factors.pop() for code, factors in merged.items() if len(factors) == 1}
