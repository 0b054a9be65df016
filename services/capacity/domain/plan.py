"""Authority on the plan of one order (stream `plan-…`): asked, quoted, booked, changed, cancelled.

Who makes what when is found by `matching`; here stands what may be said about it, and when.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, assert_never

from services.capacity.domain.plan_commands import (
    AnswerChange,
    AnswerInquiry,
    CancelPlan,
    ChangePlan,
    CloseQuote,
    ConfirmQuote,
    DropParts,
    LoseQuote,
    OfferQuote,
    PlanCommand,
    ProposeChange,
    Quoting,
    RecordSupply,
    RefusePlan,
)
from services.capacity.domain.plan_events import (
    Change,
    InquiryAnswered,
    PartsDropped,
    PlanCancelled,
    PlanChangeAnswered,
    PlanChanged,
    PlanChangeProposed,
    PlanConfirmed,
    PlanningEvent,
    PlanRefused,
    QuoteClosed,
    QuoteLost,
    QuoteOffered,
    SupplyRecorded,
)
from services.capacity.domain.plan_state import (
    Booked,
    Cancelled,
    NoPlan,
    OpenQuote,
    Plan,
    Question,
    asked_of,
    evolve,
    latest_attempt,
    quote_on_table,
    supplies_of,
)
from services.capacity.domain.refusals import Why
from shared.contracts.remaining import Agreed, without
from shared.kernel.clock import instant_text
from shared.kernel.decider import Decider
from shared.kernel.refusal import Refused


def check_attempt(plan: Plan, attempt: int, order_id: str) -> None:
    """Raises Refused: PLAN_ENDED, or OUT_OF_DATE when this or a later attempt was answered."""
    if isinstance(plan, Cancelled):
        raise Refused(Why.PLAN_ENDED, id=order_id)
    if attempt <= latest_attempt(plan):
        raise Refused(Why.OUT_OF_DATE, attempt=attempt, latest=latest_attempt(plan))


def open_quote(plan: Plan, quote_id: str, at: datetime) -> OpenQuote:
    """The quote on the table. Raises Refused: UNKNOWN_QUOTE, HOLD_LOST when it has expired."""
    quote = quote_on_table(plan)
    if quote is None or quote.quote_id != quote_id:
        raise Refused(Why.UNKNOWN_QUOTE, id=quote_id)
    if quote.expires_at <= at:
        raise Refused(Why.HOLD_LOST, slot_id=quote_id, expires_at=instant_text(quote.expires_at))
    return quote


def open_question(plan: Plan, replan_id: str) -> Question:
    """The question the buyer was asked. Raises Refused: UNKNOWN_REPLAN."""
    if not isinstance(plan, Booked) or plan.question is None or plan.question.replan_id != replan_id:
        raise Refused(Why.UNKNOWN_REPLAN, id=replan_id)
    return plan.question


def decide(command: PlanCommand, plan: Plan) -> Sequence[PlanningEvent]:
    if isinstance(command, Quoting):
        return _decide_quote(command, plan)
    match command:
        case ChangePlan():
            return _change(command, plan)
        case ProposeChange():
            return _propose(command, plan)
        case AnswerChange():
            return _answer_change(command, plan)
        case RecordSupply():
            return _record_supply(command, plan)
        case DropParts():
            return _drop_parts(command, plan)
        case CancelPlan():
            return _cancel(command, plan)
        case _:
            assert_never(command)


def _decide_quote(command: Quoting, plan: Plan) -> Sequence[PlanningEvent]:
    match command:
        case OfferQuote():
            return _offer_quote(command, plan)
        case RefusePlan():
            return _refuse(command, plan)
        case AnswerInquiry():
            return _answer_inquiry(command, plan)
        case ConfirmQuote():
            return _confirm(command, plan)
        case LoseQuote():
            return _lose(command, plan)
        case CloseQuote():
            return _close(command, plan)
        case _:
            assert_never(command)


def _offer_quote(command: OfferQuote, plan: Plan) -> Sequence[PlanningEvent]:
    asked = command.asked
    check_attempt(plan, asked.attempt, asked.order_id)
    offered = QuoteOffered(
        order_id=asked.order_id,
        buyer_org_id=asked.buyer_org_id,
        attempt=asked.attempt,
        quote_id=command.quote_id,
        options=command.options,
        refusals=command.refusals,
        offered_at=command.at,
        expires_at=command.expires_at,
    )
    return [asked, *_replaced(plan, command.at), offered]


def _refuse(command: RefusePlan, plan: Plan) -> Sequence[PlanningEvent]:
    asked = command.asked
    check_attempt(plan, asked.attempt, asked.order_id)
    refused = PlanRefused(
        order_id=asked.order_id,
        buyer_org_id=asked.buyer_org_id,
        attempt=asked.attempt,
        reasons=command.reasons,
        relaxation=command.relaxation,
        refused_at=command.at,
    )
    return [asked, *_replaced(plan, command.at), refused]


def _replaced(plan: Plan, at: datetime) -> list[PlanningEvent]:
    """A newer answer takes the older quote off the table."""
    quote = quote_on_table(plan)
    return [] if quote is None else [_closed(plan, quote, "replaced", at)]


def _closed(
    plan: Plan, quote: OpenQuote, reason: Literal["dropped", "replaced", "expired"], at: datetime
) -> QuoteClosed:
    asked = asked_of(plan)
    return QuoteClosed(
        order_id=asked.order_id, buyer_org_id=asked.buyer_org_id, quote_id=quote.quote_id, reason=reason, closed_at=at
    )


def _answer_inquiry(command: AnswerInquiry, plan: Plan) -> Sequence[PlanningEvent]:
    asked = command.asked
    check_attempt(plan, asked.attempt, asked.order_id)
    answered = InquiryAnswered(
        order_id=asked.order_id,
        buyer_org_id=asked.buyer_org_id,
        attempt=asked.attempt,
        options=command.options,
        refusals=command.refusals,
        answered_at=command.at,
        earliest_at=command.earliest_at,
    )
    return [asked, answered]


def _confirm(command: ConfirmQuote, plan: Plan) -> Sequence[PlanningEvent]:
    quote = open_quote(plan, command.quote_id, command.at)
    option = quote.option(command.option_id)
    if option is None:
        raise Refused(Why.UNKNOWN_QUOTE, id=command.option_id)
    asked = asked_of(plan)
    return [
        PlanConfirmed(
            order_id=asked.order_id,
            buyer_org_id=asked.buyer_org_id,
            quote_id=command.quote_id,
            option=option,
            work_ids=command.work_ids,
            replaces_quote_id=command.replaces_quote_id,
            confirmed_at=command.at,
        )
    ]


def _lose(command: LoseQuote, plan: Plan) -> Sequence[PlanningEvent]:
    """Said for every accepted quote that is not booked, known here or not: the order waits for an answer."""
    if isinstance(plan, Cancelled) or (isinstance(plan, Booked) and plan.quote_id == command.quote_id):
        return []
    return [
        QuoteLost(
            order_id=command.order_id,
            buyer_org_id=command.buyer_org_id,
            quote_id=command.quote_id,
            reasons=command.reasons,
            lost_at=command.at,
        )
    ]


def _close(command: CloseQuote, plan: Plan) -> Sequence[PlanningEvent]:
    quote = quote_on_table(plan)
    if quote is None or quote.quote_id != command.quote_id:
        return []
    return [_closed(plan, quote, command.reason, command.at)]


def _booked(plan: Plan, order_id: str = "?") -> Booked:
    if isinstance(plan, Cancelled):
        raise Refused(Why.PLAN_ENDED, id=order_id)
    if not isinstance(plan, Booked):
        raise Refused(Why.UNKNOWN_PLAN, id=order_id)
    return plan


def _change(command: ChangePlan, plan: Plan) -> Sequence[PlanningEvent]:
    booked = _booked(plan)
    return [
        PlanChanged(
            order_id=booked.demand.order_id,
            buyer_org_id=booked.demand.buyer_org_id,
            replan_id=command.replan_id,
            cause=command.cause,
            change=command.change,
            old_promise_at=booked.current.promise_at,
            old_price_fen=booked.current.price_fen,
            reasons=command.reasons,
            changed_at=command.at,
        )
    ]


def _propose(command: ProposeChange, plan: Plan) -> Sequence[PlanningEvent]:
    booked = _booked(plan)
    return [
        PlanChangeProposed(
            order_id=booked.demand.order_id,
            buyer_org_id=booked.demand.buyer_org_id,
            replan_id=command.replan_id,
            cause=command.cause,
            change=command.change,
            current=booked.current,
            old_promise_at=booked.current.promise_at,
            old_price_fen=booked.current.price_fen,
            default_choice=command.default_choice,
            answer_by=command.answer_by,
            reasons=command.reasons,
            proposed_at=command.at,
            asked_about=list(command.asked_about),
        )
    ]


def _answer_change(command: AnswerChange, plan: Plan) -> Sequence[PlanningEvent]:
    booked = _booked(plan)
    open_question(plan, command.replan_id)
    return [
        PlanChangeAnswered(
            order_id=booked.demand.order_id,
            buyer_org_id=booked.demand.buyer_org_id,
            replan_id=command.replan_id,
            choice=command.choice,
            by_default=command.by_default,
            change=command.change,
            answered_at=command.at,
        )
    ]


def _record_supply(command: RecordSupply, plan: Plan) -> Sequence[PlanningEvent]:
    if isinstance(plan, Cancelled):
        raise Refused(Why.PLAN_ENDED, id=asked_of(plan).order_id)
    asked = asked_of(plan)
    known = supplies_of(plan).get(command.item, ())
    fresh = command.quantity - sum(lot.quantity for lot in known)
    if fresh <= 0:
        return []
    return [
        SupplyRecorded(
            order_id=asked.order_id,
            buyer_org_id=asked.buyer_org_id,
            item=command.item,
            quantity=command.quantity,
            expected=command.expected,
            unit=command.unit,
            lot_id=command.lot_id,
            lot_quantity=fresh,
            arrived_at=command.at,
        )
    ]


def _drop_parts(command: DropParts, plan: Plan) -> Sequence[PlanningEvent]:
    """Processes that are in no plan any more are passed over."""
    if not isinstance(plan, Booked):
        return []
    before, dropped = plan.current, set(command.dropped)
    gone = [one.process_id for one in before.steps if one.process_id in dropped]
    if not gone:
        return []
    rest = without(Agreed(before.steps, before.trips, before.price_fen, before.promise_at), gone)
    left = {name: work_id for name, work_id in before.work_ids.items() if name not in dropped}
    change = Change(list(rest.steps), list(rest.trips), left, [], [], rest.promise_at, rest.price_fen)
    return [
        PartsDropped(
            order_id=plan.demand.order_id,
            buyer_org_id=plan.demand.buyer_org_id,
            dropped=gone,
            change=change,
            dropped_at=command.at,
        )
    ]


def _cancel(command: CancelPlan, plan: Plan) -> Sequence[PlanningEvent]:
    """Also said about an order that was never planned, so that a late request for it is dropped."""
    if isinstance(plan, Cancelled):
        return []
    return [PlanCancelled(order_id=command.order_id, buyer_org_id=command.buyer_org_id, cancelled_at=command.at)]


PLAN: Decider[PlanCommand, Plan, PlanningEvent] = Decider(initial=NoPlan(), decide=decide, evolve=evolve)
