"""Plants decline, counter and stay silent, lines break down: the plan changes silently when it costs nothing, else the
buyer is asked, and the answer is put into effect.
"""

import pytest

from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted, Closed, Offered, Running
from services.capacity.handlers.breakdowns import Outage
from services.capacity.jobs import lapse_offers
from services.capacity.publishing import facts_of
from shared.contracts import line_time
from shared.contracts.capacity import OfferAnswered
from shared.contracts.planning import Interval, ReplanChoice
from shared.eventstore.port import WrongVersion
from shared.kernel.refusal import Refused
from tests.support.capacity_world import CAUSE, World, capacity_world
from tests.support.planning_world import T0, at, capability, line
from tests.support.print_world import answer, booked, changed, decline, offer_of, slots_on, work_at, world_of


def offered_on(world: World, line_id: str) -> list[Interval]:
    """Hours that may be planned on."""
    return list(world.service.board.caught_up().line(line_id).master.offered)


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
    assert change.default_choice == "cancel"
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


def test_a_silent_plant_is_passed_over_and_shown_to_have_said_nothing() -> None:
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
    assert closed.how == "lapsed"
    last = [one for one in world.log.read_all(0) if one.stream == f"work-{work_id}"][-1]
    assert (last.cause.org_id, last.cause.subject) == ("system", "system:lapsed-offers")
    (told,) = [one for one in facts_of(last.event) if isinstance(one, OfferAnswered)]
    assert (told.answer, told.automatic) == ("declined", True)


def test_a_breakdown_with_nothing_on_the_line_is_told_as_a_stoppage_and_moves_what_had_not_begun() -> None:
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
    assert [one for one in facts if isinstance(one, line_time.CapacityWithdrawn)] == [], "nobody took the hours back"
    opened = [one for one in facts if isinstance(one, line_time.StoppageOpened)]
    assert [(one.stoppage_id, one.work_id, one.family, one.at) for one in opened] == [("stp_1", "", "aborted", at(0))]
    assert offered_on(world, printed.line_id)[0].starts_at == at(72), "nothing is planned there"
    with pytest.raises(Refused, match="LINE_DOWN"):
        world.do(lambda: breakdowns.break_line(printed.line_id, "stp_2", owner, outage))
    world.clock.set(at(24))
    facts = world.do(lambda: breakdowns.mend_line(printed.line_id, "stp_1", owner))
    closed = [one for one in facts if isinstance(one, line_time.StoppageClosed)]
    assert [(one.stoppage_id, one.at) for one in closed] == [("stp_1", at(24))]
    assert offered_on(world, printed.line_id)[0].starts_at == at(24)


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


@pytest.mark.parametrize("choice", ["accept", "take_less"])
def test_work_whose_hours_are_gone_waits_for_its_buyer_and_gets_a_slot_anew(choice: ReplanChoice) -> None:
    world = capacity_world(
        line("b1", "p1", capability("BODY"), offered=[Interval(at(0), at(96))]),
        line("r1", "p3", capability("PRINT")),
        auto_accept=True,
    )
    body_id, _ = work_at(booked(world), "body")
    owner, handlers = world.owner("p1"), world.service.handlers
    outage = Outage(at(0), at(96), "power-limit")
    asked = changed(world.do(lambda: handlers.breakdowns.break_line("b1", "stp_1", owner, outage)))
    assert asked.needs_answer
    assert asked.default_choice == "cancel", "no plan is left"
    assert slots_on(world, "b1") == []
    world.clock.set(at(1))
    world.do(lambda: handlers.breakdowns.mend_line("b1", "stp_1", owner))
    with pytest.raises(Refused, match="BUYER_ASKED"):
        handlers.production.start(body_id, owner, None)
    again = changed(world.tell(answer(choice, asked.replan_id)))
    body = next(one for one in again.steps if one.step == "body")
    assert slots_on(world, "b1") == [(body.slot_id, not again.needs_answer)]


def test_work_does_not_begin_on_a_plan_that_moved_on_while_its_start_was_decided() -> None:
    world = world_of(second_fen=90_000, second_district="421202")
    confirmed = booked(world)
    (body_id, maker), (print_id, printer) = work_at(confirmed, "body"), work_at(confirmed, "print")
    owner, handlers = world.owner(maker), world.service.handlers
    world.do(lambda: handlers.offers.accept(offer_of(body_id), owner))
    decided = handlers.production.start(body_id, owner, None)
    assert changed(decline(world, print_id, printer)).needs_answer
    with pytest.raises(WrongVersion, match="plan-ord_1"):
        world.log.append(decided.appends, CAUSE)
    world.do(lambda: handlers.production.start(body_id, owner, None))
    assert not isinstance(world.work(body_id), Accepted), "decided anew it begins: its own slot stands"


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
    assert all(one.starts_at >= at(49) + left for one in offered_on(world, "b1") if one.ends_at > body.ends_at)
    world.tell(answer("accept", change.replan_id))
    running = world.work(body_id)
    assert isinstance(running, Running)
    assert running.terms.ends_at == at(49) + left
    world.clock.set(at(25))
    facts = world.do(lambda: handlers.breakdowns.mend_line("b1", "stp_1", owner))
    assert [type(one) for one in facts if isinstance(one, line_time.StoppageClosed)]
    again = next(one for one in offered_on(world, "b1") if one.ends_at > at(25))
    assert again.starts_at == at(25) + left, "what the interrupted work needs is not planned on"


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
