"""A plant moves booked work for its own reasons: at once within the slack, else its buyer is asked and silence keeps it."""

from datetime import timedelta
from typing import Any

from services.capacity.domain.hours import instant_of
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted
from shared.contracts import capacity
from shared.contracts.order import ReplanAnswered
from shared.contracts.planning import PlannedStep, ReplanChoice
from shared.kernel.clock import instant_text
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import capability, line
from tests.support.print_world import CANS, booked, changed, work_at, world_of


class Booking:
    """An order of cans, agreed by its plants, and what the plants wish."""

    def __init__(self) -> None:
        self.world: World = world_of(auto_accept=True, second_fen=20_000)
        confirmed = booked(self.world)
        self.steps = {one.step: one for one in confirmed.option.steps}
        self.work_ids = confirmed.work_ids

    def work_id(self, step: str) -> str:
        return self.work_ids[self.steps[step].process_id]

    def move(self, step: str, by: timedelta, status: int = 200) -> dict[str, Any]:
        caller = self.world.caller(self.world.owner(self.steps[step].plant_id))
        wanted = instant_text(self.steps[step].starts_at + by)
        answer = caller.post(f"/v1/work-orders/{self.work_id(step)}/move", {"starts_at": wanted})
        assert answer.status_code == status, answer.json
        return dict(answer.json or {})

    def slot(self, step: str) -> list[tuple[Any, Any]]:
        """Firm bookings of the step's line."""
        line = self.world.service.board.caught_up().line(self.steps[step].line_id)
        return [(one.starts, one.slot_id) for one in line.bookings if not one.expires_us]

    def now(self, step: str) -> PlannedStep:
        plan = self.world.plan()
        assert isinstance(plan, Booked)
        return next(one for one in plan.current.steps if one.step == step)

    def answered(self, replan_id: str, choice: ReplanChoice) -> list[Any]:
        fact = ReplanAnswered(
            order_id="ord_1",
            buyer_org_id=BUYER,
            replan_id=replan_id,
            choice=choice,
            by_default=choice == "keep_terms",
            answered_at=self.world.clock.now(),
        )
        return self.world.tell(fact)


def test_within_the_slack_the_work_moves_at_once_and_nobody_is_asked() -> None:
    """The press is busy with an order before this one, so the bodies are made hours before they are needed."""
    world = capacity_world(line("b1", "p1", capability("BODY", rate=4_000)), line("r1", "p3", capability("PRINT")))
    steps: dict[str, PlannedStep] = {}
    work_ids: dict[str, str] = {}
    for order_id in ("ord_1", "ord_2"):
        facts = world.tell(asks(CANS, order_id=order_id))
        quote = next(one for one in facts if isinstance(one, capacity.QuoteOffered))
        facts = world.tell(accepts(quote.quote_id, quote.options[0], order_id))
        confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
        steps = {one.step: one for one in confirmed.option.steps}
        work_ids = confirmed.work_ids
    body, work_id = steps["body"], work_ids[steps["body"].process_id]
    wanted = body.starts_at + timedelta(hours=1)
    before = world.log.head().position
    answer = world.caller(world.owner("p1")).post(
        f"/v1/work-orders/{work_id}/move", {"starts_at": instant_text(wanted)}
    )
    assert answer.status_code == 200, answer.json
    assert (answer.json or {})["starts_at"] == instant_text(wanted)
    told = changed(world.facts_since(before))
    assert (told.cause, told.needs_answer, told.work_ids) == ("moved", False, work_ids)
    assert (told.new_promise_at, told.new_price_fen) == (told.old_promise_at, told.old_price_fen)
    bookings = [one for one in world.service.board.caught_up().line("b1").bookings if one.order_id == "ord_2"]
    assert [instant_of(one.starts) for one in bookings] == [wanted], "the slot it left is free"


def test_beyond_it_the_buyer_is_asked_and_silence_keeps_the_agreed_terms() -> None:
    booking = Booking()
    first = booking.now("print")
    before = booking.world.log.head().position
    booking.move("print", timedelta(days=3))
    asked = changed(booking.world.facts_since(before))
    assert (asked.cause, asked.needs_answer, asked.default_choice) == ("moved", True, "keep_terms")
    assert asked.new_promise_at > asked.old_promise_at
    assert asked.new_price_fen == asked.old_price_fen
    settled = changed(booking.answered(asked.replan_id, "keep_terms"))
    assert not settled.needs_answer
    assert settled.new_promise_at <= asked.old_promise_at
    stands = booking.now("print")
    assert (stands.starts_at, stands.plant_id) == (first.starts_at, first.plant_id)


def test_a_buyer_who_agrees_gets_the_later_date_from_the_same_plant() -> None:
    booking = Booking()
    before = booking.world.log.head().position
    booking.move("print", timedelta(days=3))
    asked = changed(booking.world.facts_since(before))
    booking.answered(asked.replan_id, "accept")
    assert booking.now("print").starts_at == booking.steps["print"].starts_at + timedelta(days=3)
    work = booking.world.work(booking.work_id("print"))
    assert isinstance(work, Accepted)
    assert work.terms.starts_at == booking.now("print").starts_at
    assert len(booking.slot("print")) == 1


def test_what_cannot_be_moved_is_refused_by_name() -> None:
    booking = Booking()
    assert booking.move("print", timedelta(0), 409)["code"] == "MOVE_SAME"
    assert booking.move("print", -timedelta(days=3), 422)["code"] == "COUNTER_TOO_EARLY"
    assert booking.move("print", timedelta(days=900), 409)["code"] == "COUNTER_NO_TIME"
    rival = booking.world.caller(booking.world.owner("p9"))
    wanted = {"starts_at": instant_text(booking.steps["print"].starts_at + timedelta(hours=1))}
    assert rival.post(f"/v1/work-orders/{booking.work_id('print')}/move", wanted).status_code == 404
    booking.move("print", timedelta(days=3))
    assert booking.move("print", timedelta(days=4), 409)["code"] == "BUYER_ASKED"
    booking.world.clock.set(booking.steps["body"].starts_at)
    work_id, plant = booking.work_id("body"), booking.steps["body"].plant_id
    body = booking.world.caller(booking.world.owner(plant))
    assert body.post(f"/v1/work-orders/{work_id}/start", {}).status_code == 200
    later = {"starts_at": instant_text(booking.steps["body"].starts_at + timedelta(hours=1))}
    assert (body.post(f"/v1/work-orders/{work_id}/move", later).json or {})["code"] in {"WORK_STARTED", "SETUP_OPEN"}


def test_the_world_of_these_tests_is_agreed() -> None:
    world = world_of(auto_accept=True)
    work_id, _ = work_at(booked(world), "print")
    assert isinstance(world.work(work_id), Accepted)
