"""What booked work needs cannot be taken from under it, on any path; the bookings that stand against it are named."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from services.capacity.domain.line_commands import (
    DeclareCalendar,
    LineCommand,
    SetAutoAcceptRules,
    SetChangeovers,
    SetPrices,
)
from services.capacity.domain.line_state import Line
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.plant import RecordLicence, RecordProof
from services.capacity.domain.values import AutoAcceptRule, Calendar, Capability, Licence, Price, Shift
from services.capacity.workbook.book import Book, book_of
from services.capacity.workbook.messages import BadCells
from shared.contracts import capacity
from shared.contracts.planning import RecipeInput
from shared.kernel.clock import LOCAL_ZONE, instant_text
from shared.kernel.principal import Principal
from tests.support.capacity_world import World, accepts, asks, capacity_world
from tests.support.masters import licence_number
from tests.support.planning_world import FREE, T0, capability, demand_line, line, proof, step, variant

SLEEK = "SLEEK_330"
PRINT = msgspec.structs.replace(
    step("print", "CAN_PRINT", RecipeInput(step="body"), food_contact=True, category="0603"), format=SLEEK
)
CANS = demand_line(4_000, variant(step("body", "BODY"), PRINT))
NUMBER = licence_number()
DAYS = [Shift(day, 0, 1_440) for day in range(1, 8)]


def published(world: World, owner: Principal, code: str, fen: int) -> tuple[str, str]:
    """A plant with its papers and one print line, published as factories do."""
    masters, now = world.service.handlers.masters, world.clock.now()
    plant_id = world.done(
        lambda: masters.register_plant(code, "印铁厂", "421202", demo=True, principal=owner, at=now)
    ).result
    licence = Licence(NUMBER, ["0603"], T0.date(), T0.date() + timedelta(days=300))
    for command in (RecordLicence(licence, now), RecordProof(proof(), now)):
        world.done(partial(masters.change_plant, plant_id, command, owner))
    able = [Capability(name, "can", [SLEEK], 1_000, 1_000_000, 1, 0, 1) for name in ("CAN_PRINT", "CAN_SLEEVE")]
    line_id = world.done(lambda: masters.register_line(plant_id, "L1", "一号线", able, principal=owner, at=now)).result
    calendar = Calendar(T0.date(), T0.date() + timedelta(days=60), DAYS, [], [], "all", [])
    for made in (
        DeclareCalendar(calendar, now),
        SetChangeovers(list(FREE), now),
        SetPrices([Price(one.code, 1_000, fen, 0) for one in able], now),
        SetAutoAcceptRules([AutoAcceptRule([], 0, 0, 0)], now),
    ):
        world.done(partial(masters.change_line, line_id, partial(_said, made), owner, now))
    return plant_id, line_id


def _said(command: LineCommand, _: Line) -> LineCommand:
    return command


class Press:
    """Work booked on the print line of a plant with its papers; a dearer plant could make it as well."""

    def __init__(self) -> None:
        self.world: World = capacity_world(line("b1", "p1", capability("BODY")))
        self.owner = self.world.owner("p3")
        self.plant_id, self.line_id = published(self.world, self.owner, "P03", 10_000)
        self.other_id, _ = published(self.world, self.world.owner("p4"), "P04", 20_000)
        quote = next(one for one in self.world.tell(asks(CANS)) if isinstance(one, capacity.QuoteOffered))
        option = min(quote.options, key=lambda one: one.price_fen)
        facts = self.world.tell(accepts(quote.quote_id, option))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        self.step = next(one for one in confirmed.option.steps if one.step == "print")
        assert self.step.plant_id == self.plant_id
        self.work_id = confirmed.work_ids[self.step.process_id]
        self.caller = self.world.caller(self.owner)

    def put(self, part: str, body: dict[str, Any]) -> Any:
        version = (self.caller.get(f"/v1/lines/{self.line_id}").json or {})["version"]
        return self.caller.send("PUT", f"/v1/lines/{self.line_id}/{part}", body, headers={"If-Match": f'"v{version}"'})

    def shown(self, part: str) -> list[dict[str, Any]]:
        return list((self.caller.get(f"/v1/lines/{self.line_id}").json or {})[part])

    def book(self) -> Book:
        masters, owner = self.world.service.handlers.masters, self.owner
        plant = masters.plant(self.plant_id, owner).state
        return book_of(plant, masters.lines_of(plant))

    def imports(self, book: Book) -> list[str]:
        """Codes of what stands against it; empty where it was imported."""
        workbooks, owner = self.world.service.handlers.workbooks, self.owner
        try:
            self.world.do(lambda: workbooks.imported(self.plant_id, book, owner, self.world.clock.now()))
        except BadCells as bad:
            return [str(one.why.value) for one in bad.cells]
        return []


@pytest.fixture
def press() -> Press:
    return Press()


def refused(answer: Any, code: str, press: Press) -> None:
    assert (answer.status_code, answer.json["code"]) == (409, code), answer.json
    assert press.work_id in answer.json["detail"], "the booking is named"


def test_a_capability_and_its_formats_stay_while_work_is_booked_on_them(press: Press) -> None:
    kept = press.shown("capabilities")
    others = [one for one in kept if one["code"] != "CAN_PRINT"]
    refused(press.put("capabilities", {"capabilities": others}), "CAPABILITY_BOOKED", press)
    other_format = [{**one, "formats": ["STD_500"]} if one["code"] == "CAN_PRINT" else one for one in kept]
    refused(press.put("capabilities", {"capabilities": other_format}), "CAPABILITY_BOOKED", press)
    unbooked = [one for one in kept if one["code"] == "CAN_PRINT"]
    prices = [one for one in press.shown("prices") if one["capability"] == "CAN_PRINT"]
    assert press.put("prices", {"prices": prices}).status_code == 200
    assert press.put("capabilities", {"capabilities": unbooked}).status_code == 200, "nobody needs the other one"


def test_a_price_may_change_and_not_be_removed_while_work_is_booked_on_it(press: Press) -> None:
    kept = press.shown("prices")
    refused(
        press.put("prices", {"prices": [one for one in kept if one["capability"] != "CAN_PRINT"]}),
        "PRICE_BOOKED",
        press,
    )
    dearer = [{**one, "minimum": {"amount": "99.00", "currency": "CNY"}} for one in kept]
    assert press.put("prices", {"prices": dearer}).status_code == 200


def test_a_calendar_declared_anew_keeps_the_hours_of_booked_work(press: Press) -> None:
    stands = (press.caller.get(f"/v1/lines/{press.line_id}").json or {})["calendar"]
    on = press.step.starts_at.astimezone(LOCAL_ZONE).date()
    refused(press.put("calendar", {**stands, "closed_days": [{"on": str(on), "reason": "盘点"}]}), "HOURS_TAKEN", press)
    stop = {
        "starts_at": instant_text(press.step.starts_at),
        "ends_at": instant_text(press.step.ends_at),
        "reason": "检修",
    }
    refused(press.put("calendar", {**stands, "maintenance": [stop]}), "HOURS_TAKEN", press)


def test_hours_that_booked_work_needs_are_not_taken_back(press: Press) -> None:
    span = {"from": instant_text(press.step.starts_at), "to": instant_text(press.step.ends_at)}
    answer = press.caller.post(
        f"/v1/lines/{press.line_id}/offered-hours/withdraw", {"intervals": [span], "reason": "检修"}
    )
    refused(answer, "HOURS_TAKEN", press)


@pytest.mark.parametrize("paper", [f"licences/{NUMBER}", "food-contact-proofs/C-1"])
def test_a_paper_that_booked_work_needs_does_not_end_before_it(press: Press, paper: str) -> None:
    path = f"/v1/plants/{press.plant_id}/{paper}/end"
    refused(press.caller.post(path, {"ends_on": str(T0.date()), "reason": "复审"}), "PAPER_BOOKED", press)
    later = str(press.step.ends_at.date() + timedelta(days=2))
    assert press.caller.post(path, {"ends_on": later, "reason": "复审"}).status_code == 200


def test_a_licence_recorded_again_keeps_what_booked_work_needs(press: Press) -> None:
    again = {"number": NUMBER, "valid_from": str(T0.date()), "valid_until": str(T0.date() + timedelta(days=300))}
    path = f"/v1/plants/{press.plant_id}/licences"
    refused(press.caller.post(path, {**again, "categories": ["0601"]}), "PAPER_BOOKED", press)
    shorter = {**again, "categories": ["0603"], "valid_until": str(T0.date() + timedelta(days=1))}
    if press.step.ends_at.date() > T0.date() + timedelta(days=1):
        refused(press.caller.post(path, shorter), "PAPER_BOOKED", press)
    assert press.caller.post(path, {**again, "categories": ["0601", "0603"]}).status_code == 201


def test_a_paper_that_does_end_moves_the_work_to_another_plant(press: Press) -> None:
    body = {"ends_on": str(T0.date()), "reason": "吊销", "plan_anew": True}
    before = press.world.log.head().position
    assert press.caller.post(f"/v1/plants/{press.plant_id}/licences/{NUMBER}/end", body).status_code == 200
    [told] = [one for one in press.world.facts_since(before) if isinstance(one, capacity.PlanChanged)]
    assert [one.plant_id for one in told.steps if one.step == "print"] == [press.other_id]
    plan = press.world.plan()
    assert isinstance(plan, Booked)
    bookings = press.world.service.board.caught_up().line(press.line_id).bookings
    assert not [one for one in bookings if not one.expires_us]


def test_a_workbook_takes_nothing_from_booked_work_either(press: Press) -> None:
    book = press.book()
    [stands] = book.lines
    no_print = replace(
        stands,
        capabilities=[one for one in stands.capabilities if one.code != "CAN_PRINT"],
        prices=[one for one in stands.prices if one.capability != "CAN_PRINT"],
        calendar=None,
    )
    assert press.imports(replace(book, lines=[no_print])) == ["CAPABILITY_BOOKED"]
    no_price = replace(stands, prices=[one for one in stands.prices if one.capability != "CAN_PRINT"], calendar=None)
    assert press.imports(replace(book, lines=[no_price])) == ["PRICE_BOOKED"]
    kept = replace(stands, calendar=None)
    ended = [replace_until(one) for one in book.proofs]
    assert press.imports(replace(book, lines=[kept], proofs=ended)) == ["PAPER_BOOKED"]
    assert press.imports(replace(book, lines=[kept])) == []


def replace_until(paper: Any) -> Any:
    return type(paper)(paper.standard, paper.certificate, paper.valid_from, paper.valid_from + timedelta(days=1))


def test_when_the_work_is_over_everything_may_go(press: Press) -> None:
    clock = press.world.clock
    bodies = press.world.caller(press.world.owner("p1"))
    plan = press.world.plan()
    assert isinstance(plan, Booked)
    body_id = next(one for one in plan.current.work_ids.values() if one != press.work_id)
    for caller, work_id in ((bodies, body_id), (press.caller, press.work_id)):
        shown = caller.get(f"/v1/work-orders/{work_id}").json or {}
        starts_at = next(
            one.starts_at for one in plan.current.steps if plan.current.work_ids[one.process_id] == work_id
        )
        clock.set(max(clock.now(), starts_at))
        for action, said in (
            ("start", {"accept_less": True}),
            ("reports", {"good": {"value": "4000", "unit": "can"}}),
            ("finish", {}),
            ("ship", {}),
            ("deliver", {}),
        ):
            clock.advance(timedelta(hours=1))
            answer = caller.post(f"/v1/work-orders/{shown['id']}/{action}", said)
            assert answer.status_code < 300, (action, answer.json)
    others = [one for one in press.shown("capabilities") if one["code"] != "CAN_PRINT"]
    prices = [one for one in press.shown("prices") if one["capability"] != "CAN_PRINT"]
    assert press.put("prices", {"prices": prices}).status_code == 200
    assert press.put("capabilities", {"capabilities": others}).status_code == 200
