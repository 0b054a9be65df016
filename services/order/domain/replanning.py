"""A changed plan: booked within the promise, or put to the buyer with a stated default and a last moment to answer."""

from collections.abc import Sequence
from datetime import datetime

from services.order.domain.commands import AnswerReplan, ReceivePlanChange
from services.order.domain.delivering import is_all_there
from services.order.domain.events import (
    AnyOrderEvent,
    OrderCancelled,
    OrderDelivered,
    PlanMoved,
    ReplanAnswered,
    ReplanAsked,
)
from services.order.domain.evolution import evolve
from services.order.domain.refusals import Why
from services.order.domain.situations import Order, Running
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
            default_choice=fact.default_choice,
            answer_by=fact.answer_by,
            asked_at=fact.changed_at,
        )
    ]


def answer_replan(command: AnswerReplan, order: Order) -> Sequence[AnyOrderEvent]:
    """The buyer's choice until `answer_by`; from then on only the default, whoever brings it and however late.

    What has all come to the door meanwhile is not cancelled: the question is only closed.
    """
    asked = order.asked if isinstance(order, Running) else None
    if not isinstance(order, Running) or asked is None or asked.replan_id != command.replan_id:
        raise Refused(Why.NO_SUCH_REPLAN, replan_id=command.replan_id)
    is_late, by_default = command.at >= asked.answer_by, command.choice is None
    if is_late and not by_default:
        raise Refused(
            Why.REPLAN_ANSWER_LATE, answer_by=f"{asked.answer_by:%FT%TZ}", default_choice=asked.default_choice
        )
    if by_default and not is_late:
        raise Refused(Why.DEFAULT_TOO_EARLY, answer_by=f"{asked.answer_by:%FT%TZ}")
    choice = asked.default_choice if command.choice is None else command.choice
    if choice not in asked.choices:
        raise Refused(Why.NO_SUCH_CHOICE, pointer="/choice", choices=", ".join(asked.choices), found=choice)
    body = order.body
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
        events += _delivered_with_less(order, events, command.at)
    if choice == "cancel" and order.delivered_at is None:
        events.append(
            OrderCancelled(
                order_id=body.order_id,
                buyer_org_id=body.buyer_org_id,
                fee_fen=0,  # the promise was broken by the other side
                why="replan",
                cancelled_at=command.at,
            )
        )
    return events


def _delivered_with_less(order: Running, answered: Sequence[AnyOrderEvent], at: datetime) -> Sequence[AnyOrderEvent]:
    """What was made may all have come while the buyer thought: then nothing is left to wait for."""
    after: Order = order
    for event in answered:
        after = evolve(after, event)
    lines = [one.demand.order_line_id for one in order.body.lines]
    if not isinstance(after, Running) or after.delivered_at is not None:
        return []
    if not all(is_all_there(after, one) for one in lines):
        return []
    return [OrderDelivered(order_id=order.body.order_id, buyer_org_id=order.body.buyer_org_id, delivered_at=at)]
