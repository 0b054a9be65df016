"""From options to snapshot: what is checked, which variants remain, and how templates are filled."""

from collections.abc import Mapping

import pytest

from services.order.domain.refusals import Why
from services.order.domain.tailoring import quantity_of, supply_of, tailor, with_artwork
from services.order.domain.values import OrderLine
from services.order.packs.loader import catalogue
from shared.kernel.refusal import Refused
from shared.kernel.units import Quantity
from tests.support.order_world import BUYER, a_line

POINTER = "/lines/0"
ART = {"artwork": "a"}


def tailored(
    product: str,
    options: Mapping[str, str] | None = None,
    *,
    buyer_org_id: str = BUYER,
    supplied: frozenset[str] = frozenset(),
) -> OrderLine:
    found = catalogue().products[product]
    return tailor(
        found,
        options or {},
        Quantity(12_000, found.unit),
        order_line_id="orl_1",
        buyer_org_id=buyer_org_id,
        supplied=supplied,
        pointer=POINTER,
    )


def variants(line: OrderLine) -> set[str]:
    return {one.code for one in line.demand.variants}


def test_defaults_are_filled_in_and_kept_with_the_order() -> None:
    line = tailored("tea-can-330", ART)
    assert line.options == {"artwork": "a", "colour": "light", "decoration": "any", "sugar": "no"}


def test_whoever_makes_it_is_told_its_name_and_what_was_chosen_also_after_other_artwork() -> None:
    line = tailored("tea-can-330", ART)
    assert (line.demand.product_zh, line.demand.product_en) == (line.product_zh, line.product_en)
    assert line.demand.options == line.options
    changed = with_artwork(line, "b", BUYER, POINTER)
    assert changed.demand.options == changed.options == {**line.options, "artwork": "b"}


def test_options_pick_the_variants() -> None:
    assert variants(tailored("can-330-sleek", ART)) == {"offset", "sleeve", "digital"}
    assert variants(tailored("can-330-sleek", {**ART, "decoration": "sleeve"})) == {"sleeve"}


def test_no_template_is_left_in_any_product_with_its_defaults() -> None:
    for product in catalogue().products.values():
        options = {one.code: next(iter(one.choices), "art-1") for one in product.options if one.required}
        items = {step.item for one in product.variants for each in one.steps for step in each.inputs if step.item}
        own = frozenset(one for one in items if catalogue().items[one].buyer_only)
        for supplied in (own, frozenset[str]()):
            try:
                line = tailored(product.product_id, options, supplied=supplied)
            except Refused as refused:
                assert refused.why is Why.SUPPLY_MISSING  # noqa: PT017 - some goods are made from the buyer's own only
                continue
            for variant in line.demand.variants:
                for step in variant.steps:
                    assert not step.format.startswith("$")
                    assert not any(one.startswith("$") for one in step.features.values())


def test_a_design_is_the_buyers_own_and_tells_nobody_whose_it_is() -> None:
    def design(line: OrderLine) -> str:
        return line.demand.variants[0].steps[0].features["design"]

    mine, again = design(tailored("can-330-sleek", ART)), design(tailored("can-500", ART))
    theirs = design(tailored("can-330-sleek", ART, buyer_org_id="org_other"))
    assert mine == again != theirs
    assert BUYER not in mine
    assert mine.startswith("dsn_")


@pytest.mark.parametrize(
    ("product", "options", "why", "pointer"),
    [
        ("can-330-sleek", {"artwork": "a", "shine": "yes"}, Why.OPTION_UNKNOWN, "/lines/0/options/shine"),
        ("can-330-sleek", {}, Why.OPTION_MISSING, "/lines/0/options/artwork"),
        ("can-330-sleek", {"artwork": "a", "colour": "pink"}, Why.OPTION_VALUE, "/lines/0/options/colour"),
        ("can-330-sleek", {"artwork": "a b"}, Why.OPTION_VALUE, "/lines/0/options/artwork"),
        ("can-330-sleek", {"artwork": "=cmd()"}, Why.OPTION_VALUE, "/lines/0/options/artwork"),
        ("can-330-sleek", {"artwork": "x" * 41}, Why.OPTION_VALUE, "/lines/0/options/artwork"),
        ("lab-test", {}, Why.OPTION_MISSING, "/lines/0/options/test"),
        (
            "can-330-with-ends",
            {"artwork": "a", "decoration": "sleeve", "end_colour": "dark"},
            Why.NO_VARIANT,
            "/lines/0/options",
        ),
        ("functional-can-330", {"artwork": "a", "health_claim": "yes"}, Why.CATEGORY_BLOCKED, POINTER),
        ("sleeving-330", {"artwork": "a"}, Why.SUPPLY_MISSING, "/supplies"),
    ],
)
def test_what_does_not_fit_is_refused_by_pointer(product: str, options: dict[str, str], why: Why, pointer: str) -> None:
    with pytest.raises(Refused) as caught:
        tailored(product, options)
    assert (caught.value.why, caught.value.pointer) == (why, pointer)


def test_a_health_claim_names_the_category_and_says_why_in_both_languages() -> None:
    with pytest.raises(Refused) as caught:
        tailored("functional-can-330", {**ART, "health_claim": "yes"})
    words, facts = caught.value.why.words, caught.value.facts
    assert "27" in words.detail("zh", facts)
    assert "保健食品" in words.detail("zh", facts)
    assert "health food" in words.detail("en", facts)


def test_own_material_leaves_only_variants_that_eat_it_and_marks_its_source() -> None:
    line = tailored("tea-can-330", ART, supplied=frozenset({"can-330-own", "tea-base"}))
    assert variants(line) == {"own-cans-line", "own-cans-small"}
    sources = {one.item: one.source for one in line.demand.variants[0].steps[0].inputs}
    assert sources == {"can-330-own": "buyer", "tea-base": "buyer", "filled-ends": "pooled"}


def test_quantities_are_converted_into_base_units() -> None:
    can = catalogue().products["can-330-sleek"]
    assert quantity_of(can, "12", "thousand-can", POINTER) == Quantity(12_000, "can")
    assert quantity_of(can, "2", "pallet", POINTER) == Quantity(16_338, "can")
    tea = catalogue().products["tea-pet-500"]
    assert quantity_of(tea, "0.5", "L", POINTER) == Quantity(1, "bottle")


@pytest.mark.parametrize(
    ("value", "unit"), [("0.0001", "thousand-can"), ("1", "bottle"), ("-1", "can"), ("1e3", "can")]
)
def test_quantities_that_are_no_whole_base_units_are_refused(value: str, unit: str) -> None:
    with pytest.raises(Refused) as caught:
        quantity_of(catalogue().products["can-330-sleek"], value, unit, "/lines/0/quantity")
    assert (caught.value.why, caught.value.pointer) == (Why.QUANTITY_UNIT, "/lines/0/quantity")


def test_supplies_are_counted_in_the_items_own_unit() -> None:
    assert supply_of(catalogue(), "tea-base", "5000", "mL", pointer="/supplies/0") == Quantity(5_000, "mL")
    for item, unit, why in [("gold", "g", Why.SUPPLY_UNKNOWN), ("tea-base", "can", Why.SUPPLY_UNIT)]:
        with pytest.raises(Refused) as caught:
            supply_of(catalogue(), item, "5000", unit, pointer="/supplies/0")
        assert caught.value.why is why


def test_a_line_remembers_which_pack_it_came_from() -> None:
    assert (a_line().pack, a_line().pack_version) == ("beverage", catalogue().versions["beverage"])


def test_an_order_keeps_how_its_goods_keep() -> None:
    """In hours: what may be changed in a pack later changes no order that runs."""
    chilled = tailored("tea-can-330-chilled", ART).demand
    assert (chilled.wait_hours_max, chilled.age_hours_max, chilled.cold_band) == (2 * 24, 10 * 24, "2-8")
    can = tailored("can-330-blank").demand
    assert (can.wait_hours_max, can.age_hours_max, can.cold_band) == (30 * 24, 365 * 24, "")
    test = tailored("lab-test", {"test": "GC"}).demand
    assert (test.wait_hours_max, test.age_hours_max, test.cold_band) == (None, None, "")


@pytest.mark.parametrize(
    ("chosen", "band"), [({}, "2-8"), ({"band": "BAND_2_8"}, "2-8"), ({"band": "BAND_0_4"}, "0-4")]
)
def test_where_the_buyer_chooses_the_band_the_goods_travel_in_it(chosen: dict[str, str], band: str) -> None:
    supplied = frozenset({"chilled-goods"})
    assert tailored("cold-load", chosen, supplied=supplied).demand.cold_band == band


def test_every_product_that_a_step_keeps_cold_travels_cold() -> None:
    for product in catalogue().products.values():
        fed = {one.cold_band for variant in product.variants for step in variant.steps for one in step.inputs} - {""}
        if fed:
            assert product.keeping is not None
            assert product.keeping.cold_band in fed


def test_what_the_buyer_brings_keeps_as_its_pack_says() -> None:
    fill = tailored("tea-can-330", ART, supplied=frozenset({"tea-base"})).demand.variants[0].steps
    lives = {
        one.item: (one.source, one.life_hours_max) for step in fill for one in step.inputs if one.item == "tea-base"
    }
    assert lives == {"tea-base": ("buyer", 90 * 24)}
