"""Puts the products of a pack together: options, blocks and variants of routing, each reference checked."""

from collections.abc import Iterator, Mapping, Sequence

from services.order.domain.catalogue import Block, Keeping, Option, Product, ProductVariant
from services.order.packs.faults import Spot
from services.order.packs.routing import chain
from services.order.packs.shapes import PackShape, ProductShape, VariantShape
from services.order.packs.shelf import Shelf, named, shelve
from shared.contracts.explosion import explode
from shared.reference.units import multiples


def assemble(file: str, pack: PackShape, version: str, shelf: Shelf) -> Iterator[Product]:
    """Put *pack* on the shelf and give its products. Raises PackFault."""
    shelve(file, pack, shelf)
    for product_id, shape in pack.products.items():
        spot = Spot(file) / "products" / product_id
        _check_product(spot, shape, shelf)
        options = {code: _option(spot, code, need, shelf) for code, need in shape.options.items()}
        for index, block in enumerate(shape.blocks):
            _check_when(spot / "blocks" / index / "when", block.when, options)
        variants = tuple(
            _variant(spot / "variants" / index, one, shape.unit, options, shelf)
            for index, one in enumerate(shape.variants)
        )
        yield Product(
            product_id=product_id,
            pack=pack.pack,
            pack_version=version,
            name=named(shape),
            kind=shape.kind,
            licence_category=shape.licence_category,
            unit=shape.unit,
            units={**multiples(shape.unit), **shape.units},
            options=tuple(options.values()),
            blocks=tuple(Block(_tuples(one.when), one.category, named(one)) for one in shape.blocks),
            lead_days=shape.lead_days,
            variants=variants,
            keeping=_keeping(spot / "keeping", shape, options, variants),
        )


def _check_product(spot: Spot, shape: ProductShape, shelf: Shelf) -> None:
    (spot / "unit").expect_known(shape.unit, shelf.units)
    if shape.lead_days[0] > shape.lead_days[1]:
        raise (spot / "lead_days").fault(f"expected shortest then longest, found {shape.lead_days}")
    if (shape.kind == "drink") != bool(shape.licence_category):
        raise (spot / "licence_category").fault("a drink names its licence category, nothing else does")


def _keeping(
    spot: Spot, product: ProductShape, options: Mapping[str, Option], variants: Sequence[ProductVariant]
) -> Keeping | None:
    """How the goods keep: packaging and drinks say so, drinks with a shelf life, and what is kept cold by a step with the
    band in which it travels on to the buyer.
    """
    shape = product.keeping
    if shape is None:
        if product.kind != "service":
            raise spot.fault("expected how long the goods keep, found nothing")
        return None
    if product.kind == "drink" and shape.shelf_life_days is None:
        raise (spot / "shelf_life_days").fault("a drink has a shelf life")
    fed_cold = {one.cold_band for variant in variants for step in variant.steps for one in step.inputs} - {""}
    if fed_cold and not (shape.cold_band or shape.cold_band_by):
        raise (spot / "cold_band").fault(
            f"expected the band of the way to the buyer: a step is fed at {sorted(fed_cold)}"
        )
    if shape.days_left_min >= (shape.shelf_life_days or shape.days_left_min + 1):
        raise (spot / "days_left_min").fault(f"expected less than the shelf life, found {shape.days_left_min}")
    for code, bands in shape.cold_band_by.items():
        (spot / "cold_band_by" / code).expect_known(code, options)
        if set(bands) != set(options[code].choices):
            raise (spot / "cold_band_by" / code).fault(f"expected a band for each of {sorted(options[code].choices)}")
    return Keeping(
        wait_days_max=shape.wait_days_max,
        shelf_life_days=shape.shelf_life_days,
        days_left_min=shape.days_left_min,
        cold_band=shape.cold_band,
        cold_band_by=shape.cold_band_by,
    )


def _option(spot: Spot, code: str, need: str, shelf: Shelf) -> Option:
    (spot / "options" / code).expect_known(code, shelf.options)
    shape = shelf.options[code]
    choices = {choice: named(one) for choice, one in shape.choices.items()}
    return Option(code, named(shape), shape.kind, choices, shape.default, need == "required")


def _tuples(when: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {code: tuple(values) for code, values in when.items()}


def _check_when(spot: Spot, when: Mapping[str, list[str]], options: Mapping[str, Option]) -> None:
    for code, values in when.items():
        (spot / code).expect_known(code, options)
        for value in values:
            if value not in options[code].choices:
                raise (spot / code).fault(f"{value!r} is not one of {sorted(options[code].choices)}")


def _variant(spot: Spot, shape: VariantShape, unit: str, options: Mapping[str, Option], shelf: Shelf) -> ProductVariant:
    _check_when(spot / "when", shape.when, options)
    for index, code in enumerate(shape.use):
        (spot / "use" / index).expect_known(code, shelf.routes)
    steps = chain(spot.file, shape.use, options, shelf)
    if steps[-1].unit != unit:
        raise spot.fault(f"expected the last step to yield {unit!r}, found {steps[-1].unit!r}")
    try:
        explode(list(steps), shape.usual_minimum)
    except ValueError as fault:
        raise (spot / "use").fault(str(fault)) from fault
    return ProductVariant(shape.code, named(shape), _tuples(shape.when), shape.usual_minimum, steps)
