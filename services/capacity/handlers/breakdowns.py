"""A line breaks down or loses its power: nothing is planned on its hours, what was planned there is planned anew."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.capacity.domain.bookings import Booking
from services.capacity.domain.floor import BreakLine, MendLine, check_outage
from services.capacity.domain.hours import instant_of, microseconds_of, seconds_of
from services.capacity.domain.line_commands import PublishHours, WithdrawHours
from services.capacity.domain.line_hours import next_second
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.line_state import Line
from services.capacity.domain.plan_events import ChangeCause
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import NarrowOffer
from services.capacity.domain.spans import after, common, first_seconds, merged, minus
from services.capacity.domain.stoppages import stop_reason
from services.capacity.domain.work_commands import CloseStoppage, Moment, OpenStoppage
from services.capacity.domain.work_state import Running
from services.capacity.handlers.access import own_line
from services.capacity.handlers.booking import is_started, release
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft, of_line
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.trigger import Trigger
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
    """What an outage of *line* hits: bookings that have not begun, hours *withdrawn*, and the work *interrupted*, which
    owes *owed_seconds* and will be through by *resumed_until*.
    """

    stoppage_id: str
    line: LineOnBoard
    outage: Outage
    hit: tuple[Booking, ...]
    withdrawn: list[Interval]
    interrupted: Booking | None
    resumed_until: datetime
    owed_seconds: int


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
        """Withdraw the hours, and those after them that interrupted work will need; move what was planned on both."""
        draft, now = self._desk.draft(), self._desk.clock.now()
        line = own_line(draft.board, line_id, principal)
        check_outage(outage.starts_at, outage.expected_until, now, self._desk.settings.breakdown_days_max)
        stop_reason(outage.reason)
        strike = self._strike(draft, line, stoppage_id, outage)
        if outage.starts_at <= now:
            self._stop(draft, strike)
        release(draft, {line_id: [one.slot_id for one in strike.hit]}, outage.reason, now)
        if strike.withdrawn:
            draft.slots(NarrowOffer(**of_line(line), intervals=strike.withdrawn, at=now))
            told_as = stoppage_id if outage.starts_at <= now else ""
            draft.line(line_id, WithdrawHours(strike.withdrawn, outage.reason, now, told_as))
        orders = {one.order_id for one in strike.hit if not one.expires_us}
        if strike.interrupted is not None:
            orders.add(strike.interrupted.order_id)
        for order_id in sorted(orders):
            self._replan(draft, order_id, strike)
        return Prepared(draft.appends(), Struck(stoppage_id, tuple(sorted(orders))))

    def _strike(self, draft: Draft, line: LineOnBoard, stoppage_id: str, outage: Outage) -> Strike:
        now = self._desk.clock.now()
        blocked = Interval(next_second(max(outage.starts_at, now)), outage.expected_until.replace(microsecond=0))
        if blocked.starts_at >= blocked.ends_at:
            return Strike(stoppage_id, line, outage, (), [], None, blocked.ends_at, 0)
        standing = [one for one in line.bookings if one.stands(microseconds_of(now))]
        begun = [one for one in standing if _touches(one, blocked) and self._has_begun(draft, one)]
        interrupted = begun[0] if begun else None
        owed = sum(seconds_of_overlap(line, one, blocked.starts_at) for one in begun)
        kept = merged(Interval(instant_of(one.starts), instant_of(one.ends)) for one in begun)
        catch_up = first_seconds(minus(after(line.master.offered, blocked.ends_at), kept), owed)
        gone = minus(merged([*common(line.master.offered, [blocked]), *catch_up]), kept)
        hit = tuple(
            one for one in standing if one not in begun and any(_touches(one, span) for span in [blocked, *catch_up])
        )
        resumed_until = catch_up[-1].ends_at if catch_up else blocked.ends_at
        return Strike(stoppage_id, line, outage, hit, gone, interrupted, resumed_until, owed)

    def _stop(self, draft: Draft, strike: Strike) -> None:
        """An outage that has begun stops the floor and what runs on it; an announced one only withdraws hours."""
        now, outage, line = self._desk.clock.now(), strike.outage, strike.line
        reason = stop_reason(outage.reason)
        running = draft.floor_of(line.line_id).running
        work = draft.work_of(running) if running else None
        is_run_stopped = isinstance(work, Running) and not work.stoppage_id
        draft.floor(
            BreakLine(
                **of_line(line),
                stoppage_id=strike.stoppage_id,
                starts_at=outage.starts_at,
                expected_until=outage.expected_until,
                family=reason.family,
                reason=reason.code,
                withdrawn=strike.withdrawn,
                owed_seconds=strike.owed_seconds,
                is_told_by_work=is_run_stopped,
                days_max=self._desk.settings.breakdown_days_max,
                at=now,
            )
        )
        if isinstance(work, Running) and is_run_stopped:
            moment = Moment(max(outage.starts_at, work.last_at), now, self._desk.limits)
            draft.work(running, OpenStoppage(strike.stoppage_id, reason.family, reason.code, "", moment))

    def _has_begun(self, draft: Draft, booking: Booking) -> bool:
        if booking.expires_us:
            return False
        plan = draft.plan_of(booking.order_id)
        if not isinstance(plan, Booked):
            return True  # cancelled: what stands is what runs
        step = next((one for one in plan.current.steps if one.slot_id == booking.slot_id), None)
        return step is None or is_started(draft, plan.current.work_ids[step.process_id])

    def _replan(self, draft: Draft, order_id: str, strike: Strike) -> None:
        line, outage = strike.line, strike.outage
        plan = draft.plan_of(order_id)
        if not isinstance(plan, Booked):
            return
        slots = {one.slot_id for one in strike.hit}
        affected = frozenset(one.process_id for one in plan.current.steps if one.slot_id in slots)
        longer = "" if strike.interrupted is None else strike.interrupted.slot_id
        prolonged = {
            one.process_id: msgspec.structs.replace(one, ends_at=max(one.ends_at, strike.resumed_until))
            for one in plan.current.steps
            if one.slot_id == longer
        }
        cause: ChangeCause = "power_limit" if outage.reason == POWER_LIMIT else "breakdown"
        reason = PlanReason(
            ReasonCode.CALENDAR_CLOSED,
            plant_id=line.plant_id,
            plant_name=line.plant_name,
            line_id=line.line_id,
            facts={"closed_until": instant_text(outage.expected_until)},
        )
        replan_id = derived_id("rpl", strike.stoppage_id, order_id)
        self._replanner.replan(
            draft, order_id, Trigger(replan_id, cause, affected, reasons=[reason], prolonged=prolonged)
        )

    def mend_line(self, line_id: str, stoppage_id: str, principal: Principal) -> Prepared[None]:
        """The line runs again: its work goes on, and hours beyond what that needs are offered again."""
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
        left = after(down.withdrawn, next_second(now))
        owed = first_seconds(left, down.owed_seconds)
        again = common(minus(left, owed), plannable)
        if again:
            draft.line(line_id, PublishHours(intervals=again, at=now))
        return Prepared(draft.appends(), None)


def _touches(booking: Booking, span: Interval) -> bool:
    return booking.ends > seconds_of(span.starts_at) and booking.starts < seconds_of(span.ends_at)


def seconds_of_overlap(line: LineOnBoard, booking: Booking, since: datetime) -> int:
    """Offered seconds of *booking* from *since* on: what is left to do when its line stops then."""
    return line.hours.between(max(booking.starts, seconds_of(since)), booking.ends)
