from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.capacity.domain.spans import after, between, common, merged, minus, seconds
from shared.contracts.planning import Interval

START = datetime(2026, 12, 1, tzinfo=UTC)


def hours(*pairs: tuple[int, int]) -> list[Interval]:
    return [Interval(START + timedelta(hours=a), START + timedelta(hours=b)) for a, b in pairs]


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6)), max_size=12).map(
    lambda rows: hours(*((a, a + length) for a, length in rows))
)


def covered(rows: list[Interval]) -> set[int]:
    """The reference model: the set of whole hours that are covered."""
    zero = START
    return {
        hour
        for one in rows
        for hour in range(
            int((one.starts_at - zero).total_seconds()) // 3600, int((one.ends_at - zero).total_seconds()) // 3600
        )
    }


def test_touching_and_overlapping_spans_become_one() -> None:
    assert merged(hours((4, 6), (0, 2), (2, 3), (5, 8))) == hours((0, 3), (4, 8))


def test_a_hole_splits_a_span_in_two() -> None:
    assert minus(hours((0, 10)), hours((3, 4), (9, 12))) == hours((0, 3), (4, 9))


@given(left=spans, right=spans)
def test_the_algebra_agrees_with_sets_of_hours(left: list[Interval], right: list[Interval]) -> None:
    a, b = merged(left), merged(right)
    assert covered(a) == covered(left)
    assert covered(common(a, b)) == covered(a) & covered(b)
    assert covered(minus(a, b)) == covered(a) - covered(b)
    assert seconds(a) == 3600 * len(covered(a))
    assert all(one.ends_at < other.starts_at for one, other in pairwise(a))


@given(rows=spans, cut=st.integers(0, 45))
def test_a_cut_divides_the_time_without_loss(rows: list[Interval], cut: int) -> None:
    whole, at = merged(rows), START + timedelta(hours=cut)
    before = between(whole, START, at)
    assert merged([*before, *after(whole, at)]) == whole
