"""Clocks of the simulation: off, drifting, set anew, and never running backward."""

from datetime import timedelta
from random import Random

from services.sim.clocks import DRIFT_PPM_MAX, OFF_SECONDS_MAX, LeaseClock, OwnClock, drawn
from shared.clock import StoryClock
from tests.support.notes import START


def test_a_clock_is_off_and_drifts() -> None:
    world = StoryClock(START)
    clock = OwnClock(world, timedelta(seconds=-90), 50)
    assert clock.now() == START  # it cannot show less than when it was first looked at
    world.advance(timedelta(days=1))
    assert clock.now() == world.now() - timedelta(seconds=90) + timedelta(days=1) * 50 / 1_000_000


def test_a_clock_set_back_stands_still_until_time_has_caught_up() -> None:
    world = StoryClock(START)
    clock = OwnClock(world, timedelta(0), 0)
    clock.leap(timedelta(seconds=-60))
    world.advance(timedelta(seconds=30))
    assert clock.now() == START
    world.advance(timedelta(seconds=40))
    assert clock.now() == START + timedelta(seconds=10)


def test_clocks_are_drawn_within_their_bounds_and_never_fall() -> None:
    for seed in range(30):
        world = StoryClock(START)
        clock = drawn(world, Random(seed))
        seen = [clock.now()]
        for _ in range(10):
            world.advance(timedelta(days=3))
            seen.append(clock.now())
        assert seen == sorted(seen)
        off = abs(seen[-1] - world.now())
        assert off <= timedelta(seconds=OFF_SECONDS_MAX) + timedelta(days=30) * DRIFT_PPM_MAX / 1_000_000


def test_a_lease_ends_by_slower_time() -> None:
    world = StoryClock(START)
    clock = LeaseClock(world)
    world.advance(timedelta(minutes=5))
    assert clock.now() == START + timedelta(seconds=1)
