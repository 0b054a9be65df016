"""Too little was released: what is missing is planned as one part more at its maker's cost, and the buyer is asked."""

from dataclasses import dataclass
from datetime import timedelta

from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted, Finished
from services.capacity.handlers.production import Output
from shared.contracts import capacity
from shared.contracts.envelope import Fact
from shared.contracts.planning import Limits
from tests.support.capacity_world import World, accepts, asks, capacity_world
from tests.support.planning_world import capability, demand_line, line, step, variant
from tests.support.print_world import answer, changed, slots_on

ORDERED = 4_000


@dataclass
class Made:
    """A booked order of one step, run to its end with *good* of what was ordered, and what that published."""

    world: World
    work_id: str
    facts: list[Fact]


def made(good: int, *, limits: Limits | None = None, world: World | None = None) -> Made:
    world = world or capacity_world(line("b1", "p1", capability("BODY")), line("b2", "p2", capability("BODY")))
    asked = asks(demand_line(ORDERED, variant(step("body", "BODY"))), limits=limits or Limits())
    quote = next(one for one in world.tell(asked) if isinstance(one, capacity.QuoteOffered))
    facts = world.tell(accepts(quote.quote_id, quote.options[0]))
    confirmed = next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))
    [body] = confirmed.option.steps
    work_id, owner = confirmed.work_ids[body.process_id], world.owner(body.plant_id)
    production = world.service.handlers.production
    world.clock.set(body.starts_at)
    world.do(lambda: production.start(work_id, owner, None))
    world.clock.set(body.ends_at)
    output = Output(good, ORDERED - good, 0, "can", None, (), None, None)
    world.do(lambda: production.report(work_id, "rpt_1", owner, output))
    return Made(world, work_id, world.do(lambda: production.finish(work_id, owner, None)))


def test_what_is_missing_is_planned_as_one_part_more_and_the_buyer_asked() -> None:
    short = made(3_000)
    change = changed(short.facts)
    assert (change.cause, change.needs_answer, change.default_choice) == ("under_delivery", True, "take_less")
    assert change.new_promise_at > change.old_promise_at
    assert change.new_price_fen == change.old_price_fen, "the maker's fault costs the buyer nothing"
    first, again = change.steps
    assert (first.part, again.part, again.quantity_net) == (1, 2, 1_000)
    assert change.work_ids[first.process_id] == short.work_id
    assert (again.slot_id, False) in slots_on(short.world, again.line_id)
    short.world.tell(answer("accept", change.replan_id))
    assert isinstance(short.world.work(change.work_ids[again.process_id]), Accepted)
    assert isinstance(short.world.work(short.work_id), Finished), "what was made stays made"
    assert (again.slot_id, True) in slots_on(short.world, again.line_id)


def test_who_takes_less_keeps_the_plan_as_it_was() -> None:
    short = made(3_000)
    change = changed(short.facts)
    again = change.steps[-1]
    short.world.tell(answer("take_less", change.replan_id))
    plan = short.world.plan()
    assert isinstance(plan, Booked)
    assert plan.question is None
    assert [one.part for one in plan.current.steps] == [1]
    assert again.slot_id not in dict(slots_on(short.world, again.line_id))


def test_a_little_less_than_ordered_is_no_reason_for_another_run() -> None:
    assert [one for one in made(3_970).facts if isinstance(one, capacity.PlanChanged)] == []


def test_a_buyer_who_takes_a_part_is_not_asked() -> None:
    short = made(3_000, limits=Limits(partial_ok=True))
    assert [one for one in short.facts if isinstance(one, capacity.PlanChanged)] == []


def test_when_nobody_can_make_the_rest_silence_takes_what_there_is() -> None:
    """A thousand are below the least that the only line makes."""
    world = capacity_world(line("b1", "p1", capability("BODY", batch_min=2_000)))
    short = made(3_000, world=world)
    change = changed(short.facts)
    assert (change.needs_answer, change.default_choice) == (True, "take_less")
    assert {one.code for one in change.reasons} == {"MOQ_NOT_MET"}
    again = changed(world.tell(answer("accept", change.replan_id)))
    assert again.default_choice == "take_less", "looked again, and still nobody can"


def test_a_make_up_run_that_comes_short_is_made_up_for_again() -> None:
    short = made(3_000)
    change = changed(short.facts)
    world, again = short.world, change.steps[-1]
    world.tell(answer("accept", change.replan_id))
    production, owner = world.service.handlers.production, world.owner(again.plant_id)
    work_id = change.work_ids[again.process_id]
    world.clock.set(again.starts_at)
    world.do(lambda: production.start(work_id, owner, None))
    world.clock.set(again.ends_at + timedelta(minutes=1))
    world.do(lambda: production.report(work_id, "rpt_2", owner, Output(900, 0, 0, "can", None, (), None, None)))
    third = changed(world.do(lambda: production.finish(work_id, owner, None)))
    assert [(one.part, one.quantity_net) for one in third.steps] == [(1, 4_000), (2, 1_000), (3, 100)]
