"""Clocks of stories and the ids made by them."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import RandomIds, SeededIds, StoryClock, SystemClock
from shared.kernel.ids import is_id

START = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_story_clock_stands_still_until_told() -> None:
    clock = StoryClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(minutes=5)) == START + timedelta(minutes=5)
    assert clock.set(START + timedelta(hours=1)) == clock.now()


def test_a_story_clock_refuses_to_go_back_and_to_be_naive() -> None:
    clock = StoryClock(START)
    with pytest.raises(ValueError, match="runs forward"):
        clock.set(START - timedelta(seconds=1))
    with pytest.raises(ValueError, match="runs forward"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="without a zone"):
        clock.set(datetime(2027, 1, 1))  # noqa: DTZ001 - a naive instant is the point


def test_a_story_clock_may_be_advanced_by_many_threads() -> None:
    clock = StoryClock(START)
    threads = [Thread(target=lambda: [clock.advance(timedelta(seconds=1)) for _ in range(100)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == START + timedelta(seconds=800)


def test_the_system_clock_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_ids_rise_within_one_instant_and_when_the_clock_moves() -> None:
    clock = StoryClock(START)
    ids = RandomIds(clock)
    made = [ids.new("ord") for _ in range(1_000)]
    clock.advance(timedelta(milliseconds=1))
    made += [ids.new("ord") for _ in range(10)]
    assert made == sorted(set(made))
    assert all(is_id(one, "ord") for one in made)


@settings(max_examples=25)
@given(seed=st.integers(min_value=0), steps=st.lists(st.integers(min_value=0, max_value=3_000), max_size=20))
def test_the_same_seed_and_clock_make_the_same_ids(seed: int, steps: list[int]) -> None:
    def story() -> list[str]:
        clock = StoryClock(START)
        ids = SeededIds(clock, seed)
        made = [ids.new("lot")]
        for step in steps:
            clock.advance(timedelta(microseconds=step))
            made.append(ids.new("lot"))
        return made

    first = story()
    assert first == story()
    assert first == sorted(set(first))
