"""What will happen when: the deeds of several plants told in one order of time."""

import heapq
from collections.abc import Callable
from datetime import datetime

from services.demo.stage import Stage

Deed = Callable[[], object]


class Agenda:
    """Deeds by their instant; within one instant what ends comes before what begins. A deed may note more."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, bool, int, Deed]] = []
        self._count = 0

    def note(self, at: datetime, deed: Deed, *, begins: bool = False) -> None:
        self._count += 1
        heapq.heappush(self._heap, (at, begins, self._count, deed))

    def carry_out(self, stage: Stage, until: datetime | None = None) -> None:
        """Move the story's time from deed to deed, up to *until* where given."""
        while self._heap and (until is None or self._heap[0][0] <= until):
            at, _, _, deed = heapq.heappop(self._heap)
            stage.move_to(at)
            deed()
