"""Fees and tolerances for any plan: bounded by the price, never falling as the start comes nearer or work goes on."""

from datetime import timedelta
from typing import Any

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.order.domain.commands import ReceiveProgress
from services.order.domain.situations import Running
from services.order.domain.terms import cancellation_fee_fen, cancellation_rows, change_fee_fen
from services.order.packs.terms import terms
from tests.support.order_world import NOW, placing, progress
from tests.unit.order.domain.conftest import confirmed_with

CONFIRMED = confirmed_with(placing())
STEPS = CONFIRMED.quote.options[0].steps
WORK = st.lists(
    st.tuples(st.integers(0, len(STEPS) - 1), st.sampled_from(["confirmed", "in_progress", "completed", "shipped"])),
    max_size=6,
)


def running(work: list[tuple[int, Any]]) -> Running:
    facts = [ReceiveProgress(progress(STEPS[which], state, good=1), terms()) for which, state in work]
    found = CONFIRMED.story.after(*facts).state
    assert isinstance(found, Running)
    return found


@settings(max_examples=60)
@for_all(work=WORK, hours=st.integers(0, 400), later=st.integers(0, 400))
def test_cancelling_costs_between_nothing_and_the_price_and_never_less_later(
    work: list[tuple[int, Any]], hours: int, later: int
) -> None:
    order = running(work)
    now = cancellation_fee_fen(order, terms().cancellation, NOW + timedelta(hours=hours))
    then = cancellation_fee_fen(order, terms().cancellation, NOW + timedelta(hours=hours + later))
    assert 0 <= now <= then <= order.promise.price_fen


@settings(max_examples=60)
@for_all(work=WORK, more=WORK, hours=st.integers(0, 400))
def test_more_work_begun_never_makes_cancelling_cheaper_before_the_last_step_begins(
    work: list[tuple[int, Any]], more: list[tuple[int, Any]], hours: int
) -> None:
    work = [(which % (len(STEPS) - 1), state) for which, state in work]
    begun = [(which % (len(STEPS) - 1), "in_progress") for which, _ in more]
    at = NOW + timedelta(hours=hours)
    without = cancellation_fee_fen(running(work), terms().cancellation, at)
    with_it = cancellation_fee_fen(running([*work, *begun]), terms().cancellation, at)
    assert without <= with_it


@settings(max_examples=30)
@for_all(work=WORK, hours=st.integers(0, 400))
def test_what_is_made_to_its_end_is_paid_as_it_comes_and_never_as_a_fee_too(
    work: list[tuple[int, Any]], hours: int
) -> None:
    order = running([*work, (len(STEPS) - 1, "in_progress")])
    rows = cancellation_rows(order, terms().cancellation, NOW + timedelta(hours=hours))
    assert {(one.why, one.fee_fen) for one in rows} == {("made", 0)}


@for_all(hours=st.integers(0, 400), later=st.integers(0, 400))
def test_changing_costs_at_least_the_minimum_and_never_less_later(hours: int, later: int) -> None:
    order = running([])
    now = change_fee_fen(order, terms().change, NOW + timedelta(hours=hours))
    then = change_fee_fen(order, terms().change, NOW + timedelta(hours=hours + later))
    assert terms().change.minimum_fen <= now <= then


@for_all(ordered=st.integers(1, 10**9), delivered=st.integers(0, 2 * 10**9))
def test_what_is_enough_and_what_is_paid_for_are_exact(ordered: int, delivered: int) -> None:
    assert terms().is_enough(delivered, ordered) == (delivered * 100 >= ordered * 99)
    payable = terms().payable(delivered, ordered)
    assert payable <= delivered
    assert payable * 100 <= ordered * 105
    assert payable == delivered or (payable + 1) * 100 > ordered * 105
