"""A directory that holds a story keeps its own time: told while the story runs, shifted afterwards, never turned back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.embedded.story_clocks import ContinuedClock, KeptStoryClock, NoStory, clock_of
from shared.clock import StoryClock, SystemClock

START = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_directory_without_a_story_runs_on_the_systems_clock(tmp_path: Path) -> None:
    assert isinstance(clock_of(tmp_path, None), SystemClock)
    assert list(tmp_path.iterdir()) == []


def test_a_story_goes_on_from_where_it_stood(tmp_path: Path) -> None:
    clock = clock_of(tmp_path, START)
    assert isinstance(clock, KeptStoryClock)
    clock.set(START + timedelta(days=3))
    assert clock_of(tmp_path, START).now() == START + timedelta(days=3)


def test_a_told_story_runs_on_and_no_restart_turns_it_back(tmp_path: Path) -> None:
    clock_of(tmp_path, START)
    first = clock_of(tmp_path, None)
    assert isinstance(first, ContinuedClock)
    assert START <= first.now() < START + timedelta(minutes=1)
    earlier = first.now()
    again = clock_of(tmp_path, None)
    assert again.now() >= earlier
    resumed = clock_of(tmp_path, START)
    assert isinstance(resumed, StoryClock)
    assert resumed.now() >= earlier


def test_no_story_enters_a_directory_with_real_data(tmp_path: Path) -> None:
    (tmp_path / "order.sqlite").touch()
    with pytest.raises(NoStory):
        clock_of(tmp_path, START)
