"""Puts a changed plan into effect on a draft: slots freed and taken, work moved, withdrawn and offered."""

from datetime import datetime

import msgspec

from services.capacity.domain.allocation import destinations_of
from services.capacity.domain.plan_events import Change
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.slots import ConfirmSlots, Slot
from services.capacity.domain.work_commands import AgreeCounter, MoveWork, WithdrawWork
from services.capacity.domain.work_events import Destination
from services.capacity.domain.work_state import Accepted, Closed, Countered, Live, NoWork, Offered, Running, SettingUp
from services.capacity.handlers.booking import firm_slot, hold, offer_work, release, slots_by_line
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft, of_line
from shared.contracts.planning import PlannedStep


def free_moved(draft: Draft, plan: Booked, change: Change, reason: str, at: datetime) -> None:
    """Give up the slots that *change* leaves: they are of no use whatever is answered. Another price keeps its slot."""
    still = {one.slot_id for one in change.steps}
    release(draft, slots_by_line(one for one in plan.current.steps if one.slot_id not in still), reason, at)


def take_moved(
    draft: Draft, slots: dict[str, list[Slot]], replan_id: str, expires_at: datetime | None, at: datetime
) -> None:
    """Take the new slots under *replan_id*: as holds until *expires_at*, or firm when None."""
    for line_id, found in sorted(slots.items()):
        own = [
            msgspec.structs.replace(one, quote_id=replan_id, option_ids=[replan_id], expires_at=expires_at)
            for one in found
        ]
        if own:
            hold(draft, line_id, own, at)


def release_proposed(draft: Draft, plan: Booked, at: datetime) -> None:
    """Give up what the open question holds."""
    change = None if plan.question is None else plan.question.change
    if change is not None:
        firm = {one.slot_id for one in plan.current.steps}
        release(draft, slots_by_line(one for one in change.steps if one.slot_id not in firm), "not-taken", at)


def confirm_proposed(draft: Draft, plan: Booked, change: Change, replan_id: str, at: datetime) -> None:
    """Make the held slots of *change* firm. Raises Refused: HOLD_LOST."""
    by_line: dict[str, list[PlannedStep]] = {}
    for step in change.steps:
        if step.process_id in change.moved:
            by_line.setdefault(step.line_id, []).append(step)
    for line_id, steps in sorted(by_line.items()):
        line = draft.board.line(line_id)
        known = {one.slot_id for one in line.bookings if not one.expires_us}
        fresh = [step for step in steps if step.slot_id not in known]  # a counter on price alone keeps its slot
        slots = [firm_slot(draft.board, plan.demand, step, replan_id, replan_id) for step in fresh]
        draft.slots(ConfirmSlots(**of_line(line), quote_id=replan_id, option_id=replan_id, slots=slots, at=at))


def move_work(desk: Desk, draft: Draft, plan: Booked, change: Change, at: datetime) -> None:
    """Tell the plants: moved on the same line, wanted elsewhere, or with other destinations."""
    for process_id in change.dropped:
        draft.work(plan.current.work_ids[process_id], WithdrawWork("replanned", at))
    fresh = []
    for step in change.steps:
        work_id, before = change.work_ids[step.process_id], plan.current.work_ids.get(step.process_id, "")
        if before and before != work_id:
            draft.work(before, WithdrawWork("replanned", at))
        if before == work_id:
            _adjust(draft, plan, change, step, at)
        else:
            fresh.append(step.process_id)
    offer_work(desk, draft, plan.demand, change, fresh)


def _adjust(draft: Draft, plan: Booked, change: Change, step: PlannedStep, at: datetime) -> None:
    work_id = change.work_ids[step.process_id]
    work = draft.work_of(work_id)
    if isinstance(work, NoWork | Closed):
        return
    destinations: list[Destination] = destinations_of(step, plan.demand, change.steps, change.trips)
    if isinstance(work, Countered) and step.process_id in change.moved:
        draft.work(work_id, AgreeCounter(step.slot_id, step.setup_seconds, destinations, at))
    elif step.process_id in change.moved or _is_told(step, destinations, work):
        terms = work.terms
        is_moved = step.process_id in change.moved and isinstance(work, Offered | Accepted | Countered)
        is_prolonged = isinstance(work, SettingUp | Running)
        draft.work(
            work_id,
            MoveWork(
                slot_id=step.slot_id if is_moved else terms.slot_id,
                starts_at=step.starts_at if is_moved else terms.starts_at,
                ends_at=step.ends_at if is_moved or is_prolonged else terms.ends_at,
                setup_seconds=step.setup_seconds if is_moved else terms.setup_seconds,
                price_fen=step.price_fen if is_moved else terms.price_fen,
                destinations=destinations,
                at=at,
            ),
        )


def _is_told(step: PlannedStep, destinations: list[Destination], work: Live) -> bool:
    """Whether something else changed that the plant has to know: where its output goes, or when it will be through."""
    if destinations != work.terms.destinations:
        return True
    return isinstance(work, SettingUp | Running) and step.ends_at != work.terms.ends_at
