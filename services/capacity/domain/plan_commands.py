"""What may be asked of a plan. Time, ids, options and slots come along: the rule asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.capacity.domain.plan_events import Change, ChangeCause, PlanAsked
from shared.contracts.planning import PlanOption, ReplanChoice
from shared.contracts.reasons import PlanReason, Relaxation


@dataclass(frozen=True, slots=True)
class OfferQuote:
    """Offer *options*, whose slots are held in the same transaction."""

    asked: PlanAsked
    quote_id: str
    options: list[PlanOption]
    refusals: list[PlanReason]
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefusePlan:
    asked: PlanAsked
    reasons: list[PlanReason]
    relaxation: Relaxation | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerInquiry:
    asked: PlanAsked
    options: list[PlanOption]
    refusals: list[PlanReason]
    at: datetime
    earliest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConfirmQuote:
    """Book *option_id*; *work_ids*: process -> work order, made for it."""

    quote_id: str
    option_id: str
    work_ids: dict[str, str]
    replaces_quote_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LoseQuote:
    """The accepted quote cannot be confirmed."""

    order_id: str
    buyer_org_id: str
    quote_id: str
    reasons: list[PlanReason]
    at: datetime


@dataclass(frozen=True, slots=True)
class CloseQuote:
    quote_id: str
    reason: Literal["dropped", "expired"]
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """The plan changes without cost to the buyer."""

    replan_id: str
    cause: ChangeCause
    change: Change
    reasons: list[PlanReason]
    at: datetime


@dataclass(frozen=True, slots=True)
class ProposeChange:
    """Ask the buyer about the processes *asked_about*. *change* None: nothing was found."""

    replan_id: str
    cause: ChangeCause
    change: Change | None
    default_choice: ReplanChoice
    answer_by: datetime
    reasons: list[PlanReason]
    at: datetime
    asked_about: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """*change* is what is booked now: the proposal, or what was found instead. None: what held before."""

    replan_id: str
    choice: ReplanChoice
    by_default: bool
    change: Change | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordSupply:
    """*quantity*: what came in all so far, this lot included. Passed over when no more is there than was known."""

    item: str
    quantity: int
    expected: int
    unit: str
    lot_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DropParts:
    """The processes *dropped* are not wanted any more."""

    dropped: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelPlan:
    order_id: str
    buyer_org_id: str
    at: datetime


Quoting = OfferQuote | RefusePlan | AnswerInquiry | ConfirmQuote | LoseQuote | CloseQuote
Changing = ChangePlan | ProposeChange | AnswerChange | RecordSupply | DropParts | CancelPlan
PlanCommand = Quoting | Changing
