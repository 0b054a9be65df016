"""Two plants make an order over HTTP: set-up, run, reports, stoppage, correction, inspection, shipping, delivery; what
is refused; and that nobody else sees any of it.
"""

from datetime import timedelta
from typing import Any

import pytest

from services.capacity.domain.plan_state import Booked
from services.capacity.domain.values import ChangeoverRule
from shared.contracts import capacity, line_time
from shared.contracts.planning import DemandLine, RecipeInput
from shared.kernel.clock import parse_instant
from shared.kernel.principal import Principal, Role
from shared.web.permissions import permissions_of
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import FREE, capability, demand_line, line, step, variant

SETUP = (*FREE, ChangeoverRule("*", "*", "*", 30))
BODY = step("body", "BODY", features={"height": "115"})
PRINT = step("print", "PRINT", RecipeInput(step="body"))
CANS = demand_line(2_000, variant(BODY, PRINT))
OFFICE = Principal("org_Z0000000000000000000000001", Role.OFFICE, "usr_Z", permissions_of(Role.OFFICE))
BRAND = Principal(BUYER, Role.BUYER, "usr_B", permissions_of(Role.BUYER))
BODY_LINE, PRINT_LINE = "lin_" + "B" * 26, "lin_" + "P" * 26


class Made:
    """A booked order whose work is made over HTTP."""

    def __init__(self, world: World, demand: DemandLine = CANS) -> None:
        self.world = world
        quote = next(one for one in world.tell(asks(demand)) if isinstance(one, capacity.QuoteOffered))
        facts = world.tell(accepts(quote.quote_id, quote.options[0]))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        self.body, self.printed = (confirmed.work_ids[one.process_id] for one in confirmed.option.steps)
        self.option = confirmed.option

    def call(
        self, work_id: str, action: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> Any:
        plant = "p1" if work_id == self.body else "p3"
        caller = self.world.caller(self.world.owner(plant))
        return caller.post(f"/v1/work-orders/{work_id}/{action}", json=body or {}, headers=headers)

    def read(self, work_id: str) -> dict[str, Any]:
        plant = "p1" if work_id == self.body else "p3"
        answer = self.world.caller(self.world.owner(plant)).get(f"/v1/work-orders/{work_id}")
        assert answer.status_code == 200, answer.json
        return dict(answer.json or {})

    def make(self, work_id: str, good: int, hours: float = 1) -> None:
        """Everything from the start to a delivery; when it began is still told at its end."""
        clock = self.world.clock
        view = self.read(work_id)
        clock.set(max(clock.now(), parse_instant(view["starts_at"])))
        for action in ("start", "setup-finished") if view["setup_seconds"] else ("start",):
            ok(self.call(work_id, action))
            clock.advance(timedelta(minutes=30))
        clock.advance(timedelta(hours=hours))
        ok(self.call(work_id, "reports", {"good": cans(good), "scrap": cans(10)}), 201)
        ok(self.call(work_id, "finish"))
        ok(self.call(work_id, "ship"))
        clock.advance(timedelta(hours=3))
        ok(self.call(work_id, "deliver"))
        assert parse_instant(self.read(work_id)["started_at"]) < parse_instant(self.read(work_id)["finished_at"])


def cans(value: int) -> dict[str, str]:
    return {"value": str(value), "unit": "can"}


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.json
    return dict(answer.json)


def refused(answer: Any, code: str, status: int) -> None:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json


@pytest.fixture
def an_order_booked() -> Made:
    return Made(
        capacity_world(
            line("b1", "p1", capability("BODY"), changeovers=SETUP),
            line("r1", "p3", capability("PRINT")),
        )
    )


def test_an_order_is_made_by_two_plants_and_stands_at_the_buyers_door(an_order_booked: Made) -> None:
    made, world = an_order_booked, an_order_booked.world
    before = world.log.head().position
    made.make(made.body, 2_000)
    made.make(made.printed, 1_990)
    facts = world.facts_since(before)
    delivered = [one for one in facts if isinstance(one, capacity.ShipmentDelivered)]
    assert [(one.work_id, one.quantity, one.unit) for one in delivered] == [(made.printed, 1_990, "can")]
    kinds = {type(one) for one in facts}
    assert {
        line_time.RunStarted,
        line_time.RunFinished,
        line_time.ProductionReported,
        line_time.InspectionDispositioned,
    } <= kinds
    states = [one.state for one in facts if isinstance(one, capacity.WorkProgressed) and one.work_id == made.printed]
    assert states == ["in_progress", "in_progress", "completed", "released", "shipped"]
    view = made.read(made.printed)
    assert view["state"] == "delivered"
    assert view["inputs"][0]["consumed"] == cans(2_000)
    lot = ok(world.caller(world.owner("p3")).get(f"/v1/lots/{view['lots'][0]['id']}"))
    fed_lot = made.read(made.body)["lots"][0]["id"]
    assert lot["made_from"] == [{"lot_id": fed_lot, "quantity": "2000", "unit": "can", "label": None}]
    assert ok(world.caller(BRAND).get(f"/v1/lots/{lot['id']}"))["quantity"] == cans(1_990)
    fed = f"/v1/lots/{lot['made_from'][0]['lot_id']}"
    assert [one["lot_id"] for one in ok(world.caller(BRAND).get(fed))["used_in"]] == [lot["id"]]
    assert ok(world.caller(world.owner("p1")).get(fed))["used_in"] == [], "what others made of it is theirs"


def test_a_step_cannot_start_before_its_input_arrived_nor_before_its_time(an_order_booked: Made) -> None:
    made = an_order_booked
    refused(made.call(made.printed, "start"), "START_TOO_EARLY", 409)
    made.world.clock.set(parse_instant(made.read(made.printed)["starts_at"]))
    refused(made.call(made.printed, "start"), "MATERIAL_NOT_THERE", 409)


def test_reports_are_bounded_by_plan_material_and_time(an_order_booked: Made) -> None:
    made, clock = an_order_booked, an_order_booked.world.clock
    clock.set(parse_instant(made.read(made.body)["starts_at"]))
    refused(made.call(made.body, "reports", {"good": cans(1)}), "WORK_NOT_STARTED", 409)
    ok(made.call(made.body, "start"))
    if made.read(made.body)["state"] == "setting_up":
        clock.advance(timedelta(minutes=30))
        ok(made.call(made.body, "setup-finished"))
    refused(made.call(made.body, "reports", {"good": cans(1)}), "SPAN_EMPTY", 422)
    clock.advance(timedelta(hours=1))
    refused(made.call(made.body, "reports", {"good": cans(0)}), "NOTHING_REPORTED", 422)
    refused(made.call(made.body, "reports", {"good": {"value": "1.5", "unit": "can"}}), "PIECES_WHOLE", 422)
    refused(made.call(made.body, "reports", {"good": {"value": "1", "unit": "bottle"}}), "UNIT_MISMATCH", 422)
    refused(made.call(made.body, "reports", {"good": cans(3_000)}), "MORE_THAN_PLANNED", 422)
    ahead = {"good": cans(10), "at": "2099-01-01T00:00:00Z"}
    refused(made.call(made.body, "reports", ahead), "AT_IN_FUTURE", 422)
    lots = [{"item": "water", "quantity": cans(10), "supplier_lot": "W-1"}]
    refused(made.call(made.body, "reports", {"good": cans(10), "lots_in": lots}), "ITEM_NOT_IN_RECIPE", 422)
    labelled = [{"label": "A", "quantity": cans(9)}]
    refused(made.call(made.body, "reports", {"good": cans(10), "lots_out": labelled}), "LOTS_OUT_DIFFER", 422)
    ok(made.call(made.body, "reports", {"good": cans(10)}), 201)


def test_a_stoppage_has_a_reason_of_the_tree_and_an_end(an_order_booked: Made) -> None:
    made, clock = an_order_booked, an_order_booked.world.clock
    clock.set(parse_instant(made.read(made.body)["starts_at"]))
    ok(made.call(made.body, "start"))
    if made.read(made.body)["state"] == "setting_up":
        ok(made.call(made.body, "setup-finished"))
    clock.advance(timedelta(minutes=5))
    refused(made.call(made.body, "stoppages", {"reason": "tired"}), "REASON_UNKNOWN", 422)
    view = ok(made.call(made.body, "stoppages", {"reason": "tooling"}), 201)
    assert view["state"] == "stopped"
    refused(made.call(made.body, "stoppages", {"reason": "tooling"}), "STOPPED", 409)
    refused(made.call(made.body, "finish"), "STOPPED", 409)
    refused(made.call(made.body, "stoppages/stp_x/end"), "UNKNOWN_STOPPAGE", 404)
    clock.advance(timedelta(minutes=5))
    assert ok(made.call(made.body, f"stoppages/{view['stoppage_id']}/end"))["state"] == "running"


def test_a_correction_reverses_and_restates_and_names_its_version(an_order_booked: Made) -> None:
    made, world = an_order_booked, an_order_booked.world
    made.make(made.body, 2_000)
    view = made.read(made.body)
    report = view["reports"][0]["id"]
    path = f"reports/{report}/correction"
    body = {"good": cans(2_000), "scrap": cans(25), "grounds": "scrap was miscounted"}
    refused(made.call(made.body, path, body), "VERSION_NEEDED", 428)
    refused(made.call(made.body, path, body, {"If-Match": '"v1"'}), "VERSION_STALE", 412)
    before = world.log.head().position
    headers = {"If-Match": f'"v{view["version"]}"'}
    assert ok(made.call(made.body, path, body, headers))["scrap"] == cans(25)
    corrected = [one for one in world.facts_since(before) if isinstance(one, line_time.ReportCorrected)]
    assert [(one.report_id, one.good, one.scrap) for one in corrected] == [(report, 2_000, 25)]
    less = {**body, "good": cans(1_900)}
    headers = {"If-Match": f'"v{view["version"] + 1}"'}
    assert [one["quantity"] for one in ok(made.call(made.body, path, less, headers))["shipments"]] == [cans(1_900)]


def test_one_line_runs_one_work_order_at_a_time(an_order_booked: Made) -> None:
    made, world = an_order_booked, an_order_booked.world
    quote = next(one for one in world.tell(asks(CANS, order_id="ord_2")) if isinstance(one, capacity.QuoteOffered))
    facts = world.tell(accepts(quote.quote_id, quote.options[0], order_id="ord_2"))
    other = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
    step_two = next(one for one in other.option.steps if one.step == "body")
    world.clock.set(parse_instant(made.read(made.body)["starts_at"]))
    ok(made.call(made.body, "start"))
    world.clock.set(max(world.clock.now(), step_two.starts_at))
    caller = world.caller(world.owner("p1"))
    answer = caller.post(f"/v1/work-orders/{other.work_ids[step_two.process_id]}/start", json={})
    refused(answer, "LINE_BUSY", 409)


def test_a_repeated_key_answers_alike_and_acts_once(an_order_booked: Made) -> None:
    made, clock = an_order_booked, an_order_booked.world.clock
    clock.set(parse_instant(made.read(made.body)["starts_at"]))
    first = made.call(made.body, "start", {}, {"Idempotency-Key": "tap-1"})
    again = made.call(made.body, "start", {}, {"Idempotency-Key": "tap-1"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json == again.json


def test_another_tenants_work_offer_lot_and_board_are_absent(an_order_booked: Made) -> None:
    made, world = an_order_booked, an_order_booked.world
    made.make(made.body, 2_000)
    stranger = world.caller(world.owner("p9"))
    lot = made.read(made.body)["lots"][0]["id"]
    ins = "ins_" + lot.removeprefix("lot_")
    offer = "off_" + made.body.removeprefix("wrk_")
    for mine, absent in (
        (f"/v1/work-orders/{made.body}", "/v1/work-orders/wrk_" + "0" * 26),
        (f"/v1/offers/{offer}", "/v1/offers/off_" + "0" * 26),
        (f"/v1/lots/{lot}", "/v1/lots/lot_" + "0" * 26),
        ("/v1/lines/b1/schedule", "/v1/lines/none/schedule"),
        ("/v1/lines/b1/free-hours", "/v1/lines/none/free-hours"),
    ):
        theirs, nobodys = stranger.get(mine), stranger.get(absent)
        assert theirs.status_code == nobodys.status_code == 404
        assert (theirs.json or {})["code"] == (nobodys.json or {})["code"]
    refused(stranger.get(f"/v1/lots/{lot}"), "UNKNOWN_LOT", 404)
    for path in (
        f"/v1/work-orders/{made.body}/ship",
        f"/v1/inspection-lots/{ins}/disposition",
        "/v1/lines/b1/breakdowns",
    ):
        body = {"disposition": "released"} if "inspection" in path else {}
        body = {"expected_until": "2027-03-09T00:00:00Z"} if "breakdowns" in path else body
        assert stranger.post(path, json=body).status_code == 404
    assert ok(stranger.get("/v1/work-orders"))["items"] == []
    assert ok(stranger.get("/v1/offers"))["items"] == []
    office = world.caller(OFFICE)
    assert len(ok(office.get("/v1/work-orders"))["items"]) == 2
    assert office.post(f"/v1/work-orders/{made.body}/ship", json={}).status_code == 403


def test_the_board_shows_booked_and_free_hours(an_order_booked: Made) -> None:
    made, world = an_order_booked, an_order_booked.world
    owner = world.caller(world.owner("p1"))
    board = ok(owner.get("/v1/lines/b1/schedule"))
    assert [(one["state"], one["work_order_id"]) for one in board["slots"]] == [("booked", made.body)]
    free = ok(owner.get("/v1/lines/b1/free-hours"))
    booked = made.option.steps[0]
    seconds = int((booked.ends_at - booked.starts_at).total_seconds())
    assert free["free_seconds"] == 14 * 86_400 - seconds
    assert isinstance(world.plan(), Booked)


def test_offers_are_listed_and_answered_once() -> None:
    world = capacity_world(
        line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")), auto_accept=False
    )
    made = Made(world)
    owner = world.caller(world.owner("p1"))
    waiting = ok(owner.get("/v1/offers", query_string={"state": "waiting"}))["items"]
    assert [one["work_order_id"] for one in waiting] == [made.body]
    path = f"/v1/offers/{waiting[0]['id']}"
    refused(owner.post(f"{path}/accept"), "VERSION_NEEDED", 428)
    tag = {"If-Match": owner.get(path).headers["ETag"]}
    assert ok(owner.post(f"{path}/accept", headers=tag))["state"] == "accepted"
    tag = {"If-Match": owner.get(path).headers["ETag"]}
    refused(owner.post(f"{path}/decline", json={"reason": "price"}, headers=tag), "OFFER_ANSWERED", 409)


def test_work_orders_are_listed_page_by_page_by_state_and_by_line(an_order_booked: Made) -> None:
    made, world = an_order_booked, an_order_booked.world
    office = world.caller(OFFICE)
    first = ok(office.get("/v1/work-orders?limit=1"))
    second = ok(office.get(f"/v1/work-orders?limit=1&cursor={first['next_cursor']}"))
    assert [one["id"] for page in (first, second) for one in page["items"]] == [made.body, made.printed]
    assert second["next_cursor"] is None
    assert [one["id"] for one in ok(office.get("/v1/work-orders?state=accepted"))["items"]] == [made.body, made.printed]
    assert ok(office.get("/v1/work-orders?state=running"))["items"] == []
    refused(office.get("/v1/work-orders?state=asleep"), "FIELDS_INVALID", 422)
    accepted = ok(office.get("/v1/offers?state=accepted&limit=1"))
    assert [one["state"] for one in accepted["items"]] == ["accepted"]
    reasons = ok(world.caller(world.owner("p1")).get("/v1/stoppage-reasons"))["items"]
    assert {one["family"] for one in reasons} == {"held", "suspended", "aborted", "planned", "no_order"}
