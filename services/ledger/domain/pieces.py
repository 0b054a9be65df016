"""Long declarations of line time, cut into several that mean the same: no interval may vanish behind a digest.

A calendar is cut between two operation intervals, its period with it; lists of hours are cut anywhere. Declaring the
pieces one after another changes the same seconds in the same way as declaring the whole.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from shared.kernel.clock import parse_instant

PIECE_WEIGHT_MAX = 160
"""Intervals and downtimes in one piece: about 16 KiB of the 32 an entry may have."""

Fields = dict[str, Any]


def pieces_of(type_name: str, data: Fields) -> list[Fields]:
    """*data* itself where it is short or of a type that is never cut, else its pieces in order of time."""
    cut = _CUTS.get(type_name)
    return [data] if cut is None else list(cut(data))


def _hours(data: Fields) -> Iterator[Fields]:
    intervals = data["intervals"]
    for first in range(0, len(intervals), PIECE_WEIGHT_MAX) or [0]:
        yield {**data, "intervals": intervals[first : first + PIECE_WEIGHT_MAX]}


def _calendar(data: Fields) -> Iterator[Fields]:
    operation, downtime = list(data["operation"]), list(data["planned_downtime"])
    if len(operation) + len(downtime) <= PIECE_WEIGHT_MAX:
        yield data
        return
    downtime.sort(key=lambda one: parse_instant(one["starts_at"]))
    begins, kept, taken, weight = data["period_from"], 0, 0, 0
    for index, interval in enumerate(operation):
        starts_at = parse_instant(interval["starts_at"])
        inside = taken
        while inside < len(downtime) and parse_instant(downtime[inside]["starts_at"]) < starts_at:
            inside += 1
        weight += 1 + inside - taken
        if weight > PIECE_WEIGHT_MAX and index > kept:
            cut_downtime = downtime[:inside]
            yield _part(data, begins, interval["starts_at"], operation[kept:index], cut_downtime)
            begins, kept, weight = interval["starts_at"], index, 1
            downtime, inside = downtime[inside:], 0
        taken = inside
    yield _part(data, begins, data["period_to"], operation[kept:], downtime)


def _part(data: Fields, begins: str, ends: str, operation: list[Fields], downtime: list[Fields]) -> Fields:
    return {**data, "period_from": begins, "period_to": ends, "operation": operation, "planned_downtime": downtime}


_CUTS: Mapping[str, Callable[[Fields], Iterator[Fields]]] = {
    "capacity.calendar-declared.v1": _calendar,
    "capacity.capacity-published.v1": _hours,
    "capacity.capacity-withdrawn.v1": _hours,
}
