"""What matching is asked, from what the order asked."""

from services.capacity.domain.matching.problem import Demand
from services.capacity.domain.plan_events import PlanAsked


def demand_of(asked: PlanAsked) -> Demand:
    return Demand(
        order_id=asked.order_id,
        buyer_org_id=asked.buyer_org_id,
        lines=asked.lines,
        deliver_to=asked.deliver_to,
        earliest_start_at=asked.earliest_start_at,
        requested_by=asked.requested_by,
        limits=asked.limits,
        supplies=asked.supplies,
        deliver_from=asked.deliver_from,
    )
