"""Clocks of a data directory that holds a story: told the time while the story runs, running on once it is told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.embedded.own_files import write_whole
from shared.clock import StoryClock, SystemClock
from shared.kernel.clock import Clock, instant_text, parse_instant

MARK_NAME = "story-time.json"


class NoStory(Exception):  # an answer, not an error of the program
    """A story was to be told on a directory with real data in it."""


class ContinuedClock:
    """The system's clock, *shift* away: runs on from where a story stood, so that what was told stays in its past."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


class KeptStoryClock(StoryClock):
    """A story's clock that notes in *mark* how far the story has come, so that a restart goes on from there."""

    def __init__(self, start: datetime, mark: Path) -> None:
        super().__init__(start)
        self._mark = mark
        _note(mark, {"stands_at": instant_text(self.now())})

    def set(self, at: datetime) -> datetime:
        moved = super().set(at)
        _note(self._mark, {"stands_at": instant_text(moved)})
        return moved


def clock_of(directory: Path, story_from: datetime | None) -> Clock:
    """The clock that *directory* runs on: told the time when a story starts or goes on, the system's for real data.

    A directory that once held a story never sees the system's time again, but a shifted one that no restart turns
    back. Raises NoStory rather than let a story into a directory that holds real events.
    """
    mark = directory / MARK_NAME
    noted = json.loads(mark.read_text("ascii")) if mark.exists() else None
    if noted is None:
        if story_from is None:
            return SystemClock()
        if any(directory.glob("*.sqlite")):
            raise NoStory(f"{directory} holds real data; a story needs a directory of its own")
        return KeptStoryClock(story_from, mark)
    if "shift_us" in noted:
        continued = ContinuedClock(timedelta(microseconds=int(noted["shift_us"])))
        return continued if story_from is None else KeptStoryClock(max(story_from, continued.now()), mark)
    stands_at = parse_instant(noted["stands_at"])
    if story_from is not None:
        return KeptStoryClock(max(story_from, stands_at), mark)
    shift = stands_at - datetime.now(UTC)
    _note(mark, {"shift_us": shift // timedelta(microseconds=1)})
    return ContinuedClock(shift)


def _note(mark: Path, what: dict[str, object]) -> None:
    write_whole(mark, json.dumps(what) + "\n", outlasts_power=False)
