"""The situations of one order's plan, and how events lead from one to the next."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

import msgspec

from services.capacity.domain.plan_events import (
    Change,
    ChangeCause,
    InquiryAnswered,
    PartsDropped,
    PlanAsked,
    PlanCancelled,
    PlanChangeAnswered,
    PlanChanged,
    PlanChangeProposed,
    PlanConfirmed,
    PlanningEvent,
    PlanRefused,
    QuoteClosed,
    QuoteLost,
    QuoteOffered,
    SupplyRecorded,
)
from services.capacity.domain.refusals import Why
from shared.contracts.line_time import LotMove
from shared.contracts.planning import PlanOption, ReplanChoice
from shared.contracts.remaining import last_steps
from shared.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class OpenQuote:
    """A menu on the table; its slots are held until *expires_at*."""

    quote_id: str
    options: tuple[PlanOption, ...]
    expires_at: datetime

    def option(self, option_id: str) -> PlanOption | None:
        return next((one for one in self.options if one.option_id == option_id), None)


@dataclass(frozen=True, slots=True)
class Question:
    """What the buyer was asked about the plan. *change* None: nothing was found when it was asked."""

    replan_id: str
    cause: ChangeCause
    change: Change | None
    default_choice: ReplanChoice
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class NoPlan:
    """Nobody asked yet."""


@dataclass(frozen=True, slots=True)
class Unplanned:
    """Asked, and nothing is on the table."""

    asked: PlanAsked
    supplies: dict[str, tuple[LotMove, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote is on the table, nothing is firm."""

    asked: PlanAsked
    quote: OpenQuote
    supplies: dict[str, tuple[LotMove, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Booked:
    """The plan is firm. *demand* is what it was made for; *asked* the latest request, whose *quote* may replace it.

    *supplies*: item -> lots of buyer-supplied material that arrived. *parts_ended*: order line id -> the highest number
    of its parts that were cancelled.
    """

    asked: PlanAsked
    demand: PlanAsked
    quote_id: str
    current: Change
    quote: OpenQuote | None = None
    question: Question | None = None
    supplies: dict[str, tuple[LotMove, ...]] = field(default_factory=dict)
    parts_ended: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The order was cancelled. What had started is still made: *work_ids* as they were."""

    asked: PlanAsked | None
    at: datetime
    work_ids: dict[str, str] = field(default_factory=dict)


Plan = NoPlan | Unplanned | Quoted | Booked | Cancelled


def quote_on_table(plan: Plan) -> OpenQuote | None:
    """The open quote, expired or not."""
    return plan.quote if isinstance(plan, Quoted | Booked) else None


def latest_attempt(plan: Plan) -> int:
    """The last attempt that was answered, 0 when none was."""
    return plan.asked.attempt if not isinstance(plan, NoPlan) and plan.asked is not None else 0


def asked_of(plan: Plan) -> PlanAsked:
    if isinstance(plan, NoPlan) or plan.asked is None:
        raise Refused(Why.UNKNOWN_PLAN, id="?")
    return plan.asked


def work_ids_of(plan: Plan) -> dict[str, str]:
    """process -> the work order that makes it, or made it before the order was cancelled."""
    match plan:
        case Booked():
            return plan.current.work_ids
        case Cancelled():
            return plan.work_ids
        case _:
            return {}


def evolve(plan: Plan, event: PlanningEvent) -> Plan:
    if isinstance(event, PlanChanged | PlanChangeProposed | PlanChangeAnswered | SupplyRecorded | PartsDropped):
        return _changed(plan, event)
    match event:
        case PlanAsked():
            return _with_request(plan, event)
        case InquiryAnswered() | PlanRefused():
            return plan
        case QuoteOffered():
            return _with_quote(plan, OpenQuote(event.quote_id, tuple(event.options), event.expires_at))
        case QuoteClosed() | QuoteLost():
            return _without_quote(plan, event.quote_id)
        case PlanConfirmed():
            return _with_booking(plan, event)
        case PlanCancelled():
            asked = None if isinstance(plan, NoPlan) else plan.asked
            return Cancelled(asked, event.cancelled_at, work_ids_of(plan))
        case _:
            assert_never(event)


def _changed(
    plan: Plan, event: PlanChanged | PlanChangeProposed | PlanChangeAnswered | SupplyRecorded | PartsDropped
) -> Plan:
    match event:
        case SupplyRecorded():
            return _with_supply(plan, event)
        case PlanChanged():
            return replace(plan, current=event.change, question=None) if isinstance(plan, Booked) else plan
        case PlanChangeProposed():
            question = Question(event.replan_id, event.cause, event.change, event.default_choice, event.answer_by)
            return replace(plan, question=question) if isinstance(plan, Booked) else plan
        case PlanChangeAnswered():
            return _answered(plan, event)
        case PartsDropped():
            return _dropped(plan, event) if isinstance(plan, Booked) else plan
        case _:
            assert_never(event)


def _with_request(plan: Plan, event: PlanAsked) -> Plan:
    match plan:
        case NoPlan():
            return Unplanned(event)
        case Unplanned() | Quoted() | Booked():
            return replace(plan, asked=event)
        case Cancelled():
            return plan
        case _:
            assert_never(plan)


def _with_quote(plan: Plan, quote: OpenQuote) -> Plan:
    if isinstance(plan, Booked):
        return replace(plan, quote=quote)
    return Quoted(asked_of(plan), quote, supplies_of(plan))


def _without_quote(plan: Plan, quote_id: str) -> Plan:
    quote = quote_on_table(plan)
    if quote is None or quote.quote_id != quote_id:
        return plan
    return replace(plan, quote=None) if isinstance(plan, Booked) else Unplanned(asked_of(plan), supplies_of(plan))


def _with_booking(plan: Plan, event: PlanConfirmed) -> Plan:
    option, asked = event.option, asked_of(plan)
    everything = [one.process_id for one in option.steps]
    current = Change(option.steps, option.trips, event.work_ids, everything, [], option.promise_at, option.price_fen)
    return Booked(asked, asked, event.quote_id, current, supplies=supplies_of(plan))


def supplies_of(plan: Plan) -> dict[str, tuple[LotMove, ...]]:
    """item -> the lots that the buyer has brought so far."""
    return plan.supplies if isinstance(plan, Unplanned | Quoted | Booked) else {}


def _answered(plan: Plan, event: PlanChangeAnswered) -> Plan:
    if not isinstance(plan, Booked):
        return plan
    current = plan.current if event.change is None else event.change
    return replace(plan, current=current, question=None)


def _dropped(plan: Booked, event: PartsDropped) -> Booked:
    """The demand is less by what the dropped parts were to bring: nothing makes up for it."""
    gone = [one for one in plan.current.steps if one.process_id in event.dropped]
    less: dict[str, int] = {}
    for one in last_steps(gone):
        less[one.order_line_id] = less.get(one.order_line_id, 0) + one.quantity_net
    lines = [
        msgspec.structs.replace(one, quantity_net=one.quantity_net - less.get(one.order_line_id, 0))
        for one in plan.demand.lines
        if one.quantity_net > less.get(one.order_line_id, 0)
    ]
    demand = msgspec.structs.replace(plan.demand, lines=lines)
    ended = dict(plan.parts_ended)
    for one in gone:
        ended[one.order_line_id] = max(one.part, ended.get(one.order_line_id, 0))
    return replace(plan, demand=demand, current=event.change, question=None, parts_ended=ended)


def _with_supply(plan: Plan, event: SupplyRecorded) -> Plan:
    if not isinstance(plan, Unplanned | Quoted | Booked):
        return plan
    lots = plan.supplies.get(event.item, ())
    came = LotMove(event.lot_id, event.item, event.lot_quantity, event.unit)
    return replace(plan, supplies={**plan.supplies, event.item: (*lots, came)})
