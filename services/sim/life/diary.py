"""What somebody means to do, and when: kept in their head, so that no crash of the platform loses it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random

from services.sim.seams import Platform

Deed = Callable[[Platform, Random], str]
"""One deed at the present time; it says in a few words what was done."""


class Diary:
    """Deeds by time; those of one instant in the order in which they were noted."""

    def __init__(self) -> None:
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._noted = 0

    def note(self, at: datetime, deed: Deed) -> None:
        heappush(self._deeds, (at, self._noted, deed))
        self._noted += 1

    def next_at(self) -> datetime:
        """When the next deed is due. Raises IndexError when nothing is noted: everybody always means to do something."""
        return self._deeds[0][0]

    def do_next(self, platform: Platform, chance: Random) -> str:
        """Take the next deed off the diary and do it."""
        return heappop(self._deeds)[2](platform, chance)


def within(chance: Random, least: timedelta, most: timedelta) -> timedelta:
    """A span between *least* and *most*, in whole seconds."""
    return timedelta(seconds=chance.randint(int(least.total_seconds()), int(most.total_seconds())))


def minutes(chance: Random, least: int, most: int) -> timedelta:
    return within(chance, timedelta(minutes=least), timedelta(minutes=most))


def hours(chance: Random, least: float, most: float) -> timedelta:
    return within(chance, timedelta(hours=least), timedelta(hours=most))
