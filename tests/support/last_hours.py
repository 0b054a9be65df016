"""The last hours of one line, and buyers who race for them: ask, then take the quote, drop it, or take it and cancel."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec

from services.capacity.domain.events import EVENT_TYPES
from services.capacity.domain.plan_commands import CancelPlan
from services.capacity.domain.slots import Slot, SlotsConfirmed, SlotsHeld
from services.capacity.handlers.planning import PlanningHandler
from services.capacity.policies import on_planning_requested
from services.capacity.publishing import facts_of
from shared.clock import StoryClock
from shared.contracts import capacity
from shared.contracts.envelope import Fact
from shared.contracts.planning import Interval
from shared.eventstore.handling import Prepared, transact
from shared.eventstore.port import PAGE_MAX, WrongVersion
from shared.eventstore.sqlite import SqliteLog
from tests.support.capacity_world import CAUSE, World, accepts, asks, capacity_world, world_over
from tests.support.planning_world import T0, demand_line, line, step, variant

LOSERS_ARE_TOLD = frozenset({"lost", "CAPACITY_FULL", "CALENDAR_CLOSED"})
HOURS = 24  # one order takes one of them
LAST = T0 + timedelta(hours=HOURS, minutes=30)  # nothing is quoted that would begin while it is held
CANS = demand_line(1_000, variant(step()))


def the_last_day(folder: Path) -> World:
    return capacity_world(line("r1", "p1", offered=[Interval(T0, LAST)]), log=_log(folder, StoryClock(T0)))


def the_same_day(folder: Path) -> World:
    """The same line as another process sees it: a service of its own over the same file."""
    clock = StoryClock(T0)
    return world_over(_log(folder, clock), clock)


def _log(folder: Path, clock: StoryClock) -> SqliteLog:
    return SqliteLog("capacity", EVENT_TYPES, clock, folder / "capacity.sqlite")


def decided(world: World, prepare: Callable[[], Prepared[None]]) -> list[Fact]:
    """What the decision published; a lost race is run again, as the consumer would."""
    kept: list[Prepared[None]] = []

    def remembered() -> Prepared[None]:
        kept.append(prepare())
        return kept[-1]

    while True:
        try:
            transact(world.log, remembered, CAUSE)
        except WrongVersion:
            continue
        return [fact for one in kept[-1].appends for event in one.events for fact in facts_of(event)]


def attempt(world: World, number: int) -> str:
    """One buyer's try: ask, then take the quote, drop it, or take it and cancel. Returns how it ended."""
    planning: PlanningHandler = world.service.handlers.planning
    order_id, buyer = f"ord_{number}", f"org_B{number:025d}"
    asked = on_planning_requested(msgspec.structs.replace(asks(CANS, order_id=order_id), buyer_org_id=buyer), T0)
    (answer,) = decided(world, lambda: planning.plan(asked))
    if isinstance(answer, capacity.PlanRefused):
        return str(answer.reasons[0].code)
    assert isinstance(answer, capacity.QuoteOffered)
    if number % 5 == 0:
        decided(world, lambda: planning.drop(order_id, answer.quote_id))
        return "dropped"
    facts = decided(world, lambda: planning.confirm(accepts(answer.quote_id, answer.options[0], order_id)))
    if any(isinstance(one, capacity.QuoteLost) for one in facts):
        return "lost"
    assert any(isinstance(one, capacity.QuoteConfirmed) for one in facts)
    if number % 7 == 0:
        decided(world, lambda: planning.cancel(CancelPlan(order_id, buyer, T0)))
        return "cancelled"
    return "booked"


def firm_slots(world: World) -> list[Slot]:
    """All slots that ever became firm, from the log alone."""
    found: list[Slot] = []
    position = 0
    while page := world.log.read_all(position, PAGE_MAX):
        for one in page:
            if isinstance(one.event, SlotsConfirmed | SlotsHeld):
                found += [slot for slot in one.event.slots if slot.expires_at is None]
        position = page[-1].position
    return found
