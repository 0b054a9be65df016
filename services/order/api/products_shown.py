"""Products as a catalogue shows them."""

from services.order.api.reasons_shown import Shown
from services.order.domain.catalogue import Keeping, Named, Option, Product, ProductVariant
from shared.contracts.planning import RecipeStep
from shared.kernel.units import Quantity
from shared.reference.units import name_of


def named(name: Named) -> Shown:
    return {"zh": name.zh, "en": name.en}


def product_summary(product: Product) -> Shown:
    return {
        "id": product.product_id,
        "object": "product",
        "name": named(product.name),
        "kind": product.kind,
        "unit": product.unit,
        "usual_minimum": Quantity(min(one.usual_minimum for one in product.variants), product.unit),
        "lead_days_from": product.lead_days[0],
        "lead_days_to": product.lead_days[1],
    }


def product_shown(product: Product) -> Shown:
    return {
        **product_summary(product),
        "pack": product.pack,
        "pack_version": product.pack_version,
        "licence_category": product.licence_category or None,
        "keeping": None if product.keeping is None else _keeping_shown(product.keeping),
        "units": [
            {"code": code, "name": name_of(code), "base_units": factor}
            for code, factor in [(product.unit, 1), *product.units.items()]
        ],
        "options": [_option_shown(one) for one in product.options],
        "variants": [_variant_shown(one, product.unit) for one in product.variants],
    }


def _keeping_shown(keeping: Keeping) -> Shown:
    bands = {keeping.cold_band, *(band for by_choice in keeping.cold_band_by.values() for band in by_choice.values())}
    return {
        "wait_days_max": keeping.wait_days_max,
        "shelf_life_days": keeping.shelf_life_days,
        "days_left_min": keeping.days_left_min,
        "cold_bands": sorted(bands - {""}),
    }


def _option_shown(option: Option) -> Shown:
    return {
        "code": option.code,
        "name": named(option.name),
        "kind": option.kind,
        "required": option.required,
        "default": option.default or None,
        "choices": [{"code": code, "name": named(name)} for code, name in option.choices.items()],
    }


def _variant_shown(variant: ProductVariant, unit: str) -> Shown:
    return {
        "code": variant.code,
        "name": named(variant.name),
        "usual_minimum": Quantity(variant.usual_minimum, unit),
        "routing": [_step_shown(one) for one in variant.steps],
        "materials": sorted({one.item for step in variant.steps for one in step.inputs if one.item}),
    }


def _step_shown(step: RecipeStep) -> Shown:
    return {
        "step": step.step,
        "name": {"zh": step.name_zh, "en": step.name_en},
        "capability": step.capability,
        "includes_zh": list(step.includes_zh),
        "includes_en": list(step.includes_en),
    }
