"""A failing run made smaller: faults and actors left out, days and steps cut, as long as the same thing fails."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from services.sim.record import Outcome, Plan

RUNS_MAX = 120

Replay = Callable[[Plan], Outcome]


def shrunk(failed: Outcome, replay: Replay, runs_max: int = RUNS_MAX) -> Outcome:
    """The smallest failing run found in *runs_max* tries; *failed* itself when none is smaller.

    Delta debugging (Zeller, Hildebrandt 2002: ddmin) over the names of faults and actors: whatever is not needed is
    left out, halves first. Everybody has a chance of his own, so who stays decides as before. The same law must be
    broken, or it is another failure, and in no more steps: fewer people may take longer to break it.
    """
    return _Shrinking(failed, replay, runs_max).smallest()


class _Shrinking:
    def __init__(self, failed: Outcome, replay: Replay, runs_max: int) -> None:
        self._best, self._replay, self._runs_left = failed, replay, runs_max
        self._law = _law_of(failed)

    def smallest(self) -> Outcome:
        needed, parts = list(self._best.names), 2
        while needed and self._runs_left > 0:
            rest = self._without_one_part(needed, parts)
            if rest is not None:
                needed, parts = rest, max(2, parts - 1)
            elif parts >= len(needed):
                break
            else:
                parts = min(len(needed), parts * 2)
        days = max(1, int(self._best.days) + 1)
        if days < self._best.plan.days:
            self._try(replace(self._best.plan, days=days))
        if self._best.steps > 0:  # who broke off before telling how far he came cannot be cut there
            self._try(replace(self._best.plan, steps_max=self._best.steps))
        return self._best

    def _without_one_part(self, needed: Sequence[str], parts: int) -> list[str] | None:
        """What is still needed after one of *parts* parts could be left out; None when none can."""
        size = -(-len(needed) // parts)
        for first in range(0, len(needed), size):
            part = needed[first : first + size]
            without = tuple(sorted({*self._best.plan.without, *part}))
            if self._try(replace(self._best.plan, without=without)):
                return [name for name in needed if name not in part]
        return None

    def _try(self, plan: Plan) -> bool:
        """Whether *plan* fails in the same way; it is then the best known."""
        if self._runs_left <= 0:
            return False
        self._runs_left -= 1
        outcome = self._replay(plan)
        if outcome.passed or _law_of(outcome) != self._law or outcome.steps > self._best.steps:
            return False
        self._best = outcome
        return True


def _law_of(outcome: Outcome) -> str:
    return outcome.violations[0].partition(":")[0]
