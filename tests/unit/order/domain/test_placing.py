"""Placing an order, and asking for a plan again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.order.domain.commands import CancelOrder, ReceiveQuote, ReceiveRefusal, RequestQuote
from services.order.domain.events import OrderPlaced, PlanningRequested, QuoteSetAside
from services.order.domain.order import ORDER
from services.order.domain.refusals import Why
from services.order.domain.situations import Planning
from services.order.packs.terms import terms
from shared.contracts.planning import Supply
from tests.support.order_world import NOW, WANTED, a_line, a_quote, a_refusal, demands, placing
from tests.support.stories import given
from tests.unit.order.domain.conftest import Situation


def test_placing_keeps_a_snapshot_of_recipes_and_asks_for_the_first_plan() -> None:
    (placed,) = given(ORDER).when(placing()).then(OrderPlaced)
    recipe = placed.lines[0].demand.variants[0].steps
    assert [one.step for one in recipe] == ["can", "fill", "release"]
    assert placed.lines[0].pack_version
    assert isinstance(given(ORDER, placed).state, Planning)


def test_an_order_is_placed_once() -> None:
    given(ORDER).when(placing(), placing()).refused(Why.ORDER_EXISTS)


@pytest.mark.parametrize(
    ("changes", "why", "pointer"),
    [
        ({"lines": ()}, Why.LINES_COUNT, "/lines"),
        ({"lines": tuple(a_line(number=one) for one in range(21))}, Why.LINES_COUNT, "/lines"),
        ({"lines": (a_line(), a_line(quantity=0, number=1))}, Why.QUANTITY_RANGE, "/lines/1/quantity"),
        ({"lines": (a_line(quantity=10**9 + 1),)}, Why.QUANTITY_RANGE, "/lines/0/quantity"),
        ({"requested_by": NOW}, Why.DATE_PAST, "/requested_by"),
        ({"requested_by": NOW - timedelta(days=1)}, Why.DATE_PAST, "/requested_by"),
        ({"requested_by": NOW + timedelta(days=731)}, Why.DATE_TOO_FAR, "/requested_by"),
        ({"requested_from": WANTED}, Why.WINDOW_EMPTY, "/requested_window"),
    ],
)
def test_an_order_out_of_bounds_is_refused(changes: dict[str, object], why: Why, pointer: str) -> None:
    given(ORDER).when(replace(placing(), **changes)).refused(why, pointer)  # type: ignore[arg-type] # real fields


def _supply(item: str, quantity: int, days: int = 3) -> Supply:
    return Supply(item=item, quantity=quantity, unit="can", arrives_at=NOW + timedelta(days=days))


def test_own_material_must_be_enough_for_the_thriftiest_variant() -> None:
    line = a_line(supplied=["can-330-own"])
    refused = given(ORDER).when(placing(line, supplies=[_supply("can-330-own", 12_000)])).refused(Why.SUPPLY_SHORT)
    needed = refused.facts["needed"]
    assert isinstance(needed, int)
    assert needed > 12_000, "losses are part of the need"
    given(ORDER).when(placing(line, supplies=[_supply("can-330-own", needed)])).then(OrderPlaced)
    given(ORDER).when(placing(line, supplies=[_supply("can-330-own", needed - 1)])).refused(Why.SUPPLY_SHORT)


def test_material_nobody_needs_or_named_twice_or_too_late_is_refused() -> None:
    line = a_line(supplied=["can-330-own"])
    unneeded = [_supply("can-500-blank-own", 20_000)]
    twice = [_supply("can-330-own", 20_000), _supply("can-330-own", 20_000)]
    late = [_supply("can-330-own", 20_000, days=30)]
    given(ORDER).when(placing(line, supplies=unneeded)).refused(Why.SUPPLY_UNKNOWN, "/supplies/0/item")
    given(ORDER).when(placing(line, supplies=twice)).refused(Why.SUPPLY_TWICE, "/supplies/1/item")
    given(ORDER).when(placing(line, supplies=late)).refused(Why.SUPPLY_TOO_LATE, "/supplies/0/arrives_at")


def test_a_fresh_quote_may_be_asked_for_after_a_refusal(a_placed_order: Situation) -> None:
    story = a_placed_order.story.after(ReceiveRefusal(a_refusal()))
    (asked,) = story.when(RequestQuote(terms(), NOW)).then(PlanningRequested)
    assert (asked.attempt, asked.why, asked.replaces_quote_id) == (2, "requote", "")
    assert asked.lines == demands(a_placed_order.placed)


def test_asking_again_gives_an_open_quote_back_and_leaves_an_expired_one_alone(a_quoted_order: Situation) -> None:
    set_aside, _ = a_quoted_order.story.when(RequestQuote(terms(), NOW)).then(QuoteSetAside, PlanningRequested)
    assert (set_aside.quote_id, set_aside.why) == (a_quoted_order.quote.quote_id, "replaced")
    late = NOW + timedelta(hours=3)
    a_quoted_order.story.when(RequestQuote(terms(), late)).then(PlanningRequested)


def test_asking_again_is_refused_while_a_plan_is_awaited(a_placed_order: Situation) -> None:
    a_placed_order.story.when(RequestQuote(terms(), NOW)).refused(Why.PLAN_AWAITED)


def test_asking_again_is_refused_where_there_is_nothing_to_plan(
    an_accepted_order: Situation, a_confirmed_order: Situation, a_placed_order: Situation
) -> None:
    an_accepted_order.story.when(RequestQuote(terms(), NOW)).refused(Why.NOT_NOW)
    a_confirmed_order.story.when(RequestQuote(terms(), NOW)).refused(Why.NOT_NOW)
    cancelled = a_placed_order.story.after(CancelOrder(None, terms(), NOW))
    cancelled.when(RequestQuote(terms(), NOW)).refused(Why.NOT_NOW)
    given(ORDER).when(RequestQuote(terms(), NOW)).refused(Why.UNKNOWN_ORDER)


def test_plans_for_one_order_are_bounded(a_placed_order: Situation) -> None:
    few = replace(terms(), attempts_max=2)
    lines = demands(a_placed_order.placed)
    story = a_placed_order.story.after(
        ReceiveQuote(a_quote(lines)), RequestQuote(few, NOW), ReceiveQuote(a_quote(lines, attempt=2))
    )
    story.when(RequestQuote(few, NOW)).refused(Why.ATTEMPTS_SPENT)
