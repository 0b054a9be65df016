"""Steps that several handlers share on a draft: hold, free and firm slots, offer and withdraw work."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from services.capacity.domain.allocation import Allocation, offer_for, slot_of
from services.capacity.domain.board import Board, offered_around
from services.capacity.domain.bookings import RETENTION
from services.capacity.domain.offers import accepts_at_once
from services.capacity.domain.plan_events import Change, PlanAsked
from services.capacity.domain.plan_state import Booked, OpenQuote, Plan
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import HoldSlots, ReleaseSlots, Slot
from services.capacity.domain.work_commands import ForwardGoods, OfferWork, ReceiveMaterial, WithdrawWork
from services.capacity.domain.work_events import WorkOffered
from services.capacity.domain.work_state import (
    Accepted,
    Countered,
    Finished,
    NoWork,
    Offered,
    Running,
    SettingUp,
    Shipment,
)
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft, of_line
from services.capacity.handlers.verdicts import block_bad
from shared.contracts.planning import PlannedStep
from shared.kernel.clock import instant_text
from shared.kernel.refusal import Refused


def hold(draft: Draft, line_id: str, slots: Sequence[Slot], at: datetime) -> None:
    """Take *slots* on the line: as holds where they expire, firm where they do not."""
    line = draft.seen_line(line_id)
    starts_at, ends_at = min(one.starts_at for one in slots), max(one.ends_at for one in slots)
    offered = offered_around(line, starts_at, ends_at)
    draft.slots(HoldSlots(**of_line(line), slots=list(slots), offered=offered, at=at))


def firm_slot(board: Board, demand: PlanAsked, step: PlannedStep, quote_id: str, option_id: str) -> Slot:
    """The slot of *step* as it was held, without its expiry. Its run is what the hold keeps beyond the set-up."""
    booking = next((one for one in board.line(step.line_id).bookings if one.slot_id == step.slot_id), None)
    run_seconds = 0 if booking is None else booking.busy - booking.setup
    return slot_of(demand, step, quote_id, [option_id], run_seconds)


def release(draft: Draft, slot_ids: Mapping[str, Iterable[str]], reason: str, at: datetime) -> None:
    """Give up slots: line id -> slot ids. What is gone already is passed over."""
    for line_id, found in sorted(slot_ids.items()):
        line = of_line(draft.board.line(line_id))
        draft.slots(ReleaseSlots(**line, slot_ids=sorted(set(found)), reason=reason, at=at))


def slots_by_line(steps: Iterable[PlannedStep]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for step in steps:
        found.setdefault(step.line_id, []).append(step.slot_id)
    return found


def release_quote(draft: Draft, quote: OpenQuote, reason: str, at: datetime) -> None:
    """Give up what all options of *quote* hold."""
    release(draft, slots_by_line(step for option in quote.options for step in option.steps), reason, at)


def is_started(draft: Draft, work_id: str) -> bool:
    """Whether the work has begun: then its slot is used, and it is made to its end."""
    return not isinstance(draft.work_of(work_id), Offered | Accepted | Countered)


def has_slot(draft: Draft, line_id: str, slot_id: str) -> bool:
    """Whether the slot is still firm: it may have been given up for a question, or for hours that are gone."""
    return any(one.slot_id == slot_id and not one.expires_us for one in draft.seen_line(line_id).bookings)


def is_given_up(draft: Draft, terms: WorkOffered, at: datetime) -> bool:
    """Whether the work waits without a time of its own. A slot that ended long ago is not remembered: it was not given up."""
    return terms.ends_at > at - RETENTION and not has_slot(draft, terms.line_id, terms.slot_id)


def check_has_time(draft: Draft, plan: Plan, terms: WorkOffered, at: datetime) -> None:
    """A time that was given up is given back by nobody but the plan, whether or not its buyer has answered yet.
    Raises Refused: BUYER_ASKED, SLOT_GIVEN_UP.
    """
    question = plan.question if isinstance(plan, Booked) else None
    if question is not None and not has_slot(draft, terms.line_id, terms.slot_id):
        raise Refused(Why.BUYER_ASKED, id=terms.work_id, answer_by=instant_text(question.answer_by))
    if is_given_up(draft, terms, at):
        raise Refused(Why.SLOT_GIVEN_UP, id=terms.work_id)


def has_begun(draft: Draft, plan: Change) -> bool:
    """Whether a plant is at work for *plan*, or was."""
    return any(is_at_work(draft, one) for one in plan.work_ids.values())


def release_unstarted(
    draft: Draft, plan: Change, reason: Literal["cancelled", "replanned", "replaced"], at: datetime
) -> None:
    """Withdraw the work of *plan* that has not begun, and free its slots."""
    release_waiting(draft, plan, plan.steps, reason, at)


def release_waiting(
    draft: Draft,
    plan: Change,
    steps: Iterable[PlannedStep],
    reason: Literal["cancelled", "replanned", "replaced"],
    at: datetime,
) -> None:
    """The same for some *steps* of it."""
    waiting = [step for step in steps if not is_started(draft, plan.work_ids[step.process_id])]
    release(draft, slots_by_line(waiting), reason, at)
    for step in waiting:
        draft.work(plan.work_ids[step.process_id], WithdrawWork(reason, at))


def release_slots(draft: Draft, plan: Change, processes: Collection[str], reason: str, at: datetime) -> None:
    """Free the slots of *processes* of *plan*; their work orders stay, without a slot."""
    release(draft, slots_by_line(one for one in plan.steps if one.process_id in processes), reason, at)


def waiting_after(draft: Draft, plan: Change, processes: Collection[str]) -> set[str]:
    """*processes* and those after them that have not begun."""
    following = set(processes)
    for step in plan.steps:  # topological order within each part
        if following & set(step.feeds_from):
            following.add(step.process_id)
    return {one for one in following if not is_started(draft, plan.work_ids[one])}


def is_at_work(draft: Draft, work_id: str) -> bool:
    """Whether a plant is making or has made it."""
    return bool(work_id) and isinstance(draft.work_of(work_id), SettingUp | Running | Finished)


def offer_work(desk: Desk, draft: Draft, demand: PlanAsked, plan: Change, processes: Iterable[str]) -> None:
    """Offer the work of *processes* to their plants, and hand over what earlier steps have delivered for it."""
    now = desk.clock.now()
    allocation = Allocation(demand, plan.steps, plan.trips, desk.limits, now, desk.settings.answer_offer_within)
    wanted = set(processes)
    for step in plan.steps:
        if step.process_id in wanted:
            line = draft.board.line(step.line_id)
            offer = offer_for(allocation, step, plan.work_ids[step.process_id], line)
            at_once = accepts_at_once(desk.board.auto_accept_rules(step.line_id), offer)
            draft.work(offer.work_id, OfferWork(offer, at_once))
            _hand_over_delivered(draft, plan, step, now)


def _hand_over_delivered(draft: Draft, plan: Change, step: PlannedStep, at: datetime) -> None:
    """What lies at the plant of *step* is in its hands at once; what lies at another one is put on the road to it."""
    names = {one.process_id: one.step for one in plan.steps}
    to_work_id = plan.work_ids[step.process_id]
    for feeding in step.feeds_from:
        work_id = plan.work_ids.get(feeding, "")
        for shipment in _delivered_for(draft, work_id, step):
            if _plant_of(draft, shipment.to_work_id) == step.plant_id:
                draft.work(to_work_id, ReceiveMaterial(names.get(feeding, ""), work_id, list(shipment.lots), at))
                block_bad(draft, work_id, to_work_id, at)
            else:
                draft.work(work_id, ForwardGoods(shipment.delivery_id, to_work_id, at))


def _delivered_for(draft: Draft, work_id: str, step: PlannedStep) -> list[Shipment]:
    work = draft.work_of(work_id) if work_id else None
    sent = work.shipments.values() if isinstance(work, Finished) else ()
    return [one for one in sent if one.to_process_id == step.process_id and one.delivered_at is not None]


def _plant_of(draft: Draft, work_id: str) -> str:
    work = draft.work_of(work_id) if work_id else NoWork()
    return "" if isinstance(work, NoWork) else work.terms.plant_id
