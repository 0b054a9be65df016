"""Quotes: received, refused, accepted, confirmed, lost, out of date."""

from datetime import timedelta

import msgspec

from services.order.domain.acting import actions
from services.order.domain.commands import (
    AcceptQuote,
    CancelOrder,
    ReceiveConfirmation,
    ReceiveLoss,
    ReceivePlantAnswer,
    ReceiveQuote,
    ReceiveRefusal,
)
from services.order.domain.events import (
    OrderConfirmed,
    PlanningFailed,
    PlanningRequested,
    PlantAnswered,
    QuoteAccepted,
    QuoteLost,
    QuoteReceived,
    QuoteSetAside,
)
from services.order.domain.order import ORDER
from services.order.domain.refusals import Why
from services.order.domain.situations import Accepted, Planning, Quoted, Running, Unplannable
from services.order.domain.standing import standing_of
from services.order.packs.terms import terms
from shared.contracts import capacity
from shared.kernel.ids import derived_id
from tests.support.order_world import (
    BUYER,
    NOW,
    ORDER_ID,
    a_confirmation,
    a_loss,
    a_quote,
    a_refusal,
    demands,
)
from tests.support.stories import given
from tests.unit.order.domain.conftest import Situation


def test_an_answer_to_the_plan_asked_for_becomes_a_quote(a_placed_order: Situation) -> None:
    told = a_placed_order.story.when(ReceiveQuote(a_placed_order.quote))
    told.then(QuoteReceived)
    assert isinstance(told.state(), Quoted)


def test_the_same_quote_twice_says_nothing_new(
    a_quoted_order: Situation, an_accepted_order: Situation, a_confirmed_order: Situation
) -> None:
    """Giving it back would release the very holds the buyer is looking at."""
    for situation in (a_quoted_order, an_accepted_order, a_confirmed_order):
        situation.story.when(ReceiveQuote(situation.quote)).then()


def test_an_answer_to_an_older_question_is_given_back_at_once(a_placed_order: Situation) -> None:
    old = a_quote(demands(a_placed_order.placed), attempt=7)
    told = a_placed_order.story.when(ReceiveQuote(old))
    (dropped,) = told.then(QuoteSetAside)
    assert (dropped.quote_id, dropped.why) == (old.quote_id, "outdated")
    assert isinstance(told.state(), Planning)


def test_a_refusal_makes_the_order_unplannable_with_reasons_and_relaxation(a_placed_order: Situation) -> None:
    told = a_placed_order.story.when(ReceiveRefusal(a_refusal()))
    told.then(PlanningFailed)
    state = told.state()
    assert isinstance(state, Unplannable)
    assert state.failure.relaxation is not None
    assert actions(state, NOW, terms()) == ["requote", "change", "cancel"]


def test_a_refusal_of_an_older_question_says_nothing(a_placed_order: Situation) -> None:
    a_placed_order.story.when(ReceiveRefusal(a_refusal(attempt=2))).then()


def test_accepting_names_quote_and_option(a_quoted_order: Situation) -> None:
    quote = a_quoted_order.quote
    told = a_quoted_order.story.when(AcceptQuote(quote.quote_id, quote.options[1].option_id, NOW))
    (accepted,) = told.then(QuoteAccepted)
    assert (accepted.option_id, accepted.replaces_quote_id) == (quote.options[1].option_id, "")
    assert isinstance(told.state(), Accepted)


def test_a_quote_expires_by_the_clock_alone(a_quoted_order: Situation) -> None:
    state, expires_at = a_quoted_order.story.state, a_quoted_order.quote.expires_at
    assert standing_of(state, expires_at - timedelta(microseconds=1)) == "quoted"
    assert standing_of(state, expires_at) == "quote_expired"
    assert "accept" in actions(state, NOW, terms())
    assert "accept" not in actions(state, expires_at, terms())


def test_accepting_an_expired_quote_sets_it_aside_and_asks_for_a_fresh_one(a_quoted_order: Situation) -> None:
    quote = a_quoted_order.quote
    told = a_quoted_order.story.when(AcceptQuote(quote.quote_id, quote.options[0].option_id, quote.expires_at))
    dropped, asked = told.then(QuoteSetAside, PlanningRequested)
    assert (dropped.why, asked.why, asked.attempt) == ("expired", "expired", 2)


def test_accepting_what_was_not_offered_is_refused(a_quoted_order: Situation) -> None:
    quote = a_quoted_order.quote
    a_quoted_order.story.when(AcceptQuote(quote.quote_id, derived_id("opt", "no"), NOW)).refused(
        Why.OPTION_NOT_IN_QUOTE
    )
    other = AcceptQuote(derived_id("quo", "no"), quote.options[0].option_id, NOW)
    a_quoted_order.story.when(other).refused(Why.QUOTE_OUTDATED)


def test_accepting_twice_or_too_early_or_after_the_end_is_refused(
    a_placed_order: Situation, an_accepted_order: Situation, a_confirmed_order: Situation
) -> None:
    quote = an_accepted_order.quote
    again = AcceptQuote(quote.quote_id, quote.options[0].option_id, NOW)
    a_placed_order.story.when(again).refused(Why.QUOTE_OUTDATED)
    an_accepted_order.story.when(again).refused(Why.ACCEPTED_ALREADY)
    a_confirmed_order.story.when(again).refused(Why.ACCEPTED_ALREADY)
    a_confirmed_order.story.when(AcceptQuote(derived_id("quo", "x"), "opt", NOW)).refused(Why.QUOTE_OUTDATED)
    an_accepted_order.story.when(AcceptQuote(derived_id("quo", "x"), "opt", NOW)).refused(Why.QUOTE_OUTDATED)
    cancelled = a_placed_order.story.after(CancelOrder(None, terms(), NOW))
    cancelled.when(again).refused(Why.NOT_NOW)
    given(ORDER).when(again).refused(Why.UNKNOWN_ORDER)


def test_confirmation_books_the_option(an_accepted_order: Situation) -> None:
    fact = a_confirmation(an_accepted_order.quote)
    told = an_accepted_order.story.when(ReceiveConfirmation(fact))
    told.then(OrderConfirmed)
    state = told.state()
    assert isinstance(state, Running)
    assert state.promise.price_fen == fact.option.price_fen
    assert standing_of(state, NOW) == "confirmed"


def test_a_confirmation_nobody_waits_for_says_nothing(a_quoted_order: Situation, a_confirmed_order: Situation) -> None:
    fact = ReceiveConfirmation(a_confirmation(a_quoted_order.quote))
    a_quoted_order.story.when(fact).then()
    a_confirmed_order.story.when(fact).then()
    given(ORDER).when(fact).then()


def test_a_lost_quote_leads_to_a_new_attempt(an_accepted_order: Situation) -> None:
    told = an_accepted_order.story.when(ReceiveLoss(a_loss(an_accepted_order.quote)))
    _, asked = told.then(QuoteLost, PlanningRequested)
    assert (asked.attempt, asked.why) == (2, "lost")
    assert isinstance(told.state(), Planning)


def test_what_becomes_of_another_quote_than_the_accepted_one_says_nothing(
    a_quoted_order: Situation, an_accepted_order: Situation
) -> None:
    a_quoted_order.story.when(ReceiveLoss(a_loss(a_quoted_order.quote))).then()
    older = derived_id("quo", "older")
    loss = msgspec.structs.replace(a_loss(an_accepted_order.quote), quote_id=older)
    an_accepted_order.story.when(ReceiveLoss(loss)).then()
    confirmation = msgspec.structs.replace(a_confirmation(an_accepted_order.quote), quote_id=older)
    an_accepted_order.story.when(ReceiveConfirmation(confirmation)).then()


def test_plants_answers_are_told_to_the_buyer(a_confirmed_order: Situation, a_quoted_order: Situation) -> None:
    step = a_confirmed_order.quote.options[0].steps[0]
    fact = capacity.OfferAnswered(
        order_id=ORDER_ID,
        buyer_org_id=BUYER,
        work_id=derived_id("wrk", step.process_id),
        process_id=step.process_id,
        plant_id=step.plant_id,
        plant_name=step.plant_name,
        answer="declined",
        automatic=False,
        answered_at=NOW,
    )
    a_confirmed_order.story.when(ReceivePlantAnswer(fact)).then(PlantAnswered)
    a_quoted_order.story.when(ReceivePlantAnswer(fact)).then()
