"""The search for an order: against a plain register, and against trying every order there is."""

from itertools import permutations
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from tests.support.linearizable import Call, explains

Register = tuple[str, int]  # ("write", value) or ("read", value found)


def register(state: int, what: Register) -> list[int]:
    kind, value = what
    if kind == "write":
        return [value]
    return [state] if state == value else []


def test_a_read_may_see_a_write_that_overlaps_it_or_miss_it() -> None:
    write = Call(("write", 1), 0, 10)
    assert explains([write, Call(("read", 1), 5, 6)], 0, register)
    assert explains([write, Call(("read", 0), 5, 6)], 0, register)


def test_a_read_after_a_write_must_see_it_and_nobody_may_see_it_go_away_again() -> None:
    write = Call(("write", 1), 0, 10)
    assert not explains([write, Call(("read", 0), 11, 12)], 0, register)
    assert not explains([write, Call(("read", 1), 2, 3), Call(("read", 0), 4, 5)], 0, register)


def test_a_write_that_nobody_answered_may_have_happened_late_or_never_but_not_before_it_began() -> None:
    write = Call(("write", 1), 5)
    assert explains([write, Call(("read", 0), 6, 7), Call(("read", 1), 8, 9)], 0, register)
    assert explains([write, Call(("read", 0), 90, 91)], 0, register)
    assert not explains([write, Call(("read", 1), 1, 2)], 0, register)


calls = st.builds(
    lambda kind, value, begun, lasts: Call((kind, value), begun, begun + lasts),
    st.sampled_from(["write", "read"]),
    st.integers(0, 2),
    st.integers(0, 12),
    st.one_of(st.integers(1, 6), st.just(inf)),
)


def by_trying_all(history: list[Call[Register]]) -> bool:
    """Every choice of open calls that did happen, in every order."""
    answered = [one for one in history if one.is_answered]
    opened = [one for one in history if not one.is_answered]
    chosen = [
        answered + [one for index, one in enumerate(opened) if choice >> index & 1]
        for choice in range(2 ** len(opened))
    ]
    return any(_holds(order) for some in chosen for order in permutations(some))


def _holds(order: tuple[Call[Register], ...]) -> bool:
    state = 0
    for index, one in enumerate(order):
        if any(later.ended < one.begun for later in order[index + 1 :]):
            return False
        if one.what[0] == "read" and one.what[1] != state:
            return False
        state = one.what[1]
    return True


@given(st.lists(calls, max_size=5))
def test_it_agrees_with_trying_every_order(history: list[Call[Register]]) -> None:
    assert explains(history, 0, register) == by_trying_all(history)
