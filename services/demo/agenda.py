"""What will happen when: the deeds of several plants, in one order of time."""

import heapq
from collections.abc import Callable
from datetime import datetime

Deed = Callable[[], object]


class Agenda:
    """Deeds by their instant; within one instant what ends comes before what begins. A deed may note more."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, bool, int, Deed]] = []
        self._count = 0

    def note(self, at: datetime, deed: Deed, *, begins: bool = False) -> None:
        self._count += 1
        heapq.heappush(self._heap, (at, begins, self._count, deed))

    def next_at(self) -> datetime | None:
        """When the next deed is due, None when nothing is noted."""
        return self._heap[0][0] if self._heap else None

    def take(self) -> Deed:
        """The next deed, no longer noted."""
        return heapq.heappop(self._heap)[3]
