"""A fact arrived: which command follows. Pure; facts that capacity does not act on are not listed."""

from datetime import datetime

from services.capacity.domain.plan_commands import CancelPlan
from services.capacity.domain.plan_events import PlanAsked
from shared.contracts import order


def on_planning_requested(fact: order.PlanningRequested, at: datetime) -> PlanAsked:
    """The demand as capacity keeps it."""
    return PlanAsked(
        order_id=fact.order_id,
        buyer_org_id=fact.buyer_org_id,
        attempt=fact.attempt,
        lines=fact.lines,
        deliver_to=fact.deliver_to,
        earliest_start_at=fact.earliest_start_at,
        requested_by=fact.requested_by,
        limits=fact.limits,
        supplies=fact.supplies,
        replaces_quote_id=fact.replaces_quote_id,
        asked_at=at,
        deliver_from=fact.deliver_from,
    )


def on_order_cancelled(fact: order.OrderCancelled) -> CancelPlan:
    return CancelPlan(order_id=fact.order_id, buyer_org_id=fact.buyer_org_id, at=fact.cancelled_at)
