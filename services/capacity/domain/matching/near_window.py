"""Goods for a window are made near it: work begins so late that nothing of the order lies finished for long.

The last step and the one that begins the shelf life are held back by their own bounds (`placing.end_near_window`). What
goes before them would still be made at once and lie for months, so the whole chain is released later: by the time that it
would take from now, and a half more for a busier line. Where that is too late for the window, half as much later.
"""

from collections.abc import Iterator, Sequence

from services.capacity.domain.matching.chain import Chain, Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.placing import end_near_window

_TRIES = 3
_DAY = 86_400


def releases(context: Context, tried: Sequence[Chain]) -> Iterator[Context]:
    """Contexts in which to look for ways by *tried*, the latest release first; the given one is the last of them."""
    target = _earliest_end(context, tried)
    if target is not None:
        room = target - context.not_before - _work(tried)
        for _ in range(_TRIES):
            if room < _DAY:
                break
            yield context.begun_at(context.not_before + room)
            room //= 2
    yield context


def _earliest_end(context: Context, tried: Sequence[Chain]) -> int | None:
    """Before which no bounded step of any chain may end; None where nothing is bounded, or something was made already."""
    tasks = [task for chain in tried for task in chain.tasks]
    if context.wanted_from is None or any(task.pin is not None for task in tasks):
        return None
    floors = [end_near_window(context, task, one) for task in tasks for one in task.candidates]
    return min((floor for floor in floors if floor), default=None)


def _work(tried: Sequence[Chain]) -> int:
    """Wall seconds that the longest chain may need before its bounded step ends: three times its runs, its lags and a day
    a step for set-up, closed hours and lorries.
    """
    return max((sum(map(_span, chain.tasks)) for chain in tried), default=0)


def _span(task: Task) -> int:
    lags = sum(feed.need.lag_minutes_min for feed in task.feeds) + task.step.last_lag_minutes
    return 3 * min((one.seconds for one in task.candidates), default=0) + 60 * lags + _DAY
