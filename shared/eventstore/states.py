"""Folded states kept in memory, so that a command need not read and fold its stream again; never stored.

Two uses. `load` brings a kept state up to date from the log: other processes' events are seen. `transact` first lets
its handler work on kept states unread: the append then checks their versions, and whatever the append does not check
(a refusal, nothing to write, a stream read but not written) is decided once more on fresh reads.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import local
from typing import Any, ClassVar

from shared.kernel.decider import Decider
from shared.kernel.event import Event

STATES_MAX = 1_000  # of one log; an order or a plan with its quotes folds to some 20 kB

Kept = tuple[Decider[Any, Any, Any], Any, int]
"""Decider, state, version: the decider is held, because only its own `evolve` may go on from the state."""


class _Thread(local):
    guessed: set[str] | None = None


class States:
    """stream -> what it was last folded to. Thread-safe: entries are replaced whole and never changed.

    Who has changed least recently makes room, one for one: the long streams of busy lines stay, and the memory in use
    does not swing.

    It relies on `evolve` being pure and on events that read back as they were written: with CHECKED (on in the
    tests) every state that is used is compared with a fold of the stored events from the beginning.
    """

    CHECKED: ClassVar[bool] = False

    def __init__(self, states_max: int = STATES_MAX) -> None:
        self._states_max = states_max
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._thread = _Thread()

    def get(self, decider: Decider[Any, Any, Any], stream: str) -> Kept | None:
        found = self._kept.get(stream)
        return found if found is not None and found[0] is decider else None

    def found(self, decider: Decider[Any, Any, Any], stream: str) -> tuple[Kept | None, set[str] | None]:
        """What is kept, and where `load` notes that it was taken unread; None there when it must read."""
        found = self._kept.get(stream)
        return found if found is not None and found[0] is decider else None, self._thread.guessed

    def keep(self, decider: Decider[Any, Any, Any], stream: str, state: object, version: int) -> None:
        self._kept.pop(stream, None)
        self._kept[stream] = (decider, state, version)
        while len(self._kept) > self._states_max:
            self._kept.popitem(last=False)

    def advance(self, stream: str, version: int, events: Sequence[Event]) -> None:
        """*events* were appended on top of *version*: go on from there when that is what is kept."""
        found = self._kept.get(stream)
        if found is not None and found[2] == version:
            decider, state, _ = found
            for event in events:
                state = decider.evolve(state, event)
            self.keep(decider, stream, state, version + len(events))

    def all(self) -> dict[str, Kept]:
        """Everything kept, by stream, for those who check it."""
        return dict(self._kept)

    def begin_guessing(self) -> set[str]:
        """From here on, in this thread, `load` takes kept states unread; returns where it notes their streams."""
        guessed: set[str] = set()
        self._thread.guessed = guessed
        return guessed

    def end_guessing(self) -> None:
        self._thread.guessed = None

    @property
    def guessed(self) -> set[str] | None:
        """Where `load` notes an unread state; None when it must read."""
        return self._thread.guessed
