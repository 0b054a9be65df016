"""Plants name other terms: the buyer is asked where they cost something, and never pays more by staying silent."""

from datetime import timedelta

import pytest

from services.capacity.domain.master_events import FoodContactProofRecorded
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted, Closed, Countered, Offered
from services.capacity.handlers.offers import Counter
from services.capacity.jobs import lapse_offers
from shared.contracts import capacity
from shared.contracts.planning import RecipeInput
from shared.eventstore.port import StreamAppend
from shared.kernel.refusal import Refused
from tests.support.capacity_world import CAUSE, World, accepts, asks, capacity_world
from tests.support.planning_world import T0, at, capability, demand_line, line, proof, step, variant
from tests.support.print_world import answer, booked, changed, decline, offer_of, slots_on, work_at, world_of


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
    assert change.default_choice == "keep_terms", "nobody pays more by staying silent"
    assert change.new_promise_at == change.old_promise_at
    printed = next(one for one in confirmed.option.steps if one.step == "print")
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]
    world.tell(answer("accept"))
    accepted = world.work(work_id)
    assert isinstance(accepted, Accepted)
    assert (accepted.terms.price_fen, accepted.terms.slot_id) == (99_000, printed.slot_id)
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]


def countered(world: World, counter: Counter) -> tuple[capacity.QuoteConfirmed, str, capacity.PlanChanged]:
    """A booked order whose print plant names other terms: the booking, its work order, and what the buyer is asked."""
    confirmed = booked(world)
    work_id, plant = work_at(confirmed, "print")
    offers = world.service.handlers.offers
    asked = world.do(lambda: offers.counter(offer_of(work_id), world.owner(plant), counter, "rpl_1"))
    return confirmed, work_id, changed(asked)


def test_who_keeps_the_terms_has_the_next_plant_asked() -> None:
    world = world_of(second_district="421202")
    confirmed, work_id, asked = countered(world, Counter(price_fen=99_000, starts_at=None, note=""))
    change = changed(world.tell(answer("keep_terms")))
    assert not change.needs_answer
    assert change.new_price_fen <= asked.old_price_fen
    printed = next(one for one in change.steps if one.step == "print")
    assert printed.plant_id != work_at(confirmed, "print")[1]
    assert isinstance(world.work(work_id), Closed)
    assert isinstance(world.work(change.work_ids[printed.process_id]), Offered)
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]
    assert world.tell(answer("keep_terms")) == [], "heard twice"


def test_when_nobody_else_keeps_the_terms_the_plant_is_held_to_its_offer() -> None:
    world = world_of(second_fen=90_000, second_district="421202")
    confirmed, work_id, asked = countered(world, Counter(price_fen=99_000, starts_at=None, note=""))
    world.clock.set(asked.answer_by)
    assert world.tell(answer("keep_terms")) == []
    renewed = world.work(work_id)
    printed = next(one for one in confirmed.option.steps if one.step == "print")
    assert isinstance(renewed, Offered)
    assert (renewed.terms.price_fen, renewed.terms.slot_id) == (printed.price_fen, printed.slot_id)
    assert renewed.terms.answer_by > asked.answer_by
    assert slots_on(world, printed.line_id) == [(printed.slot_id, True)]
    plan = world.plan()
    assert isinstance(plan, Booked)
    assert (plan.question, plan.current.price_fen) == (None, asked.old_price_fen)
    again = changed(decline(world, work_id, printed.plant_id))
    assert again.needs_answer, "now the dearer plant is the next best, and the buyer is asked about it"


def test_a_renewed_offer_that_stays_unanswered_lapses_anew() -> None:
    world = world_of(second_fen=90_000, second_district="421202")
    confirmed, work_id, asked = countered(world, Counter(price_fen=99_000, starts_at=None, note=""))
    body_id, plant = work_at(confirmed, "body")
    world.do(lambda: world.service.handlers.offers.accept(offer_of(body_id), world.owner(plant)))
    world.clock.set(asked.answer_by)
    world.tell(answer("keep_terms"))
    renewed = world.work(work_id)
    assert isinstance(renewed, Offered)
    job = lapse_offers(world.service.handlers.planning._desk, world.log, world.service.handlers.offers)
    world.service.projector.catch_up()
    assert job.call() == 0, "it has time anew"
    owner = world.owner(renewed.terms.plant_id)
    (listed,) = (world.caller(owner).get("/v1/offers?state=waiting").json or {})["items"]
    read = world.caller(owner).get(f"/v1/offers/{listed['id']}").json or {}
    assert listed["actions"] == read["actions"] == ["accept", "decline"]
    world.clock.set(renewed.terms.answer_by)
    assert job.call() == 1
    assert isinstance(world.work(work_id), Closed)


def test_who_keeps_the_terms_of_a_later_counter_has_a_plan_looked_for_elsewhere() -> None:
    world = world_of(second_fen=90_000, second_district="421202")
    confirmed = booked(world)
    work_id, plant = work_at(confirmed, "print")
    printed = next(one for one in confirmed.option.steps if one.step == "print")
    later = Counter(price_fen=99_000, starts_at=printed.starts_at + timedelta(hours=30), note="")
    offers = world.service.handlers.offers
    asked = changed(world.do(lambda: offers.counter(offer_of(work_id), world.owner(plant), later, "rpl_1")))
    assert asked.default_choice == "keep_terms"
    again = changed(world.tell(answer("keep_terms")))
    assert again.replan_id != asked.replan_id
    assert next(one for one in again.steps if one.step == "print").plant_id != plant
    assert slots_on(world, printed.line_id) == [], "the agreed slot was given up when the plant wanted another"
    assert isinstance(world.work(work_id), Closed)


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


def test_a_counter_into_days_for_which_no_proof_holds_is_refused() -> None:
    """Found by simulated seed 1017: a counter-offer moved a run past the end of its plant's food-contact proof."""
    body, printed = step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"), food_contact=True)
    world = capacity_world(
        line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")), auto_accept=False
    )
    ends_on = (T0 + timedelta(days=3)).date()
    proven = FoodContactProofRecorded(
        plant_id="p3", factory_org_id="org_p3", proof=proof(until=ends_on), recorded_at=T0
    )
    world.log.append([StreamAppend("plant-p3", 1, [proven])], CAUSE)
    wanted = demand_line(4_000, variant(body, printed))
    quote = next(one for one in world.tell(asks(wanted)) if isinstance(one, capacity.QuoteOffered))
    facts = world.tell(accepts(quote.quote_id, quote.options[0]))
    work_id, plant = work_at(next(one for one in facts if isinstance(one, capacity.QuoteConfirmed)), "print")
    found = world.work(work_id)
    assert isinstance(found, Offered)
    offers = world.service.handlers.offers
    too_late = Counter(price_fen=None, starts_at=found.terms.starts_at + timedelta(days=4), note="")
    with pytest.raises(Refused, match="COUNTER_WITHOUT_PAPERS"):
        offers.counter(offer_of(work_id), world.owner(plant), too_late, "rpl_1")
    in_time = Counter(price_fen=None, starts_at=found.terms.starts_at + timedelta(hours=20), note="")
    moved = changed(world.do(lambda: offers.counter(offer_of(work_id), world.owner(plant), in_time, "rpl_1")))
    assert moved.needs_answer
