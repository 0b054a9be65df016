"""64 buyers at once want the last hours of one line: never more is booked than offered, and every loser is told why.

`ATTEMPTS` sets a larger campaign: ATTEMPTS=20000 pytest tests/integration/capacity/test_last_hours_of_a_line.py
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

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
from tests.support.capacity_world import BUYER, CAUSE, World, accepts, asks, capacity_world
from tests.support.planning_world import T0, demand_line, line, step, variant

BUYERS = 64
ATTEMPTS = int(os.environ.get("ATTEMPTS", "2000"))
HOURS = 24  # one order takes one of them
LAST = T0 + timedelta(hours=HOURS, minutes=30)  # nothing is quoted that would begin while it is held
CANS = demand_line(1_000, variant(step()))


def the_last_day(tmp_path: Path) -> World:
    log = SqliteLog("capacity", EVENT_TYPES, StoryClock(T0), tmp_path / "capacity.sqlite")
    return capacity_world(line("r1", "p1", offered=[Interval(T0, LAST)]), log=log)


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
    order_id = f"ord_{number}"
    asked = on_planning_requested(asks(CANS, order_id=order_id), T0)
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
        decided(world, lambda: planning.cancel(CancelPlan(order_id, BUYER, T0)))
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


def test_never_more_is_booked_than_offered_and_every_loser_is_told_why(tmp_path: Path) -> None:
    world = the_last_day(tmp_path)
    with ThreadPoolExecutor(BUYERS) as pool:
        ends = Counter(pool.map(lambda number: attempt(world, number), range(ATTEMPTS)))
    assert sum(ends.values()) == ATTEMPTS
    assert set(ends) <= {"booked", "cancelled", "dropped", "lost", "CAPACITY_FULL", "CALENDAR_CLOSED"}, ends
    standing = world.service.board.caught_up().line("r1").bookings
    assert len(standing) == ends["booked"] <= HOURS, ends
    for first, second in pairwise(standing):
        assert first.ends <= second.starts
    assert len(firm_slots(world)) == ends["booked"] + ends["cancelled"]
    later = [attempt(world, ATTEMPTS * 35 + 1 + 35 * number) for number in range(HOURS)]
    assert later.count("booked") == HOURS - ends["booked"], "what came back late is sold to the last hour, and no more"
    assert set(later) <= {"booked", "CAPACITY_FULL"}
    world.log.close()


def test_an_expired_hold_is_bookable_at_once_though_nobody_tidied_it(tmp_path: Path) -> None:
    world = the_last_day(tmp_path)
    whole_day = demand_line(HOURS * 1_000 - 1_000, variant(step()))
    (first,) = world.tell(asks(whole_day, order_id="ord_a"))
    assert isinstance(first, capacity.QuoteOffered)
    assert isinstance(world.tell(asks(whole_day, order_id="ord_b"))[0], capacity.PlanRefused)
    world.clock.set(first.expires_at - timedelta(microseconds=1))
    assert isinstance(world.tell(asks(whole_day, order_id="ord_b", attempt=2))[0], capacity.PlanRefused)
    world.clock.set(first.expires_at)
    (second,) = world.tell(asks(whole_day, order_id="ord_b", attempt=3))
    assert isinstance(second, capacity.QuoteOffered)
    booked = world.tell(accepts(second.quote_id, second.options[0], "ord_b"))
    assert any(isinstance(one, capacity.QuoteConfirmed) for one in booked)
    (lost,) = world.tell(accepts(first.quote_id, first.options[0], "ord_a"))
    assert isinstance(lost, capacity.QuoteLost)
    world.log.close()
