"""A confirmed plan has to change: find the least change, do it when it costs the buyer nothing, ask when it does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.capacity.domain.allocation import recipe_step, slot_of, work_id_for
from services.capacity.domain.matching.match import rematch
from services.capacity.domain.matching.problem import Unmatched
from services.capacity.domain.matching.rules import standard_rules
from services.capacity.domain.plan_commands import AnswerChange, ChangePlan, ProposeChange
from services.capacity.domain.plan_events import Change, ChangeCause, Choice
from services.capacity.domain.plan_state import Booked, Question
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import Slot
from services.capacity.domain.work_commands import WithdrawWork
from services.capacity.domain.work_state import Closed, Countered, NoWork
from services.capacity.handlers.booking import firm_slot, is_started
from services.capacity.handlers.changing import (
    confirm_proposed,
    free_moved,
    move_work,
    release_proposed,
    take_moved,
)
from services.capacity.handlers.demand import demand_of
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.supplies import hand_over_supplies
from shared.contracts.order import ReplanAnswered
from shared.contracts.planning import PlannedStep, PlannedTrip
from shared.contracts.reasons import PlanReason
from shared.eventstore.handling import Prepared
from shared.kernel.refusal import Refused

ANSWER_AT_LEAST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What made the plan impossible: *affected* processes must move, away from *banned* plants (process -> plants).

    *prolonged*: process -> its step as it will be: it stays where it is, and what follows may have to move.
    """

    replan_id: str
    cause: ChangeCause
    affected: frozenset[str]
    banned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reasons: Sequence[PlanReason] = ()
    prolonged: Mapping[str, PlannedStep] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """Steps and trips of a whole plan, and the promise they keep."""

    steps: list[PlannedStep]
    trips: list[PlannedTrip]
    promise_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A plan that would do, and the slots it needs."""

    change: Change
    slots: dict[str, list[Slot]]


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
        _end_counters(draft, plan, now)
        trigger = replace(
            trigger,
            affected=trigger.affected | _homeless(draft, plan),
            banned=_also_declined(draft, plan, trigger.banned),
        )
        found = self._find(draft, plan, trigger)
        if isinstance(found, Unmatched):
            answer_by = now + self._desk.settings.answer_replan_within
            reasons = [*trigger.reasons, *found.reasons]
            draft.plan(
                order_id, ProposeChange(trigger.replan_id, trigger.cause, None, "cancel", answer_by, reasons, now)
            )
        elif costs_nothing(found.change, plan.current):
            self.book(draft, plan, trigger, found)
        else:
            self.propose(draft, plan, trigger, found)

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
        choice: Choice = "accept"
        reasons = list(trigger.reasons)
        draft.plan(
            plan.demand.order_id,
            ProposeChange(trigger.replan_id, trigger.cause, change, choice, answer_by, reasons, now),
        )

    def answer(self, fact: ReplanAnswered) -> Prepared[None]:
        """The buyer's choice, or the default. A question that is not open any more is passed over."""
        draft, now = self._desk.draft(), self._desk.clock.now()
        plan = draft.plan_of(fact.order_id)
        if not isinstance(plan, Booked) or plan.question is None or plan.question.replan_id != fact.replan_id:
            return Prepared([], None)
        question = plan.question
        if fact.choice == "cancel":
            release_proposed(draft, plan, now)
            draft.plan(fact.order_id, AnswerChange(fact.replan_id, "cancel", fact.by_default, None, now))
            return Prepared(draft.appends(), None)
        try:
            self._accept(draft, plan, question, fact, now)
        except Refused as refused:
            if refused.why is not Why.HOLD_LOST:
                raise
            draft = self._desk.draft()
            self._look_again(draft, fact, now)
        return Prepared(draft.appends(), None)

    def _accept(self, draft: Draft, plan: Booked, question: Question, fact: ReplanAnswered, now: datetime) -> None:
        change = question.change
        if change is None:
            raise Refused(Why.HOLD_LOST, slot_id=question.replan_id)
        confirm_proposed(draft, plan, change, question.replan_id, now)
        draft.plan(fact.order_id, AnswerChange(fact.replan_id, "accept", fact.by_default, change, now))
        move_work(self._desk, draft, plan, change, now)
        hand_over_supplies(draft, fact.order_id, now)

    def _look_again(self, draft: Draft, fact: ReplanAnswered, now: datetime) -> None:
        """What was proposed is gone, or nothing was: find a plan now, and ask again when it costs more than agreed."""
        plan = draft.plan_of(fact.order_id)
        if not isinstance(plan, Booked) or plan.question is None:
            return
        question = plan.question
        affected = _homeless(draft, plan)
        draft.plan(fact.order_id, AnswerChange(fact.replan_id, "accept", fact.by_default, None, now))
        again = Trigger(work_id_for(fact.replan_id, "again").replace("wrk_", "rpl_"), question.cause, affected)
        self.replan(draft, fact.order_id, again)

    def with_step(self, draft: Draft, plan: Booked, after: PlannedStep, trigger: Trigger) -> Found | Unmatched:
        """The plan with *after* in place of its namesake; what follows moves only when it has to."""
        steps = [after if one.process_id == after.process_id else one for one in plan.current.steps]
        before = next(one for one in plan.current.steps if one.process_id == after.process_id)
        own = {} if after.slot_id == before.slot_id else _own_slot(draft, plan, before, after, trigger.replan_id)
        if after.ends_at <= before.ends_at:
            return Found(
                _change(draft, plan, Layout(steps, plan.current.trips, plan.current.promise_at), trigger.replan_id), own
            )
        for later in _scopes(draft, plan, frozenset(), {after.process_id: after}):
            found = self._with_kept(draft, plan, [one for one in steps if one.process_id not in later], trigger)
            if isinstance(found, Found):
                return Found(found.change, {**found.slots, **_merged(own, found.slots)})
        return found

    def _find(self, draft: Draft, plan: Booked, trigger: Trigger) -> Found | Unmatched:
        """The least change first: the affected steps alone, then with what follows, then all that has not begun."""
        last = Unmatched(list(trigger.reasons), None)
        steps = [trigger.prolonged.get(one.process_id, one) for one in plan.current.steps]
        for free in _scopes(draft, plan, trigger.affected, trigger.prolonged):
            kept = [step for step in steps if step.process_id not in free]
            found = self._with_kept(draft, plan, kept, trigger)
            if isinstance(found, Found):
                return found
            last = found
        return last

    def _with_kept(self, draft: Draft, plan: Booked, kept: list[PlannedStep], trigger: Trigger) -> Found | Unmatched:
        held = {one.process_id: one for one in kept}
        given_up = frozenset(one.slot_id for one in plan.current.steps if held.get(one.process_id) != one)
        answer = rematch(
            demand_of(plan.demand),
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
        option = min(answer.options, key=lambda one: (one.promise_at, one.price_fen, one.option_id))
        steps = [held.get(one.process_id, one) for one in option.steps]
        wanted = {one.slot_id for one in steps}
        slots = {line_id: [one for one in found if one.slot_id in wanted] for line_id, found in answer.slots.items()}
        return Found(_change(draft, plan, Layout(steps, option.trips, option.promise_at), trigger.replan_id), slots)


def _scopes(
    draft: Draft, plan: Booked, affected: frozenset[str], prolonged: Mapping[str, PlannedStep]
) -> Iterator[frozenset[str]]:
    """Ever larger sets of processes that may move: *affected* ones and those overtaken by a *prolonged* one, what
    follows any of them, and all that has not begun; what has begun never moves.
    """
    steps = plan.current.steps
    waiting = frozenset(one.process_id for one in steps if not is_started(draft, plan.current.work_ids[one.process_id]))
    least = affected | (frozenset(_overtaken(plan, prolonged)) & waiting)
    yield least
    following = {*affected, *prolonged}
    for step in steps:  # topological order within each part
        if following & set(step.feeds_from):
            following.add(step.process_id)
    later = least | ((following - prolonged.keys()) & waiting)
    if later != least:
        yield later
    everything = affected | (waiting - prolonged.keys())
    if everything != later:
        yield everything


def _overtaken(plan: Booked, prolonged: Mapping[str, PlannedStep]) -> Iterator[str]:
    """Processes whose run was to begin before a prolonged input now arrives."""
    for step in plan.current.steps:
        run_at = step.starts_at + timedelta(seconds=step.setup_seconds)
        for feeding in step.feeds_from:
            if feeding in prolonged and run_at < prolonged[feeding].ends_at + _under_way(
                plan, feeding, step.process_id
            ):
                yield step.process_id


def _under_way(plan: Booked, feeding: str, process_id: str) -> timedelta:
    """From the end of the feeding step to the arrival of its output, as planned before."""
    source = next(one for one in plan.current.steps if one.process_id == feeding)
    lag = timedelta(minutes=recipe_step(plan.demand, source).last_lag_minutes)
    for trip in plan.current.trips:
        if (trip.process_id, trip.to_process_id) == (feeding, process_id):
            return lag + (trip.arrives_at - trip.departs_at)
    return lag


def _change(draft: Draft, plan: Booked, layout: Layout, replan_id: str) -> Change:
    """*layout* as a change of *plan*: work that stays on its line keeps its work order."""
    steps, trips = layout.steps, layout.trips
    before = {step.process_id: step for step in plan.current.steps}
    moved = [step.process_id for step in steps if _differs(before.get(step.process_id), step)]
    alive = {
        name: work_id
        for name, work_id in plan.current.work_ids.items()
        if not isinstance(draft.work_of(work_id), Closed | NoWork)
    }
    work_ids = {step.process_id: _work_id(alive, before.get(step.process_id), step, replan_id) for step in steps}
    dropped = [one for one in before if one not in work_ids]
    price_fen = sum(step.price_fen for step in steps) + sum(trip.price_fen for trip in trips)
    return Change(steps, trips, work_ids, moved, dropped, layout.promise_at, price_fen)


def _own_slot(
    draft: Draft, plan: Booked, before: PlannedStep, after: PlannedStep, replan_id: str
) -> dict[str, list[Slot]]:
    """The slot that a plant's counter-offer asks for, as long as the one it gives up."""
    held = firm_slot(draft.board, plan.demand, before, replan_id, replan_id)
    return {after.line_id: [slot_of(plan.demand, after, replan_id, [replan_id], held.run_seconds)]}


def _merged(own: dict[str, list[Slot]], found: dict[str, list[Slot]]) -> dict[str, list[Slot]]:
    return {line_id: [*slots, *found.get(line_id, [])] for line_id, slots in own.items()}


def _differs(before: PlannedStep | None, after: PlannedStep) -> bool:
    return before is None or (before.slot_id, before.line_id, before.price_fen) != (
        after.slot_id,
        after.line_id,
        after.price_fen,
    )


def _work_id(alive: Mapping[str, str], before: PlannedStep | None, after: PlannedStep, replan_id: str) -> str:
    """The same work order where it stays on its line and is still *alive* (process -> work order), else a new one."""
    stays = before is not None and (before.line_id, before.quantity_gross) == (after.line_id, after.quantity_gross)
    if stays and after.process_id in alive:
        return alive[after.process_id]
    return work_id_for(replan_id, after.process_id)


def _end_counters(draft: Draft, plan: Booked, at: datetime) -> None:
    """A question that is overtaken ends the counter-offer it was about: the plant is asked afresh, or another one."""
    for work_id in plan.current.work_ids.values():
        if isinstance(draft.work_of(work_id), Countered):
            draft.work(work_id, WithdrawWork("replanned", at))


def _also_declined(draft: Draft, plan: Booked, banned: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """*banned*, and the plants that have declined what the plan still shows at them."""
    found = dict(banned)
    for process_id, work_id in plan.current.work_ids.items():
        work = draft.work_of(work_id)
        if isinstance(work, Closed) and work.how == "declined":
            found[process_id] = found.get(process_id, frozenset()) | {work.terms.plant_id}
    return found


def _homeless(draft: Draft, plan: Booked) -> frozenset[str]:
    """Processes that nobody makes any more, and those that an open question has taken from their slots."""
    work_ids = plan.current.work_ids
    lost = {name for name, work_id in work_ids.items() if isinstance(draft.work_of(work_id), Closed | NoWork)}
    change = None if plan.question is None else plan.question.change
    slots = set() if change is None else {one.slot_id for one in change.steps}
    left = {one.process_id for one in plan.current.steps if change is not None and one.slot_id not in slots}
    return frozenset(lost | left)


def costs_nothing(change: Change, current: Change) -> bool:
    """The same or an earlier promise, for no more money."""
    return change.promise_at <= current.promise_at and change.price_fen <= current.price_fen


def answer_due(change: Change, now: datetime, within: timedelta) -> datetime:
    """Before the first moved step begins, within *within*, and never sooner than ANSWER_AT_LEAST."""
    first = min((one.starts_at for one in change.steps if one.process_id in change.moved), default=now + within)
    return max(now + ANSWER_AT_LEAST, min(now + within, first))
