"""The fastest option is the earliest there is: held against trying every start of every step on every line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.capacity.domain.board import Board
from services.capacity.domain.matching.problem import Demand
from services.capacity.domain.values import ChangeoverRule
from shared.contracts.planning import Interval, Limits, RecipeInput
from shared.reference.places import transport
from tests.support.planning_world import (
    CHIBI,
    FREE,
    GAOXIN,
    T0,
    WUHAN,
    XIANAN,
    board,
    book,
    capability,
    demand,
    line,
    matched,
    step,
    variant,
)

CELL = timedelta(minutes=6)  # roads take multiples of six minutes, so every moment that matters is on this grid
CELLS = 400
SETUPS = {("a", "b"): 10, ("b", "a"): 20}  # cells; asymmetric
BASE = 5
RULES = (
    ChangeoverRule("base", "*", "*", 30),
    ChangeoverRule("design", "a", "b", 30),
    ChangeoverRule("design", "b", "a", 90),
)


@dataclass(frozen=True)
class Line:
    """A line on the grid: closed and booked cells (first, last, design), the step it can do, its plant's district."""

    name: str
    code: str
    district: str
    closed: tuple[tuple[int, int], ...]
    booked: tuple[tuple[int, int, str], ...]

    def is_open(self, cell: int) -> bool:
        return not any(first <= cell < last for first, last in self.closed)


@dataclass(frozen=True)
class Case:
    lines: tuple[Line, ...]
    cells: Mapping[str, int]  # step -> cells of run
    lag_max: int | None
    start: int


@st.composite
def _cases(draw: st.DrawFn, steps: Sequence[str]) -> Case:
    lines = []
    for code in steps:
        for number in range(draw(st.integers(1, 2))):
            edges = sorted(draw(st.sets(st.integers(0, 150), min_size=2, max_size=8)))
            spans = list(zip(edges[::2], edges[1::2], strict=False))
            kinds = [draw(st.sampled_from(["closed", "a", "b"])) for _ in spans]
            lines.append(
                Line(
                    name=f"{code}{number}",
                    code=code,
                    district=draw(st.sampled_from([XIANAN, GAOXIN, CHIBI])),
                    closed=tuple(span for span, kind in zip(spans, kinds, strict=True) if kind == "closed"),
                    booked=tuple((*span, kind) for span, kind in zip(spans, kinds, strict=True) if kind != "closed"),
                )
            )
    cells = {code: draw(st.sampled_from([3, 6, 10, 20, 30, 40])) for code in steps}
    return Case(tuple(lines), cells, draw(st.sampled_from([None, None, 30, 60])), draw(st.integers(0, 20)))


def _placements(found: Line, length: int, start: int) -> list[tuple[int, int]]:
    """Every (first cell of the run, cell at its end) that breaks no rule, by trying all. The step's design is `a`."""
    result = []
    for run in range(start, CELLS):
        placed = _placement(found, run, length, start)
        if placed is not None:
            result.append(placed)
    return result


def _placement(found: Line, run: int, length: int, start: int) -> tuple[int, int] | None:
    if not found.is_open(run):
        return None
    before = [one for one in found.booked if one[1] <= run]
    setup = BASE if not before else SETUPS.get((max(before)[2], "a"), 0)
    slot = run
    while setup:
        slot -= 1
        if slot < start or (before and slot < max(before)[1]):
            return None
        setup -= found.is_open(slot)
    end = run
    while length:
        length -= found.is_open(end)
        end += 1
    if any(first < end and slot < last for first, last, _ in found.booked):
        return None
    after = min((one for one in found.booked if one[0] >= end), default=None)
    if after is not None and sum(map(found.is_open, range(end, after[0]))) < SETUPS.get(("a", after[2]), 0):
        return None
    return run, end


def _arrival(cell: int, origin: Line, district: str, *, same_plant: bool) -> int:
    """The cell at which what is ready at *cell* is at *district*."""
    if same_plant:
        return cell
    departs = transport().departure(T0 + cell * CELL)
    return (departs + transport().duration(origin.district, district) - T0) // CELL


def _earliest(case: Case, steps: Sequence[str]) -> datetime:
    """The earliest arrival at the buyer over all lines and all starts."""
    ways: list[tuple[Line, int]] = []
    for index, code in enumerate(steps):
        reached: set[tuple[Line, int]] = set()
        for found in (one for one in case.lines if one.code == code):
            placements = _placements(found, case.cells[code], case.start)
            if not index:
                reached |= {(found, end) for _, end in placements}
                continue
            for came in {
                _arrival(end, before, found.district, same_plant=before.name == found.name) for before, end in ways
            }:
                limit = CELLS if case.lag_max is None else came + case.lag_max
                reached |= {(found, end) for run, end in placements if came <= run <= limit}
        ways = list(reached)
    best = min(_arrival(end, found, WUHAN, same_plant=False) for found, end in ways)
    return T0 + best * CELL


def _planned(case: Case, steps: Sequence[str], rules: Sequence[ChangeoverRule] = RULES) -> tuple[Board, Demand]:
    masters = [
        line(
            one.name,
            f"plant-{one.name}",
            capability(one.code, rate=600 // case.cells[one.code]),  # sixty pieces take so many cells
            district=one.district,
            changeovers=rules,
            offered=_open(one),
        )
        for one in case.lines
    ]
    world = board(*masters)
    for one in case.lines:
        for first, last, design in one.booked:
            book(world, one.name, first / 10, last / 10, features={"design": design}, code=one.code)
    recipe = [
        step(
            code,
            code,
            *([RecipeInput(step=steps[i - 1], lag_minutes_max=_minutes(case.lag_max))] if i else []),
            features={"design": "a"},
        )
        for i, code in enumerate(steps)
    ]
    asked = demand(
        60, variant(*recipe), deliver_to=WUHAN, start=case.start / 10, by=2_000, limits=Limits(split_ok=False)
    )
    return world, asked


def _minutes(cells: int | None) -> int | None:
    return None if cells is None else cells * 6


def _open(found: Line) -> list[Interval]:
    edges = [0, *(edge for span in found.closed for edge in span), CELLS * 2]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return [Interval(T0 + first * CELL, T0 + last * CELL) for first, last in spans if first < last]


def _held_against_brute_force(case: Case, steps: Sequence[str]) -> None:
    world, asked = _planned(case, steps)
    fastest = min(option.promise_at for option in matched(asked, world).options)
    assert fastest == _earliest(case, steps)


@given(_cases(["P"]))
@settings(max_examples=40, deadline=None)
def test_one_step_is_as_early_as_can_be(case: Case) -> None:
    _held_against_brute_force(case, ["P"])


@given(_cases(["P", "Q"]))
@settings(max_examples=40, deadline=None)
def test_two_steps_are_as_early_as_can_be(case: Case) -> None:
    _held_against_brute_force(case, ["P", "Q"])


@given(_cases(["P", "Q", "R"]))
@settings(max_examples=15, deadline=None)
def test_three_steps_are_as_early_as_can_be(case: Case) -> None:
    _held_against_brute_force(case, ["P", "Q", "R"])


@given(_cases(["P", "Q"]), st.integers(0, 1), st.integers(0, 60), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_without_changeovers_another_booking_never_makes_the_order_earlier(
    case: Case, which: int, first: int, length: int
) -> None:
    """With changeovers it may: a run of the same design spares the next one its set-up."""
    lines = tuple(replace(one, booked=tuple((start, end, "a") for start, end, _ in one.booked)) for one in case.lines)
    world, asked = _planned(Case(lines, case.cells, None, case.start), ["P", "Q"], FREE)
    before = min(option.promise_at for option in matched(asked, world).options)
    taken = lines[which]
    if any(start < first + length and first < end for start, end, _ in taken.booked):
        return
    book(world, taken.name, first / 10, (first + length) / 10, features={"design": "a"}, code=taken.code)
    assert min(option.promise_at for option in matched(asked, world).options) >= before
