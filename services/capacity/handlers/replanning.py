"""A confirmed plan has to change: find the least change, do it when it costs the buyer nothing, ask when it does."""

from dataclasses import replace
from datetime import datetime

from services.capacity.domain.allocation import answer_due as offer_due
from services.capacity.domain.matching.match import rematch
from services.capacity.domain.matching.problem import Unmatched
from services.capacity.domain.matching.rules import standard_rules
from services.capacity.domain.plan_commands import AnswerChange, ChangePlan, DropParts, ProposeChange
from services.capacity.domain.plan_events import Change
from services.capacity.domain.plan_state import Booked, Question
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_commands import RenewOffer
from services.capacity.domain.work_state import Countered
from services.capacity.handlers.booking import release_waiting
from services.capacity.handlers.changing import (
    confirm_proposed,
    free_moved,
    move_work,
    release_proposed,
    take_moved,
)
from services.capacity.handlers.demand import booked_demand, with_more
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.least_change import (
    Layout,
    also_declined,
    answer_due,
    at_no_extra_price,
    change_of,
    costs_nothing,
    end_counters,
    homeless,
    merged,
    own_slot,
    scopes,
)
from services.capacity.handlers.papers import check_papers
from services.capacity.handlers.shortfalls import missing_of
from services.capacity.handlers.supplies import hand_over_supplies
from services.capacity.handlers.trigger import Found, Trigger
from shared.contracts.order import PartsCancelled, ReplanAnswered
from shared.contracts.planning import PlannedStep
from shared.contracts.reasons import PlanReason
from shared.contracts.remaining import part_of, parts_with
from shared.contracts.silence import Effect, silent_choice
from shared.eventstore.handling import Prepared
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused


class Replanner:
    """Works on drafts: the caller's other decisions and the new plan are one append."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def replan(self, draft: Draft, order_id: str, trigger: Trigger) -> None:
        """Change the plan of *order_id* or put the change to its buyer. An order that has ended is passed over."""
        plan, now = draft.plan_of(order_id), self._desk.clock.now()
        if not isinstance(plan, Booked):
            return
        release_proposed(draft, plan, now)
        end_counters(draft, plan, now)
        trigger = replace(
            trigger,
            affected=trigger.affected | homeless(draft, plan),
            banned=also_declined(draft, plan, trigger.banned),
        )
        found = self._find(draft, plan, trigger.strictly)
        if isinstance(found, Unmatched) and trigger.avoided:
            found = self._find(draft, plan, trigger)
        if isinstance(found, Found) and trigger.is_makers_fault:
            found = at_no_extra_price(found, plan.current)
        if isinstance(found, Unmatched):
            self.ask_without(draft, plan, trigger, [*trigger.reasons, *found.reasons])
        elif costs_nothing(found.change, plan.current):
            self.book(draft, plan, trigger, found)
        else:
            self.propose(draft, plan, trigger, found)

    def ask_without(self, draft: Draft, plan: Booked, trigger: Trigger, reasons: list[PlanReason]) -> None:
        """Ask the buyer with no plan to show: none is known, and nothing is held."""
        now = self._desk.clock.now()
        answer_by = now + self._desk.settings.answer_replan_within
        choice, about = silent_choice(trigger.cause, None), _asked_about(plan, trigger, None)
        draft.plan(
            plan.demand.order_id,
            ProposeChange(trigger.replan_id, trigger.cause, None, choice, answer_by, reasons, now, about),
        )

    def book(self, draft: Draft, plan: Booked, trigger: Trigger, found: Found) -> None:
        """Put *found* into effect at once."""
        now, order_id, change = self._desk.clock.now(), plan.demand.order_id, found.change
        free_moved(draft, plan, change, trigger.cause, now)
        take_moved(draft, found.slots, trigger.replan_id, None, now)
        draft.plan(order_id, ChangePlan(trigger.replan_id, trigger.cause, change, list(trigger.reasons), now))
        move_work(self._desk, draft, plan, change, now)
        hand_over_supplies(draft, order_id, now)

    def propose(self, draft: Draft, plan: Booked, trigger: Trigger, found: Found) -> None:
        """Ask the buyer. The new slots are held beyond the last moment to answer, since a default comes after it."""
        now, change = self._desk.clock.now(), found.change
        within = self._desk.settings.answer_replan_within
        answer_by = answer_due(change, now, within)
        free_moved(draft, plan, change, trigger.cause, now)
        take_moved(draft, found.slots, trigger.replan_id, answer_by + within, now)
        current = plan.current
        effect = Effect(current.promise_at, change.promise_at, current.price_fen, change.price_fen)
        choice, about = silent_choice(trigger.cause, effect), _asked_about(plan, trigger, change)
        draft.plan(
            plan.demand.order_id,
            ProposeChange(
                trigger.replan_id, trigger.cause, change, choice, answer_by, list(trigger.reasons), now, about
            ),
        )

    def answer(self, fact: ReplanAnswered) -> Prepared[None]:
        """The buyer's choice, or the default. A question that is not open any more is passed over."""
        draft, now = self._desk.draft(), self._desk.clock.now()
        plan = draft.plan_of(fact.order_id)
        if not isinstance(plan, Booked) or plan.question is None or plan.question.replan_id != fact.replan_id:
            return Prepared([], None)
        question = plan.question
        if fact.choice in {"cancel", "take_less"}:
            lost = homeless(draft, plan)
            release_proposed(draft, plan, now)
            draft.plan(fact.order_id, AnswerChange(fact.replan_id, fact.choice, fact.by_default, None, now))
            if fact.choice == "take_less" and lost:
                self._make_the_rest(draft, fact, lost)
            return Prepared(draft.appends(), None)
        if fact.choice == "keep_terms":
            self._keep_terms(draft, plan, fact, now)
            return Prepared(draft.appends(), None)
        try:
            self._accept(draft, plan, question, fact, now)
        except Refused as refused:
            if refused.why is not Why.HOLD_LOST:
                raise
            draft = self._desk.draft()
            self._look_again(draft, fact, now)
        return Prepared(draft.appends(), None)

    def drop_parts(self, fact: PartsCancelled) -> Prepared[None]:
        """Parts of the order have ended: what has not begun of them is freed, what has is made to its end. A question that
        was open about the whole is over; it is asked anew about the rest where that still cannot be made as booked.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        plan = draft.plan_of(fact.order_id)
        if not isinstance(plan, Booked):
            return Prepared([], None)
        question = plan.question
        gone = [one for one in plan.current.steps if one.process_id in fact.process_ids]
        release_proposed(draft, plan, now)
        release_waiting(draft, plan.current, gone, "cancelled", now)
        draft.plan(fact.order_id, DropParts(fact.process_ids, now))
        rest = draft.plan_of(fact.order_id)
        if question is not None and isinstance(rest, Booked):
            self._tell_rest(draft, rest, question)
        return Prepared(draft.appends(), None)

    def _tell_rest(self, draft: Draft, plan: Booked, question: Question) -> None:
        trigger = Trigger(_again(question.replan_id), question.cause, homeless(draft, plan))
        if trigger.affected:
            self.replan(draft, plan.demand.order_id, trigger)
        else:
            self.book(draft, plan, trigger, Found(plan.current, {}))

    def _accept(self, draft: Draft, plan: Booked, question: Question, fact: ReplanAnswered, now: datetime) -> None:
        change = question.change
        if change is None:
            raise Refused(Why.HOLD_LOST, slot_id=question.replan_id)
        check_papers(draft, plan.demand, [one for one in change.steps if one.process_id in change.moved])
        confirm_proposed(draft, plan, change, question.replan_id, now)
        draft.plan(fact.order_id, AnswerChange(fact.replan_id, "accept", fact.by_default, change, now))
        move_work(self._desk, draft, plan, change, now)
        hand_over_supplies(draft, fact.order_id, now)

    def _make_the_rest(self, draft: Draft, fact: ReplanAnswered, lost: frozenset[str]) -> None:
        """Less is wanted, but what is wanted still has to be made: the question may have overtaken one about *lost*.
        As with a plant that broke its word, the buyer pays no more for it.
        """
        self.replan(draft, fact.order_id, Trigger(_again(fact.replan_id), "no_show", lost))

    def _keep_terms(self, draft: Draft, plan: Booked, fact: ReplanAnswered, now: datetime) -> None:
        """The counter-offer is not taken: the next plant is asked. When nobody else keeps the terms, and the slot is
        still there, the plant that countered is held to its offer; it may decline.
        """
        countered = {
            name: work
            for name, work_id in plan.current.work_ids.items()
            if isinstance(work := draft.work_of(work_id), Countered)
        }
        lost = homeless(draft, plan)
        release_proposed(draft, plan, now)
        draft.plan(fact.order_id, AnswerChange(fact.replan_id, "keep_terms", fact.by_default, None, now))
        banned = {name: frozenset({work.terms.plant_id}) for name, work in countered.items()}
        trigger = Trigger(_again(fact.replan_id), "countered", lost | countered.keys(), banned)
        found = None if lost else self._find(draft, plan, trigger)
        if isinstance(found, Found) and costs_nothing(found.change, plan.current):
            self.book(draft, plan, trigger, found)
        elif lost:
            self.replan(draft, fact.order_id, replace(trigger, cause="declined"))
        else:
            for work in countered.values():
                due = offer_due(now, self._desk.settings.answer_offer_within, work.terms.starts_at)
                draft.work(work.terms.work_id, RenewOffer(due, now))

    def _look_again(self, draft: Draft, fact: ReplanAnswered, now: datetime) -> None:
        """What was proposed is gone, in whole or in part, or nothing was: find a plan now, and ask again when it costs more
        than agreed.
        """
        plan = draft.plan_of(fact.order_id)
        if not isinstance(plan, Booked) or plan.question is None:
            return
        question = plan.question
        affected = homeless(draft, plan)
        release_proposed(draft, plan, now)
        draft.plan(fact.order_id, AnswerChange(fact.replan_id, "accept", fact.by_default, None, now))
        again = Trigger(_again(fact.replan_id), question.cause, affected)
        self.replan(draft, fact.order_id, again)

    def with_step(self, draft: Draft, plan: Booked, after: PlannedStep, trigger: Trigger) -> Found | Unmatched:
        """The plan with *after* in place of its namesake; what follows moves only when it has to."""
        steps = [after if one.process_id == after.process_id else one for one in plan.current.steps]
        before = next(one for one in plan.current.steps if one.process_id == after.process_id)
        own = {} if after.slot_id == before.slot_id else own_slot(draft, plan, before, after, trigger.replan_id)
        if after.ends_at <= before.ends_at:
            return Found(
                change_of(draft, plan, Layout(steps, plan.current.trips, plan.current.promise_at), trigger.replan_id),
                own,
            )
        for later in scopes(draft, plan, frozenset(), {after.process_id: after}):
            found = self._with_kept(draft, plan, [one for one in steps if one.process_id not in later], trigger)
            if isinstance(found, Found):
                return Found(found.change, {**found.slots, **merged(own, found.slots)})
        return found

    def _find(self, draft: Draft, plan: Booked, trigger: Trigger) -> Found | Unmatched:
        """The least change first: the affected steps alone, then with what follows, then all that has not begun."""
        last = Unmatched(list(trigger.reasons), None)
        steps = [trigger.prolonged.get(one.process_id, one) for one in plan.current.steps]
        for free in scopes(draft, plan, trigger.affected, trigger.prolonged):
            kept = [step for step in steps if step.process_id not in free]
            found = self._with_kept(draft, plan, kept, trigger)
            if isinstance(found, Found):
                return found
            last = found
        return last

    def _with_kept(self, draft: Draft, plan: Booked, kept: list[PlannedStep], trigger: Trigger) -> Found | Unmatched:
        held = {one.process_id: one for one in kept}
        given_up = frozenset(one.slot_id for one in plan.current.steps if held.get(one.process_id) != one)
        demand = booked_demand(plan)
        if trigger.cause == "under_delivery":
            demand = with_more(demand, plan.current.steps, missing_of(draft, plan))
        answer = rematch(
            demand,
            draft.seen(),
            self._desk.clock.now(),
            standard_rules(),
            quote_id=trigger.replan_id,
            kept=kept,
            current=plan.current.steps,
            ignored=given_up,
            banned=trigger.banned,
        )
        if isinstance(answer, Unmatched):
            return answer
        option = min(answer.options, key=lambda one: (one.promise_at, one.price_fen))  # of equals the first of the menu
        steps = [held.get(one.process_id, one) for one in option.steps]
        wanted = {one.slot_id for one in steps}
        slots = {line_id: [one for one in found if one.slot_id in wanted] for line_id, found in answer.slots.items()}
        return Found(change_of(draft, plan, Layout(steps, option.trips, option.promise_at), trigger.replan_id), slots)


def _asked_about(plan: Booked, trigger: Trigger, change: Change | None) -> list[str]:
    """The processes of every part that has to change: what else is booked goes on whatever is answered."""
    touched = {*trigger.affected, *trigger.prolonged, *([] if change is None else [*change.moved, *change.dropped])}
    parts = parts_with(plan.current.steps, touched)
    return [one.process_id for one in plan.current.steps if part_of(one) in parts]


def _again(replan_id: str) -> str:
    """The question that follows the answer to *replan_id*."""
    return derived_id("rpl", replan_id, "again")
