"""What the least change of a plan is: which steps may move, what a new layout means for work orders and slots, and
when it costs the buyer something.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from services.capacity.domain.allocation import recipe_step, slot_of, work_id_for
from services.capacity.domain.plan_events import Change
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.slots import Slot
from services.capacity.domain.work_commands import WithdrawWork
from services.capacity.domain.work_state import Closed, Countered, NoWork
from services.capacity.handlers.booking import firm_slot, has_slot, is_started
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.trigger import Found
from shared.contracts.planning import PlannedStep, PlannedTrip
from shared.contracts.remaining import part_of, parts_with

ANSWER_AT_LEAST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Layout:
    """Steps and trips of a whole plan, and the promise they keep."""

    steps: list[PlannedStep]
    trips: list[PlannedTrip]
    promise_at: datetime


def scopes(
    draft: Draft, plan: Booked, affected: frozenset[str], prolonged: Mapping[str, PlannedStep]
) -> Iterator[frozenset[str]]:
    """Ever larger sets of processes that may move: *affected* ones and those overtaken by a *prolonged* one, what
    follows any of them, and all that has not begun of their parts; what has begun never moves, nor another part.
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
    parts = parts_with(steps, affected | prolonged.keys())
    mine = frozenset(one.process_id for one in steps if part_of(one) in parts)
    everything = affected | ((waiting & mine) - prolonged.keys())
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


def change_of(draft: Draft, plan: Booked, layout: Layout, replan_id: str) -> Change:
    """*layout* as a change of *plan*: work that stays on its line keeps its work order, what it costs more or less than
    the plan is added to what the buyer pays.
    """
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
    price_fen = plan.current.price_fen + _fen(steps, trips) - _fen(plan.current.steps, plan.current.trips)
    return Change(steps, trips, work_ids, moved, dropped, layout.promise_at, price_fen)


def _fen(steps: list[PlannedStep], trips: list[PlannedTrip]) -> int:
    return sum(step.price_fen for step in steps) + sum(trip.price_fen for trip in trips)


def at_no_extra_price(found: Found, current: Change) -> Found:
    """*found* for what was agreed: what it costs beyond that is not the buyer's. Later changes count from there."""
    price_fen = min(found.change.price_fen, current.price_fen)
    return replace(found, change=msgspec.structs.replace(found.change, price_fen=price_fen))


def own_slot(
    draft: Draft, plan: Booked, before: PlannedStep, after: PlannedStep, replan_id: str
) -> dict[str, list[Slot]]:
    """The slot that a plant's counter-offer asks for, as long as the one it gives up."""
    held = firm_slot(draft.board, plan.demand, before, replan_id, replan_id)
    return {after.line_id: [slot_of(plan.demand, after, replan_id, [replan_id], held.run_seconds)]}


def merged(own: dict[str, list[Slot]], found: dict[str, list[Slot]]) -> dict[str, list[Slot]]:
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


def end_counters(draft: Draft, plan: Booked, at: datetime) -> None:
    """A question that is overtaken ends the counter-offer it was about: the plant is asked afresh, or another one."""
    for work_id in plan.current.work_ids.values():
        if isinstance(draft.work_of(work_id), Countered):
            draft.work(work_id, WithdrawWork("replanned", at))


def also_declined(draft: Draft, plan: Booked, banned: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """*banned*, and the plants that have declined what the plan still shows at them."""
    found = dict(banned)
    for process_id, work_id in plan.current.work_ids.items():
        work = draft.work_of(work_id)
        if isinstance(work, Closed) and work.how in {"declined", "lapsed"}:
            found[process_id] = found.get(process_id, frozenset()) | {work.terms.plant_id}
    return found


def homeless(draft: Draft, plan: Booked) -> frozenset[str]:
    """Processes that nobody makes any more, and those that wait without a slot: an outage or a question took it."""
    work_ids = plan.current.work_ids
    lost = {name for name, work_id in work_ids.items() if isinstance(draft.work_of(work_id), Closed | NoWork)}
    waiting = [step for step in plan.current.steps if not is_started(draft, work_ids[step.process_id])]
    return frozenset(lost | {one.process_id for one in waiting if not has_slot(draft, one.line_id, one.slot_id)})


def costs_nothing(change: Change, current: Change) -> bool:
    """The same or an earlier promise, for no more money."""
    return change.promise_at <= current.promise_at and change.price_fen <= current.price_fen


def answer_due(change: Change, now: datetime, within: timedelta) -> datetime:
    """Before the first moved step begins, within *within*, and never sooner than ANSWER_AT_LEAST."""
    first = min((one.starts_at for one in change.steps if one.process_id in change.moved), default=now + within)
    return max(now + ANSWER_AT_LEAST, min(now + within, first))
