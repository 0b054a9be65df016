"""The job ticket: whoever makes a step knows what, of what, for which artwork, from where and to whom, and no more."""

import json
from typing import Any

import msgspec

from services.capacity import wiring
from shared.clock import SeededIds
from shared.contracts import capacity
from shared.contracts.order import OrderCancelled
from shared.contracts.planning import Place, RecipeInput
from shared.kernel.clock import instant_text
from tests.support.capacity_world import BUYER, SETTINGS, World, accepts, asks, capacity_world
from tests.support.planning_world import XIANAN, capability, demand_line, line, step, variant
from tests.support.web_client import Caller

BODY = msgspec.structs.replace(
    step("body", "BODY"), sampling_plan="GB/T 2828.1 II", includes_zh=["清洗"], includes_en=["wash"]
)
PRINT = step("print", "PRINT", RecipeInput(step="body"), features={"design": "dsn_0123456789abcdef", "colour": "dark"})
PACK = step("pack", "PACK", RecipeInput(step="print"))
CANS = msgspec.structs.replace(
    demand_line(4_000, variant(BODY, PRINT, PACK)),
    product_zh="330 毫升罐",
    product_en="330 mL can",
    options={"artwork": "COLD-BREW-7", "colours": "6"},
)
DOOR = Place(XIANAN, "武汉市示例路 8 号", "周小舟\n027-8800 1234")


class Job:
    """Three plants that make one order one after the other."""

    def __init__(self) -> None:
        self.world: World = capacity_world(
            line("b1", "p1", capability("BODY")),
            line("r1", "p3", capability("PRINT")),
            line("k1", "p5", capability("PACK")),
            auto_accept=False,
        )
        asked = msgspec.structs.replace(asks(CANS), deliver_to=DOOR)
        quote = next(one for one in self.world.tell(asked) if isinstance(one, capacity.QuoteOffered))
        facts = self.world.tell(accepts(quote.quote_id, quote.options[0]))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        self.steps = {one.step: one for one in confirmed.option.steps}
        self.trips = confirmed.option.trips
        self.work_ids = {one.step: confirmed.work_ids[one.process_id] for one in confirmed.option.steps}

    def get(self, step_name: str, what: str = "work-orders") -> dict[str, Any]:
        work_id = self.work_ids[step_name]
        one_id = work_id if what == "work-orders" else "off_" + work_id.removeprefix("wrk_")
        caller = self.world.caller(self.world.owner(self.steps[step_name].plant_id))
        answer = caller.get(f"/v1/{what}/{one_id}")
        assert answer.status_code == 200, answer.json
        return dict(answer.json or {})

    def accept(self, step_name: str) -> None:
        offer = self.get(step_name, "offers")
        caller = self.world.caller(self.world.owner(self.steps[step_name].plant_id))
        headers = {"If-Match": f'"v{offer["version"]}"'}
        answer = caller.post(f"/v1/offers/{offer['id']}/accept", headers=headers)
        assert answer.status_code == 200, answer.json


def test_agreed_work_tells_its_plant_all_that_it_needs() -> None:
    job = Job()
    job.accept("print")
    ticket = job.get("print")["ticket"]
    assert ticket["product"] == {"zh": "330 毫升罐", "en": "330 mL can"}
    assert (ticket["format"], ticket["artwork"]) == ("330", "COLD-BREW-7")
    assert ticket["options"] == [{"code": "colours", "value": "6"}]
    assert ticket["features"] == [{"code": "colour", "value": "dark"}], "the opaque design code tells nobody anything"
    assert ticket["quantity"] == {"value": "4000", "unit": "can"}
    [came] = ticket["material_from"]
    trip = next(one for one in job.trips if one.process_id == job.steps["body"].process_id)
    assert (came["item"], came["plant_name"], came["quantity"]) == ("body", "P1", {"value": "4000", "unit": "can"})
    assert came["arrives_at"] == instant_text(trip.arrives_at)
    [goes] = ticket["goods_to"]
    assert (goes["plant_name"], goes["to_buyer"], goes["address"]) == ("P5", False, None)
    assert ticket["buyer_org_id"] == BUYER


def test_only_who_sends_to_the_buyer_learns_the_address() -> None:
    job = Job()
    for name in ("body", "print", "pack"):
        job.accept(name)
    [goes] = job.get("pack")["ticket"]["goods_to"]
    assert (goes["to_buyer"], goes["address"], goes["plant_name"]) == (True, DOOR.address, None)
    assert goes["contact"] == {"name": "周小舟", "phone": "027-8800 1234"}
    for name in ("body", "print"):
        assert not any(one in json.dumps(job.get(name), ensure_ascii=False) for one in (DOOR.address, "周小舟", "8800"))


def test_a_sealed_address_is_opened_for_whoever_ships_there() -> None:
    job = Job()
    job.accept("pack")
    world = job.world
    service = wiring.build(
        SETTINGS,
        clock=world.clock,
        ids=SeededIds(world.clock, 8),
        log=world.log,
        broker=None,
        verifier=world.issuer.verifier(),
        open_address=lambda token: f"opened {token}",
    )
    caller = Caller(service.app, world.issuer, world.owner("p5"))
    ticket = (caller.get(f"/v1/work-orders/{job.work_ids['pack']}").json or {})["ticket"]
    assert [one["address"] for one in ticket["goods_to"]] == [f"opened {DOOR.address}"]


def test_no_price_of_another_step_and_no_maker_beyond_the_next_hand_over() -> None:
    job = Job()
    job.accept("body")
    shown = json.dumps(job.get("body")["ticket"], ensure_ascii=False)
    assert '"P3"' in shown
    assert '"P5"' not in shown
    assert "price" not in shown
    assert job.get("body")["ticket"]["sampling_plan"] == "GB/T 2828.1 II"
    assert job.get("body")["ticket"]["includes"] == [{"zh": "清洗", "en": "wash"}]


def test_an_offer_tells_as_much_as_it_takes_to_decide() -> None:
    job = Job()
    ticket = job.get("pack", "offers")["ticket"]
    assert (ticket["product"]["en"], ticket["format"]) == ("330 mL can", "330")
    assert ticket["goods_to"][0]["district"] == XIANAN
    assert ticket["goods_to"][0]["arrives_at"]
    told = json.dumps(ticket, ensure_ascii=False)
    assert not any(secret in told for secret in (DOOR.address, "COLD-BREW-7", BUYER, '"P3"'))


def test_work_of_a_cancelled_order_has_no_ticket() -> None:
    job = Job()
    job.world.tell(OrderCancelled(order_id="ord_1", buyer_org_id=BUYER, fee_fen=0, cancelled_at=job.world.clock.now()))
    shown = job.get("print")
    assert (shown["state"], shown["ticket"]) == ("withdrawn", None)
