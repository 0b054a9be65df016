"""Plants decline, counter and stay silent, lines break down: the plan changes silently when it costs nothing, else the
buyer is asked, and the answer is put into effect.
"""

from datetime import timedelta

import pytest

from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted, Closed, Countered, Offered, Running
from services.capacity.handlers.breakdowns import Outage
from services.capacity.handlers.offers import Counter
from services.capacity.jobs import lapse_offers
from shared.contracts import capacity, line_time
from shared.contracts.envelope import Fact
from shared.contracts.order import ReplanAnswered
from shared.contracts.planning import RecipeInput
from shared.kernel.refusal import Refused
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import CHIBI, T0, at, capability, demand_line, line, step, variant

BODY, PRINT = step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"))
CANS = demand_line(4_000, variant(BODY, PRINT))


def world_of(*, second_fen: int = 10_000, second_district: str = CHIBI, auto_accept: bool = False) -> World:
    """One body line, two print lines: the second one farther or dearer."""
    return capacity_world(
        line("b1", "p1", capability("BODY")),
        line("r1", "p3", capability("PRINT")),
        line("r2", "p4", capability("PRINT"), fen_per_thousand=second_fen, district=second_district),
        auto_accept=auto_accept,
    )


def booked(world: World) -> capacity.QuoteConfirmed:
    quote = next(one for one in world.tell(asks(CANS)) if isinstance(one, capacity.QuoteOffered))
    option = min(quote.options, key=lambda one: (one.promise_at, one.price_fen))
    facts = world.tell(accepts(quote.quote_id, option))
    return next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))


def work_at(confirmed: capacity.QuoteConfirmed, step_name: str) -> tuple[str, str]:
    """Work order and plant of a step."""
    found = next(one for one in confirmed.option.steps if one.step == step_name)
    return confirmed.work_ids[found.process_id], found.plant_id


def changed(facts: list[Fact]) -> capacity.PlanChanged:
    found = [one for one in facts if isinstance(one, capacity.PlanChanged)]
    assert len(found) == 1, facts
    return found[0]


def offer_of(work_id: str) -> str:
    return "off_" + work_id.removeprefix("wrk_")


def decline(world: World, work_id: str, plant: str) -> list[Fact]:
    owner = world.owner(plant)
    return world.do(lambda: world.service.handlers.offers.decline(offer_of(work_id), owner, "no_capacity", "", "rpl_1"))


def answer(choice: str, replan_id: str = "rpl_1") -> ReplanAnswered:
    return ReplanAnswered(
        order_id="ord_1",
        buyer_org_id=BUYER,
        replan_id=replan_id,
        choice="accept" if choice == "accept" else "cancel",
        by_default=False,
        answered_at=T0,
    )


def slots_on(world: World, line_id: str) -> list[tuple[str, bool]]:
    now_us = int(world.clock.now().timestamp() * 1_000_000)
    return [
        (one.slot_id, not one.expires_us)
        for one in world.service.board.caught_up().line(line_id).bookings
        if one.stands(now_us)
    ]


def test_a_decline_asks_the_second_best_silently_when_it_costs_nothing() -> None:
    world = world_of(second_district="421202")
    confirmed = booked(world)
    work_id, plant = work_at(confirmed, "print")
    facts = decline(world, work_id, plant)
    change = changed(facts)
    assert not change.needs_answer
    assert change.cause == "declined"
    printed = next(one for one in change.steps if one.step == "print")
    assert printed.plant_id != plant
    assert isinstance(world.work(work_id), Closed)
    assert isinstance(world.work(change.work_ids[printed.process_id]), Offered)
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]
    body_id, _ = work_at(confirmed, "body")
    body = world.work(body_id)
    assert isinstance(body, Offered)
    assert body.terms.destinations[0].to_process_id == printed.process_id
    released = {one.slot_id for one in facts if isinstance(one, line_time.SlotReleased)}
    assert len(released) == 1


def test_a_dearer_second_best_is_put_to_the_buyer_and_booked_when_taken() -> None:
    world = world_of(second_fen=90_000, second_district="421202")
    confirmed = booked(world)
    work_id, plant = work_at(confirmed, "print")
    change = changed(decline(world, work_id, plant))
    assert change.needs_answer
    assert change.default_choice == "accept"
    assert change.new_price_fen > change.old_price_fen
    assert change.answer_by > T0
    printed = next(one for one in change.steps if one.step == "print")
    assert slots_on(world, printed.line_id) == [(printed.slot_id, False)]
    facts = world.tell(answer("accept"))
    assert [one.slot_id for one in facts if isinstance(one, line_time.SlotBooked)] == [printed.slot_id]
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]
    assert isinstance(world.work(change.work_ids[printed.process_id]), Offered)
    plan = world.plan()
    assert isinstance(plan, Booked)
    assert plan.question is None
    assert plan.current.price_fen == change.new_price_fen
    assert world.tell(answer("accept")) == [], "heard twice"


def test_a_buyer_who_will_not_pay_more_gives_the_proposed_slots_back() -> None:
    world = world_of(second_fen=90_000, second_district="421202")
    work_id, plant = work_at(booked(world), "print")
    change = changed(decline(world, work_id, plant))
    printed = next(one for one in change.steps if one.step == "print")
    world.tell(answer("cancel"))
    assert slots_on(world, printed.line_id) == []


def test_when_nobody_else_can_the_buyer_is_told_and_accepting_looks_again() -> None:
    world = capacity_world(
        line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")), auto_accept=False
    )
    work_id, plant = work_at(booked(world), "print")
    change = changed(decline(world, work_id, plant))
    assert change.needs_answer
    assert change.default_choice == "cancel"
    assert change.reasons
    again = changed(world.tell(answer("accept")))
    assert not again.needs_answer or again.replan_id != change.replan_id


def test_a_counter_that_costs_nothing_is_taken_at_once() -> None:
    world = world_of()
    confirmed = booked(world)
    work_id, plant = work_at(confirmed, "print")
    offers = world.service.handlers.offers
    cheaper = Counter(price_fen=1_000, starts_at=None, note="")
    change = changed(world.do(lambda: offers.counter(offer_of(work_id), world.owner(plant), cheaper, "rpl_1")))
    assert not change.needs_answer
    accepted = world.work(work_id)
    assert isinstance(accepted, Accepted)
    assert accepted.terms.price_fen == 1_000
    assert slots_on(world, accepted.terms.line_id) == [(accepted.terms.slot_id, True)]


def test_a_dearer_counter_keeps_its_slot_whatever_the_buyer_says() -> None:
    world = world_of()
    confirmed = booked(world)
    work_id, plant = work_at(confirmed, "print")
    offers = world.service.handlers.offers
    dearer = Counter(price_fen=99_000, starts_at=None, note="")
    change = changed(world.do(lambda: offers.counter(offer_of(work_id), world.owner(plant), dearer, "rpl_1")))
    assert change.needs_answer
    assert change.new_promise_at == change.old_promise_at
    printed = next(one for one in confirmed.option.steps if one.step == "print")
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]
    world.tell(answer("accept"))
    accepted = world.work(work_id)
    assert isinstance(accepted, Accepted)
    assert (accepted.terms.price_fen, accepted.terms.slot_id) == (99_000, printed.slot_id)
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]


def test_a_later_counter_is_put_to_the_buyer_and_moves_the_work_when_taken() -> None:
    world = world_of()
    confirmed = booked(world)
    work_id, plant = work_at(confirmed, "print")
    found = world.work(work_id)
    assert isinstance(found, Offered)
    wanted = found.terms.starts_at + timedelta(hours=30)
    offers = world.service.handlers.offers
    later = Counter(price_fen=None, starts_at=wanted, note="")
    change = changed(world.do(lambda: offers.counter(offer_of(work_id), world.owner(plant), later, "rpl_1")))
    assert change.needs_answer
    assert change.new_promise_at > change.old_promise_at
    assert isinstance(world.work(work_id), Countered)
    world.tell(answer("accept"))
    moved = world.work(work_id)
    assert isinstance(moved, Accepted)
    assert moved.terms.starts_at == wanted
    assert slots_on(world, found.terms.line_id) == [(moved.terms.slot_id, True)]


def test_a_counter_into_taken_time_or_before_the_input_arrives_is_refused() -> None:
    world = world_of()
    work_id, plant = work_at(booked(world), "print")
    offers = world.service.handlers.offers
    early = Counter(None, T0, "")
    with pytest.raises(Refused, match="COUNTER_TOO_EARLY"):
        offers.counter(offer_of(work_id), world.owner(plant), early, "rpl_1")
    never = Counter(None, at(24 * 59 + 23), "")
    with pytest.raises(Refused, match="COUNTER_NO_TIME"):
        offers.counter(offer_of(work_id), world.owner(plant), never, "rpl_1")


def test_a_silent_plant_is_taken_to_have_declined() -> None:
    world = world_of(second_district="421202")
    work_id, _ = work_at(booked(world), "print")
    found = world.work(work_id)
    assert isinstance(found, Offered)
    world.clock.set(found.terms.answer_by)
    world.service.projector.catch_up()
    job = lapse_offers(world.service.handlers.planning._desk, world.log, world.service.handlers.offers)
    job.call()
    closed = world.work(work_id)
    assert isinstance(closed, Closed)
    assert closed.how == "declined"


def test_a_breakdown_moves_what_had_not_begun_and_withdraws_the_hours() -> None:
    world = world_of(second_district="421202", auto_accept=True)
    confirmed = booked(world)
    printed = next(one for one in confirmed.option.steps if one.step == "print")
    outage = Outage(at(0), at(72), "breakdown")
    breakdowns = world.service.handlers.breakdowns
    owner = world.owner(printed.plant_id)
    facts = world.do(lambda: breakdowns.break_line(printed.line_id, "stp_1", owner, outage))
    change = changed(facts)
    assert change.cause == "breakdown"
    after = next(one for one in change.steps if one.step == "print")
    assert after.slot_id != printed.slot_id
    assert slots_on(world, printed.line_id) == [] or after.line_id == printed.line_id
    withdrawn = [one for one in facts if isinstance(one, line_time.CapacityWithdrawn)]
    assert [(one.intervals[0].starts_at, one.intervals[-1].ends_at) for one in withdrawn] == [(at(0), at(72))]
    with pytest.raises(Refused, match="LINE_DOWN"):
        world.do(lambda: breakdowns.break_line(printed.line_id, "stp_2", owner, outage))
    world.clock.set(at(24))
    facts = world.do(lambda: breakdowns.mend_line(printed.line_id, "stp_1", owner))
    published = [one for one in facts if isinstance(one, line_time.CapacityPublished)]
    assert [(one.intervals[0].starts_at, one.intervals[-1].ends_at) for one in published] == [(at(24), at(72))]


def test_a_breakdown_of_the_only_line_slips_the_promise_and_asks_the_buyer() -> None:
    world = capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")))
    confirmed = booked(world)
    outage = Outage(at(0), at(72), "breakdown")
    owner = world.owner("p1")
    facts = world.do(lambda: world.service.handlers.breakdowns.break_line("b1", "stp_1", owner, outage))
    change = changed(facts)
    assert change.needs_answer
    assert change.new_promise_at > change.old_promise_at
    assert {one.step: one.starts_at >= at(72) for one in change.steps} == {"body": True, "print": True}
    assert change.work_ids == confirmed.work_ids, "same lines: the work orders move"
    body_id, _ = work_at(confirmed, "body")
    with pytest.raises(Refused, match="BUYER_ASKED"):
        world.service.handlers.production.start(body_id, owner, None)
    world.tell(answer("accept", change.replan_id))
    for work_id in confirmed.work_ids.values():
        moved = world.work(work_id)
        assert isinstance(moved, Accepted)
        assert moved.terms.starts_at >= at(72)


def test_an_announced_power_limit_withdraws_hours_and_moves_work_without_stopping_the_floor() -> None:
    world = capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")))
    booked(world)
    outage = Outage(at(1), at(48), "power-limit")
    owner = world.owner("p1")
    change = changed(world.do(lambda: world.service.handlers.breakdowns.break_line("b1", "stp_1", owner, outage)))
    assert change.cause == "power_limit"
    assert world.service.handlers.breakdowns._desk.draft().floor_of("b1").down is None


def test_work_interrupted_by_a_breakdown_ends_later_and_moves_what_follows() -> None:
    world = capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")))
    confirmed = booked(world)
    body_id, _ = work_at(confirmed, "body")
    body, printed = confirmed.option.steps
    owner, handlers = world.owner("p1"), world.service.handlers
    world.do(lambda: handlers.production.start(body_id, owner, None))
    world.clock.set(at(1))
    outage = Outage(at(1), at(49), "breakdown")
    facts = world.do(lambda: handlers.breakdowns.break_line("b1", "stp_1", owner, outage))
    opened = [one for one in facts if isinstance(one, line_time.StoppageOpened)]
    assert [(one.work_id, one.family) for one in opened] == [(body_id, "aborted")]
    change = changed(facts)
    assert change.needs_answer
    steps = {one.step: one for one in change.steps}
    left = body.ends_at - at(1)
    assert steps["body"].slot_id == body.slot_id
    assert steps["body"].ends_at == at(49) + left, "what was left is made when the line runs again"
    assert steps["print"].slot_id != printed.slot_id
    assert steps["print"].starts_at >= steps["body"].ends_at
    withdrawn = [one for one in facts if isinstance(one, line_time.CapacityWithdrawn)]
    assert withdrawn[0].intervals[-1].ends_at == at(49) + left
    world.tell(answer("accept", change.replan_id))
    running = world.work(body_id)
    assert isinstance(running, Running)
    assert running.terms.ends_at == at(49) + left
    world.clock.set(at(25))
    facts = world.do(lambda: handlers.breakdowns.mend_line("b1", "stp_1", owner))
    assert [type(one) for one in facts if isinstance(one, line_time.StoppageClosed)]
    published = [one for one in facts if isinstance(one, line_time.CapacityPublished)]
    assert published[0].intervals[0].starts_at == at(25) + left, "what the interrupted work needs is not offered"


def test_a_second_outage_finds_room_for_what_the_first_made_homeless() -> None:
    world = world_of(second_fen=90_000, second_district="421202", auto_accept=True)
    confirmed = booked(world)
    printed = next(one for one in confirmed.option.steps if one.step == "print")
    handlers = world.service.handlers
    first = Outage(at(0), at(72), "breakdown")
    asked = changed(
        world.do(lambda: handlers.breakdowns.break_line(printed.line_id, "stp_1", world.owner(printed.plant_id), first))
    )
    assert asked.needs_answer
    body = next(one for one in confirmed.option.steps if one.step == "body")
    second = Outage(at(0), at(24), "breakdown")
    again = changed(world.do(lambda: handlers.breakdowns.break_line(body.line_id, "stp_2", world.owner("p1"), second)))
    after = {one.step: one for one in again.steps}
    assert after["body"].starts_at >= at(24)
    assert after["print"].slot_id != printed.slot_id
    world.tell(answer("accept", again.replan_id))
    for one in again.steps:
        assert slots_on(world, one.line_id) == [(one.slot_id, True)]
