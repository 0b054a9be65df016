"""The shape of every rule: a decider folds events into a state and answers commands with events."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, S, E]):
    """`decide(command, state) -> events` may refuse; `evolve(state, event) -> state` never does.

    *initial* is the state of a stream that has no events. All three are plain values and functions: time, ids,
    prices and candidates arrive inside the command.
    """

    initial: S
    decide: Callable[[C, S], Sequence[E]]
    evolve: Callable[[S, E], S]

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        """State after *events*, starting from *state* (or `initial` when None)."""
        current = self.initial if state is None else state
        evolve = self.evolve
        for event in events:
            current = evolve(current, event)
        return current
