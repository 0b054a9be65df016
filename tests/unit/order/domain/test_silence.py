"""Silence never pays more and never waits longer, whatever was asked and whatever answer capacity stated for it."""

from datetime import timedelta
from typing import Any, get_args, get_type_hints

import msgspec
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.order.domain.commands import AnswerReplan, ReceiveDelivery, ReceivePlanChange, ReceiveProgress
from services.order.domain.events import OrderCancelled, PartsCancelled, ReplanAnswered
from services.order.domain.order import ORDER
from services.order.domain.situations import Cancelled, Closed, Running
from services.order.packs.terms import terms
from shared.contracts import capacity
from shared.contracts.planning import ReplanChoice
from shared.contracts.silence import Effect, choices_of, silent_choice
from tests.support.order_world import NOW, a_line, a_plan_change, a_shipment, placing, progress
from tests.unit.order.domain.conftest import confirmed_with

CAUSES = get_args(get_type_hints(capacity.PlanChanged)["cause"])
CHOICES: tuple[ReplanChoice, ...] = get_args(ReplanChoice)
CONFIRMED = confirmed_with(placing(a_line(), a_line("end-202", 250_000, 1)))
OPTION = CONFIRMED.quote.options[0]
LINES = sorted({one.order_line_id for one in OPTION.steps})


@settings(max_examples=200)
@for_all(
    cause=st.sampled_from(CAUSES),
    stated=st.sampled_from(CHOICES),
    later=st.integers(-72, 72),
    dearer_fen=st.integers(-50_000, 50_000),
    about=st.sets(st.sampled_from(LINES)),
    begun=st.lists(st.integers(0, len(OPTION.steps) - 1), max_size=3),
    is_first_line_there=st.booleans(),
)
def test_who_stays_silent_owes_no_more_and_waits_no_longer_than_agreed(  # noqa: PLR0917 - what the property is about
    cause: Any,
    stated: ReplanChoice,
    later: int,
    dearer_fen: int,
    about: set[str],
    begun: list[int],
    is_first_line_there: bool,  # noqa: FBT001 - drawn
) -> None:
    change = msgspec.structs.replace(
        a_plan_change(OPTION, default_choice=stated, later=timedelta(hours=later), dearer_fen=dearer_fen),
        cause=cause,
        asked_about=[one.process_id for one in OPTION.steps if one.order_line_id in about],
    )
    facts: list[Any] = [ReceiveProgress(progress(OPTION.steps[one], "in_progress"), terms()) for one in begun]
    if is_first_line_there:
        last = [one for one in OPTION.steps if one.order_line_id == LINES[0]][-1]
        facts += [
            ReceiveProgress(progress(last, "shipped", good=last.quantity_net), terms()),
            ReceiveDelivery(a_shipment(last, last.quantity_net), terms()),
        ]
    before = CONFIRMED.story.after(*facts, ReceivePlanChange(change))
    assert isinstance(before.state, Running)
    assert before.state.asked is not None
    silent = AnswerReplan(change.replan_id, None, change.answer_by, terms())
    events = ORDER.decide(silent, before.state)
    assert isinstance(events[0], ReplanAnswered)
    assert all(
        one.fee_fen == 0 and one.by_default for one in events if isinstance(one, OrderCancelled | PartsCancelled)
    )
    after = before.after(silent).state
    if isinstance(after, Cancelled | Closed):
        assert after.running is not None
        assert after.running.deliveries == before.state.deliveries
        return
    assert isinstance(after, Running)
    assert after.promise.price_fen <= OPTION.price_fen
    assert after.promise.promise_at <= OPTION.promise_at
    assert after.promise.vat_fen <= OPTION.vat_fen
    assert after.charged_fen == 0
    assert after.deliveries == before.state.deliveries
    if about:
        kept = {one.process_id for one in OPTION.steps if one.order_line_id not in about}
        assert kept <= {one.process_id for one in after.promise.steps}, "only what was asked about ends"


@for_all(
    cause=st.sampled_from([*CAUSES, "any cause to come"]),
    later=st.integers(-72, 72),
    dearer_fen=st.integers(-5, 5),
)
def test_the_silent_answer_follows_from_the_effect_and_may_always_be_given(
    cause: str, later: int, dearer_fen: int
) -> None:
    effect = Effect(NOW, NOW + timedelta(hours=later), 100, 100 + dearer_fen)
    choice = silent_choice(cause, effect)
    assert (choice == "accept") == (later <= 0 and dearer_fen <= 0)
    assert choice in choices_of(cause)
    assert silent_choice(cause, None) != "accept"
    assert silent_choice(cause, None) in choices_of(cause)
