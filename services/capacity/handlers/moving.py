"""A plant moves booked work on its own line, for maintenance say: within the slack at once, else its buyer is asked."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.capacity.domain.allocation import recipe_step
from services.capacity.domain.board import Board
from services.capacity.domain.changeover import run_of
from services.capacity.domain.hours import instant_of, microseconds_of, seconds_of, seconds_up
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.matching.earliest import Placement, Search, earliest
from services.capacity.domain.matching.problem import Unmatched
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_identity import not_running
from services.capacity.domain.work_state import Accepted, Closed, Live
from services.capacity.handlers.access import own_work
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.least_change import costs_nothing
from services.capacity.handlers.papers import papers_hold
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.trigger import Trigger
from shared.contracts.planning import PlannedStep
from shared.eventstore.handling import Prepared
from shared.kernel.clock import instant_text
from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused


class MovingHandler:
    """The moved slot and the plan around it are one append; results are the version decided on."""

    def __init__(self, desk: Desk, replanner: Replanner) -> None:
        self._desk = desk
        self._replanner = replanner

    def check_movable(self, work_id: str, principal: Principal) -> None:
        """Raises Refused where no other time can be named now: WORK_NOT_ACCEPTED, WORK_STARTED, BUYER_ASKED."""
        draft = self._desk.draft()
        _movable(draft, own_work(draft, work_id, principal))

    def move(self, work_id: str, principal: Principal, wanted: datetime, replan_id: str) -> Prepared[int]:
        """Other steps stay where they are if they can. The buyer is asked when date or price would change; while it is
        silent, the agreed terms hold. Raises Refused MOVE_SAME, COUNTER_TOO_EARLY, COUNTER_NO_TIME, COUNTER_WITHOUT_PAPERS.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        work = own_work(draft, work_id, principal)
        plan = _movable(draft, work)
        step = next(one for one in plan.current.steps if one.process_id == work.terms.process_id)
        if wanted == step.starts_at:
            raise Refused(Why.MOVE_SAME, pointer="/starts_at", starts_at=instant_text(wanted))
        after = moved_step(draft.board, plan, step, Wish(wanted, replan_id, now))
        if not papers_hold(draft, plan.demand, after):
            raise Refused(Why.COUNTER_WITHOUT_PAPERS, pointer="/starts_at", starts_at=instant_text(wanted))
        trigger = Trigger(replan_id, "moved", frozenset({step.process_id}))
        found = self._replanner.with_step(draft, plan, after, trigger)
        if isinstance(found, Unmatched):
            raise Refused(Why.COUNTER_NO_TIME, pointer="/starts_at", starts_at=instant_text(wanted))
        if costs_nothing(found.change, plan.current):
            self._replanner.book(draft, plan, trigger, found)
        else:
            self._replanner.propose(draft, plan, trigger, found)
        return Prepared(draft.appends(), draft.version_of_work(work_id))


def _movable(draft: Draft, work: Live | Closed) -> Booked:
    """The plan that agreed work which has not begun stands in."""
    if not isinstance(work, Accepted):
        raise not_running(work)
    terms, plan = work.terms, draft.plan_of(work.terms.order_id)
    if not isinstance(plan, Booked) or plan.current.work_ids.get(terms.process_id) != terms.work_id:
        raise Refused(Why.WORK_WITHDRAWN, id=terms.work_id)
    if plan.question is not None:
        raise Refused(Why.BUYER_ASKED, id=terms.work_id, answer_by=instant_text(plan.question.answer_by))
    return plan


@dataclass(frozen=True, slots=True)
class Wish:
    """Another start for a step, asked *at* under *replan_id*."""

    starts_at: datetime
    replan_id: str
    at: datetime


def moved_step(board: Board, plan: Booked, step: PlannedStep, wish: Wish) -> PlannedStep:
    """The step on its own line from the wish on. Raises Refused: COUNTER_TOO_EARLY, COUNTER_NO_TIME."""
    wanted, now = wish.starts_at, wish.at
    ready_at = max([now, *(trip.arrives_at for trip in plan.current.trips if trip.to_process_id == step.process_id)])
    if wanted < ready_at:
        earliest_at, found = instant_text(ready_at), instant_text(wanted)
        raise Refused(Why.COUNTER_TOO_EARLY, pointer="/starts_at", earliest_at=earliest_at, found=found)
    placed = _placed(board.line(step.line_id), plan, step, wanted, now)
    if placed is None or placed.starts != seconds_up(wanted):
        raise Refused(Why.COUNTER_NO_TIME, pointer="/starts_at", starts_at=instant_text(wanted))
    return msgspec.structs.replace(
        step,
        slot_id=derived_id("slt", wish.replan_id, step.process_id),
        setup_seconds=placed.setup,
        starts_at=instant_of(placed.starts),
        ends_at=instant_of(placed.ends),
    )


def _placed(line: LineOnBoard, plan: Booked, step: PlannedStep, wanted: datetime, now: datetime) -> Placement | None:
    """The first gap of the line from *wanted* on that fits the step, its own slot being given up."""
    recipe = recipe_step(plan.demand, step)
    booking = next((one for one in line.bookings if one.slot_id == step.slot_id), None)
    search = Search(
        line=line,
        run=run_of(step.capability, recipe.format, recipe.features),
        seconds=0 if booking is None else booking.busy - booking.setup,
        not_before=seconds_up(wanted),
        windows=[(seconds_up(wanted), line.hours.ends[-1] if line.hours.ends else seconds_of(now))],
        at_us=microseconds_of(now),
        ignored=frozenset({step.slot_id}),
    )
    return None if not search.seconds else earliest(search, seconds_up(wanted))
