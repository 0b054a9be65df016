"""Material that is not there when a slot can no longer be used: the slot is given up, the buyer told and asked."""

from datetime import datetime, timedelta

from services.capacity.domain.no_shows import missing_inputs
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.work_events import WorkInput
from services.capacity.domain.work_state import Accepted
from services.capacity.handlers.booking import is_at_work, is_given_up, release_slots, waiting_after
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.trigger import Trigger
from shared.contracts.reasons import PlanReason, ReasonCode
from shared.eventstore.handling import Prepared
from shared.kernel.ids import derived_id

NO_MATERIAL = "no-material"


class MissingMaterial:
    """Slots given up and the question to the buyer are one append."""

    def __init__(self, desk: Desk, replanner: Replanner) -> None:
        self._desk = desk
        self._replanner = replanner

    def look(self, work_id: str) -> Prepared[bool]:
        """Whether the slot was given up. The buyer's own material is missing once the run should have begun and its grace
        is over; what another plant makes, once the whole slot has passed and that plant is at work.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        work = draft.work_of(work_id)
        plan = draft.plan_of(work.terms.order_id) if isinstance(work, Accepted) else None
        if not isinstance(work, Accepted) or not isinstance(plan, Booked) or plan.question is not None:
            return Prepared([], False)
        terms = work.terms
        missing = missing_inputs(work)
        grace = timedelta(minutes=self._desk.limits.no_show_grace_minutes)
        brought = [one for one in missing if one.source == "buyer"]
        if not missing or plan.current.work_ids.get(terms.process_id) != work_id or is_given_up(draft, terms, now):
            return Prepared([], False)
        slot = terms.slot_id
        if brought and now >= terms.starts_at + timedelta(seconds=terms.setup_seconds) + grace:
            reasons = [
                PlanReason(
                    ReasonCode.MATERIAL_MISSING,
                    step=terms.step,
                    facts={"item": one.item, "needed": str(one.quantity), "announced": "0", "unit": one.unit},
                )
                for one in brought
            ]
            trigger = Trigger(
                derived_id("rpl", work_id, slot, "missing"), "missing_material", frozenset({terms.process_id})
            )
            self._ask(draft, plan, trigger, reasons, now)
            return Prepared(draft.appends(), True)
        made = [one for one in missing if one.source == "made"]
        if made and not brought and now >= terms.ends_at + grace and _are_being_made(draft, plan, made):
            release_slots(draft, plan.current, {terms.process_id}, NO_MATERIAL, now)
            trigger = Trigger(derived_id("rpl", work_id, slot, "late"), "late_input", frozenset({terms.process_id}))
            self._replanner.replan(draft, terms.order_id, trigger)
            return Prepared(draft.appends(), True)
        return Prepared([], False)

    def supplied(self, draft: Draft, order_id: str) -> None:
        """Material that was asked about has come: the plan is made anew, and asked about where it costs more or is later."""
        plan = draft.plan_of(order_id)
        question = plan.question if isinstance(plan, Booked) else None
        if not isinstance(plan, Booked) or question is None or question.cause != "missing_material":
            return
        works = [draft.work_of(one) for one in plan.current.work_ids.values()]
        if any(one.source == "buyer" for work in works if isinstance(work, Accepted) for one in missing_inputs(work)):
            return
        trigger = Trigger(derived_id("rpl", question.replan_id, "come"), "missing_material", frozenset())
        self._replanner.replan(draft, order_id, trigger)

    def _ask(self, draft: Draft, plan: Booked, trigger: Trigger, reasons: list[PlanReason], now: datetime) -> None:
        """No time is held for material that is not there: the step and what follows it are free at once."""
        free = waiting_after(draft, plan.current, trigger.affected)
        release_slots(draft, plan.current, free, NO_MATERIAL, now)
        self._replanner.ask_without(draft, plan, trigger, reasons)


def _are_being_made(draft: Draft, plan: Booked, missing: list[WorkInput]) -> bool:
    """Whether every plant that makes what is missing has begun: who has not is called to account by itself."""
    return all(is_at_work(draft, plan.current.work_ids.get(one.from_process_id, "")) for one in missing)
