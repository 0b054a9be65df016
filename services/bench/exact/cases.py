"""Small random cases: up to eight lines; chains, trees, branches, lags, and steps that compete for the order's own lines.

Every moment lies on a grid of six minutes, since roads take multiples of that. Times are cells after Monday, 08:00 in
Shanghai.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DISTRICTS = ("421202", "421271", "421281")
BUYER = "420100"
DESIGNS = ("a", "b", "c")
SHAPES = ("chain", "tree", "branch", "lagged chain", "lagged tree", "lagged branch")
LINES_MAX = 8
PIECES = 60
_BUSY_CELLS = 90


@dataclass(frozen=True, slots=True)
class Feed:
    """*lag_max* None: no upper limit. In cells, from when the input is there to the start of the run."""

    step: int
    lag_min: int
    lag_max: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """*share*: how many times the delivered pieces it makes. *quarantine*: cells before its output may leave."""

    code: str
    design: str
    share: int
    quarantine: int
    feeds: tuple[Feed, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """*cells*: what it can do -> cells for the delivered pieces. *booked*: (first, end, design) of firm runs."""

    name: str
    plant: str
    district: str
    cells: Mapping[str, int]
    closed: tuple[tuple[int, int], ...]
    booked: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """*base* cells of set-up whenever anything changes, and before a line's first run; *changes* are added to it."""

    number: int
    shape: str
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]
    base: int
    changes: Mapping[tuple[str, str], int]
    start: int

    def setup(self, before: str | None, after: str) -> int:
        """Cells of set-up from one design to another; None: nothing has run."""
        if before is None:
            return self.base
        return 0 if before == after else self.base + self.changes[before, after]


def random_case(number: int, seed: int) -> Case:
    """The same number and seed give the same case."""
    chance = random.Random(f"{seed}/{number}")
    shape = SHAPES[number % len(SHAPES)]
    steps = _steps(chance, shape)
    # Sums of any two exceed any one: no detour of set-ups is shorter than the way itself.
    changes = {(one, other): chance.randint(3, 6) for one in DESIGNS for other in DESIGNS if one != other}
    return Case(
        number=number,
        shape=shape,
        steps=steps,
        lines=tuple(_lines(chance, sorted({one.code for one in steps}), lagged="lagged" in shape)),
        base=chance.choice([0, 1, 3]),
        changes=changes,
        start=chance.randint(0, 20),
    )


def _steps(chance: random.Random, shape: str) -> tuple[Step, ...]:
    feeds: Sequence[Sequence[int]]
    if "chain" in shape:
        feeds = [[i - 1] if i else [] for i in range(chance.randint(1, 4))]
    elif "tree" in shape:
        feeds = chance.choice([[[], [], [0, 1]], [[], [0], [], [1, 2]], [[], [], [0, 1], [2]], [[], [], [], [0, 1, 2]]])
    else:
        feeds = chance.choice([[[], [0], [0], [1, 2]], [[], [0], [0], [2], [1, 3]]])
    shares = [0] * len(feeds)
    shares[-1] = 1
    for i in range(len(feeds) - 1, -1, -1):
        for feed in feeds[i]:
            shares[feed] += shares[i]
    codes: list[str] = []
    for i in range(len(feeds)):
        codes.append(chance.choice(codes) if codes and chance.random() < 0.4 else f"C{i}")
    lagged = "lagged" in shape
    return tuple(
        Step(
            code=codes[i],
            design=chance.choice(DESIGNS),
            share=shares[i],
            quarantine=chance.choice([0, 0, 0, 20]),
            feeds=tuple(
                Feed(
                    feed,
                    chance.choice([0, 0, 5]) if lagged else 0,
                    chance.choice([None, 5, 15, 40]) if lagged else None,
                )
                for feed in feeds[i]
            ),
        )
        for i in range(len(feeds))
    )


def _lines(chance: random.Random, codes: Sequence[str], *, lagged: bool) -> list[Line]:
    """With maximum lags no line closes: a run held back by seconds could pause over night, which no grid can show."""
    wanted = list(codes)
    while len(wanted) < LINES_MAX and chance.random() < 0.7:
        wanted.append(chance.choice(codes))
    plants = [(f"p{i}", chance.choice(DISTRICTS)) for i in range(chance.randint(1, 4))]
    found = []
    for number, code in enumerate(wanted):
        able = {code} | ({chance.choice(codes)} if chance.random() < 0.35 else set())
        plant, district = chance.choice(plants)
        edges = sorted(chance.sample(range(_BUSY_CELLS), 2 * chance.randint(0, 4)))
        spans = list(zip(edges[::2], edges[1::2], strict=True))
        kinds = [chance.choice(DESIGNS if lagged else ["closed", *DESIGNS]) for _ in spans]
        found.append(
            Line(
                name=f"l{number}",
                plant=plant,
                district=district,
                cells={one: chance.choice([2, 3, 5, 6, 10, 12, 20]) for one in sorted(able)},
                closed=tuple(span for span, kind in zip(spans, kinds, strict=True) if kind == "closed"),
                booked=tuple((*span, kind) for span, kind in zip(spans, kinds, strict=True) if kind != "closed"),
            )
        )
    return found
