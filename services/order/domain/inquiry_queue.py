"""One buyer's queue of inquiries: one is planned at a time, the rest wait, and a day's questions and cost are bounded.

So whoever asks much waits for its own questions and nobody else's, and what days tell of others stays little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import assert_never

from services.order.domain.inquiry_queue_events import InquiryDequeued, InquiryQueued
from services.order.domain.refusals import Why
from services.order.domain.terms import InquiryTerms
from services.order.domain.values import OrderLine
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.decider import Decider
from shared.kernel.local_days import end_of_local_day
from shared.kernel.refusal import Refused
from shared.kernel.rounding import ceil_div

_HOUR = 3_600
_WEEK = timedelta(days=7)
QueueEvent = InquiryQueued | InquiryDequeued


@dataclass(frozen=True, slots=True)
class JoinQueue:
    inquiry_id: str
    buyer_org_id: str
    cost: int
    terms: InquiryTerms
    at: datetime


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    inquiry_id: str
    buyer_org_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """*planned*: inquiry id -> since when it is planned; *waiting* in order. *asked*: how many on local day *on*.

    *spent*: the cost that an hour's allowance has not made up for yet, as of *spent_at*.
    """

    planned: Mapping[str, datetime] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    on: date | None = None
    asked: int = 0
    spent: int = 0
    spent_at: datetime | None = None

    def asked_on(self, at: datetime) -> int:
        return self.asked if self.on == _day(at) else 0

    def spent_by(self, at: datetime, cost_an_hour: int) -> int:
        """What is left of *spent* once the time since has made up for a part of it, rounded up."""
        if self.spent_at is None:
            return 0
        seconds = max(0, int((at - self.spent_at).total_seconds()))
        return max(0, self.spent - seconds * cost_an_hour // _HOUR)


def cost_of(lines: Sequence[OrderLine], requested_by: datetime, at: datetime) -> int:
    """Variants of all lines x weeks until the goods are wanted, each week begun counted."""
    return _weeks(requested_by, at) * sum(len(one.demand.variants) for one in lines)


def least_cost_of(lines: int, requested_by: datetime, at: datetime) -> int:
    """What a question of so many *lines* costs at least, before its recipes are known: a variant each."""
    return _weeks(requested_by, at) * lines


def _weeks(requested_by: datetime, at: datetime) -> int:
    return max(1, -((at - requested_by) // _WEEK))


def decide(command: JoinQueue | LeaveQueue, queue: Queue) -> Sequence[QueueEvent]:
    match command:
        case JoinQueue():
            return _join(command, queue)
        case LeaveQueue():
            return _leave(command, queue)
        case _:
            assert_never(command)


def check_room(queue: Queue, cost: int, terms: InquiryTerms, at: datetime) -> None:
    """Raises Refused when a question of *cost* has no room in what its buyer may ask now: INQUIRY_TOO_LARGE,
    INQUIRIES_SPENT, INQUIRIES_WAITING, PLANNING_SPENT.
    """
    if cost > terms.cost_at_once:
        raise Refused(Why.INQUIRY_TOO_LARGE, cost=cost, limit=terms.cost_at_once)
    if queue.asked_on(at) >= terms.a_day_max:
        seconds = int((end_of_local_day(at) - at).total_seconds()) + 1
        raise Refused(Why.INQUIRIES_SPENT, limit=terms.a_day_max, seconds=seconds)
    if len(queue.waiting) >= terms.waiting_max:
        raise Refused(Why.INQUIRIES_WAITING, limit=terms.waiting_max, seconds=terms.retry_seconds)
    over = queue.spent_by(at, terms.cost_an_hour) + cost - terms.cost_at_once
    if over > 0:
        seconds = ceil_div(over * _HOUR, terms.cost_an_hour)
        raise Refused(Why.PLANNING_SPENT, cost=cost, limit=terms.cost_at_once, seconds=seconds)


def _join(command: JoinQueue, queue: Queue) -> Sequence[QueueEvent]:
    terms, at = command.terms, command.at
    check_room(queue, command.cost, terms, at)
    lost_before = at - timedelta(minutes=terms.answer_minutes_max)
    is_busy = any(since > lost_before for since in queue.planned.values())
    return [
        InquiryQueued(
            inquiry_id=command.inquiry_id,
            buyer_org_id=command.buyer_org_id,
            spent=queue.spent_by(at, terms.cost_an_hour) + command.cost,
            is_sent=not is_busy,
            queued_at=at,
        )
    ]


def _leave(command: LeaveQueue, queue: Queue) -> Sequence[QueueEvent]:
    """An answer that comes again, or to an inquiry from before there were queues, moves nothing."""
    if command.inquiry_id not in queue.planned:
        return []
    following = queue.waiting[0] if queue.waiting else ""
    return [
        InquiryDequeued(
            inquiry_id=command.inquiry_id,
            buyer_org_id=command.buyer_org_id,
            next_inquiry_id=following,
            left_at=command.at,
        )
    ]


def evolve(queue: Queue, event: QueueEvent) -> Queue:
    match event:
        case InquiryQueued():
            asked = queue.asked_on(event.queued_at) + 1
            counted = replace(queue, on=_day(event.queued_at), asked=asked, spent=event.spent, spent_at=event.queued_at)
            if event.is_sent:
                return replace(counted, planned={**queue.planned, event.inquiry_id: event.queued_at})
            return replace(counted, waiting=(*queue.waiting, event.inquiry_id))
        case InquiryDequeued():
            planned = {one: since for one, since in queue.planned.items() if one != event.inquiry_id}
            if event.next_inquiry_id:
                planned[event.next_inquiry_id] = event.left_at
            waiting = tuple(one for one in queue.waiting if one != event.next_inquiry_id)
            return replace(queue, planned=planned, waiting=waiting)
        case _:
            assert_never(event)


QUEUE: Decider[JoinQueue | LeaveQueue, Queue, QueueEvent] = Decider(Queue(), decide, evolve)


def queue_stream_of(buyer_org_id: str) -> str:
    return f"inquiries-{buyer_org_id}"


def _day(at: datetime) -> date:
    return at.astimezone(LOCAL_ZONE).date()
