"""Races for the last hours of one line between processes, each with a service of its own over the one file."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

from tests.support.abreast import abreast
from tests.support.last_hours import HOURS, LOSERS_ARE_TOLD, attempt, firm_slots, the_last_day, the_same_day

PROCESSES, THREADS = 4, 16
ATTEMPT_S_MAX = 0.25  # far beyond what one takes: the watchdog is for what never ends


def raced(folder: Path, attempts: int) -> Counter[str]:
    """How *attempts* ended. AssertionError when more was booked than offered, or a loser was told nothing."""
    the_last_day(folder).log.close()
    shares = [partial(_share, folder, first, attempts) for first in range(PROCESSES)]
    ends: Counter[str] = sum(abreast(shares, within_s=60 + attempts * ATTEMPT_S_MAX), Counter())
    _check(folder, attempts, ends)
    return ends


def _share(folder: Path, first: int, attempts: int) -> Counter[str]:
    world = the_same_day(folder)
    with ThreadPoolExecutor(THREADS) as pool:
        ends = Counter(pool.map(partial(attempt, world), range(first, attempts, PROCESSES)))
    world.log.close()
    return ends


def _check(folder: Path, attempts: int, ends: Counter[str]) -> None:
    assert ends.total() == attempts, ends
    assert set(ends) <= LOSERS_ARE_TOLD | {"booked", "cancelled", "dropped"}, ends
    world = the_same_day(folder)
    world.log.verify()
    standing = world.service.board.caught_up().line("r1").bookings
    assert len(standing) == ends["booked"] <= HOURS, ends
    for first, second in pairwise(standing):
        assert first.ends <= second.starts, (first, second)
    assert len(firm_slots(world)) == ends["booked"] + ends["cancelled"], ends
    world.log.close()
