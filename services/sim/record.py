"""What happened in a run: its trace, hashed as it grows, and its outcome in plain figures."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import msgspec

from shared.eventstore.port import Head

TAIL_LINES = 40


class Plan(msgspec.Struct, frozen=True):
    """One run: everything follows from it. *without* names faults and actors to leave out; *steps_max* ends it early.

    *engine* None: the seed decides. *days* counts from a first day that the seed chooses.
    """

    seed: int
    days: int = 31
    engine: str | None = None
    without: tuple[str, ...] = ()
    steps_max: int | None = None

    @property
    def command(self) -> str:
        """How to see this very run again."""
        words = ["python -m services sim", f"--first {self.seed}", "--seeds 1"]
        words += [f"--days {self.days}"] if self.days != Plan(0).days else []
        words += [f"--engine {self.engine}"] if self.engine is not None else []
        words += [f"--without '{name}'" for name in self.without]
        words += [f"--steps {self.steps_max}"] if self.steps_max is not None else []
        return " ".join(words)


class Outcome(msgspec.Struct):
    """What a run came to. *digest* is over the heads of all logs and every line of the trace: equal, bit for bit."""

    plan: Plan
    engine: str = ""
    violations: list[str] = []
    steps: int = 0
    days: float = 0.0
    events: int = 0
    commands: dict[str, int] = {}  # how they ended -> how many
    faults: dict[str, int] = {}  # kind -> how often it took effect
    names: list[str] = []  # of the faults and actors that took part: what may be left out
    digest: str = ""
    cpu_s: float = 0.0
    tail: list[str] = []

    @property
    def passed(self) -> bool:
        return not self.violations


class Trace:
    """Lines of text, one a step; the last of them are kept, all of them are hashed."""

    def __init__(self, lines_max: int | None = TAIL_LINES) -> None:
        self._total = sha256()
        self.tail: deque[str] = deque(maxlen=lines_max)

    def note(self, at: datetime, step: int, who: str, said: str) -> None:
        line = f"{at.isoformat()} {step} {who}: {said}"
        self._total.update(line.encode())
        self._total.update(b"\n")
        self.tail.append(line)

    def digest(self, heads: Mapping[str, Head]) -> str:
        total = self._total.copy()
        for name, head in sorted(heads.items()):
            total.update(f"{name} {head.position} {head.digest.hex()}\n".encode())
        return total.hexdigest()
