"""Clocks of a data directory that holds a story: told the time while the story runs, running on once it is told."""

from datetime import UTC, datetime, timedelta
from time import monotonic


class ContinuedClock:
    """Runs at the pace of real time from where a story ended, so that what was told stays in its past."""

    def __init__(self, story_ended_at: datetime) -> None:
        if story_ended_at.tzinfo is None:
            raise ValueError(f"expected an aware instant, found {story_ended_at!r} without a zone")
        self._base = story_ended_at.astimezone(UTC)
        self._started = monotonic()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=monotonic() - self._started)
