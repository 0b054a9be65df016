"""A small world in which one order of printed cans is booked, and what its plants and its buyer may say about it."""

from shared.contracts import capacity
from shared.contracts.envelope import Fact
from shared.contracts.order import ReplanAnswered
from shared.contracts.planning import RecipeInput, ReplanChoice
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import CHIBI, T0, capability, demand_line, line, step, variant

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


def answer(choice: ReplanChoice, replan_id: str = "rpl_1") -> ReplanAnswered:
    return ReplanAnswered(
        order_id="ord_1",
        buyer_org_id=BUYER,
        replan_id=replan_id,
        choice=choice,
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
