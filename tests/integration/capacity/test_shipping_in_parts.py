"""A plant ships a line in parts where its buyer takes parts: each part is a delivery of its own, and all of it arrives once."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.contracts import capacity
from shared.contracts.planning import Limits
from shared.kernel.clock import parse_instant
from tests.integration.capacity.test_production_over_http import cans, ok, refused
from tests.support.capacity_world import World, accepts, asks, capacity_world
from tests.support.planning_world import capability, demand_line, line, step, variant

CANS = msgspec.structs.replace(demand_line(2_000, variant(step("body", "BODY"))), units={"case": 24})


class Plant:
    """One work order whose run has ended, its output in two released lots."""

    def __init__(self, *, takes_parts: bool) -> None:
        self.world: World = capacity_world(line("b1", "p1", capability("BODY")))
        asked = asks(CANS, limits=Limits(partial_ok=takes_parts))
        quote = next(one for one in self.world.tell(asked) if isinstance(one, capacity.QuoteOffered))
        facts = self.world.tell(accepts(quote.quote_id, quote.options[0]))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        (self.work_id,) = confirmed.work_ids.values()
        self.world.clock.set(parse_instant(self.read()["starts_at"]))
        ok(self.call("start"))
        self.world.clock.advance(timedelta(hours=2))
        lots = [{"label": "A", "quantity": cans(1_200)}, {"label": "B", "quantity": cans(800)}]
        ok(self.call("reports", {"good": cans(2_000), "lots_out": lots}), 201)
        ok(self.call("finish"))

    def call(self, action: str, body: dict[str, Any] | None = None) -> Any:
        owner = self.world.caller(self.world.owner("p1"))
        return owner.post(f"/v1/work-orders/{self.work_id}/{action}", json=body or {})

    def read(self) -> dict[str, Any]:
        return ok(self.world.caller(self.world.owner("p1")).get(f"/v1/work-orders/{self.work_id}"))


@pytest.fixture
def a_plant() -> Plant:
    return Plant(takes_parts=True)


def test_each_part_is_a_delivery_of_its_own_and_nothing_leaves_twice(a_plant: Plant) -> None:
    before = a_plant.world.log.head().position
    view = ok(a_plant.call("ship", {"quantity": {"value": "25", "unit": "case"}}))
    assert view["shipments"][0]["quantity"] == cans(600)
    assert {"ship", "deliver"} <= set(view["actions"])
    ok(a_plant.call("deliver"))
    ok(a_plant.call("ship", {"quantity": cans(1_000)}))
    ok(a_plant.call("deliver"))
    refused(a_plant.call("ship", {"quantity": cans(401)}), "SHIP_TOO_MUCH", 422)
    view = ok(a_plant.call("ship"))
    ok(a_plant.call("deliver"))
    assert [one["quantity"]["value"] for one in view["shipments"]] == ["600", "1000", "400"]
    refused(a_plant.call("ship"), "SHIPPED", 409)
    delivered = [one for one in a_plant.world.facts_since(before) if isinstance(one, capacity.ShipmentDelivered)]
    assert [one.quantity for one in delivered] == [600, 1_000, 400]
    assert len({one.delivery_id for one in delivered}) == 3
    moved = [lot for one in view["shipments"] for lot in one["lots"]]
    assert len(set(moved)) == 2


def test_a_buyer_who_wants_it_whole_gets_it_whole() -> None:
    plant = Plant(takes_parts=False)
    refused(plant.call("ship", {"quantity": cans(600)}), "PARTS_NOT_WANTED", 409)
    assert ok(plant.call("ship", {"quantity": cans(2_000)}))["shipments"][0]["quantity"] == cans(2_000)


def test_a_part_that_is_no_whole_number_is_refused(a_plant: Plant) -> None:
    refused(a_plant.call("ship", {"quantity": {"value": "0.3", "unit": "case"}}), "PIECES_WHOLE", 422)
    refused(a_plant.call("ship", {"quantity": {"value": "1", "unit": "bottle"}}), "UNIT_MISMATCH", 422)
