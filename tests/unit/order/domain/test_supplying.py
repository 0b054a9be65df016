"""Material the buyer brings: enough, short, and what can be made of what came."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.order.domain.commands import (
    AcceptQuote,
    PlaceOrder,
    ReceiveConfirmation,
    ReceiveProgress,
    ReceiveQuote,
    ReportSupply,
)
from services.order.domain.events import OrderChanged, PlanningRequested, SupplyArrived, SupplyFellShort
from services.order.domain.order import ORDER
from services.order.domain.refusals import Why
from services.order.domain.situations import Running
from services.order.domain.supplying import makeable, need_of
from services.order.packs.terms import terms
from shared.contracts.planning import Limits, Supply
from tests.support.order_world import NOW, a_confirmation, a_line, a_quote, demands, placing, progress
from tests.support.stories import Story, given

ITEM = "can-330-blank-own"


def sleeving(quantity: int, brought: int, *, partial_ok: bool = False, lines: int = 1) -> PlaceOrder:
    found = [a_line("sleeving-330", quantity, number, supplied=[ITEM]) for number in range(lines)]
    supply = Supply(item=ITEM, quantity=brought, unit="can", arrives_at=NOW + timedelta(days=3))
    return placing(*found, limits=Limits(partial_ok=partial_ok), supplies=[supply])


def a_confirmed_sleeving(*, partial_ok: bool = False, lines: int = 1) -> Story:
    command = sleeving(20_000, 20_427 * lines, partial_ok=partial_ok, lines=lines)
    quote = a_quote(demands(command))
    return given(ORDER).after(
        command,
        ReceiveQuote(quote),
        AcceptQuote(quote.quote_id, quote.options[0].option_id, NOW),
        ReceiveConfirmation(a_confirmation(quote)),
    )


def arriving(quantity: int, **changes: object) -> ReportSupply:
    command = ReportSupply(item=ITEM, quantity=quantity, unit="can", arrived_at=NOW, terms=terms(), at=NOW)
    return replace(command, **changes)  # type: ignore[arg-type] # tests name real fields


def test_what_was_announced_arrives_and_is_noted() -> None:
    (arrived,) = a_confirmed_sleeving().when(arriving(20_427)).then(SupplyArrived)
    assert (arrived.quantity, arrived.arrived, arrived.expected) == (20_427, 20_427, 20_427)


def test_arrivals_add_up() -> None:
    story = a_confirmed_sleeving().after(arriving(10_000))
    arrived = story.when(arriving(10_427)).events()[0]
    assert (arrived.arrived, arrived.quantity) == (10_427, 20_427)


def test_short_material_asks_a_buyer_who_takes_no_part() -> None:
    story = a_confirmed_sleeving()
    _, short = story.when(arriving(15_000)).then(SupplyArrived, SupplyFellShort)
    (made,) = short.makeable
    assert 14_500 < made.quantity < 15_000
    state = story.after(arriving(15_000)).state
    assert isinstance(state, Running)
    assert state.shortfalls[ITEM].quantity == 15_000


def test_the_rest_arriving_ends_the_question() -> None:
    state = a_confirmed_sleeving().after(arriving(15_000), arriving(5_427)).state
    assert isinstance(state, Running)
    assert state.shortfalls == {}


def test_short_material_is_planned_anew_for_a_buyer_who_takes_a_part() -> None:
    story = a_confirmed_sleeving(partial_ok=True)
    _, changed, asked = story.when(arriving(15_000)).then(SupplyArrived, OrderChanged, PlanningRequested)
    assert changed.fee_fen == 0
    assert (asked.why, asked.attempt) == ("short_supply", 2)
    assert asked.lines[0].quantity_net == changed.lines[0].demand.quantity_net < 15_000
    assert asked.supplies[0].quantity == 15_000
    assert asked.replaces_quote_id
    state = story.after(arriving(15_000)).state
    assert isinstance(state, Running)
    assert state.revision is not None
    assert state.revision.target.lines[0].demand.quantity_net == asked.lines[0].quantity_net


def test_nothing_is_planned_anew_once_work_has_begun() -> None:
    story = a_confirmed_sleeving(partial_ok=True)
    assert isinstance(story.state, Running)
    step = story.state.promise.steps[0]
    begun = story.after(ReceiveProgress(progress(step, "in_progress"), terms()))
    begun.when(arriving(15_000)).then(SupplyArrived, SupplyFellShort)


def test_two_lines_share_what_came() -> None:
    _, short = a_confirmed_sleeving(lines=2).when(arriving(30_000)).then(SupplyArrived, SupplyFellShort)
    assert len(short.makeable) == 2
    assert all(14_500 < one.quantity < 15_000 for one in short.makeable)


def test_material_that_was_not_announced_or_in_another_unit_or_from_the_future_is_refused() -> None:
    story = a_confirmed_sleeving()
    story.when(arriving(5, item="tea-base")).refused(Why.SUPPLY_NOT_EXPECTED)
    story.when(arriving(5, unit="mL")).refused(Why.SUPPLY_UNIT)
    story.when(arriving(5, arrived_at=NOW + timedelta(hours=1))).refused(Why.DATE_FUTURE)
    given(ORDER).after(sleeving(20_000, 20_427)).when(arriving(5)).refused(Why.NOT_NOW)
    given(ORDER).when(arriving(5)).refused(Why.UNKNOWN_ORDER)


@settings(max_examples=60)
@for_all(available=st.integers(0, 3_000_000), ordered=st.integers(1, 2_000_000))
def test_what_can_be_made_is_the_most_that_the_material_is_enough_for(available: int, ordered: int) -> None:
    (variant,) = a_line("sleeving-330", 20_000, supplied=[ITEM]).demand.variants
    most = makeable(variant, ITEM, available, ordered)
    assert 0 <= most <= ordered
    assert most == 0 or need_of(variant, ITEM, most) <= available
    assert most == ordered or need_of(variant, ITEM, most + 1) > available
