"""A unit that is good for ordering is good for reporting: converted exactly, refused where it does not come out whole."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.kernel.clock import parse_instant
from tests.integration.capacity.test_production_over_http import CANS, Made, cans, ok, refused
from tests.support.capacity_world import capacity_world
from tests.support.planning_world import capability, line

CASES = msgspec.structs.replace(CANS, units={"case": 24, "thousand-can": 1_000, "pallet": 8_169})


def given(value: str, unit: str) -> dict[str, str]:
    return {"value": value, "unit": unit}


@pytest.fixture
def a_run() -> Made:
    """The first step of an order of a product that is sold in cases, pallets and thousands, begun an hour ago."""
    made = Made(capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT"))), CASES)
    made.world.clock.set(parse_instant(made.read(made.body)["starts_at"]))
    ok(made.call(made.body, "start"))
    made.world.clock.advance(timedelta(hours=1))
    return made


@pytest.mark.parametrize(
    ("quantity", "good"),
    [
        (given("1.5", "thousand-can"), 1_500),
        (given("0.15", "ten-thousand-can"), 1_500),
        (given("0.15", "万罐"), 1_500),
        (given("62.5", "case"), 1_500),
        (given("1500.000", "can"), 1_500),
        (given("1500", "罐"), 1_500),
    ],
)
def test_output_is_reported_in_any_unit_of_the_product(a_run: Made, quantity: dict[str, str], good: int) -> None:
    view = ok(a_run.call(a_run.body, "reports", {"good": quantity, "scrap": given("0.5", "case")}), 201)
    assert (view["good"], view["scrap"]) == (cans(good), cans(12))


def test_what_does_not_come_to_whole_cans_is_refused_and_told_exactly(a_run: Made) -> None:
    for quantity in (given("0.0015", "case"), given("0.00001", "ten-thousand-can"), given("1.0005", "thousand-can")):
        refused(a_run.call(a_run.body, "reports", {"good": quantity}), "PIECES_WHOLE", 422)
    answer = a_run.call(a_run.body, "reports", {"good": given("1", "bottle")})
    refused(answer, "UNIT_MISMATCH", 422)
    assert "ten-thousand-can" in answer.json["detail"]
    assert answer.json["errors"][0]["pointer"] == "/good/unit"


def test_lots_and_corrections_are_told_in_units_of_the_product_too(a_run: Made) -> None:
    lots = [{"label": "A", "quantity": given("1", "thousand-can")}, {"label": "B", "quantity": given("20", "case")}]
    view = ok(a_run.call(a_run.body, "reports", {"good": given("1.48", "thousand-can"), "lots_out": lots}), 201)
    assert [one["quantity"] for one in view["lots"]] == [cans(1_000), cans(480)]
    path, headers = f"reports/{view['reports'][0]['id']}/correction", {"If-Match": f'"v{view["version"]}"'}
    body = {"good": given("0.074", "万罐"), "grounds": "half of it was counted twice"}
    assert ok(a_run.call(a_run.body, path, body, headers))["good"] == cans(740)


def test_what_a_step_ate_is_told_in_units_of_the_product(a_run: Made) -> None:
    ok(a_run.call(a_run.body, "reports", {"good": cans(2_000)}), 201)
    ok(a_run.call(a_run.body, "finish"))
    ok(a_run.call(a_run.body, "ship"))
    a_run.world.clock.advance(timedelta(hours=3))
    ok(a_run.call(a_run.body, "deliver"))
    clock = a_run.world.clock
    clock.set(max(clock.now(), parse_instant(a_run.read(a_run.printed)["starts_at"])))
    view = ok(a_run.call(a_run.printed, "start"))
    clock.advance(timedelta(hours=1))
    lot: dict[str, Any] = view["inputs"][0]["lots"][0]
    eaten = [{"item": "body", "quantity": given("0.12", "万罐"), "lot_id": lot["id"]}]
    ok(a_run.call(a_run.printed, "reports", {"good": given("50", "case"), "lots_in": eaten}), 201)
    assert a_run.read(a_run.printed)["inputs"][0]["consumed"] == cans(1_200)
