"""A plant that agreed and did not begin: its slot is given up and counted as missed, the order is planned anew."""

from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_commands import MissSlot
from services.capacity.domain.work_state import Accepted
from services.capacity.handlers.booking import is_given_up, release
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.trigger import Trigger
from shared.eventstore.handling import Prepared

NO_SHOW = "no-show"


class NoShowsHandler:
    """The missed slot, its release and the new plan are one append."""

    def __init__(self, desk: Desk, replanner: Replanner) -> None:
        self._desk = desk
        self._replanner = replanner

    def miss(self, work_id: str, replan_id: str) -> Prepared[bool]:
        """Whether the slot counts as missed. Work that waits for its buyer's answer, for a new time, for material or for a
        line that is busy or down is passed over: its plant could not begin.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        work = draft.work_of(work_id)
        if not isinstance(work, Accepted):
            return Prepared([], False)
        terms = work.terms
        plan, floor = draft.plan_of(terms.order_id), draft.floor_of(terms.line_id)
        if not isinstance(plan, Booked) or plan.question is not None or floor.running or floor.down is not None:
            return Prepared([], False)
        if is_given_up(draft, terms, now):
            return Prepared([], False)
        if not draft.work(work_id, MissSlot(floor.free_since, self._desk.limits, now)):
            return Prepared([], False)
        release(draft, {terms.line_id: [terms.slot_id]}, NO_SHOW, now)
        if plan.current.work_ids.get(terms.process_id) == work_id:
            affected, avoided = frozenset({terms.process_id}), {terms.process_id: frozenset({terms.plant_id})}
            self._replanner.replan(draft, terms.order_id, Trigger(replan_id, "no_show", affected, avoided=avoided))
        return Prepared(draft.appends(), True)
