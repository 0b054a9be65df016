"""A laboratory decides on the release of what it is sent; the buyer's own material must be there before it is eaten."""

from datetime import timedelta
from typing import Any

from services.capacity.domain.work_state import Finished, Offered, Work
from shared.contracts import capacity, line_time
from shared.contracts.order import SupplyArrived
from shared.contracts.planning import RecipeInput, Supply
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import at, capability, demand_line, line, step, variant

FILL = step("fill", "FILL", RecipeInput(item="base", unit="litre", source="buyer", ratio_num=1, ratio_den=3))
RELEASE = step("release", "LAB_TEST", RecipeInput(step="fill"))
DRINKS = demand_line(3_000, variant(FILL, RELEASE))
BRINGS = [Supply("base", 1_000, "litre", at(10))]


def arrived(quantity: int) -> SupplyArrived:
    return SupplyArrived(
        order_id="ord_1",
        buyer_org_id=BUYER,
        item="base",
        quantity=quantity,
        expected=1_000,
        unit="litre",
        arrived_at=at(10),
    )


class Drinks:
    """An order of one plant and a laboratory, and the calls that make it."""

    def __init__(self) -> None:
        self.world: World = capacity_world(
            line("f1", "p10", capability("FILL")), line("l1", "p12", capability("LAB_TEST"))
        )
        asked = asks(DRINKS, supplies=BRINGS)
        quote = next(one for one in self.world.tell(asked) if isinstance(one, capacity.QuoteOffered))
        facts = self.world.tell(accepts(quote.quote_id, quote.options[0]))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        self.steps = confirmed.option.steps
        self.fill, self.lab = (confirmed.work_ids[one.process_id] for one in self.steps)

    def post(self, plant: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.world.caller(self.world.owner(plant)).post(path, body or {})

    def work(self, work_id: str, action: str, body: dict[str, Any] | None = None) -> Any:
        plant = "p10" if work_id == self.fill else "p12"
        return self.post(plant, f"/v1/work-orders/{work_id}/{action}", body)

    def state(self, work_id: str) -> Work:
        return self.world.work(work_id)

    def run(self, work_id: str, good: int) -> None:
        clock = self.world.clock
        work = self.state(work_id)
        assert not isinstance(work, Offered)
        clock.set(max(clock.now(), self.steps[0 if work_id == self.fill else 1].starts_at))
        assert self.work(work_id, "start").status_code == 200
        clock.advance(timedelta(hours=1))
        answer = self.work(work_id, "reports", {"good": {"value": str(good), "unit": "can"}})
        assert answer.status_code == 201, answer.json
        assert self.work(work_id, "finish").status_code == 200


def test_work_waits_for_the_buyers_material_and_eats_it() -> None:
    drinks = Drinks()
    drinks.world.clock.set(max(at(10), drinks.steps[0].starts_at))
    refused = drinks.work(drinks.fill, "start")
    assert (refused.status_code, refused.json["code"]) == (409, "MATERIAL_NOT_THERE")
    drinks.world.tell(arrived(400))
    assert drinks.work(drinks.fill, "start").json["code"] == "MATERIAL_NOT_THERE"
    drinks.world.tell(arrived(1_000))
    assert drinks.world.tell(arrived(1_000)) == [], "heard twice"
    drinks.run(drinks.fill, 3_000)
    made = drinks.state(drinks.fill)
    assert isinstance(made, Finished)
    assert [(one.received, one.consumed) for one in made.stock.values()] == [(400, 400), (600, 600)]


def test_material_that_is_not_there_cannot_be_eaten() -> None:
    drinks = Drinks()
    drinks.world.clock.set(max(at(10), drinks.steps[0].starts_at))
    drinks.world.tell(arrived(950))
    assert drinks.work(drinks.fill, "start").status_code == 200
    drinks.world.clock.advance(timedelta(hours=1))
    answer = drinks.work(drinks.fill, "reports", {"good": {"value": "3000", "unit": "can"}})
    assert (answer.status_code, answer.json["code"]) == (409, "MATERIAL_SHORT")


def test_only_the_laboratory_releases_what_it_is_sent_and_only_then_it_leaves() -> None:
    drinks = Drinks()
    world = drinks.world
    world.clock.set(at(10))
    world.tell(arrived(1_000))
    drinks.run(drinks.fill, 3_000)
    made = drinks.state(drinks.fill)
    assert isinstance(made, Finished)
    (inspection,) = made.inspections.values()
    path = f"/v1/inspection-lots/{inspection.inspection_lot_id}/disposition"
    assert drinks.post("p10", path, {"disposition": "released"}).status_code == 404
    assert drinks.work(drinks.fill, "ship").status_code == 200, "to the laboratory it may go unreleased"
    world.clock.advance(timedelta(hours=12))
    assert drinks.work(drinks.fill, "deliver").status_code == 200
    drinks.run(drinks.lab, 3_000)
    pending = drinks.work(drinks.lab, "ship")
    assert (pending.status_code, pending.json["code"]) == (409, "INSPECTION_PENDING")
    assert drinks.post("p12", path, {"disposition": "blocked"}).json["code"] == "GROUNDS_MISSING"
    before = world.log.head().position
    answer = drinks.post("p12", path, {"disposition": "released"})
    assert answer.status_code == 200, answer.json
    assert answer.json["state"] == "released"
    judged = [one for one in world.facts_since(before) if isinstance(one, line_time.InspectionDispositioned)]
    assert [(one.line_id, one.quantity, one.disposition) for one in judged] == [("f1", 3_000, "released")]
    assert drinks.post("p12", path, {"disposition": "released"}).json["code"] == "DISPOSITIONED"
    assert drinks.work(drinks.lab, "ship").status_code == 200
    world.clock.advance(timedelta(hours=4))
    before = world.log.head().position
    assert drinks.work(drinks.lab, "deliver").status_code == 200
    (door,) = [one for one in world.facts_since(before) if isinstance(one, capacity.ShipmentDelivered)]
    assert door.quantity == 3_000
    assert drinks.work(drinks.lab, "deliver").json["code"] == "DELIVERED"


def test_of_short_material_what_it_allows_is_made_and_the_buyer_is_told_why_no_more_can_be() -> None:
    drinks = Drinks()
    world, clock = drinks.world, drinks.world.clock
    world.tell(arrived(500))
    clock.set(max(at(10), drinks.steps[0].starts_at))
    assert drinks.work(drinks.fill, "start").json["code"] == "MATERIAL_NOT_THERE"
    assert drinks.work(drinks.fill, "start", {"accept_less": True}).status_code == 200
    clock.advance(timedelta(hours=1))
    assert drinks.work(drinks.fill, "reports", {"good": {"value": "1500", "unit": "can"}}).status_code == 201
    assert drinks.work(drinks.fill, "finish").status_code == 200
    made = drinks.state(drinks.fill)
    assert isinstance(made, Finished)
    [inspection] = made.inspections.values()
    before = world.log.head().position
    lot = f"/v1/inspection-lots/{inspection.inspection_lot_id}/disposition"
    assert drinks.post("p12", lot, {"disposition": "released"}).status_code == 200
    [change] = [one for one in world.facts_since(before) if isinstance(one, capacity.PlanChanged)]
    assert (change.cause, change.needs_answer, change.default_choice) == ("under_delivery", True, "take_less")
    assert {one.code for one in change.reasons} == {"MATERIAL_MISSING"}
