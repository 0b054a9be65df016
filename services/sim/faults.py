"""What goes wrong in a seed, where and when: drawn ahead, numbered, so that any of it can be left out."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

SERVICES = ("portal", "order", "capacity", "ledger")
TOPICS = ("portal", "order", "capacity")

STRIKES = ("append-fails", "crash-before-commit", "crash-after-commit", "torn-write")  # at one write of a log
SPELLS = {  # kind -> its longest spell in minutes
    "disk-full": 90,
    "drop": 600,
    "duplicate": 600,
    "delay": 240,
    "replay": 600,
    "lost-commit": 600,
    "small-pages": 1_200,
    "publish-unheard": 600,
    "partition": 240,
    "relay-away": 240,
    "views-stand": 240,
}
MOMENTS = ("crash", "clock-leap")
KINDS = (*STRIKES, *SPELLS, *MOMENTS)
STRIKE_WRITES_MAX = 6  # a strike hits one of so many writes from when it is due
A_MONTH_MAX = 26  # faults in thirty days, at most
AT_LEAST_MAX = 8  # the same for the shortest run


class Fault(msgspec.Struct, frozen=True):
    """*where* is a service. *strength* is the chance a strike or spell works with, or the writes a strike lets pass."""

    number: int
    kind: str
    where: str
    begins: datetime
    ends: datetime
    strength: float

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"


def drawn(chance: Random, begins: datetime, ends: datetime) -> list[Fault]:
    """The faults of one seed, by time. Each seed has some kinds only: what fails alone shows bugs that a storm hides."""
    kinds = [kind for kind in KINDS if chance.random() < 0.6] or [chance.choice(KINDS)]
    days = max(1, (ends - begins) // timedelta(days=1))
    count = chance.randint(0, max(AT_LEAST_MAX, A_MONTH_MAX * days // 30))
    times = sorted(begins + (ends - begins) * chance.random() for _ in range(count))
    return [_drawn(chance, number, chance.choice(kinds), at) for number, at in enumerate(times, 1)]


def _drawn(chance: Random, number: int, kind: str, at: datetime) -> Fault:
    where = chance.choice(SERVICES)
    if kind in SPELLS:
        lasts_for = timedelta(minutes=1 + (SPELLS[kind] - 1) * chance.random() ** 2)
        return Fault(number, kind, where, at, at + lasts_for, chance.choice((0.2, 0.5, 0.9)))
    strength = chance.randrange(STRIKE_WRITES_MAX) if kind in STRIKES else chance.randint(-90, 90)
    return Fault(number, kind, where, at, at, strength)


class Weather:
    """Which faults are on now, and how often each kind took effect."""

    def __init__(self, faults: Sequence[Fault], without: Collection[str] = ()) -> None:
        self.coming = [one for one in faults if one.name not in without]
        self.hits: dict[str, int] = {}
        self._spells: dict[tuple[str, str], Fault] = {}
        self._strikes: dict[str, list[_Armed]] = {}

    def begin(self, fault: Fault) -> None:
        if fault.kind in SPELLS:
            self._spells[fault.kind, fault.where] = fault
        elif fault.kind in STRIKES:
            self._strikes.setdefault(fault.where, []).append(_Armed(fault.kind, int(fault.strength)))

    def end(self, fault: Fault) -> None:
        if self._spells.get((fault.kind, fault.where)) is fault:
            del self._spells[fault.kind, fault.where]

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self.coming.clear()
        self._spells.clear()
        self._strikes.clear()

    def spell(self, kind: str, where: str) -> Fault | None:
        """The spell of *kind* that *where* suffers now."""
        return self._spells.get((kind, where))

    def strike(self, where: str) -> str | None:
        """What hits the write that *where* is about to make."""
        armed = self._strikes.get(where)
        if not armed:
            return None
        first = armed[0]
        if first.writes_before > 0:
            first.writes_before -= 1
            return None
        armed.pop(0)
        self.hit(first.kind)
        return first.kind

    def hit(self, kind: str) -> None:
        self.hits[kind] = self.hits.get(kind, 0) + 1


class _Armed(msgspec.Struct):
    kind: str
    writes_before: int


def turns(faults: Sequence[Fault]) -> Iterator[tuple[datetime, int, bool, Fault]]:
    """Beginnings and endings: (when, number, whether it begins, fault)."""
    for one in faults:
        yield one.begins, one.number, True, one
        if one.kind in SPELLS:
            yield one.ends, one.number, False, one
