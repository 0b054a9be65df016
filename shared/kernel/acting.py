"""What can be done with a thing now: asked of the rule itself, so that no list of actions can differ from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Note:
    """One action. *refused* None: it can be done now, until *until* (None: no end is known), with *needs* said beside
    what the action is about; else why not, and *since*, the instant from which it can be, where that is known.
    """

    action: str
    refused: Refused | None = None
    needs: tuple[str, ...] = ()
    until: datetime | None = None
    since: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        return self.refused is None


def refusal_of(rule: Callable[[], object]) -> Refused | None:
    """What *rule* says no with, None when it says yes."""
    try:
        rule()
    except Refused as refused:
        return refused
    return None


def first_allowed(action: str, rules: Iterable[Callable[[], object]]) -> Note:
    """The action when any of *rules* says yes, else the no of the first. Raises StopIteration without rules."""
    answers = [refusal_of(rule) for rule in rules]
    return Note(action, None if None in answers else next(iter(answers)))


def names(notes: Iterable[Note]) -> list[str]:
    """The actions that can be done now."""
    return [one.action for one in notes if one.is_allowed]
