"""Changes and cancellation: what is possible, and what it costs before it bites."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.order.domain.acting import actions
from services.order.domain.changing import body_of, cancellation_fee, preview_change
from services.order.domain.commands import (
    AcceptQuote,
    CancelOrder,
    ChangeOrder,
    ReceiveConfirmation,
    ReceiveDelivery,
    ReceiveLoss,
    ReceivePlanChange,
    ReceiveProgress,
    ReceiveQuote,
    ReceiveRefusal,
    RequestQuote,
)
from services.order.domain.events import (
    OrderCancelled,
    OrderChanged,
    OrderConfirmed,
    PlanningRequested,
    QuoteAccepted,
    QuoteLost,
    QuoteReceived,
    QuoteSetAside,
)
from services.order.domain.order import ORDER
from services.order.domain.refusals import Why
from services.order.domain.situations import Cancelled, Failure, Planning, Running
from services.order.domain.standing import standing_of
from services.order.packs.terms import terms
from shared.contracts.planning import Limits
from tests.support.order_world import (
    NOW,
    ORDER_ID,
    WANTED,
    a_confirmation,
    a_line,
    a_loss,
    a_plan_change,
    a_quote,
    a_refusal,
    a_shipment,
    progress,
)
from tests.support.stories import Story, given
from tests.unit.order.domain.conftest import Situation
from tests.unit.order.domain.test_supplying import sleeving

LINE_ID = a_line().demand.order_line_id
FEE_FEN = 100_000  # more than any fee of these orders


def changing(quantity: int | None = 24_000, *, agreed_fee_fen: int | None = FEE_FEN, **changes: object) -> ChangeOrder:
    command = ChangeOrder(
        quantities={} if quantity is None else {LINE_ID: quantity},
        requested_by=None,
        limits=None,
        agreed_fee_fen=agreed_fee_fen,
        terms=terms(),
        at=NOW,
    )
    return replace(command, **changes)  # type: ignore[arg-type] # tests name real fields


def test_a_change_before_booking_costs_nothing_and_asks_again(a_placed_order: Situation) -> None:
    told = a_placed_order.story.when(changing(agreed_fee_fen=None))
    changed, asked = told.then(OrderChanged, PlanningRequested)
    assert changed.fee_fen == 0
    assert asked.lines[0].quantity_net == 24_000
    assert asked.lines[0].variants == a_placed_order.placed.lines[0].demand.variants, "the snapshot stays"
    assert isinstance(told.state(), Planning)


def test_a_change_gives_the_open_quote_back(a_quoted_order: Situation) -> None:
    dropped, _, asked = a_quoted_order.story.when(changing()).then(QuoteSetAside, OrderChanged, PlanningRequested)
    assert dropped.why == "replaced"
    assert asked.attempt == 2


def test_an_unplannable_order_may_be_changed(a_placed_order: Situation) -> None:
    story = a_placed_order.story.after(ReceiveRefusal(a_refusal()))
    story.when(changing(250_000)).then(OrderChanged, PlanningRequested)


def test_date_and_limits_may_change(a_placed_order: Situation) -> None:
    later, limits = WANTED + timedelta(days=7), Limits(plants_max=2)
    changed, asked = a_placed_order.story.when(changing(None, requested_by=later, limits=limits)).then(
        OrderChanged, PlanningRequested
    )
    assert (changed.requested_by, asked.requested_by, asked.limits) == (later, later, limits)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (changing(12_000), Why.NOTHING_CHANGED),
        (changing(None), Why.NOTHING_CHANGED),
        (changing(0), Why.QUANTITY_RANGE),
        (changing(10**9 + 1), Why.QUANTITY_RANGE),
        (changing(None, quantities={"orl_x": 5}), Why.UNKNOWN_LINE),
        (changing(None, requested_by=NOW), Why.DATE_PAST),
        (changing(None, requested_by=NOW + timedelta(days=800)), Why.DATE_TOO_FAR),
    ],
)
def test_a_change_out_of_bounds_is_refused(a_placed_order: Situation, command: ChangeOrder, why: Why) -> None:
    a_placed_order.story.when(command).refused(why)


def test_a_change_of_a_confirmed_order_keeps_the_promise_until_the_new_quote_is_confirmed(
    a_confirmed_order: Situation,
) -> None:
    first = a_confirmed_order.quote
    told = a_confirmed_order.story.when(changing())
    changed, asked = told.then(OrderChanged, PlanningRequested)
    assert changed.fee_fen > 0
    assert asked.replaces_quote_id == first.quote_id
    story = a_confirmed_order.story.after(changing())
    assert isinstance(story.state, Running)
    assert story.state.promise.quote_id == first.quote_id
    assert body_of(story.state).lines[0].demand.quantity_net == 12_000

    second = a_quote(asked.lines, attempt=2, variant="sleeve-small")
    story = story.after(ReceiveQuote(second))
    assert "accept" in actions(story.state, NOW, terms())
    (accepted,) = story.when(AcceptQuote(second.quote_id, second.options[0].option_id, NOW)).then(QuoteAccepted)
    assert accepted.replaces_quote_id == first.quote_id
    story = story.after(AcceptQuote(second.quote_id, second.options[0].option_id, NOW))
    story.when(changing(30_000)).refused(Why.NOT_NOW)
    told = story.when(ReceiveConfirmation(a_confirmation(second)))
    told.then(OrderConfirmed)
    state = told.state()
    assert isinstance(state, Running)
    assert (state.promise.quote_id, state.charged_fen) == (second.quote_id, changed.fee_fen)
    assert body_of(state).lines[0].demand.quantity_net == 24_000
    assert state.revision is None


def test_the_quote_of_a_change_may_be_refused_lost_or_expire_without_touching_the_promise(
    a_confirmed_order: Situation,
) -> None:
    story = a_confirmed_order.story.after(changing())
    refused = story.after(ReceiveRefusal(a_refusal(attempt=2)))
    assert isinstance(refused.state, Running)
    assert refused.state.revision is not None
    assert isinstance(refused.state.revision.answer, Failure)
    refused.when(RequestQuote(terms(), NOW)).then(PlanningRequested)

    second = a_quote(story.past[-1].lines, attempt=2)
    quoted = story.after(ReceiveQuote(second))
    late = quoted.when(AcceptQuote(second.quote_id, second.options[0].option_id, second.expires_at))
    _, asked = late.then(QuoteSetAside, PlanningRequested)
    assert (asked.attempt, asked.replaces_quote_id) == (3, a_confirmed_order.quote.quote_id)

    taken = quoted.after(AcceptQuote(second.quote_id, second.options[0].option_id, NOW))
    lost = taken.after(ReceiveLoss(a_loss(second)))
    assert isinstance(lost.state, Running)
    assert lost.state.promise.quote_id == a_confirmed_order.quote.quote_id
    third = a_quote(story.past[-1].lines, attempt=3)
    lost.when(ReceiveQuote(third)).then(QuoteReceived)


def test_a_second_change_takes_the_place_of_the_first(a_confirmed_order: Situation) -> None:
    story = a_confirmed_order.story.after(changing())
    second = a_quote(story.past[-1].lines, attempt=2)
    dropped, _, asked = (
        story.after(ReceiveQuote(second)).when(changing(30_000)).then(QuoteSetAside, OrderChanged, PlanningRequested)
    )
    assert dropped.quote_id == second.quote_id
    assert (asked.attempt, asked.lines[0].quantity_net) == (3, 30_000)


def test_a_fee_that_was_not_shown_is_not_charged(a_confirmed_order: Situation) -> None:
    refused = a_confirmed_order.story.when(changing(agreed_fee_fen=None)).refused(Why.FEE_NOT_AGREED, "/agreed_fee")
    fee_fen = preview_change(changing(), a_confirmed_order.story.state).fee_fen
    assert refused.facts["fee"] == f"{fee_fen // 100}.{fee_fen % 100:02d}"
    a_confirmed_order.story.when(changing(agreed_fee_fen=fee_fen - 1)).refused(Why.FEE_NOT_AGREED)
    a_confirmed_order.story.when(changing(agreed_fee_fen=fee_fen)).then(OrderChanged, PlanningRequested)


def test_a_change_near_the_start_costs_more(a_confirmed_order: Situation) -> None:
    state = a_confirmed_order.story.state
    early = preview_change(changing(), state).fee_fen
    near = preview_change(changing(None, quantities={LINE_ID: 24_000}, at=NOW + timedelta(days=4)), state).fee_fen
    assert early == terms().change.minimum_fen
    assert near == body_price(a_confirmed_order) * terms().change.fenced_ppm // 1_000_000


def body_price(situation: Situation) -> int:
    return situation.quote.options[0].price_fen


def test_a_change_is_too_late_once_work_has_begun(a_confirmed_order: Situation, an_accepted_order: Situation) -> None:
    step = a_confirmed_order.quote.options[0].steps[0]
    story = a_confirmed_order.story.after(ReceiveProgress(progress(step, "in_progress"), terms()))
    story.when(changing()).refused(Why.CHANGE_TOO_LATE)
    an_accepted_order.story.when(changing()).refused(Why.NOT_NOW)
    given(ORDER).when(changing()).refused(Why.UNKNOWN_ORDER)


def cancelling(agreed_fee_fen: int | None = None, at: object = NOW) -> CancelOrder:
    return CancelOrder(agreed_fee_fen, terms(), NOW if at is NOW else at)  # type: ignore[arg-type] # an instant


@pytest.mark.parametrize("name", ["a_placed_order", "an_accepted_order"])
def test_cancelling_before_booking_is_free(name: str, request: pytest.FixtureRequest) -> None:
    story: Story = request.getfixturevalue(name).story
    (cancelled,) = story.when(cancelling()).then(OrderCancelled)
    assert (cancelled.fee_fen, cancelled.why, cancelled.order_id) == (0, "buyer", ORDER_ID)
    assert isinstance(story.after(cancelling()).state, Cancelled)


def test_cancelling_gives_an_open_quote_back(a_quoted_order: Situation) -> None:
    dropped, _ = a_quoted_order.story.when(cancelling()).then(QuoteSetAside, OrderCancelled)
    assert dropped.why == "cancelled"


def test_cancelling_a_confirmed_order_costs_by_step_and_progress(a_confirmed_order: Situation) -> None:
    """Four steps of 1,000 yuan from day 5 on: 5 % far ahead, 30 % near, 100 % once begun."""
    story, steps = a_confirmed_order.story, a_confirmed_order.quote.options[0].steps
    assert len(steps) == 4
    assert cancellation_fee(cancelling(), story.state) == 4 * 5_000
    near = NOW + timedelta(days=3)
    assert cancellation_fee(cancelling(at=near), story.state) == 30_000 + 3 * 5_000
    begun = story.after(ReceiveProgress(progress(steps[0], "in_progress"), terms()))
    assert cancellation_fee(cancelling(), begun.state) == 100_000 + 3 * 5_000
    begun.when(cancelling()).refused(Why.FEE_NOT_AGREED)
    (cancelled,) = begun.when(cancelling(115_000)).then(OrderCancelled)
    assert cancelled.fee_fen == 115_000


def test_cancelling_never_costs_more_than_the_price(a_confirmed_order: Situation) -> None:
    steps = a_confirmed_order.quote.options[0].steps
    facts = [ReceiveProgress(progress(one, "completed", good=1), terms()) for one in steps[:-1]]
    cheaper = a_plan_change(a_confirmed_order.quote.options[0], needs_answer=False, dearer_fen=-200_000)
    story = a_confirmed_order.story.after(*facts, ReceivePlanChange(cheaper))
    state = story.state
    assert isinstance(state, Running)
    assert cancellation_fee(cancelling(), state) == state.promise.price_fen < 300_000


def test_cancelling_twice_or_after_delivery_or_nothing_is_refused(
    a_placed_order: Situation, a_confirmed_order: Situation
) -> None:
    a_placed_order.story.after(cancelling()).when(cancelling()).refused(Why.ALREADY_CANCELLED)
    last = a_confirmed_order.quote.options[0].steps[-1]
    delivered = a_confirmed_order.story.after(ReceiveDelivery(a_shipment(last, 12_000), terms()))
    assert standing_of(delivered.state, NOW) == "delivered"
    delivered.when(cancelling(FEE_FEN)).refused(Why.CANCEL_TOO_LATE)
    given(ORDER).when(cancelling()).refused(Why.UNKNOWN_ORDER)


def test_facts_after_cancellation_say_nothing(an_accepted_order: Situation) -> None:
    story = an_accepted_order.story.after(cancelling())
    step = an_accepted_order.quote.options[0].steps[0]
    for told in (
        ReceiveConfirmation(a_confirmation(an_accepted_order.quote)),
        ReceiveProgress(progress(step, "in_progress"), terms()),
        ReceiveDelivery(a_shipment(step, 5), terms()),
        ReceivePlanChange(a_plan_change(an_accepted_order.quote.options[0])),
    ):
        story.when(told).then()


def test_own_material_must_still_be_enough_after_a_change() -> None:
    story = given(ORDER).after(sleeving(20_000, 21_000))
    line_id = sleeving(20_000, 21_000).lines[0].demand.order_line_id
    story.when(changing(None, quantities={line_id: 30_000})).refused(Why.SUPPLY_SHORT)


def test_a_change_comes_too_late_once_work_has_begun(a_confirmed_order: Situation) -> None:
    """What runs is made to its end: a second plan beside it would make the goods twice."""
    story = a_confirmed_order.story.after(changing())
    second = a_quote(story.past[-1].lines, attempt=2)
    begun = ReceiveProgress(progress(a_confirmed_order.quote.options[0].steps[0], "in_progress"), terms())

    quoted = story.after(ReceiveQuote(second), begun)
    assert not {"accept", "requote", "change"} & set(actions(quoted.state, NOW, terms()))
    quoted.when(AcceptQuote(second.quote_id, second.options[0].option_id, NOW)).refused(Why.CHANGE_TOO_LATE)
    quoted.when(RequestQuote(terms(), NOW)).refused(Why.CHANGE_TOO_LATE)

    (dropped,) = story.after(begun).when(ReceiveQuote(second)).then(QuoteSetAside)
    assert dropped.why == "outdated"


def test_a_change_that_is_lost_while_its_order_is_made_is_over(a_confirmed_order: Situation) -> None:
    story = a_confirmed_order.story.after(changing())
    second = a_quote(story.past[-1].lines, attempt=2)
    taken = AcceptQuote(second.quote_id, second.options[0].option_id, NOW)
    begun = ReceiveProgress(progress(a_confirmed_order.quote.options[0].steps[0], "in_progress"), terms())
    told = story.after(ReceiveQuote(second), taken, begun).when(ReceiveLoss(a_loss(second)))
    told.then(QuoteLost)
    running = told.state()
    assert isinstance(running, Running)
    assert (running.revision, running.attempt) == (None, 2)
    assert running.promise.quote_id == a_confirmed_order.quote.quote_id
