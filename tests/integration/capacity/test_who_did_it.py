"""What the clock does to a plant's work is told as nobody's act: to orders, to the ledger and on the plant's own list."""

from datetime import timedelta

from services.capacity.domain.execution import standard_limits
from services.capacity.domain.work_state import Offered
from services.capacity.publishing import publish
from shared.contracts import capacity
from tests.support.capacity_world import World
from tests.support.print_world import booked, work_at, world_of

GRACE = timedelta(minutes=standard_limits().no_show_grace_minutes)


def all_jobs_at(world: World, hours: timedelta) -> list[tuple[str, str, object]]:
    """Organisation and subject of the cause, and each fact that the jobs tell after *hours*."""
    world.clock.advance(hours)
    world.service.projector.catch_up()
    before = world.log.head().position
    for job in world.service.jobs:
        job.call()
    return [
        (one.cause.org_id, one.cause.subject, out.fact) for one in world.log.read_all(before) for out in publish(one)
    ]


def test_a_lapsed_offer_is_listed_as_lapsed_and_told_as_nobodys_answer() -> None:
    world = world_of(second_district="421202")
    work_id, plant = work_at(booked(world), "print")
    offered = world.work(work_id)
    assert isinstance(offered, Offered)
    told = all_jobs_at(world, offered.terms.answer_by - world.clock.now())
    assert {(org, subject) for org, subject, _ in told} == {("system", "system:lapsed-offers")}
    answers = [fact for _, _, fact in told if isinstance(fact, capacity.OfferAnswered)]
    assert answers
    assert all(one.automatic for one in answers)
    shown = world.caller(world.owner(plant)).get(f"/v1/work-orders/{work_id}").get_json()
    assert shown["state"] == "lapsed"
    offers = world.caller(world.owner(plant)).get("/v1/offers?state=lapsed").get_json()["items"]
    assert [one["work_order_id"] for one in offers] == [work_id]


def test_a_missed_slot_is_told_as_taken_away_and_not_as_cancelled_by_its_plant() -> None:
    world = world_of(auto_accept=True)
    confirmed = booked(world)
    first = min(one.starts_at for one in confirmed.option.steps)
    told = all_jobs_at(world, first + GRACE - world.clock.now())
    assert {(org, subject) for org, subject, _ in told} == {("system", "system:missed-slots")}
    moved = [fact for _, _, fact in told if isinstance(fact, capacity.WorkProgressed) and fact.state == "cancelled"]
    assert moved
    assert all(one.automatic for one in moved)


def test_work_that_its_plants_rules_took_is_told_as_taken_by_itself() -> None:
    world = world_of(auto_accept=True)
    before = world.log.head().position
    booked(world)
    facts = world.facts_since(before)
    answers = [one for one in facts if isinstance(one, capacity.OfferAnswered)]
    moved = [one for one in facts if isinstance(one, capacity.WorkProgressed)]
    assert answers
    assert all(one.automatic for one in answers)
    assert all(one.automatic for one in moved)
