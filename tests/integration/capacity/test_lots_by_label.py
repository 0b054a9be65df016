"""Lots are found by what is printed on them, with their units; inspections are listed for who judges and who made."""

from datetime import timedelta
from typing import Any

import msgspec

from shared.contracts import capacity
from shared.contracts.planning import RecipeInput
from shared.kernel.clock import parse_instant
from tests.support.capacity_world import World, accepts, asks, capacity_world
from tests.support.planning_world import capability, demand_line, line, step, variant

INK = RecipeInput(item="ink", unit="kg", source="pooled", ratio_num=1, ratio_den=100)
PRINT = msgspec.structs.replace(step("print", "PRINT", INK), sampling_plan="GB/T 2828.1 II")
CANS = demand_line(2_000, variant(PRINT))


class Press:
    """One run of two labelled lots, printed with ink of a supplier."""

    def __init__(self) -> None:
        self.world: World = capacity_world(line("r1", "p3", capability("PRINT")), line("r2", "p4", capability("PRINT")))
        quote = next(one for one in self.world.tell(asks(CANS)) if isinstance(one, capacity.QuoteOffered))
        option = next(one for one in quote.options if one.steps[0].plant_id == "p3")
        facts = self.world.tell(accepts(quote.quote_id, option))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        [self.work_id] = confirmed.work_ids.values()
        shown = self.get("p3", f"/v1/work-orders/{self.work_id}")
        self.world.clock.set(parse_instant(shown["starts_at"]))
        self.post("start", {})
        self.world.clock.advance(timedelta(hours=1))
        halves = [{"label": name, "quantity": {"value": "1000", "unit": "can"}} for name in ("2027-A", "2027-B")]
        ink = [{"item": "ink", "quantity": {"value": "20", "unit": "kg"}, "supplier_lot": "INK-77"}]
        self.post("reports", {"good": {"value": "2000", "unit": "can"}, "lots_out": halves, "lots_in": ink}, 201)
        self.post("finish", {})

    def post(self, action: str, body: dict[str, Any], status: int = 200) -> None:
        caller = self.world.caller(self.world.owner("p3"))
        answer = caller.post(f"/v1/work-orders/{self.work_id}/{action}", body)
        assert answer.status_code == status, answer.json

    def get(self, plant: str, path: str) -> dict[str, Any]:
        answer = self.world.caller(self.world.owner(plant)).get(path)
        assert answer.status_code == 200, answer.json
        return dict(answer.json or {})


def test_a_lot_is_found_by_its_label_and_its_history_carries_units() -> None:
    press = Press()
    [found] = press.get("p3", "/v1/lots?label=2027-B")["items"]
    assert (found["label"], found["quantity"], found["state"]) == (
        "2027-B",
        {"value": "1000", "unit": "can"},
        "pending",
    )
    shown = press.get("p3", f"/v1/lots/{found['id']}")
    assert shown["label"] == "2027-B"
    [ink] = shown["made_from"]
    assert (ink["quantity"], ink["unit"]) == ("20", "kg")
    [made] = [one for one in press.get("p3", f"/v1/work-orders/{press.work_id}")["lots"] if one["label"] == "2027-B"]
    assert made["id"] == found["id"]


def test_a_bought_lot_is_found_by_the_suppliers_number() -> None:
    press = Press()
    [ink] = press.get("p3", "/v1/lots?supplier_lot=INK-77")["items"]
    assert (ink["item"], ink["origin"], ink["supplier_lot"], ink["label"]) == ("ink", "bought", "INK-77", None)
    used = press.get("p3", f"/v1/lots/{ink['id']}")["used_in"]
    assert {one["label"] for one in used} == {"2027-A", "2027-B"}


def test_filters_hold_together_and_pages_go_on_where_they_ended() -> None:
    press = Press()
    path = f"/v1/lots?work_order_id={press.work_id}&state=pending&limit=1"
    first = press.get("p3", path)
    second = press.get("p3", f"{path}&cursor={first['next_cursor']}")
    assert {one["label"] for one in (*first["items"], *second["items"])} == {"2027-A", "2027-B"}
    assert second["next_cursor"] is None
    assert press.get("p3", "/v1/lots?label=2027-A&state=released")["items"] == []


def test_inspections_wait_in_the_order_in_which_they_came_and_leave_the_list_of_the_pending() -> None:
    press = Press()
    waiting = press.get("p3", "/v1/inspection-lots?state=pending")["items"]
    assert {one["label"] for one in waiting} == {"2027-A", "2027-B"}
    assert all(one["is_mine"] and one["sampling_plan"] == "GB/T 2828.1 II" for one in waiting)
    assert {one["sample_size"]["value"] for one in waiting} == {"80"}
    caller = press.world.caller(press.world.owner("p3"))
    bad = {"disposition": "blocked", "grounds": "ΔE 4.1"}
    assert caller.post(f"/v1/inspection-lots/{waiting[0]['id']}/disposition", bad).status_code == 200
    [blocked] = press.get("p3", "/v1/inspection-lots?state=blocked")["items"]
    assert (blocked["id"], blocked["grounds"]) == (waiting[0]["id"], "ΔE 4.1")
    assert len(press.get("p3", "/v1/inspection-lots?state=pending")["items"]) == 1


def test_another_plant_finds_none_of_it() -> None:
    press = Press()
    for path in ("/v1/lots?label=2027-A", "/v1/lots?supplier_lot=INK-77", "/v1/lots", "/v1/inspection-lots"):
        assert press.get("p4", path)["items"] == []
