"""The fastest promise is the best there is: sixty small cases held against a model that shares no code with planning."""

from dataclasses import replace

import pytest

from services.bench.exact.cases import LINES_MAX, SHAPES, Case, Feed, Line, Step, random_case
from services.bench.exact.comparing import Compared, compared, run
from services.bench.exact.model import optimum
from services.bench.exact.planned import cell_of, fastest

_SEED = 7
_CASES = 60
_SOON = 200  # cells within which the cases by hand are done


@pytest.mark.parametrize("first", range(0, _CASES, 15))
def test_the_fastest_promise_is_the_optimum_in_sixty_cases(first: int) -> None:
    """Fifteen at a time, each of every shape."""
    made = [compared(random_case(number, _SEED)) for number in range(first, first + 15)]
    assert [one.miss(_SEED) for one in made if not one.is_equal] == []


def test_the_table_counts_what_is_equal_and_names_what_is_not() -> None:
    found = run(2, _SEED)
    assert {row["measure"]: row["value"] for row in found["rows"]}["exact_equal_share"] == 100
    assert (found["misses"], found["exact_holds"]) == ([], True)


def test_the_cases_are_small_of_every_shape_and_the_same_for_one_seed() -> None:
    made = [random_case(number, _SEED) for number in range(_CASES)]
    assert {one.shape for one in made} == set(SHAPES)
    assert all(len(one.lines) <= LINES_MAX for one in made)
    assert made == [random_case(number, _SEED) for number in range(_CASES)]
    assert made != [random_case(number, _SEED + 1) for number in range(_CASES)]


def _line(name: str, cells: dict[str, int], *booked: tuple[int, int, str], plant: str = "p0") -> Line:
    return Line(name, plant, "421202", cells, (), booked)


def _case(steps: list[Step], *lines: Line) -> Case:
    changes = {(one, other): 3 for one in "abc" for other in "abc" if one != other}
    return Case(0, "chain", tuple(steps), lines, 0, changes, 0)


def _step(code: str, *feeds: int, lag_max: int | None = None) -> Step:
    return Step(code, "a", 1, 0, tuple(Feed(feed, 0, lag_max) for feed in feeds))


_TO_THE_BUYER = 38  # cells: an hour to load, 90 km, an hour to unload

BY_HAND = {
    # One line for ten cells from the start, and the lorry.
    "one step": (_case([_step("C0")], _line("l0", {"C0": 10})), 10),
    # The quick line for the first step is the only one for the second: the slow one must do the first.
    "the line that another branch needs": (
        _case(
            [_step("C0"), _step("C1"), _step("C2", 0, 1)],
            _line("l0", {"C0": 5, "C1": 10}),
            _line("l1", {"C0": 6}),
            _line("l2", {"C2": 5}),
        ),
        15,
    ),
    # Two branches on one line: the one with the long way to go must come first, whichever is named first.
    "both orders": (
        _case(
            [_step("C0"), _step("C0"), _step("C1", 1), _step("C2", 0, 2)],
            _line("l0", {"C0": 5}),
            _line("l1", {"C1": 20}),
            _line("l2", {"C2": 2}),
        ),
        27,
    ),
    # The second step finds room at 40 only, at most five cells after the first: the quick line is taken by then.
    "another line for a maximum lag": (
        _case(
            [_step("C0"), _step("C1", 0, lag_max=5)],
            _line("l0", {"C0": 3}, (8, 90, "a")),
            _line("l1", {"C0": 10}),
            _line("l2", {"C1": 5}, (0, 40, "a")),
        ),
        45,
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_cases_solved_by_hand_have_that_optimum_and_that_promise(name: str) -> None:
    case, ready = BY_HAND[name]
    assert optimum(case, _SOON) == ready + _TO_THE_BUYER
    option = fastest(case)
    assert option is not None
    assert cell_of(option.promise_at) == ready + _TO_THE_BUYER


def test_a_promise_that_is_later_than_it_could_be_is_seen() -> None:
    """The comparison can fail: two cells of another's work before the run make the promise of the one case too late."""
    case, _ = BY_HAND["one step"]
    hindered = replace(case, lines=(_line("l0", {"C0": 10}, (0, 2, "a")),))
    option = fastest(hindered)
    assert option is not None
    late = Compared(case, cell_of(option.promise_at), optimum(case, _SOON))
    assert not late.is_equal
    assert late.miss(_SEED)["hours_later"] == 0.2


def test_a_promise_that_cannot_be_kept_is_seen() -> None:
    case, ready = BY_HAND["one step"]
    too_early = Compared(case, ready + _TO_THE_BUYER - 1, optimum(case, ready + _TO_THE_BUYER - 1))
    assert too_early.miss(_SEED)["what"] == "a plan that the model holds to be impossible"


def test_case_and_promise_agree_when_there_is_no_plan() -> None:
    steps = [_step("C0"), _step("C1", 0, lag_max=5)]
    gone_for_ever = Line("l0", "p0", "421202", {"C0": 3}, ((8, 14_400),), ())
    none = compared(_case(steps, gone_for_ever, _line("l1", {"C1": 5}, (0, 40, "a"))))
    assert (none.planned, none.best) == (None, None)
    assert none.is_equal
