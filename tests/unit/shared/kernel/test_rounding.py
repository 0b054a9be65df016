"""Named roundings: exact, monotone, and parts that add up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.rounding import apportion, ceil_div, ceil_to_multiple, half_up_div

whole = st.integers(0, 10**12)
positive = st.integers(1, 10**9)


@given(whole, positive)
def test_ceil_div_is_the_smallest_integer_not_below(numerator: int, denominator: int) -> None:
    found = ceil_div(numerator, denominator)
    assert (found - 1) * denominator < numerator <= found * denominator


@given(whole, positive)
def test_ceil_to_multiple_is_a_multiple_less_than_one_step_above(value: int, multiple: int) -> None:
    found = ceil_to_multiple(value, multiple)
    assert found % multiple == 0
    assert 0 <= found - value < multiple


@given(st.integers(-(10**12), 10**12), positive)
def test_half_up_is_at_most_half_away_and_symmetric(numerator: int, denominator: int) -> None:
    found = half_up_div(numerator, denominator)
    assert abs(Fraction(numerator, denominator) - found) <= Fraction(1, 2)
    assert half_up_div(-numerator, denominator) == -found


@pytest.mark.parametrize(("numerator", "expected"), [(5, 1), (4, 0), (15, 2), (-5, -1)])
def test_half_goes_away_from_zero(numerator: int, expected: int) -> None:
    assert half_up_div(numerator, 10) == expected


@given(whole, st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_apportioned_parts_add_up_and_stay_within_one_of_the_exact_share(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert part == 0 or weight > 0


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, []), (1, [0]), (1, [2, -1])])
def test_apportioning_the_impossible_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="expected"):
        apportion(total, weights)
