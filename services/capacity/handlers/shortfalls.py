"""How much of an order will be missing at the buyer's door, by what was released and what is still to be made."""

from services.capacity.domain.inspection import lots_with
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Finished, Work, produced
from services.capacity.handlers.draft import Draft
from shared.contracts.planning import PlannedStep


def missing_of(draft: Draft, plan: Booked) -> dict[str, int]:
    """order line id -> units wanted and in no part of the plan any more; lines that lack nothing are left out."""
    eaten = {name for one in plan.current.steps for name in one.feeds_from}
    coming: dict[str, int] = {}
    for last in plan.current.steps:
        if last.process_id not in eaten:
            coming[last.order_line_id] = coming.get(last.order_line_id, 0) + _coming(draft, plan, last)
    wanted = {one.order_line_id: one.quantity_net for one in plan.demand.lines}
    return {name: net - coming.get(name, 0) for name, net in wanted.items() if net > coming.get(name, 0)}


def _coming(draft: Draft, plan: Booked, last: PlannedStep) -> int:
    """What the part that ends with *last* will bring: as planned, or the share that inspection released of it."""
    net = last.quantity_net
    for step in plan.current.steps:
        if step is last or step.process_id in last.feeds_from:
            work = draft.work_of(plan.current.work_ids[step.process_id])
            released = released_of(work) if step is last or _is_tested(work) else None
            if released is not None:
                net = min(net, last.quantity_net * min(released, step.quantity_net) // step.quantity_net)
    return net


def _is_tested(work: Work) -> bool:
    """Whether the next step is the laboratory that decides on the release of this one's lots."""
    return isinstance(work, Finished) and any(one.before_release for one in work.terms.destinations)


def released_of(work: Work) -> int | None:
    """Units released of a run that ended and of which every lot was judged; None before."""
    if not isinstance(work, Finished) or lots_with(work, None):
        return None
    lots = produced(work.reports)
    return sum(lots[name].quantity for name in lots_with(work, "released") if name in lots)
