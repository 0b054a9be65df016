"""The clocks of a small case: open cells of a line, its gaps between bookings, and when lorries leave and arrive."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from services.bench.exact.cases import Case, Line, Step
from shared.reference.places import transport

_CELL_SECONDS = 360
_DAY, _BEGINS_AT = 240, 80  # cells of a day; the first cell is at 08:00
_OPENS, _CLOSES = 60, 200


class Place(NamedTuple):
    """Where a run may lie: *at* counts open cells of the line, *starts* and *ends* are wall cells."""

    at: int
    starts: int
    ends: int


class Clock:
    """A line's open cells up to *until*."""

    def __init__(self, line: Line, until: int) -> None:
        closed = {cell for first, end in line.closed for cell in range(first, end)}
        self._line = line
        self._open = [cell for cell in range(until) if cell not in closed]

    def worked(self, cell: int) -> int:
        """Open cells before a wall cell."""
        return bisect_left(self._open, cell)

    def gaps(self, case: Case, step: Step) -> Iterator[tuple[int, int]]:
        """(first, last) open cells for a run of *step* in each gap: set-up before it and after it have their time."""
        booked = sorted(self._line.booked)
        for before, after in zip([None, *booked], [*booked, None], strict=True):
            begins = max(case.start, before[1]) if before else case.start
            first = self.worked(begins) + case.setup(before[2] if before else None, step.design)
            if after is None:
                yield first, len(self._open)
            elif after[0] > case.start:
                yield first, self.worked(after[0]) - case.setup(step.design, after[2])

    def places(self, gap: tuple[int, int], length: int) -> Iterator[Place]:
        """All places of a run of *length* open cells in the gap."""
        first, last = gap
        for at in range(first, last - length + 1):
            yield Place(at, self._open[at], self._open[at + length - 1] + 1)


def first_departure(cell: int) -> int:
    """The first cell at or after *cell* within the hours in which lorries leave."""
    of_day = (cell + _BEGINS_AT) % _DAY
    if of_day < _OPENS:
        return cell + _OPENS - of_day
    return cell if of_day <= _CLOSES else cell + _DAY + _OPENS - of_day


@cache
def travel(origin: str, destination: str) -> int:
    """Cells of loading, driving and unloading."""
    return int(transport().duration(origin, destination).total_seconds()) // _CELL_SECONDS
