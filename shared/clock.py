"""The clocks and id sources that run the platform: the system's own, and those of a story that can be replayed."""

import random
import secrets
from datetime import UTC, datetime, timedelta
from threading import Lock

from shared.kernel.clock import Clock
from shared.kernel.ids import ulid

_RANDOM_BITS = 80
_RANDOM_MAX = (1 << _RANDOM_BITS) - 1


class SystemClock:
    """The machine's time, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class StoryClock:
    """A clock that stands still until it is told the time. Thread-safe; it never runs backward."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)
        self._lock = Lock()

    def now(self) -> datetime:
        return self._now

    def set(self, at: datetime) -> datetime:
        """Move to *at*. Raises ValueError when *at* is naive or earlier than now."""
        with self._lock:
            at = _aware(at)
            if at < self._now:
                raise ValueError(f"a story runs forward: it is {self._now:%FT%TZ}, asked for {at:%FT%TZ}")
            self._now = at
            return at

    def advance(self, by: timedelta) -> datetime:
        """Move on *by* (>= 0) and return the new time."""
        with self._lock:
            if by < timedelta(0):
                raise ValueError(f"a story runs forward: asked to advance by {by}")
            self._now += by
            return self._now


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"expected an aware instant, found {at!r} without a zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)


class _RisingIds:
    """Ids that rise even within one millisecond: the random part then counts on from the last one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._last_at = datetime.fromtimestamp(0, UTC)
        self._last_random = 0

    def new(self, prefix: str) -> str:
        """A fresh id such as `ord_01J…`, above every earlier one of this source, whatever the clock does."""
        with self._lock:
            now = self._clock.now()
            at = now.replace(microsecond=now.microsecond // 1000 * 1000)
            if at > self._last_at:
                self._last_at, self._last_random = at, self._random()
            elif self._last_random == _RANDOM_MAX:
                self._last_at, self._last_random = self._last_at + timedelta(milliseconds=1), self._random()
            else:
                self._last_random += 1
            return f"{prefix}_{ulid(self._last_at, self._last_random)}"

    def _random(self) -> int:
        raise AssertionError("a source of ids says where its chance comes from")


class RandomIds(_RisingIds):
    """Ids nobody can guess ahead: chance from the operating system, once a millisecond."""

    def _random(self) -> int:
        return secrets.randbits(_RANDOM_BITS - 1)  # the top bit stays free, so that counting on never overflows


class SeededIds(_RisingIds):
    """The same ids for the same seed and the same clock: simulations and stories replay to the letter."""

    def __init__(self, clock: Clock, seed: int) -> None:
        super().__init__(clock)
        self._chance = random.Random(seed)  # noqa: S311 - a replayable story wants repeatable ids, not secrets

    def _random(self) -> int:
        return self._chance.getrandbits(_RANDOM_BITS - 1)
