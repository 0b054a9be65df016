"""A plant ends its papers while it is quoted, offered or asked about: from then on nothing is agreed for the days after."""

from datetime import date, timedelta

import pytest

from services.capacity.domain.master_events import FoodContactProofEnded, FoodContactProofRecorded
from services.capacity.domain.plan_state import Booked
from services.capacity.handlers.offers import Counter
from shared.contracts import capacity
from shared.contracts.planning import PlanOption, RecipeInput
from shared.eventstore.port import StreamAppend
from shared.kernel.event import Event
from shared.kernel.refusal import Refused
from tests.support.capacity_world import CAUSE, World, accepts, asks, capacity_world
from tests.support.planning_world import T0, capability, demand_line, line, proof, step, variant
from tests.support.print_world import answer, changed, offer_of, slots_on, work_at

FOOD_PRINT = step("print", "PRINT", RecipeInput(step="body"), food_contact=True)
CANS = demand_line(4_000, variant(step("body", "BODY"), FOOD_PRINT))
TODAY = T0.date()


def papered_world() -> World:
    """Two print plants with food-contact proofs, the second one dearer."""
    world = capacity_world(
        line("b1", "p1", capability("BODY")),
        line("r1", "p3", capability("PRINT")),
        line("r2", "p4", capability("PRINT"), fen_per_thousand=20_000),
        auto_accept=False,
    )
    for plant in ("p3", "p4"):
        proven = FoodContactProofRecorded(plant_id=plant, factory_org_id=f"org_{plant}", proof=proof(), recorded_at=T0)
        papers(world, plant, 1, proven)
    return world


def papers(world: World, plant: str, version: int, event: Event) -> None:
    world.log.append([StreamAppend(f"plant-{plant}", version, [event])], CAUSE)


def end_proof(world: World, plant: str = "p3", on: date = TODAY) -> None:
    ended = FoodContactProofEnded(
        plant_id=plant, factory_org_id=f"org_{plant}", certificate="C-1", ends_on=on, reason="复审", ended_at=T0
    )
    papers(world, plant, 2, ended)


def quoted(world: World, attempt: int = 1) -> tuple[str, PlanOption]:
    """A quote, and its option that prints at p3 while p3 is in it."""
    facts = world.tell(asks(CANS, attempt=attempt))
    quote = next(one for one in facts if isinstance(one, capacity.QuoteOffered))
    return quote.quote_id, min(quote.options, key=lambda one: one.price_fen)


def booked(world: World) -> capacity.QuoteConfirmed:
    facts = world.tell(accepts(*quoted(world)))
    return next(one for one in facts if isinstance(one, capacity.QuoteConfirmed))


def test_a_counter_on_the_price_alone_is_refused_once_the_proof_ends_before_the_run() -> None:
    """Found by simulated seed 145: the cheaper price was agreed at once, for a day on which the plant has no proof."""
    world = papered_world()
    work_id, plant = work_at(booked(world), "print")
    assert plant == "p3"
    end_proof(world)
    cheaper = Counter(price_fen=1_000, starts_at=None, note="")
    with pytest.raises(Refused, match="COUNTER_WITHOUT_PAPERS"):
        world.service.handlers.offers.counter(offer_of(work_id), world.owner(plant), cheaper, "rpl_1")


def test_a_quote_accepted_after_its_plants_proof_ended_is_lost_and_the_next_one_goes_elsewhere() -> None:
    world = papered_world()
    quote_id, option = quoted(world)
    end_proof(world)
    facts = world.tell(accepts(quote_id, option))
    assert [type(one) for one in facts] == [capacity.QuoteLost]
    assert not any(one.bookings for one in world.service.board.caught_up().lines()), "what it held is free"
    _, again = quoted(world, attempt=2)
    assert [one.plant_id for one in again.steps if one.step == "print"] == ["p4"]


def test_a_quote_stands_where_the_proof_ends_after_the_run() -> None:
    world = papered_world()
    quote_id, option = quoted(world)
    end_proof(world, on=TODAY + timedelta(days=30))
    facts = world.tell(accepts(quote_id, option))
    assert any(isinstance(one, capacity.QuoteConfirmed) for one in facts)


@pytest.mark.parametrize("moves", [False, True])
def test_a_change_accepted_after_its_plants_proof_ended_is_looked_for_elsewhere(moves: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    world = papered_world()
    work_id, plant = work_at(confirmed := booked(world), "print")
    printed = next(one for one in confirmed.option.steps if one.step == "print")
    wanted = printed.starts_at + timedelta(hours=20) if moves else None
    offers = world.service.handlers.offers
    dearer = Counter(price_fen=99_000, starts_at=wanted, note="")
    asked = changed(world.do(lambda: offers.counter(offer_of(work_id), world.owner(plant), dearer, "rpl_1")))
    assert asked.needs_answer
    end_proof(world)
    again = changed(world.tell(answer("accept")))
    assert [one.plant_id for one in again.steps if one.step == "print"] == ["p4"]
    plan = world.plan()
    assert isinstance(plan, Booked)
    assert plan.current.price_fen <= asked.old_price_fen or plan.question is not None
    assert slots_on(world, printed.line_id) == []
