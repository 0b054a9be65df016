"""Lots judged anew over HTTP: whoever received them is told, what is bad neither leaves nor feeds, and a release ends it."""

from datetime import timedelta
from typing import Any

from services.capacity.domain.plan_state import Booked
from shared.contracts import capacity, line_time
from shared.contracts.order import DeliveryConfirmed
from shared.contracts.planning import Limits, RecipeInput
from shared.kernel.clock import parse_instant
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import capability, demand_line, line, step, variant

BODY = step("body", "BODY")
PRINT = step("print", "PRINT", RecipeInput(step="body"))
CANS = demand_line(2_000, variant(BODY, PRINT))
ODOUR = {"disposition": "blocked", "grounds": "odour in the retained sample"}
IN_ORDER = {"disposition": "released", "grounds": "tested again: in order"}


class Cans:
    """Bodies of p1, printed by p3 for the buyer, and what each plant says about them."""

    def __init__(self, *, partial_ok: bool = True) -> None:
        self.world: World = capacity_world(
            line("b1", "p1", capability("BODY")),
            line("r1", "p3", capability("PRINT")),
            line("r2", "p4", capability("PRINT", rate=900)),
        )
        asked = asks(CANS, limits=Limits(partial_ok=partial_ok))
        quote = next(one for one in self.world.tell(asked) if isinstance(one, capacity.QuoteOffered))
        option = next(one for one in quote.options if one.steps[1].plant_id == "p3")
        facts = self.world.tell(accepts(quote.quote_id, option))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        self.steps = {one.step: one for one in confirmed.option.steps}
        self.body, self.printed = (confirmed.work_ids[self.steps[name].process_id] for name in ("body", "print"))

    def plant(self, work_id: str) -> str:
        return "p1" if work_id == self.body else "p3"

    def call(self, work_id: str, action: str, body: dict[str, Any] | None = None, status: int = 200) -> dict[str, Any]:
        caller = self.world.caller(self.world.owner(self.plant(work_id)))
        answer = caller.post(f"/v1/work-orders/{work_id}/{action}", json=body or {})
        assert answer.status_code == status, answer.json
        return dict(answer.json or {})

    def read(self, work_id: str) -> dict[str, Any]:
        found = self.world.caller(self.world.owner(self.plant(work_id))).get(f"/v1/work-orders/{work_id}")
        assert found.status_code == 200
        return dict(found.json or {})

    def judge(self, work_id: str, body: dict[str, Any], status: int = 200, number: int = 0) -> dict[str, Any]:
        inspection = self.read(work_id)["inspections"][number]["id"]
        caller = self.world.caller(self.world.owner(self.plant(work_id)))
        answer = caller.post(f"/v1/inspection-lots/{inspection}/disposition", json=body)
        assert answer.status_code == status, answer.json
        return dict(answer.json or {})

    def make(self, work_id: str, good: int, lots: list[dict[str, Any]] | None = None) -> None:
        self.begin(work_id)
        self.report(work_id, good, lots=lots)
        self.call(work_id, "finish")

    def begin(self, work_id: str) -> None:
        clock = self.world.clock
        clock.set(max(clock.now(), parse_instant(self.read(work_id)["starts_at"])))
        self.call(work_id, "start")
        clock.advance(timedelta(hours=1))

    def report(self, work_id: str, good: int, status: int = 201, lots: list[dict[str, Any]] | None = None) -> Any:
        body = {"good": {"value": str(good), "unit": "can"}} | ({"lots_out": lots} if lots else {})
        return self.call(work_id, "reports", body, status)

    def bring(self, work_id: str) -> None:
        self.call(work_id, "ship")
        self.world.clock.advance(timedelta(hours=3))
        self.call(work_id, "deliver")

    def facts(self, since: int, kind: type[Any]) -> list[Any]:
        return [one for one in self.world.facts_since(since) if isinstance(one, kind)]


def test_a_lot_found_bad_before_the_lorry_came_does_not_leave() -> None:
    cans = Cans()
    cans.make(cans.body, 2_000)
    assert cans.judge(cans.body, ODOUR)["state"] == "blocked"
    assert cans.read(cans.body)["state"] == "blocked"
    assert cans.call(cans.body, "ship", status=409)["code"] == "NOTHING_RELEASED"
    assert cans.judge(cans.body, {"disposition": "released"}, status=422)["code"] == "GROUNDS_MISSING"
    assert cans.judge(cans.body, IN_ORDER)["state"] == "released"
    cans.bring(cans.body)


def test_a_lot_found_bad_at_the_next_plant_is_not_eaten_there_until_it_is_released() -> None:
    cans = Cans()
    cans.make(cans.body, 2_000)
    cans.bring(cans.body)
    cans.begin(cans.printed)
    before = cans.world.log.head().position
    cans.judge(cans.body, ODOUR)
    [told] = cans.facts(before, capacity.LotRejudged)
    assert (told.disposition, told.quantity, told.grounds, told.deliveries) == (
        "blocked",
        2_000,
        "odour in the retained sample",
        [],
    )
    [entered] = cans.facts(before, line_time.InspectionDispositioned)
    assert (entered.before, entered.disposition, entered.grounds) == ("released", "blocked", told.grounds)
    [lot] = cans.read(cans.printed)["inputs"][0]["lots"]
    assert (lot["state"], lot["grounds"]) == ("blocked", "odour in the retained sample")
    refused = cans.report(cans.printed, 1_900, status=409)
    assert refused["code"] == "LOT_BLOCKED"
    assert lot["id"] in refused["detail"]
    cans.judge(cans.body, IN_ORDER)
    assert cans.read(cans.printed)["inputs"][0]["lots"][0]["state"] == "usable"
    cans.report(cans.printed, 1_900)


def test_a_lot_found_bad_on_the_road_arrives_blocked() -> None:
    cans = Cans()
    cans.make(cans.body, 2_000)
    cans.call(cans.body, "ship")
    cans.judge(cans.body, ODOUR)
    cans.world.clock.advance(timedelta(hours=3))
    cans.call(cans.body, "deliver")
    assert cans.read(cans.printed)["inputs"][0]["lots"][0]["state"] == "blocked"
    cans.world.clock.set(max(cans.world.clock.now(), cans.steps["print"].starts_at))
    assert cans.call(cans.printed, "start", {"accept_less": True}, 409)["code"] == "MATERIAL_NOT_THERE"


def test_the_buyer_learns_which_deliveries_hold_a_bad_lot_and_the_order_keeps_its_place() -> None:
    cans = Cans()
    cans.make(cans.body, 2_000)
    cans.bring(cans.body)
    cans.make(cans.printed, 1_990)
    cans.bring(cans.printed)
    [sent] = cans.read(cans.printed)["shipments"]
    before = cans.world.log.head().position
    cans.judge(cans.printed, ODOUR)
    [told] = cans.facts(before, capacity.LotRejudged)
    assert told.deliveries == [capacity.LotInDelivery(sent["id"], 1_990)]
    assert cans.facts(before, capacity.WorkProgressed) == [], "the work was shipped and stays so"
    assert cans.read(cans.printed)["state"] == "delivered"


def test_what_was_blocked_when_the_rest_left_leaves_after_its_release() -> None:
    cans = Cans()
    halves = [{"label": name, "quantity": {"value": "1000", "unit": "can"}} for name in ("A", "B")]
    cans.make(cans.body, 2_000, lots=halves)
    cans.judge(cans.body, ODOUR, number=1)
    cans.bring(cans.body)
    assert cans.call(cans.body, "ship", status=409)["code"] == "SHIPPED"
    assert "ship" not in cans.read(cans.body)["actions"]
    cans.judge(cans.body, IN_ORDER, number=1)
    assert "ship" in cans.read(cans.body)["actions"]
    cans.bring(cans.body)
    received = cans.read(cans.printed)["inputs"][0]["received"]
    assert received == {"value": "2000", "unit": "can"}


def test_a_question_about_what_is_missing_ends_when_the_lot_is_released_after_all() -> None:
    cans = Cans(partial_ok=False)
    cans.make(cans.body, 2_000)
    cans.bring(cans.body)
    cans.make(cans.printed, 2_000)
    before = cans.world.log.head().position
    cans.judge(cans.printed, ODOUR)
    [asked] = cans.facts(before, capacity.PlanChanged)
    assert (asked.cause, asked.needs_answer) == ("under_delivery", True)
    before = cans.world.log.head().position
    cans.judge(cans.printed, IN_ORDER)
    [settled] = cans.facts(before, capacity.PlanChanged)
    assert not settled.needs_answer
    assert settled.new_price_fen == asked.old_price_fen
    plan = cans.world.plan()
    assert isinstance(plan, Booked)
    assert plan.question is None
    assert len(plan.current.steps) == 2
    before = cans.world.log.head().position
    cans.judge(cans.printed, ODOUR)
    [again] = cans.facts(before, capacity.PlanChanged)
    assert again.replan_id not in {asked.replan_id, settled.replan_id}


def test_goods_that_the_buyer_confirmed_are_recalled_without_planning_them_anew() -> None:
    cans = Cans(partial_ok=False)
    cans.make(cans.body, 2_000)
    cans.bring(cans.body)
    cans.make(cans.printed, 2_000)
    cans.bring(cans.printed)
    [sent] = cans.read(cans.printed)["shipments"]
    confirmed = DeliveryConfirmed(
        order_id="ord_1",
        buyer_org_id=BUYER,
        delivery_id=sent["id"],
        quantity=1_990,
        unit="can",
        confirmed_at=cans.world.clock.now(),
    )
    cans.world.tell(confirmed)
    assert cans.read(cans.printed)["shipments"][0]["confirmed"] == {"value": "1990", "unit": "can"}
    before = cans.world.log.head().position
    cans.judge(cans.printed, ODOUR)
    assert len(cans.facts(before, capacity.LotRejudged)) == 1
    assert cans.facts(before, capacity.PlanChanged) == []


def corrects(cans: Cans, work_id: str, good: int, status: int = 200) -> dict[str, Any]:
    shown = cans.read(work_id)
    said = {"good": {"value": str(good), "unit": "can"}, "grounds": "counted twice"}
    caller = cans.world.caller(cans.world.owner(cans.plant(work_id)))
    path = f"/v1/work-orders/{work_id}/reports/{shown['reports'][0]['id']}/correction"
    answer = caller.post(path, json=said, headers={"If-Match": f'"v{shown["version"]}"'})
    assert answer.status_code == status, answer.json
    return dict(answer.json or {})


def test_goods_counted_anew_are_fewer_at_the_next_plant_too_as_long_as_it_has_not_eaten_them() -> None:
    cans = Cans()
    cans.make(cans.body, 2_000)
    cans.bring(cans.body)
    shown = corrects(cans, cans.body, 1_900)
    assert shown["state"] == "delivered"
    assert [one["quantity"]["value"] for one in shown["shipments"]] == ["1900"]
    assert cans.read(cans.printed)["inputs"][0]["received"] == {"value": "1900", "unit": "can"}
    cans.begin(cans.printed)
    cans.report(cans.printed, 1_850)
    assert corrects(cans, cans.body, 1_800, 409)["code"] == "LOT_LEFT_ALREADY"
    corrects(cans, cans.body, 1_860)


def test_goods_counted_anew_on_the_road_arrive_as_counted() -> None:
    cans = Cans()
    cans.make(cans.body, 2_000)
    cans.call(cans.body, "ship")
    corrects(cans, cans.body, 1_950)
    cans.world.clock.advance(timedelta(hours=3))
    cans.call(cans.body, "deliver")
    assert cans.read(cans.printed)["inputs"][0]["received"] == {"value": "1950", "unit": "can"}


def test_the_buyer_is_told_what_was_counted_anew_at_its_door() -> None:
    cans = Cans()
    cans.make(cans.body, 2_000)
    cans.bring(cans.body)
    cans.make(cans.printed, 1_990)
    cans.bring(cans.printed)
    before = cans.world.log.head().position
    corrects(cans, cans.printed, 1_900)
    [told] = cans.facts(before, capacity.ShipmentCorrected)
    assert (told.quantity, told.unit, told.grounds) == (1_900, "can", "counted twice")
    [restated] = cans.facts(before, line_time.InspectionDispositioned)
    assert (restated.disposition, restated.quantity) == ("released", 1_900)
    assert [one.state for one in cans.facts(before, capacity.WorkProgressed)] == ["shipped"]
