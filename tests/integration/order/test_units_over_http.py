"""A unit that is good for ordering is good for supplies, for changes and for what is confirmed at the door."""

from typing import Any

import pytest

from shared.contracts import order as facts
from tests.integration.order.conftest import ORDER_BODY, World
from tests.support.order_world import a_shipment
from tests.support.web_client import problem

SLEEVING: dict[str, Any] = {
    **ORDER_BODY,
    "lines": [{"product": "sleeving-330", "options": {"artwork": "a"}, "quantity": {"value": "1", "unit": "万罐"}}],
}


def given(value: str, unit: str) -> dict[str, str]:
    return {"value": value, "unit": unit}


@pytest.mark.parametrize("unit", ["ten-thousand-can", "万罐"])
def test_ten_thousand_cans_are_a_unit_of_every_can(world: World, unit: str) -> None:
    for product in ("can-330-blank", "tea-can-330"):
        shown = world.caller().get(f"/v1/products/{product}").get_json()["units"]
        named = {one["code"]: (one["name"]["zh"], one["base_units"]) for one in shown}
        assert named["ten-thousand-can"] == ("万罐", 10_000)
    line = {**ORDER_BODY["lines"][0], "quantity": given("1.2", unit)}
    placed = world.placed({**ORDER_BODY, "lines": [line]})
    assert placed["lines"][0]["quantity"] == given("12000", "can")


def test_an_unknown_unit_and_a_part_of_a_can_are_refused(world: World) -> None:
    for quantity in (given("1", "万瓶"), given("1", "carton"), given("0.00001", "万罐")):
        line = {**ORDER_BODY["lines"][0], "quantity": quantity}
        problem(world.caller().post("/v1/orders", {**ORDER_BODY, "lines": [line]}), 422, "QUANTITY_UNIT")


def test_what_came_is_confirmed_in_cases(world: World) -> None:
    quote = world.confirmed(variant="sleeve-small")
    arrival = a_shipment(quote.options[0].steps[-1], 12_000, order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    world.told(arrival)
    path = f"/v1/deliveries/{arrival.delivery_id}/confirm"
    problem(world.caller().post(path, {"quantity": given("0.3", "case")}), 422, "QUANTITY_UNIT")
    confirmed = world.caller().post(path, {"quantity": given("499.5", "case")})
    assert confirmed.get_json()["confirmed"] == given("11988", "can"), confirmed.text


def test_more_than_the_tolerance_is_told_and_paid_for_only_when_taken(world: World) -> None:
    quote = world.confirmed(variant="sleeve-small")
    arrival = a_shipment(quote.options[0].steps[-1], 15_000, order_id=quote.order_id, buyer_org_id=quote.buyer_org_id)
    world.told(arrival)
    buyer = world.caller()
    assert buyer.get(f"/v1/deliveries/{arrival.delivery_id}").get_json()["beyond_tolerance"] == given("2400", "can")
    taken = buyer.post(f"/v1/deliveries/{arrival.delivery_id}/confirm", {"accept_over": True}).get_json()
    assert taken["over_accepted"] == given("2400", "can")
    line = buyer.get(f"/v1/orders/{quote.order_id}").get_json()["lines"][0]
    assert (line["payable"], line["beyond_tolerance"]) == (given("15000", "can"), given("0", "can"))


def test_the_buyers_own_material_is_announced_and_received_in_units_of_what_is_made_of_it(world: World) -> None:
    item = "can-330-blank-own"
    supply = {"item": item, "quantity": given("2", "pallet"), "arrives_at": "2026-12-10T00:00:00Z"}
    quote = world.confirmed({**SLEEVING, "supplies": [supply]})
    shown = world.caller().get(f"/v1/orders/{quote.order_id}").get_json()
    assert shown["supplies"][0]["quantity"] == given("16338", "can")
    path = f"/v1/orders/{quote.order_id}/supplies/arrivals"
    problem(world.caller().post(path, {"item": item, "quantity": given("0.3", "pallet")}), 422, "SUPPLY_UNIT")
    answer = world.caller().post(path, {"item": item, "quantity": given("1", "万罐")})
    assert answer.status_code == 200, answer.text
    assert [(one.quantity, one.unit) for one in world.facts(facts.SupplyArrived)] == [(10_000, "can")]
