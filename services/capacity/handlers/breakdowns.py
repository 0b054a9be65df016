"""A line breaks down or loses its power: its hours are withdrawn, what was planned there is planned anew at once."""

from dataclasses import dataclass
from datetime import datetime

from services.capacity.domain.floor import BreakLine, MendLine, check_outage
from services.capacity.domain.hours import instant_of, microseconds_of, seconds_of
from services.capacity.domain.line_commands import PublishHours, WithdrawHours
from services.capacity.domain.line_hours import next_second
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.line_state import Line
from services.capacity.domain.plan_events import ChangeCause
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import Booking, NarrowOffer
from services.capacity.domain.spans import after, common, merged, minus
from services.capacity.domain.stoppages import stop_reason
from services.capacity.domain.work_commands import CloseStoppage, Moment, OpenStoppage
from services.capacity.domain.work_state import Running
from services.capacity.handlers.access import own_line
from services.capacity.handlers.booking import is_started, release
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft, of_line
from services.capacity.handlers.replanning import Replanner, Trigger
from shared.contracts.planning import Interval
from shared.contracts.reasons import PlanReason, ReasonCode
from shared.eventstore.handling import Prepared
from shared.kernel.clock import instant_text
from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused

POWER_LIMIT = "power-limit"


@dataclass(frozen=True, slots=True)
class Outage:
    """When and why a line will not run. A *starts_at* ahead announces it, e.g. days of limited power."""

    starts_at: datetime
    expected_until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Strike:
    """One outage of one line, under the id of its stoppage."""

    stoppage_id: str
    line: LineOnBoard
    outage: Outage


@dataclass(frozen=True, slots=True)
class Struck:
    """What an outage cost: *orders* that were planned anew."""

    stoppage_id: str
    orders: tuple[str, ...]


class BreakdownsHandler:
    """Outage, withdrawal of hours and replanning of every order on them are one append."""

    def __init__(self, desk: Desk, replanner: Replanner) -> None:
        self._desk = desk
        self._replanner = replanner

    def break_line(self, line_id: str, stoppage_id: str, principal: Principal, outage: Outage) -> Prepared[Struck]:
        draft, now = self._desk.draft(), self._desk.clock.now()
        line = own_line(draft.board, line_id, principal)
        check_outage(outage.starts_at, outage.expected_until, now, self._desk.settings.breakdown_days_max)
        stop_reason(outage.reason)
        blocked = Interval(next_second(max(outage.starts_at, now)), outage.expected_until.replace(microsecond=0))
        hit, kept = self._bookings(draft, line, blocked)
        gone = minus(common(line.master.offered, [blocked]), kept) if blocked.starts_at < blocked.ends_at else []
        if outage.starts_at <= now:
            self._stop(draft, line, stoppage_id, outage, gone)
        release(draft, {line_id: [one.slot_id for one in hit]}, outage.reason, now)
        if gone:
            draft.slots(NarrowOffer(**of_line(line), intervals=gone, at=now))
            draft.line(line_id, WithdrawHours(intervals=gone, reason=outage.reason, at=now))
        orders = sorted({one.order_id for one in hit if not one.expires_us})
        for order_id in orders:
            self._replan(draft, order_id, {one.slot_id for one in hit}, Strike(stoppage_id, line, outage))
        return Prepared(draft.appends(), Struck(stoppage_id, tuple(orders)))

    def _stop(
        self, draft: Draft, line: LineOnBoard, stoppage_id: str, outage: Outage, withdrawn: list[Interval]
    ) -> None:
        """An outage that has begun stops the floor and what runs on it; an announced one only withdraws hours."""
        now, reason = self._desk.clock.now(), stop_reason(outage.reason)
        draft.floor(
            BreakLine(
                **of_line(line),
                stoppage_id=stoppage_id,
                starts_at=outage.starts_at,
                expected_until=outage.expected_until,
                family=reason.family,
                reason=reason.code,
                withdrawn=withdrawn,
                days_max=self._desk.settings.breakdown_days_max,
                at=now,
            )
        )
        running = draft.floor_of(line.line_id).running
        work = draft.work_of(running) if running else None
        if isinstance(work, Running) and not work.stoppage_id:
            moment = Moment(max(outage.starts_at, work.last_at), now, self._desk.limits)
            draft.work(running, OpenStoppage(stoppage_id, reason.family, reason.code, "", moment))

    def _bookings(self, draft: Draft, line: LineOnBoard, blocked: Interval) -> tuple[list[Booking], list[Interval]]:
        """Bookings that cannot be kept, and the time of those that have begun: they stop and go on with the line."""
        now_us = microseconds_of(self._desk.clock.now())
        since, until = seconds_of(blocked.starts_at), seconds_of(blocked.ends_at)
        hit, kept = [], []
        for one in line.bookings:
            if one.ends > since and one.starts < until and one.stands(now_us):
                if self._has_begun(draft, one):
                    kept.append(Interval(instant_of(one.starts), instant_of(one.ends)))
                else:
                    hit.append(one)
        return hit, merged(kept)

    def _has_begun(self, draft: Draft, booking: Booking) -> bool:
        if booking.expires_us:
            return False
        plan = draft.plan_of(booking.order_id)
        if not isinstance(plan, Booked):
            return True  # cancelled: what stands is what runs
        step = next((one for one in plan.current.steps if one.slot_id == booking.slot_id), None)
        return step is None or is_started(draft, plan.current.work_ids[step.process_id])

    def _replan(self, draft: Draft, order_id: str, slots: set[str], strike: Strike) -> None:
        line, outage = strike.line, strike.outage
        plan = draft.plan_of(order_id)
        if not isinstance(plan, Booked):
            return
        affected = frozenset(one.process_id for one in plan.current.steps if one.slot_id in slots)
        cause: ChangeCause = "power_limit" if outage.reason == POWER_LIMIT else "breakdown"
        reason = PlanReason(
            ReasonCode.CALENDAR_CLOSED,
            plant_id=line.plant_id,
            plant_name=line.plant_name,
            line_id=line.line_id,
            facts={"closed_until": instant_text(outage.expected_until)},
        )
        replan_id = derived_id("rpl", strike.stoppage_id, order_id)
        self._replanner.replan(draft, order_id, Trigger(replan_id, cause, affected, reasons=[reason]))

    def mend_line(self, line_id: str, stoppage_id: str, principal: Principal) -> Prepared[None]:
        """The line runs again: hours that were withdrawn beyond now are offered again, its work goes on."""
        draft, now = self._desk.draft(), self._desk.clock.now()
        line = own_line(draft.board, line_id, principal)
        down = draft.floor_of(line_id).down
        if down is None or down.stoppage_id != stoppage_id:
            raise Refused(Why.UNKNOWN_STOPPAGE, id=stoppage_id)
        draft.floor(MendLine(**of_line(line), at=now))
        running = draft.floor_of(line_id).running
        work = draft.work_of(running) if running else None
        if isinstance(work, Running) and work.stoppage_id == down.stoppage_id:
            draft.work(running, CloseStoppage(down.stoppage_id, Moment(now, now, self._desk.limits)))
        published = draft.line_of(line_id)
        plannable = published.plannable if isinstance(published, Line) else []
        again = common(after(down.withdrawn, next_second(now)), plannable)
        if again:
            draft.line(line_id, PublishHours(intervals=again, at=now))
        return Prepared(draft.appends(), None)
