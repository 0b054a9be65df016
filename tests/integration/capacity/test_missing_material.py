"""Material that never comes: by the clock its booked time is free, its buyer is asked, and silence lets it go."""

from datetime import datetime, timedelta

import pytest

from services.capacity.domain.execution import standard_limits
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted
from shared.contracts import capacity
from shared.contracts.envelope import Fact
from shared.contracts.order import OrderCancelled, SupplyArrived
from shared.contracts.planning import RecipeInput, Supply
from shared.kernel.refusal import Refused
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import T0, at, capability, demand_line, line, step, variant
from tests.support.print_world import answer, changed, slots_on, work_at, world_of
from tests.support.print_world import booked as booked_cans

GRACE = timedelta(minutes=standard_limits().no_show_grace_minutes)
FILL = step("fill", "FILL", RecipeInput(item="base", unit="litre", source="buyer", ratio_num=1, ratio_den=3))
RELEASE = step("release", "LAB_TEST", RecipeInput(step="fill"))
DRINKS = demand_line(3_000, variant(FILL, RELEASE))


def booked() -> tuple[World, capacity.QuoteConfirmed]:
    world = capacity_world(line("f1", "p10", capability("FILL")), line("l1", "p12", capability("LAB_TEST")))
    asked = asks(DRINKS, supplies=[Supply("base", 1_000, "litre", at(10))])
    quote = next(one for one in world.tell(asked) if isinstance(one, capacity.QuoteOffered))
    facts = world.tell(accepts(quote.quote_id, quote.options[0]))
    return world, next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))


def comes(quantity: int, when: datetime) -> SupplyArrived:
    return SupplyArrived(
        order_id="ord_1",
        buyer_org_id=BUYER,
        item="base",
        quantity=quantity,
        expected=1_000,
        unit="litre",
        arrived_at=when,
    )


def time_passes(world: World, until: datetime) -> list[Fact]:
    """What capacity's jobs tell at *until*, all of them run."""
    world.clock.set(until)
    world.service.projector.catch_up()
    before = world.log.head().position
    for job in world.service.jobs:
        job.call()
    return world.facts_since(before)


def latest_start(confirmed: capacity.QuoteConfirmed, name: str = "fill") -> datetime:
    found = next(one for one in confirmed.option.steps if one.step == name)
    return found.starts_at + timedelta(seconds=found.setup_seconds) + GRACE


@pytest.mark.parametrize("came", [0, 400])
def test_the_slot_is_free_and_the_buyer_asked_with_a_default_that_costs_nothing(came: int) -> None:
    world, confirmed = booked()
    if came:
        world.tell(comes(came, at(10)))
    assert time_passes(world, latest_start(confirmed) - timedelta(seconds=1)) == []
    change = changed(time_passes(world, latest_start(confirmed)))
    assert (change.cause, change.needs_answer, change.default_choice) == ("missing_material", True, "cancel")
    assert change.answer_by > world.clock.now()
    assert sorted(change.asked_about) == sorted(one.process_id for one in confirmed.option.steps)
    assert [one.code for one in change.reasons] == ["MATERIAL_MISSING"]
    assert slots_on(world, "f1") == slots_on(world, "l1") == []
    assert time_passes(world, change.answer_by) == [], "asked once"
    world.tell(answer("cancel", change.replan_id))
    world.tell(OrderCancelled(order_id="ord_1", buyer_org_id=BUYER, fee_fen=0, cancelled_at=T0, by_default=True))
    assert slots_on(world, "f1") == slots_on(world, "l1") == []


def test_material_that_comes_while_its_buyer_is_asked_is_planned_anew() -> None:
    world, confirmed = booked()
    asked = changed(time_passes(world, latest_start(confirmed)))
    told = changed(world.tell(comes(1_000, world.clock.now())))
    assert told.cause == "missing_material"
    assert told.replan_id != asked.replan_id
    if told.needs_answer:
        assert told.default_choice == "cancel"
        world.tell(answer("accept", told.replan_id))
    fill = next(one for one in told.steps if one.step == "fill")
    assert fill.starts_at >= world.clock.now()
    assert slots_on(world, "f1") == [(fill.slot_id, True)]
    plan = world.plan()
    assert isinstance(plan, Booked)
    work = world.work(plan.current.work_ids[fill.process_id])
    assert isinstance(work, Accepted)
    assert sum(one.received for one in work.stock.values()) == 1_000


def test_a_buyer_that_says_it_will_come_gets_another_time_and_is_asked_again() -> None:
    world, confirmed = booked()
    asked = changed(time_passes(world, latest_start(confirmed)))
    told = changed(world.tell(answer("accept", asked.replan_id)))
    if told.needs_answer:
        world.tell(answer("accept", told.replan_id))
    fill = next(one for one in told.steps if one.step == "fill")
    later = fill.starts_at + timedelta(seconds=fill.setup_seconds) + GRACE
    again = changed(time_passes(world, later))
    assert (again.cause, again.needs_answer) == ("missing_material", True)


def test_a_slot_that_passed_while_the_plant_before_is_still_at_work_is_planned_anew() -> None:
    world = world_of(auto_accept=True)
    confirmed = booked_cans(world)
    body_id, plant = work_at(confirmed, "body")
    world.clock.set(next(one.starts_at for one in confirmed.option.steps if one.step == "body"))
    world.do(lambda: world.service.handlers.production.start(body_id, world.owner(plant), None))
    ends_at = next(one.ends_at for one in confirmed.option.steps if one.step == "print")
    assert time_passes(world, ends_at + GRACE - timedelta(seconds=1)) == []
    change = changed(time_passes(world, ends_at + GRACE))
    assert change.cause == "late_input"
    assert change.new_price_fen <= change.old_price_fen, "it is a plant that is late"
    assert change.default_choice == "cancel"
    printed = next(one for one in change.steps if one.step == "print")
    assert printed.starts_at >= world.clock.now()


def test_work_whose_time_is_gone_waits_for_its_order_although_its_buyer_has_answered() -> None:
    world, confirmed = booked()
    asked = changed(time_passes(world, latest_start(confirmed)))
    fill, plant = work_at(confirmed, "fill")
    world.tell(answer("cancel", asked.replan_id))
    before = world.clock.now()
    world.tell(comes(1_000, before))
    for passed in (timedelta(0), GRACE, timedelta(days=6)):  # the order's own word is still on its way
        assert time_passes(world, before + passed) == [], "neither missed by its plant nor asked about again"
        with pytest.raises(Refused, match="SLOT_GIVEN_UP"):
            world.service.handlers.production.start(fill, world.owner(plant), None)
    assert isinstance(world.work(fill), Accepted)


def test_nobody_is_asked_again_about_material_once_its_time_was_let_go() -> None:
    world, confirmed = booked()
    asked = changed(time_passes(world, latest_start(confirmed)))
    world.tell(answer("cancel", asked.replan_id))
    assert time_passes(world, asked.answer_by) == []


def test_what_the_jobs_write_is_the_platforms_doing_and_names_the_job() -> None:
    world, confirmed = booked()
    before = world.log.head().position
    time_passes(world, latest_start(confirmed))
    causes = {(one.cause.org_id, one.cause.subject) for one in world.log.read_all(before)}
    assert causes == {("system", "system:missing-material")}
