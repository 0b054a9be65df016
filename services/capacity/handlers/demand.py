"""What matching is asked, from what the order asked."""

from collections.abc import Mapping, Sequence

import msgspec

from services.capacity.domain.matching.problem import Demand
from services.capacity.domain.plan_events import PlanAsked
from services.capacity.domain.plan_state import Booked
from shared.contracts.planning import PlannedStep


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


def booked_demand(plan: Booked) -> Demand:
    """What a booked plan is for, and which numbers of parts it has used up."""
    return msgspec.structs.replace(demand_of(plan.demand), parts_ended=plan.parts_ended)


def with_more(demand: Demand, planned: Sequence[PlannedStep], missing: Mapping[str, int]) -> Demand:
    """*demand* for what its parts as *planned* are to yield, and what is *missing* (order line id -> units) beside them:
    matching makes one part more of whatever no part accounts for.
    """
    eaten = {name for one in planned for name in one.feeds_from}
    nets: dict[str, int] = dict(missing)
    for one in planned:
        if one.process_id not in eaten:
            nets[one.order_line_id] = nets.get(one.order_line_id, 0) + one.quantity_net
    lines = [msgspec.structs.replace(one, quantity_net=nets[one.order_line_id]) for one in demand.lines]
    return msgspec.structs.replace(demand, lines=lines)
