"""A changed plan: booked within the promise, or put to the buyer with a stated default and a last moment to answer."""

from collections.abc import Sequence
from dataclasses import replace

from services.order.domain.answering import check_answer
from services.order.domain.cancelling import end_parts
from services.order.domain.commands import AnswerReplan, ReceivePlanChange
from services.order.domain.delivering import all_delivered
from services.order.domain.events import AnyOrderEvent, PlanMoved, ReplanAnswered, ReplanAsked
from services.order.domain.refusals import Why
from services.order.domain.situations import Order, Running
from services.order.domain.supplying import answer_shortfall
from shared.contracts.capacity import PlanChanged
from shared.contracts.planning import ReplanChoice
from shared.contracts.silence import Effect, choices_of, silent_choice
from shared.kernel.refusal import Refused


def receive_plan_change(command: ReceivePlanChange, order: Order) -> Sequence[AnyOrderEvent]:
    """A newer question takes the place of an older one; a plan that moved without asking ends it."""
    fact = command.fact
    if not isinstance(order, Running):
        return []
    if not fact.needs_answer:
        return [
            PlanMoved(
                order_id=fact.order_id,
                buyer_org_id=fact.buyer_org_id,
                replan_id=fact.replan_id,
                cause=fact.cause,
                steps=fact.steps,
                trips=fact.trips,
                work_ids=fact.work_ids,
                old_promise_at=fact.old_promise_at,
                new_promise_at=fact.new_promise_at,
                old_price_fen=fact.old_price_fen,
                new_price_fen=fact.new_price_fen,
                reasons=fact.reasons,
                moved_at=fact.changed_at,
            )
        ]
    return [
        ReplanAsked(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            replan_id=fact.replan_id,
            cause=fact.cause,
            steps=fact.steps,
            trips=fact.trips,
            work_ids=fact.work_ids,
            old_promise_at=fact.old_promise_at,
            new_promise_at=fact.new_promise_at,
            old_price_fen=fact.old_price_fen,
            new_price_fen=fact.new_price_fen,
            reasons=fact.reasons,
            default_choice=_default_of(fact),
            answer_by=fact.answer_by,
            asked_at=fact.changed_at,
            asked_about=fact.asked_about,
        )
    ]


def _default_of(fact: PlanChanged) -> ReplanChoice:
    """As stated where it can be answered so, save that silence never accepts what is dearer or later than agreed, whoever
    says that it does.
    """
    if fact.default_choice != "accept" and fact.default_choice in choices_of(fact.cause):
        return fact.default_choice
    effect = Effect(fact.old_promise_at, fact.new_promise_at, fact.old_price_fen, fact.new_price_fen)
    return silent_choice(fact.cause, effect)


def answer_replan(command: AnswerReplan, order: Order) -> Sequence[AnyOrderEvent]:
    """The buyer's choice until `answer_by`; from then on only the default, whoever brings it and however late.

    Refusing ends the parts that were asked about; what is made or has come goes on, and is paid as it comes. What has all
    come to the door meanwhile is not cancelled: the question is only closed.
    """
    asked = order.asked if isinstance(order, Running) else None
    if isinstance(order, Running):
        for short in order.shortfalls.values():
            if short.question_id and short.question_id == command.replan_id:
                return answer_shortfall(command, order, short)
    if not isinstance(order, Running) or asked is None or asked.replan_id != command.replan_id:
        raise Refused(Why.NO_SUCH_REPLAN, replan_id=command.replan_id)
    choice = check_answer(command, asked.answer_by, asked.default_choice, asked.choices)
    body, by_default = order.body, command.choice is None
    events: list[AnyOrderEvent] = [
        ReplanAnswered(
            order_id=body.order_id,
            buyer_org_id=body.buyer_org_id,
            replan_id=asked.replan_id,
            choice=choice,
            by_default=by_default,
            answered_at=command.at,
        )
    ]
    if choice == "take_less":
        events += all_delivered(replace(order, asked=None), None, command.at)
    if choice == "cancel" and order.delivered_at is None:  # the promise was broken by the other side: no fee
        events += end_parts(
            order,
            order.parts_asked_about,
            why="replan",
            by_default=by_default,
            terms=command.terms,
            at=command.at,
        )
    return events
