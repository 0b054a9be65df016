"""Clocks of the simulated services: each a little off the true time of the world, drifting, never running backward."""

from datetime import datetime, timedelta
from random import Random

from shared.kernel.clock import Clock

OFF_SECONDS_MAX = 120
STORY_SECONDS_A_SECOND = 300
DRIFT_PPM_MAX = 50  # a cheap quartz: some four seconds a day


class OwnClock:
    """What one service reads: the time of *world*, *off* by so much and gaining *drift_ppm* microseconds a second."""

    def __init__(self, world: Clock, off: timedelta, drift_ppm: int) -> None:
        self._world = world
        self._off = off
        self._drift_ppm = drift_ppm
        self._since = self._last = world.now()

    def now(self) -> datetime:
        world = self._world.now()
        gained = (world - self._since) * self._drift_ppm / 1_000_000
        self._last = max(self._last, world + self._off + gained)
        return self._last

    def leap(self, by: timedelta) -> None:
        """Be set by so much at once; backward it stands still until the time has caught up."""
        self._off += by


class LeaseClock:
    """Real time, by which leases end: it runs slower than the story's, as when days are told in minutes."""

    def __init__(self, world: Clock) -> None:
        self._world, self._since = world, world.now()

    def now(self) -> datetime:
        return self._since + (self._world.now() - self._since) / STORY_SECONDS_A_SECOND


def drawn(world: Clock, chance: Random) -> OwnClock:
    """A clock somewhere within the bounds; one in three is right."""
    if chance.random() < 1 / 3:
        return OwnClock(world, timedelta(0), 0)
    off = timedelta(seconds=chance.randint(-OFF_SECONDS_MAX, OFF_SECONDS_MAX))
    return OwnClock(world, off, chance.randint(-DRIFT_PPM_MAX, DRIFT_PPM_MAX))
