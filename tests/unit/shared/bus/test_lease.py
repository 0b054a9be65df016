"""One holder at a time; the epoch tells holders apart; a lease ends by itself."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bus.lease import Lease
from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from tests.support.notes import NOTE_TYPES, START


def test_a_lease_is_renewed_in_time_and_keeps_its_epoch() -> None:
    clock = StoryClock(START)
    log = MemoryLog("notes", NOTE_TYPES, clock)
    mine = Lease(log, "relay:notes", "me", clock, timedelta(seconds=10))
    theirs = Lease(log, "relay:notes", "they", clock, timedelta(seconds=10))
    for _ in range(5):
        assert mine.hold()
        assert not theirs.hold()
        clock.advance(timedelta(seconds=6))
    assert mine.epoch == 1


def test_a_holder_that_slept_past_the_end_begins_a_new_epoch() -> None:
    clock = StoryClock(START)
    log = MemoryLog("notes", NOTE_TYPES, clock)
    mine = Lease(log, "relay:notes", "me", clock, timedelta(seconds=10))
    theirs = Lease(log, "relay:notes", "they", clock, timedelta(seconds=10))
    mine.hold()
    clock.advance(timedelta(seconds=11))
    assert theirs.hold()
    assert not mine.hold()
    theirs.release()
    theirs.release()
    assert mine.hold()
    assert (mine.epoch, theirs.epoch) == (3, 0)


def test_a_dead_holders_lease_is_taken_over_at_once_in_a_new_epoch() -> None:
    clock = StoryClock(START)
    log = MemoryLog("notes", NOTE_TYPES, clock)
    dead = Lease(log, "relay:notes", "dead", clock, timedelta(seconds=10))
    mine = Lease(log, "relay:notes", "me", clock, timedelta(seconds=10))
    assert dead.hold()
    assert not mine.hold()
    mine.take_over()
    assert mine.hold()
    assert mine.epoch == 2


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["hold", "hold", "release", "wait"])), max_size=30))
def test_never_do_two_hold_it_and_epochs_only_rise(steps: list[tuple[int, str]]) -> None:
    clock = StoryClock(START)
    log = MemoryLog("notes", NOTE_TYPES, clock)
    leases = [Lease(log, "relay:notes", f"h{index}", clock, timedelta(seconds=10)) for index in range(3)]
    highest = 0
    for who, what in steps:
        if what == "wait":
            clock.advance(timedelta(seconds=4))
        elif what == "release":
            leases[who].release()
        elif leases[who].hold():
            assert leases[who].epoch >= highest
            highest = leases[who].epoch
            assert [one.hold() for one in leases].count(True) == 1
