"""Whether a history of overlapping calls could have happened one call at a time: Wing & Gong's search, with Lowe's
memory of configurations already tried (WGL). A model says what each call may do to a state.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

C = TypeVar("C")
S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Call(Generic[C]):
    """*what* was asked and answered, between *begun* and *ended* (seconds of one clock).

    *ended* infinite: nobody answered; it may have had its effect at any time since, or never.
    """

    what: C
    begun: float
    ended: float = inf

    @property
    def is_answered(self) -> bool:
        return self.ended != inf


Apply = Callable[[S, C], Sequence[S]]
"""The states a call may lead to, none when it cannot have been answered so in that state."""


def explains(history: Sequence[Call[C]], initial: S, apply: Callable[[S, C], Sequence[S]]) -> bool:
    """Whether some order of the calls, each somewhere between its beginning and its end, gives all their answers."""
    calls = sorted(history, key=lambda one: one.begun)
    answered = sum(1 << index for index, one in enumerate(calls) if one.is_answered)
    stack: list[tuple[int, S]] = [(0, initial)]
    tried = {(0, initial)}
    while stack:
        done, state = stack.pop()
        if done & answered == answered:
            return True
        for index in _next(calls, done):
            for after in apply(state, calls[index].what):
                found = (done | 1 << index, after)
                if found not in tried:
                    tried.add(found)
                    stack.append(found)
    return False


def _next(calls: Sequence[Call[C]], done: int) -> list[int]:
    """Calls that may come next: begun before any call that is still to come had ended."""
    found, first_end = [], inf
    for index, one in enumerate(calls):
        if done >> index & 1:
            continue
        if one.begun > first_end:
            break
        found.append(index)
        first_end = min(first_end, one.ended)
    return [index for index in found if calls[index].begun <= first_end]
