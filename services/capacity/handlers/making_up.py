"""Too little was released: a run for what is missing is planned and put to the buyer, where it is worth another run."""

from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_state import Finished
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.shortfalls import missing_of, released_of
from services.capacity.handlers.trigger import Trigger
from shared.kernel.ids import derived_id
from shared.kernel.rounding import PPM


class MakeUps:
    """Works on the draft of the decision that found the shortage: both are one append."""

    def __init__(self, desk: Desk, replanner: Replanner) -> None:
        self._desk = desk
        self._replanner = replanner

    def plan_missing(self, draft: Draft, work_id: str) -> None:
        """Nothing follows while lots wait for their inspection, where a part is welcome, or while little is missing. A
        question about what is missing ends when a lot is released after all and nothing is missing any more.
        """
        work = draft.work_of(work_id)
        released = released_of(work)
        if not isinstance(work, Finished) or released is None:
            return
        order_id, plan = work.terms.order_id, draft.plan_of(work.terms.order_id)
        if not isinstance(plan, Booked) or plan.demand.limits.partial_ok:
            return
        wanted = {one.order_line_id: one.quantity_net for one in plan.demand.lines}
        limit = self._desk.limits.make_up_above_ppm
        is_missing = any(net * PPM > wanted[name] * limit for name, net in missing_of(draft, plan).items())
        is_asked = plan.question is not None and plan.question.cause == "under_delivery"
        is_settled = is_asked and not is_missing
        if is_settled or (is_missing and released < work.terms.quantity_net):
            replan_id = derived_id("rpl", work_id, "make-up", *_times(work), released)
            self._replanner.replan(draft, order_id, Trigger(replan_id, "under_delivery", frozenset()))


def _times(work: Finished) -> tuple[int, ...]:
    """How many verdicts there were beyond the first of each lot: as much may be released as once before."""
    again = sum(max(one.verdicts - 1, 0) for one in work.inspections.values())
    return (again,) if again else ()
