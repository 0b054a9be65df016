"""64 buyers at once want the last hours of one line: never more is booked than offered, and every loser is told why.

`ATTEMPTS` sets a larger campaign: ATTEMPTS=20000 pytest tests/integration/capacity/test_last_hours_of_a_line.py
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from shared.contracts import capacity
from tests.support.capacity_world import accepts, asks
from tests.support.last_hours import HOURS, LOSERS_ARE_TOLD, attempt, firm_slots, the_last_day
from tests.support.planning_world import demand_line, step, variant

BUYERS = 64
ATTEMPTS = int(os.environ.get("ATTEMPTS", "2000"))


def test_never_more_is_booked_than_offered_and_every_loser_is_told_why(tmp_path: Path) -> None:
    world = the_last_day(tmp_path)
    with ThreadPoolExecutor(BUYERS) as pool:
        ends = Counter(pool.map(lambda number: attempt(world, number), range(ATTEMPTS)))
    assert sum(ends.values()) == ATTEMPTS
    assert set(ends) <= LOSERS_ARE_TOLD | {"booked", "cancelled", "dropped"}, ends
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
