"""A line of an order ends, at a word or in silence: its booked time is free, the other line is made as if nothing had been."""

from datetime import timedelta

from services.capacity.domain.execution import standard_limits
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Accepted, Closed
from shared.contracts import capacity
from shared.contracts.envelope import Fact
from shared.contracts.order import PartsCancelled
from shared.contracts.planning import RecipeInput
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import T0, capability, demand_line, line, step, variant
from tests.support.print_world import answer, changed, slots_on

GRACE = timedelta(minutes=standard_limits().no_show_grace_minutes)
CANS = demand_line(4_000, variant(step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"))))
LIDS = demand_line(3_000, variant(step("lid", "LID")), name="orl_2")


def two_lines() -> tuple[World, capacity.QuoteConfirmed]:
    world = capacity_world(
        line("b1", "p1", capability("BODY")), line("r1", "p3", capability("PRINT")), line("l1", "p5", capability("LID"))
    )
    quote = next(one for one in world.tell(asks(CANS, LIDS)) if isinstance(one, capacity.QuoteOffered))
    facts = world.tell(accepts(quote.quote_id, quote.options[0]))
    return world, next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))


def miss(world: World, confirmed: capacity.QuoteConfirmed, name: str) -> list[Fact]:
    """The plant of step *name* does not begin; the others have all the time."""
    begins = next(one.starts_at for one in confirmed.option.steps if one.step == name)
    world.clock.set(begins + GRACE)
    world.service.projector.catch_up()
    before = world.log.head().position
    work_id = next(confirmed.work_ids[one.process_id] for one in confirmed.option.steps if one.step == name)
    world.do(lambda: world.service.handlers.no_shows.miss(work_id, "rpl_1"))
    return world.facts_since(before)


def ends(*process_ids: str) -> PartsCancelled:
    return PartsCancelled(
        order_id="ord_1",
        buyer_org_id=BUYER,
        process_ids=list(process_ids),
        fee_fen=0,
        by_default=True,
        cancelled_at=T0,
    )


def ids_of(confirmed: capacity.QuoteConfirmed, line_id: str) -> list[str]:
    return [one.process_id for one in confirmed.option.steps if one.order_line_id == line_id]


def test_a_question_names_the_parts_it_is_about_and_leaves_the_time_of_the_others() -> None:
    world, confirmed = two_lines()
    change = changed(miss(world, confirmed, "body"))
    assert change.needs_answer
    assert sorted(change.asked_about) == sorted(ids_of(confirmed, "orl_1"))
    lid = next(one for one in confirmed.option.steps if one.step == "lid")
    assert slots_on(world, "l1") == [(lid.slot_id, True)]


def test_what_has_ended_is_free_and_the_rest_is_booked_as_it_was() -> None:
    world, confirmed = two_lines()
    change = changed(miss(world, confirmed, "body"))
    lid = next(one for one in confirmed.option.steps if one.step == "lid")
    world.tell(answer("cancel", change.replan_id))
    world.tell(ends(*change.asked_about))
    assert slots_on(world, "b1") == slots_on(world, "r1") == []
    assert slots_on(world, "l1") == [(lid.slot_id, True)]
    plan = world.plan()
    assert isinstance(plan, Booked)
    assert [one.step for one in plan.current.steps] == ["lid"]
    assert [(one.order_line_id, one.quantity_net) for one in plan.demand.lines] == [("orl_2", 3_000)]
    assert plan.current.price_fen <= confirmed.option.price_fen
    assert plan.current.promise_at <= confirmed.option.promise_at
    for one in confirmed.option.steps:
        work = world.work(confirmed.work_ids[one.process_id])
        assert isinstance(work, Accepted if one.step == "lid" else Closed)


def test_parts_that_end_while_something_else_is_asked_let_that_be_asked_anew() -> None:
    world, confirmed = two_lines()
    change = changed(miss(world, confirmed, "body"))
    again = changed(world.tell(ends(*ids_of(confirmed, "orl_2"))))
    assert again.replan_id != change.replan_id
    assert again.needs_answer
    assert {one.order_line_id for one in again.steps} == {"orl_1"}


def test_parts_that_end_with_all_that_was_asked_say_that_the_rest_stands() -> None:
    world, confirmed = two_lines()
    miss(world, confirmed, "body")
    told = changed(world.tell(ends(*ids_of(confirmed, "orl_1"))))
    assert not told.needs_answer
    assert [one.step for one in told.steps] == ["lid"]


def test_what_is_told_twice_or_never_was_ends_nothing() -> None:
    world, confirmed = two_lines()
    world.tell(ends(*ids_of(confirmed, "orl_1")))
    assert world.tell(ends(*ids_of(confirmed, "orl_1"))) == []
    assert world.tell(ends("pro_unknown")) == []
