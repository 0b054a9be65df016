"""The plan of an order, given / when / then: asked, quoted, booked, changed, cancelled, and every no of it."""

from datetime import datetime, timedelta

import pytest

from services.capacity.domain.plan import PLAN, check_attempt, open_quote
from services.capacity.domain.plan_commands import (
    AnswerChange,
    AnswerInquiry,
    CancelPlan,
    ChangePlan,
    CloseQuote,
    ConfirmQuote,
    LoseQuote,
    OfferQuote,
    PlanCommand,
    ProposeChange,
    RecordSupply,
    RefusePlan,
)
from services.capacity.domain.plan_events import (
    Change,
    InquiryAnswered,
    PlanAsked,
    PlanCancelled,
    PlanChanged,
    PlanChangeProposed,
    PlanConfirmed,
    PlanRefused,
    QuoteClosed,
    QuoteLost,
    QuoteOffered,
    SupplyRecorded,
)
from services.capacity.domain.plan_state import Booked, Cancelled, Plan, Quoted, Unplanned, supplies_of
from services.capacity.domain.refusals import Why
from shared.contracts.planning import Limits, Place, PlanOption
from shared.kernel.refusal import Refused
from tests.support.planning_world import T0, XIANAN

LATER = T0 + timedelta(minutes=30)
OPTION = PlanOption("opt_1", ["fastest"], 100, 13, T0 + timedelta(days=3), 60, 1, [], [])


def asked(attempt: int = 1) -> PlanAsked:
    return PlanAsked(
        order_id="ord_1",
        buyer_org_id="org_b",
        attempt=attempt,
        lines=[],
        deliver_to=Place(XIANAN),
        earliest_start_at=T0,
        requested_by=T0 + timedelta(days=9),
        limits=Limits(),
        supplies=[],
        replaces_quote_id="",
        asked_at=T0,
    )


def change(price_fen: int = 100, hours: int = 72) -> Change:
    return Change([], [], {}, [], [], T0 + timedelta(hours=hours), price_fen)


def quote(attempt: int = 1, at: datetime = T0) -> OfferQuote:
    return OfferQuote(asked(attempt), f"quo_{attempt}", [OPTION], [], at, at + timedelta(minutes=30))


def confirm(quote_id: str = "quo_1", option_id: str = "opt_1", at: datetime = T0) -> ConfirmQuote:
    return ConfirmQuote(quote_id, option_id, {"pro_1": "wrk_1"}, "", at)


def supply(quantity: int) -> RecordSupply:
    return RecordSupply("base", quantity, 900, "litre", f"lot_{quantity}", T0)


REFUSE = RefusePlan(asked(), [], None, T0)
CHANGE = ChangePlan("rpl_1", "declined", change(90), [], T0)
PROPOSE = ProposeChange("rpl_1", "breakdown", change(120), "accept", LATER, [], T0)
TAKE = AnswerChange("rpl_1", "accept", False, change(120), T0)
LEAVE = AnswerChange("rpl_1", "cancel", True, None, T0)
CANCEL = CancelPlan("ord_1", "org_b", T0)


def after(*commands: PlanCommand) -> Plan:
    state: Plan = PLAN.initial
    for command in commands:
        state = PLAN.fold(PLAN.decide(command, state), state)
    return state


REFUSED: list[tuple[Why, tuple[PlanCommand, ...], PlanCommand]] = [
    (Why.OUT_OF_DATE, (quote(),), quote()),
    (Why.OUT_OF_DATE, (quote(2),), RefusePlan(asked(1), [], None, T0)),
    (Why.OUT_OF_DATE, (REFUSE,), AnswerInquiry(asked(1), [], [], T0)),
    (Why.PLAN_ENDED, (CANCEL,), quote()),
    (Why.UNKNOWN_QUOTE, (), confirm()),
    (Why.UNKNOWN_QUOTE, (REFUSE,), confirm()),
    (Why.UNKNOWN_QUOTE, (quote(),), confirm("quo_9")),
    (Why.UNKNOWN_QUOTE, (quote(),), confirm(option_id="opt_9")),
    (Why.UNKNOWN_QUOTE, (quote(), quote(2)), confirm("quo_1")),
    (Why.HOLD_LOST, (quote(),), confirm(at=LATER)),
    (Why.UNKNOWN_PLAN, (quote(),), CHANGE),
    (Why.UNKNOWN_PLAN, (), PROPOSE),
    (Why.PLAN_ENDED, (quote(), confirm(), CANCEL), CHANGE),
    (Why.UNKNOWN_REPLAN, (quote(), confirm()), TAKE),
    (Why.UNKNOWN_REPLAN, (quote(), confirm(), PROPOSE, TAKE), TAKE),
    (Why.UNKNOWN_REPLAN, (quote(), confirm(), PROPOSE), AnswerChange("rpl_9", "accept", False, None, T0)),
    (Why.UNKNOWN_PLAN, (), supply(1)),
    (Why.PLAN_ENDED, (quote(), CANCEL), supply(1)),
]


@pytest.mark.parametrize(("why", "given", "command"), REFUSED, ids=lambda one: str(one)[:30])
def test_is_refused(why: Why, given: tuple[PlanCommand, ...], command: PlanCommand) -> None:
    plan = after(*given)
    with pytest.raises(Refused) as caught:
        PLAN.decide(command, plan)
    assert caught.value.why is why


def test_a_request_is_kept_with_its_answer() -> None:
    assert [type(one) for one in PLAN.decide(quote(), PLAN.initial)] == [PlanAsked, QuoteOffered]
    assert [type(one) for one in PLAN.decide(REFUSE, PLAN.initial)] == [PlanAsked, PlanRefused]
    inquiry = AnswerInquiry(asked(), [OPTION], [], T0)
    assert [type(one) for one in PLAN.decide(inquiry, PLAN.initial)] == [PlanAsked, InquiryAnswered]


def test_a_newer_answer_takes_the_older_quote_off_the_table() -> None:
    _, closed, _ = PLAN.decide(quote(2), after(quote()))
    assert isinstance(closed, QuoteClosed)
    assert (closed.quote_id, closed.reason) == ("quo_1", "replaced")
    assert isinstance(after(quote(), RefusePlan(asked(2), [], None, T0)), Unplanned)


def test_a_quote_is_open_until_the_very_instant_of_its_expiry() -> None:
    plan = after(quote())
    assert open_quote(plan, "quo_1", LATER - timedelta(microseconds=1)).quote_id == "quo_1"
    with pytest.raises(Refused, match="HOLD_LOST"):
        open_quote(plan, "quo_1", LATER)


def test_a_booked_order_may_be_quoted_again_and_keeps_its_plan_until_it_takes_that() -> None:
    plan = after(quote(), confirm(), quote(2))
    assert isinstance(plan, Booked)
    assert (plan.quote_id, plan.demand.attempt, plan.asked.attempt) == ("quo_1", 1, 2)
    (confirmed,) = PLAN.decide(confirm("quo_2"), plan)
    assert isinstance(confirmed, PlanConfirmed)
    again = PLAN.fold([confirmed], plan)
    assert isinstance(again, Booked)
    assert (again.quote_id, again.demand.attempt, again.quote) == ("quo_2", 2, None)


def test_a_loss_is_said_of_any_quote_that_is_not_the_booked_one() -> None:
    lose = LoseQuote("ord_1", "org_b", "quo_1", [], T0)
    assert [type(one) for one in PLAN.decide(lose, PLAN.initial)] == [QuoteLost]
    assert isinstance(after(quote(), lose), Unplanned)
    assert PLAN.decide(lose, after(quote(), confirm())) == []
    assert PLAN.decide(lose, after(CANCEL)) == []


def test_a_quote_is_closed_once() -> None:
    close = CloseQuote("quo_1", "dropped", T0)
    assert [type(one) for one in PLAN.decide(close, after(quote()))] == [QuoteClosed]
    assert PLAN.decide(close, after(quote(), close)) == []
    assert PLAN.decide(close, after(quote(), confirm())) == []
    assert isinstance(after(quote(), confirm(), quote(2), CloseQuote("quo_2", "expired", T0)), Booked)


def test_a_change_without_cost_is_booked_and_one_at_a_cost_is_asked() -> None:
    (changed,) = PLAN.decide(CHANGE, after(quote(), confirm()))
    assert isinstance(changed, PlanChanged)
    assert (changed.old_price_fen, changed.change.price_fen) == (100, 90)
    (proposed,) = PLAN.decide(PROPOSE, after(quote(), confirm()))
    assert isinstance(proposed, PlanChangeProposed)
    plan = after(quote(), confirm(), PROPOSE)
    assert isinstance(plan, Booked)
    assert plan.current.price_fen == 100, "nothing has changed yet"
    taken, left = after(quote(), confirm(), PROPOSE, TAKE), after(quote(), confirm(), PROPOSE, LEAVE)
    assert isinstance(taken, Booked)
    assert isinstance(left, Booked)
    assert (taken.current.price_fen, taken.question) == (120, None)
    assert (left.current.price_fen, left.question) == (100, None)


def test_a_booked_change_closes_the_open_question() -> None:
    plan = after(quote(), confirm(), PROPOSE, CHANGE)
    assert isinstance(plan, Booked)
    assert plan.question is None


def test_supplies_are_counted_in_all_and_each_arrival_is_a_lot() -> None:
    plan = after(quote(), supply(400), confirm(), supply(900))
    lots = supplies_of(plan)["base"]
    assert [(lot.lot_id, lot.quantity) for lot in lots] == [("lot_400", 400), ("lot_900", 500)]
    assert PLAN.decide(supply(900), plan) == []
    assert isinstance(after(quote(), supply(1)), Quoted)
    assert isinstance(PLAN.decide(supply(901), plan)[0], SupplyRecorded)


def test_cancelling_ends_it_even_before_it_was_asked() -> None:
    assert [type(one) for one in PLAN.decide(CANCEL, PLAN.initial)] == [PlanCancelled]
    assert isinstance(after(CANCEL), Cancelled)
    assert PLAN.decide(CANCEL, after(CANCEL)) == []
    with pytest.raises(Refused, match="PLAN_ENDED"):
        check_attempt(after(quote(), CANCEL), 9, "ord_1")
