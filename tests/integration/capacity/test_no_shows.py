"""A plant agreed and did not begin: a job tells it, the slot is given up as missed, the order is planned anew."""

from datetime import datetime, timedelta

from services.capacity.domain.execution import standard_limits
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted, Closed, SettingUp
from services.capacity.domain.work_state import Running as MakingIt
from shared.contracts import capacity, line_time
from shared.contracts.envelope import Fact
from tests.support.capacity_world import World, capacity_world
from tests.support.planning_world import capability, line
from tests.support.print_world import answer, booked, changed, slots_on, work_at, world_of

GRACE = timedelta(minutes=standard_limits().no_show_grace_minutes)


def time_passes(world: World, until: datetime) -> list[Fact]:
    """What the job tells at *until*."""
    world.clock.set(until)
    world.service.projector.catch_up()
    before = world.log.head().position
    job = next(one for one in world.service.jobs if one.name == "capacity-missed-slots")
    job.call()
    return world.facts_since(before)


def starts_at(confirmed: capacity.QuoteConfirmed, name: str) -> datetime:
    return next(one.starts_at for one in confirmed.option.steps if one.step == name)


def test_a_missed_slot_is_released_as_a_no_show_and_its_buyer_asked() -> None:
    world = capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")))
    confirmed = booked(world)
    body_id, _ = work_at(confirmed, "body")
    begins = starts_at(confirmed, "body")
    assert time_passes(world, begins + GRACE - timedelta(seconds=1)) == []
    facts = time_passes(world, begins + GRACE)
    change = changed(facts)
    assert (change.cause, change.needs_answer, change.default_choice) == ("no_show", True, "cancel")
    assert change.new_promise_at > change.old_promise_at
    assert change.new_price_fen <= change.old_price_fen, "whoever broke its word, the buyer pays no more"
    missed = [one for one in facts if isinstance(one, line_time.SlotReleased) and one.reason == "no-show"]
    assert len(missed) == 1
    closed = world.work(body_id)
    assert isinstance(closed, Closed)
    assert closed.how == "missed"
    body = next(one for one in change.steps if one.step == "body")
    assert change.work_ids[body.process_id] != body_id, "the same plant, as nobody else can, is asked anew"
    world.tell(answer("accept", change.replan_id))
    assert isinstance(world.work(change.work_ids[body.process_id]), Accepted)
    assert slots_on(world, body.line_id) == [(body.slot_id, True)]


def test_another_plant_is_asked_first_and_costs_the_buyer_nothing() -> None:
    world = capacity_world(
        line("b1", "p1", capability("BODY")),
        line("b2", "p2", capability("BODY"), fen_per_thousand=90_000),
        line("r1", "p3", capability("PRINT")),
    )
    confirmed = booked(world)
    _, plant = work_at(confirmed, "body")
    assert plant == "p1"
    change = changed(time_passes(world, starts_at(confirmed, "body") + GRACE))
    body = next(one for one in change.steps if one.step == "body")
    assert body.plant_id == "p2"
    assert change.new_price_fen == change.old_price_fen


def test_a_plant_that_starts_late_within_its_grace_is_left_alone() -> None:
    world = world_of(auto_accept=True)
    confirmed = booked(world)
    body_id, plant = work_at(confirmed, "body")
    late = starts_at(confirmed, "body") + GRACE - timedelta(minutes=1)
    world.clock.set(late)
    world.do(lambda: world.service.handlers.production.start(body_id, world.owner(plant), None))
    assert time_passes(world, late + timedelta(hours=2)) == []
    assert isinstance(world.work(body_id), SettingUp | MakingIt)


def test_who_waits_for_a_late_neighbour_has_missed_nothing() -> None:
    """The body plant is at work and late, so the printers could not begin."""
    world = world_of(auto_accept=True)
    confirmed = booked(world)
    body_id, plant = work_at(confirmed, "body")
    world.clock.set(starts_at(confirmed, "body"))
    world.do(lambda: world.service.handlers.production.start(body_id, world.owner(plant), None))
    assert time_passes(world, starts_at(confirmed, "print") + GRACE) == []
    plan = world.plan()
    assert isinstance(plan, Booked)
    assert plan.question is None


def test_a_slot_given_up_for_a_question_is_not_missed() -> None:
    world = capacity_world(line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")))
    confirmed = booked(world)
    begins = starts_at(confirmed, "body")
    change = changed(time_passes(world, begins + GRACE))
    assert time_passes(world, change.answer_by) == [], "the buyer has been asked already"
