"""Whatever has happened to a piece of work: each action that is listed passes, each that is not is refused."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec

from services.capacity.domain.plan_state import Booked
from services.capacity.domain.values import ChangeoverRule
from services.capacity.domain.work_state import NoWork
from shared.contracts import capacity
from shared.contracts.planning import RecipeInput
from shared.kernel.clock import parse_instant
from shared.kernel.principal import Principal, Role
from shared.web.permissions import permissions_of
from tests.integration.capacity.test_production_over_http import OFFICE
from tests.support.capacity_world import World, accepts, asks, capacity_world
from tests.support.planning_world import capability, demand_line, line, step, variant
from tests.support.web_client import Caller

FILL = step("fill", "FILL", RecipeInput(step="body"), yield_ppm=990_000)
BODY = msgspec.structs.replace(step("body", "BODY"), sampling_plan="GB/T 2828.1 II")
CHAIN = demand_line(
    2_000,
    variant(BODY, FILL, step("release", "LAB_TEST", RecipeInput(step="fill"))),
)
ACTIONS = (
    "accept",
    "decline",
    "counter",
    "start",
    "setup-finished",
    "reports",
    "reports/correction",
    "stoppages",
    "stoppages/end",
    "finish",
    "disposition",
    "ship",
    "deliver",
)
Json = dict[str, Any]
WALKS, STEPS = 12, 70
SLOW = (ChangeoverRule("base", "*", "*", 30),)


class Walk:
    """One order, its plants and a die."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world: World = capacity_world(
            line("b1", "p1", capability("BODY"), changeovers=SLOW),
            line("b2", "p2", capability("BODY"), changeovers=SLOW, fen_per_thousand=12_000),
            line("f1", "p3", capability("FILL")),
            line("l1", "p4", capability("LAB_TEST")),
            auto_accept=False,
        )
        quote = next(one for one in self.world.tell(asks(CHAIN)) if isinstance(one, capacity.QuoteOffered))
        self.world.tell(accepts(quote.quote_id, quote.options[0]))
        self.done: list[str] = []

    def works(self) -> list[str]:
        plan = self.world.plan()
        assert isinstance(plan, Booked)
        return list(plan.current.work_ids.values())

    def owner(self, work_id: str) -> Caller:
        work = self.world.work(work_id)
        assert not isinstance(work, NoWork)
        org = work.terms.factory_org_id
        return self.world.caller(Principal(org, Role.FACTORY, f"usr_{org}", permissions_of(Role.FACTORY)))

    def read(self, work_id: str) -> Json:
        answer = self.owner(work_id).get(f"/v1/work-orders/{work_id}")
        assert answer.status_code == 200, answer.json
        return dict(answer.json or {})

    def passes(self, work: Json, action: str) -> bool:
        """Whether *action* passes, said as well as it can be: the first request that does is the last one sent."""
        caller, headers = self.owner(work["id"]), {"If-Match": f'"v{work["version"]}"'}
        for path, body in self.requests(work, action):
            answer = caller.post(path, json=body, headers={} if action == "disposition" else headers)
            assert answer.status_code < 500, answer.json
            if answer.status_code < 300:
                return True
        return False

    def requests(self, work: Json, action: str) -> Iterator[tuple[str, Json]]:  # noqa: C901, PLR0912 - one arm an action
        path, unit = f"/v1/work-orders/{work['id']}", work["quantity"]["unit"]
        match action:
            case "accept":
                yield f"/v1/offers/{work['offer_id']}/accept", {}
            case "decline":
                yield f"/v1/offers/{work['offer_id']}/decline", {"reason": "other"}
            case "counter":
                price = {"amount": f"{float(work['price']['amount']) + 1:.2f}", "currency": "CNY"}
                yield f"/v1/offers/{work['offer_id']}/counter", {"price": price}
            case "start" | "setup-finished":
                yield f"{path}/{action}", {}
                yield f"{path}/{action}", {"accept_less": True}
            case "reports":
                for good in (self.chance.randrange(400, 900), 1):
                    yield f"{path}/reports", {"good": {"value": str(good), "unit": unit}}
                yield f"{path}/reports", {"good": {"value": "0", "unit": unit}, "rework": {"value": "1", "unit": unit}}
            case "reports/correction":
                for one in work["reports"]:
                    said = {name: {"value": one[name], "unit": unit} for name in ("good", "scrap", "rework")}
                    yield f"{path}/reports/{one['id']}/correction", {**said, "grounds": "looked at again"}
            case "stoppages":
                yield f"{path}/stoppages", {"reason": "tooling"}
            case "stoppages/end":
                yield f"{path}/stoppages/{work['stoppage_id'] or 'stp_none'}/end", {}
            case "disposition":
                for one in self.inspections(work):
                    for verdict in ("released", "blocked"):
                        judged = {"disposition": verdict, "grounds": "looked at again"}
                        yield f"/v1/inspection-lots/{one}/disposition", judged
            case "ship":
                yield f"{path}/ship", {}
                for one in work["destinations"]:
                    if one["to_process_id"]:
                        yield f"{path}/ship", {"to_process_id": one["to_process_id"]}
            case _:
                yield f"{path}/{action}", {}

    def inspections(self, work: Json) -> list[str]:
        own = [one["id"] for one in work["inspections"]]
        if work["capability"] != "LAB_TEST" or work["state"] not in {"finished", "released", "shipped"}:
            return own
        lots = [lot["id"] for one in work["inputs"] for lot in one["lots"]]
        read = [self.owner(work["id"]).get(f"/v1/lots/{one}").json or {} for one in lots]
        return own + [one["inspection_lot_id"] for one in read if one.get("inspection_lot_id")]

    def check_lots(self, work: Json) -> None:
        """A lot says of itself what its work order says."""
        caller = self.owner(work["id"])
        lots = [caller.get(f"/v1/lots/{one['id']}").json or {} for one in work["lots"]] if work["inspections"] else []
        if lots and work["capability"] != "LAB_TEST":
            assert any(one["actions"] for one in lots) == ("disposition" in work["actions"])

    def step(self) -> None:
        self.world.clock.advance(timedelta(minutes=self.chance.choice([0, 0, 5, 30, 90])))
        work = self.read(self.chance.choice(self.works()))
        if not work["actions"]:
            self.world.clock.set(max(self.world.clock.now(), parse_instant(work["starts_at"])))
            work = self.read(work["id"])
        self.check_lots(work)
        notes = {one["action"]: one for one in work["action_notes"]}
        assert work["actions"] == [name for name, one in notes.items() if one["allowed"]]
        assert all((one["code"] is None) == one["allowed"] for one in notes.values())
        unlisted = [one for one in ACTIONS if one not in work["actions"]]
        for action in self.chance.sample(unlisted, 2):
            assert not self.passes(work, action), (action, work["state"], work["action_notes"], self.done)
        back = {"move", "decline", "reports/correction", "stoppages"}
        back |= (
            {"disposition"} if notes.get("disposition", {"needs": []})["needs"] == ["disposition", "grounds"] else set()
        )
        forward = [one for one in work["actions"] if one not in back]
        likely = (
            forward if forward and self.chance.random() < 0.8 else [one for one in work["actions"] if one != "move"]
        )
        if likely:
            action = self.chance.choice(likely)
            assert self.passes(work, action), (action, work["state"], notes[action], self.done)
            self.done.append(action)


def test_each_listed_action_passes_and_each_other_is_refused() -> None:
    """And the histories get everywhere: a property over work that never begins would prove nothing."""
    seen: set[str] = set()
    for seed in range(WALKS):
        walk = Walk(seed)
        for _ in range(STEPS):
            walk.step()
        seen |= set(walk.done)
    assert seen == set(ACTIONS)


def test_who_only_looks_on_is_offered_nothing() -> None:
    walk = Walk(1)
    for work_id in walk.works():
        shown = walk.world.caller(OFFICE).get(f"/v1/work-orders/{work_id}").json or {}
        assert (shown["actions"], shown["action_notes"]) == ([], [])


def test_an_offer_whose_time_is_up_can_only_be_declined() -> None:
    walk = Walk(2)
    work = walk.read(walk.works()[0])
    walk.world.clock.set(parse_instant(work["answer_by"]))
    offer = walk.owner(work["id"]).get(f"/v1/offers/{work['offer_id']}").json or {}
    assert offer["actions"] == ["decline"]
    assert {one["action"]: one["code"] for one in offer["action_notes"]}["accept"] == "OFFER_EXPIRED"


def test_what_may_not_begin_yet_says_from_when() -> None:
    walk = Walk(3)
    work = walk.read(walk.works()[0])
    assert walk.passes(work, "accept")
    note = walk.read(work["id"])["action_notes"][0]
    assert (note["action"], note["allowed"], note["code"]) in {
        ("start", False, "START_TOO_EARLY"),
        ("start", True, None),
    }
    if not note["allowed"]:
        assert parse_instant(note["from"]) == parse_instant(work["starts_at"]) - timedelta(hours=2)
