"""Kinds of harm, each ending in a start of the server; what a kind does stands in its docstring."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from services.terminal import Exit
from tests.fault.campaign.victim import Ready, Victim

WORKS_S = (0.3, 1.2)  # how long the load runs before it is disturbed
FROZEN_S = (0.5, 3.0)
FULL_S = (0.3, 0.8)
ROOM_BYTES_MAX = 40_000  # left on the full disk: the fault strikes at another write each time
START_S = 1.5
DOWN_FOR = timedelta(hours=60)  # how far time goes on while it is down: work becomes due, holds and tokens run out
DOWN_LONG = 0.4  # share of restarts at which time has gone on


@dataclass(slots=True)
class Harm:
    """What was done, and what the server said to it. *starts*: what every start took."""

    victim: Victim
    chance: random.Random
    ever: Event = field(default_factory=Event)  # never set: waiting for it is how time is let pass
    starts: list[Ready] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    unclean_ends: list[int] = field(default_factory=list)

    def strike(self, kind: str) -> None:
        """Let the load run, do harm of *kind*, and start the server again."""
        self._let_run(*WORKS_S)
        KINDS[kind](self)
        if self.chance.random() < DOWN_LONG:
            self.victim.let_pass(DOWN_FOR * self.chance.random())
        self.starts.append(self.victim.start())
        self.done[kind] = self.done.get(kind, 0) + 1

    def kill(self) -> None:
        """SIGKILL in the middle of the load."""
        self.victim.kill()

    def freeze(self) -> None:
        """SIGSTOP for seconds, in which clients give up and ask again; it wakes, works on, and is killed."""
        self.victim.freeze()
        self._let_run(*FROZEN_S)
        self.victim.thaw()
        self._let_run(*WORKS_S)
        self.victim.kill()

    def fill_disk(self) -> None:
        """No file may grow any more; after a while there is room again and it works on, and is killed."""
        self.victim.limit_files(self.chance.randrange(ROOM_BYTES_MAX))
        self._let_run(*FULL_S)
        self.victim.limit_files(None)
        self._let_run(*WORKS_S)
        self.victim.kill()

    def kill_full(self) -> None:
        """SIGKILL while the disk is full."""
        self.victim.limit_files(self.chance.randrange(ROOM_BYTES_MAX))
        self._let_run(*FULL_S)
        self.victim.kill()

    def terminate(self) -> None:
        """SIGTERM in the middle of the load: it answers what runs and ends with 0."""
        code = self.victim.terminate()
        if code != Exit.DONE:
            self.unclean_ends.append(code)

    def kill_starting(self) -> None:
        """SIGKILL, and again while it starts and recovers."""
        self.victim.kill()
        self.victim.begin()
        self._let_run(0.0, START_S)
        self.victim.kill()

    def _let_run(self, least_s: float, most_s: float) -> None:
        self.ever.wait(self.chance.uniform(least_s, most_s))


KINDS: Mapping[str, Callable[[Harm], None]] = {
    "kill": Harm.kill,
    "freeze": Harm.freeze,
    "disk full": Harm.fill_disk,
    "kill on full disk": Harm.kill_full,
    "terminate": Harm.terminate,
    "kill while starting": Harm.kill_starting,
}
SHARES: Mapping[str, int] = {
    "kill": 10,
    "freeze": 2,
    "disk full": 2,
    "kill on full disk": 2,
    "terminate": 1,
    "kill while starting": 3,
}
"""How often each kind comes, of 20."""


def kinds_of(kills: int, chance: random.Random) -> list[str]:
    """*kills* kinds of harm by `SHARES`, in an order of chance; every kind once before any comes again as its share."""
    drawn = list(KINDS)[:kills]
    drawn += chance.choices(list(SHARES), list(SHARES.values()), k=kills - len(drawn))
    chance.shuffle(drawn)
    return drawn
