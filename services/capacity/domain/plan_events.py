"""What happened to the plan of one order or inquiry: events of streams `plan-…` with their stored names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from shared.contracts.planning import (
    DemandLine,
    Limits,
    Place,
    PlannedStep,
    PlannedTrip,
    PlanOption,
    ReplanChoice,
    Supply,
)
from shared.contracts.reasons import PlanReason, Relaxation
from shared.kernel.event import Event

ChangeCause = Literal[
    "declined",
    "countered",
    "breakdown",
    "short_supply",
    "power_limit",
    "no_show",
    "under_delivery",
    "missing_material",
    "late_input",
    "moved",
]


class PlanEvent(Event):
    """Base: every event of a plan names the order (or inquiry) and its buyer."""

    order_id: str
    buyer_org_id: str


class Change(msgspec.Struct, frozen=True, gc=False):
    """A plan as it would be or is: the whole of it. *work_ids*: process -> work order.

    *moved* are the processes whose line or time differs from before; *dropped* those that are made no more.
    """

    steps: list[PlannedStep]
    trips: list[PlannedTrip]
    work_ids: dict[str, str]
    moved: list[str]
    dropped: list[str]
    promise_at: datetime
    price_fen: int


class PlanAsked(PlanEvent, frozen=True, omit_defaults=True):
    """The order asked for attempt *attempt*: the demand as it snapshotted it, kept for every later replanning."""

    attempt: int
    lines: list[DemandLine]
    deliver_to: Place
    earliest_start_at: datetime
    requested_by: datetime
    limits: Limits
    supplies: list[Supply]
    replaces_quote_id: str
    asked_at: datetime
    deliver_from: datetime | None = None


class InquiryAnswered(PlanEvent, omit_defaults=True):
    """Who could, by which day, for about how much; nothing was reserved. *earliest_at*: the end of the day on which the
    goods could come at the soonest, by whatever way.
    """

    attempt: int
    options: list[PlanOption]
    refusals: list[PlanReason]
    answered_at: datetime
    earliest_at: datetime | None = None


class QuoteOffered(PlanEvent):
    """A menu of options was offered; the slots of all of them are held until *expires_at*."""

    attempt: int
    quote_id: str
    options: list[PlanOption]
    refusals: list[PlanReason]
    offered_at: datetime
    expires_at: datetime


class PlanRefused(PlanEvent):
    """Nothing fits; *reasons* say why."""

    attempt: int
    reasons: list[PlanReason]
    relaxation: Relaxation | None
    refused_at: datetime


class QuoteClosed(PlanEvent):
    """The quote is no longer on the table: dropped by the buyer, replaced, or expired. Its holds are released."""

    quote_id: str
    reason: Literal["dropped", "replaced", "expired"]
    closed_at: datetime


class QuoteLost(PlanEvent):
    """The accepted quote could not be confirmed any more."""

    quote_id: str
    reasons: list[PlanReason]
    lost_at: datetime


class PlanConfirmed(PlanEvent):
    """The accepted option is booked and its work is offered to the plants. *replaces_quote_id*: the plan before it."""

    quote_id: str
    option: PlanOption
    work_ids: dict[str, str]
    replaces_quote_id: str
    confirmed_at: datetime


class PlanChanged(PlanEvent):
    """The plan changed without cost to the buyer: the same or an earlier promise, no higher price. Booked already."""

    replan_id: str
    cause: ChangeCause
    change: Change
    old_promise_at: datetime
    old_price_fen: int
    reasons: list[PlanReason]
    changed_at: datetime


class PlanChangeProposed(PlanEvent, omit_defaults=True):
    """The plan has to change at a cost; the buyer is asked. New slots are held under *replan_id* until *answer_by*.

    *change* None: nothing was found now; accepting looks again. *asked_about*: the processes of the parts that the
    question is about (empty: of all).
    """

    replan_id: str
    cause: ChangeCause
    change: Change | None
    current: Change
    old_promise_at: datetime
    old_price_fen: int
    default_choice: ReplanChoice
    answer_by: datetime
    reasons: list[PlanReason]
    proposed_at: datetime
    asked_about: list[str] = msgspec.field(default_factory=list)


class PlanChangeAnswered(PlanEvent):
    """The buyer's choice, or the stated default. *change* is what holds from now on; None: what held before."""

    replan_id: str
    choice: ReplanChoice
    by_default: bool
    change: Change | None
    answered_at: datetime


class SupplyRecorded(PlanEvent):
    """Buyer-supplied material arrived: *quantity* in all so far, perhaps short of *expected*; *lot_id* is what came now,
    *lot_quantity* of it.
    """

    item: str
    quantity: int
    expected: int
    unit: str
    lot_id: str
    lot_quantity: int
    arrived_at: datetime


class PartsDropped(PlanEvent):
    """Parts of the order were cancelled, the processes *dropped*: what had not started of them was released. *change* is
    the rest of the plan.
    """

    dropped: list[str]
    change: Change
    dropped_at: datetime


class PlanCancelled(PlanEvent):
    """The order was cancelled: what had not started was released."""

    cancelled_at: datetime


PlanningEvent = (
    PlanAsked
    | InquiryAnswered
    | QuoteOffered
    | PlanRefused
    | QuoteClosed
    | QuoteLost
    | PlanConfirmed
    | PlanChanged
    | PlanChangeProposed
    | PlanChangeAnswered
    | SupplyRecorded
    | PartsDropped
    | PlanCancelled
)

PLAN_EVENTS: Mapping[str, type[Event]] = {
    "plan-asked.v1": PlanAsked,
    "inquiry-answered.v1": InquiryAnswered,
    "quote-offered.v1": QuoteOffered,
    "plan-refused.v1": PlanRefused,
    "quote-closed.v1": QuoteClosed,
    "quote-lost.v1": QuoteLost,
    "plan-confirmed.v1": PlanConfirmed,
    "plan-changed.v1": PlanChanged,
    "plan-change-proposed.v1": PlanChangeProposed,
    "plan-change-answered.v1": PlanChangeAnswered,
    "supply-recorded.v1": SupplyRecorded,
    "parts-dropped.v1": PartsDropped,
    "plan-cancelled.v1": PlanCancelled,
}
