"""Where the rooms of the simulation meet: who lives in the world, what they act through, and what must always hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any, Protocol, TypeVar

from services.embedded.house import House
from shared.eventstore.handling import Done, Prepared
from shared.eventstore.port import Recorded
from shared.kernel.principal import Principal

R = TypeVar("R")

Fresh = Mapping[str, Sequence[Recorded]]
"""service -> events appended since the last look, in order."""


class Platform(Protocol):
    """The platform as its users meet it: a house that may crash under them and come back."""

    @property
    def house(self) -> House:
        """The services as they are now; another object after a crash, so never keep it."""
        ...

    def now(self, service: str = "") -> datetime:
        """The true time of the world, or what *service*'s own clock says."""
        ...

    def command(
        self, service: str, principal: Principal, route: str, prepare: Callable[[], Prepared[R]]
    ) -> Done[R] | None:
        """Prepare and append as the API does: with an idempotency key of its own, sent again until it is answered.

        *route* names the command in the key's scope and in the trace. None: the rule said no (Refused), or the key
        had been claimed by an earlier try whose answer was lost. A crash or an unavailable log under it is waited
        out and the very same command is sent again; what was acknowledged is kept to be looked for later.
        """
        ...


class Actor(Protocol):
    """Somebody who lives in the world: a brand, a factory, a laboratory, the office, the weather."""

    @property
    def name(self) -> str: ...

    def wakes_at(self) -> datetime:
        """When this actor wants to do something next; asked again after every deed."""
        ...

    def act(self, platform: Platform, chance: Random) -> str:
        """Do at most one thing at the present time and say in a few words what (the trace); chance comes only from
        *chance*. Facts and views may lag and commands may be refused: an actor looks again, as people do.
        """
        ...


class Invariant(Protocol):
    """What must hold after every step, whatever happens."""

    @property
    def name(self) -> str: ...

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:
        """Violations in words, judged from the logs alone, incrementally: cheap enough for every step."""
        ...

    def at_rest(self, platform: Platform) -> Iterable[str]:
        """Violations once faults have stopped and everything has drained."""
        ...


@dataclass(frozen=True, slots=True)
class Life:
    """A world to simulate. *found* sets it up on an empty house, once and without faults, and gives what its actors
    need to know as plain data; *cast* makes the actors of one seed, their first deeds from a time on, always in the
    same order under the same names; *laws* makes fresh invariants of the trade for one seed. *asks_last* lets somebody ask
    for one thing more, when all faults are over, and says what.
    """

    found: Callable[[House], Any]
    cast: Callable[[Any, datetime], Sequence[Actor]]
    laws: Callable[[Any], Sequence[Invariant]]
    asks_last: Callable[[Any, Platform, Random], str]


BEGINS = datetime(2026, 12, 1, tzinfo=UTC)
"""When every simulated world is founded; the seed decides from when on and for how many days it lives."""
