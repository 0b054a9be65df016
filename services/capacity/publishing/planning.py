"""What orders learn about their plans: private event -> public facts, pure."""

from services.capacity.domain import plan_events as private
from shared.contracts import capacity
from shared.contracts.envelope import Fact


def inquiry_answered(event: private.InquiryAnswered) -> list[Fact]:
    return [
        capacity.InquiryAnswered(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            attempt=event.attempt,
            options=event.options,
            refusals=event.refusals,
            answered_at=event.answered_at,
            earliest_at=event.earliest_at,
        )
    ]


def quote_offered(event: private.QuoteOffered) -> list[Fact]:
    return [
        capacity.QuoteOffered(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            attempt=event.attempt,
            quote_id=event.quote_id,
            options=event.options,
            refusals=event.refusals,
            offered_at=event.offered_at,
            expires_at=event.expires_at,
        )
    ]


def plan_refused(event: private.PlanRefused) -> list[Fact]:
    return [
        capacity.PlanRefused(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            attempt=event.attempt,
            reasons=event.reasons,
            relaxation=event.relaxation,
            refused_at=event.refused_at,
        )
    ]


def plan_confirmed(event: private.PlanConfirmed) -> list[Fact]:
    return [
        capacity.QuoteConfirmed(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            quote_id=event.quote_id,
            option=event.option,
            work_ids=event.work_ids,
            confirmed_at=event.confirmed_at,
        )
    ]


def quote_lost(event: private.QuoteLost) -> list[Fact]:
    return [
        capacity.QuoteLost(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            quote_id=event.quote_id,
            reasons=event.reasons,
            lost_at=event.lost_at,
        )
    ]


def plan_changed(event: private.PlanChanged) -> list[Fact]:
    change = event.change
    return [
        capacity.PlanChanged(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            replan_id=event.replan_id,
            cause=event.cause,
            steps=change.steps,
            trips=change.trips,
            work_ids=change.work_ids,
            old_promise_at=event.old_promise_at,
            new_promise_at=change.promise_at,
            old_price_fen=event.old_price_fen,
            new_price_fen=change.price_fen,
            needs_answer=False,
            default_choice="accept",
            answer_by=event.changed_at,
            changed_at=event.changed_at,
            reasons=event.reasons,
        )
    ]


def plan_change_proposed(event: private.PlanChangeProposed) -> list[Fact]:
    """The question to the buyer; without a proposal the plan is shown as it stood."""
    change = event.current if event.change is None else event.change
    return [
        capacity.PlanChanged(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            replan_id=event.replan_id,
            cause=event.cause,
            steps=change.steps,
            trips=change.trips,
            work_ids=change.work_ids,
            old_promise_at=event.old_promise_at,
            new_promise_at=change.promise_at,
            old_price_fen=event.old_price_fen,
            new_price_fen=change.price_fen,
            needs_answer=True,
            default_choice=event.default_choice,
            answer_by=event.answer_by,
            changed_at=event.proposed_at,
            reasons=event.reasons,
            asked_about=event.asked_about,
        )
    ]
