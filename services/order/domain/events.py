"""What can happen to an order. Every event carries what publishing needs, so that facts are a function of one event."""

from datetime import datetime
from typing import Literal

import msgspec

from services.order.domain.entrusted_events import EntrustedReportSigned
from services.order.domain.inquiry_events import InquiryAnswered, InquiryMade, InquirySent
from services.order.domain.inquiry_queue_events import InquiryDequeued, InquiryQueued
from services.order.domain.values import Makeable, OrderLine
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
from shared.kernel.event import Event, EventTypes

SetAsideWhy = Literal["expired", "outdated", "replaced", "cancelled"]
CancelledWhy = Literal["buyer", "replan", "short_supply", "lapsed", "overdue"]
ShortChoice = Literal["take_less", "cancel"]
SHORT_CHOICES: tuple[ShortChoice, ...] = ("take_less", "cancel")
PlanningWhy = Literal["requote", "expired", "lost", "changed", "short_supply"]


class OrderEvent(Event, frozen=True):
    """Base: every event of an order names it and its buyer."""

    order_id: str
    buyer_org_id: str


class OrderPlaced(OrderEvent, frozen=True, omit_defaults=True):
    """An order with the snapshot of its recipes; the first plan is asked for with it (attempt 1).

    *made_from*: the order or inquiry it repeats, "" for one of its own. *same_reference*: ids of the buyer's orders that
    had the reference before.
    """

    reference: str
    lines: list[OrderLine]
    deliver_to: Place
    earliest_start_at: datetime
    requested_from: datetime | None
    requested_by: datetime
    limits: Limits
    supplies: list[Supply]
    placed_at: datetime
    made_from: str = ""
    same_reference: list[str] = msgspec.field(default_factory=list)


class PlanningRequested(OrderEvent, frozen=True, omit_defaults=True):
    """A further plan is asked for; the demand stands in it whole."""

    attempt: int
    why: PlanningWhy
    lines: list[DemandLine]
    deliver_to: Place
    earliest_start_at: datetime
    requested_by: datetime
    limits: Limits
    supplies: list[Supply]
    replaces_quote_id: str
    requested_at: datetime
    requested_from: datetime | None = None


class QuoteReceived(OrderEvent, frozen=True):
    attempt: int
    quote_id: str
    options: list[PlanOption]
    refusals: list[PlanReason]
    offered_at: datetime
    expires_at: datetime


class PlanningFailed(OrderEvent, frozen=True):
    attempt: int
    reasons: list[PlanReason]
    relaxation: Relaxation | None
    failed_at: datetime


class QuoteSetAside(OrderEvent, frozen=True):
    """A quote nobody will take: its holds may go early."""

    quote_id: str
    why: SetAsideWhy
    set_aside_at: datetime


class QuoteAccepted(OrderEvent, frozen=True):
    quote_id: str
    option_id: str
    replaces_quote_id: str
    accepted_at: datetime


class QuoteLost(OrderEvent, frozen=True):
    quote_id: str
    reasons: list[PlanReason]
    lost_at: datetime


class OrderConfirmed(OrderEvent, frozen=True):
    """The accepted option is booked. *work_ids*: process id -> work id."""

    quote_id: str
    option: PlanOption
    work_ids: dict[str, str]
    confirmed_at: datetime


class OrderChanged(OrderEvent, frozen=True, omit_defaults=True):
    """What the buyer wants now, as a whole. Of a confirmed order it holds once a new quote is accepted, for *fee_fen*.

    *deliver_to* None: where it was. *requested_from* counts only where *has_window*: else it is as it was. *automatic*: less
    was planned because less material came, as the buyer's limits allow.
    """

    lines: list[OrderLine]
    requested_by: datetime
    limits: Limits
    fee_fen: int
    changed_at: datetime
    deliver_to: Place | None = None
    requested_from: datetime | None = None
    has_window: bool = False
    automatic: bool = False


class OrderCancelled(OrderEvent, frozen=True, omit_defaults=True):
    """*by_default*: nobody said so; a stated default did."""

    fee_fen: int
    why: CancelledWhy
    cancelled_at: datetime
    by_default: bool = False


class PartsCancelled(OrderEvent, frozen=True):
    """Parts of the order end before they are made: the steps *process_ids*. The rest goes on, for *price_fen* (before
    VAT) in all and by *promise_at*. *by_default* as above.
    """

    process_ids: list[str]
    fee_fen: int
    why: CancelledWhy
    by_default: bool
    price_fen: int
    promise_at: datetime
    cancelled_at: datetime


class PlantAnswered(OrderEvent, frozen=True):
    work_id: str
    process_id: str
    plant_name: str
    answer: Literal["accepted", "declined", "countered"]
    automatic: bool
    answered_at: datetime


class PlanMoved(OrderEvent, frozen=True):
    """The plan of a confirmed order changed within the promise: booked already, nobody is asked."""

    replan_id: str
    cause: str
    steps: list[PlannedStep]
    trips: list[PlannedTrip]
    work_ids: dict[str, str]
    old_promise_at: datetime
    new_promise_at: datetime
    old_price_fen: int
    new_price_fen: int
    reasons: list[PlanReason]
    moved_at: datetime


class ReplanAsked(OrderEvent, frozen=True, omit_defaults=True):
    """The plan would change beyond the promise: the buyer answers until *answer_by*, else *default_choice* holds. The
    question is about the processes *asked_about* (empty: all); the others go on whatever is answered.
    """

    replan_id: str
    cause: str
    steps: list[PlannedStep]
    trips: list[PlannedTrip]
    work_ids: dict[str, str]
    old_promise_at: datetime
    new_promise_at: datetime
    old_price_fen: int
    new_price_fen: int
    reasons: list[PlanReason]
    default_choice: ReplanChoice
    answer_by: datetime
    asked_at: datetime
    asked_about: list[str] = msgspec.field(default_factory=list)


class ReplanAnswered(OrderEvent, frozen=True):
    replan_id: str
    choice: ReplanChoice
    by_default: bool
    answered_at: datetime


class SupplyArrived(OrderEvent, frozen=True):
    """Buyer's material came: *arrived* now, *quantity* in all so far, of *expected*."""

    item: str
    arrived: int
    quantity: int
    expected: int
    unit: str
    arrived_at: datetime


class SupplyFellShort(OrderEvent, frozen=True, omit_defaults=True):
    """The material is not enough, and the buyer must say what to do: less, the rest later, or nothing. From *answer_by* on
    *default_choice* holds.
    """

    item: str
    quantity: int
    expected: int
    unit: str
    makeable: list[Makeable]
    asked_at: datetime
    question_id: str = ""
    answer_by: datetime | None = None
    default_choice: ShortChoice = "take_less"


class ShortfallAnswered(OrderEvent, frozen=True):
    """`take_less`: what came is made as far as it goes; `cancel`: the parts that need it end."""

    item: str
    question_id: str
    choice: ShortChoice
    by_default: bool
    answered_at: datetime


class WorkMoved(OrderEvent, frozen=True, omit_defaults=True):
    """A work order's state and totals so far. *automatic*: a rule, the clock or the platform moved it, not its plant."""

    work_id: str
    process_id: str
    state: str
    good: int
    scrap: int
    rework: int
    unit: str
    moved_at: datetime
    automatic: bool = False


class DeliveryArrived(OrderEvent, frozen=True):
    delivery_id: str
    work_id: str
    process_id: str
    order_line_id: str
    quantity: int
    unit: str
    lots: list[str]
    delivered_at: datetime


class DeliveryCorrected(OrderEvent, frozen=True):
    """Its maker counted anew what was delivered: *quantity* instead of *before*."""

    delivery_id: str
    before: int
    quantity: int
    unit: str
    grounds: str
    corrected_at: datetime


class LotRejudged(OrderEvent, frozen=True):
    """A lot of the order that had a verdict got the other one. *deliveries*: delivery -> how much of the lot is in it."""

    work_id: str
    process_id: str
    lot_id: str
    disposition: Literal["released", "blocked"]
    quantity: int
    unit: str
    grounds: str
    deliveries: dict[str, int]
    judged_at: datetime


class OrderDelivered(OrderEvent, frozen=True):
    """Every line has reached the buyer's door; what remains is to confirm."""

    delivered_at: datetime


class DeliveryConfirmed(OrderEvent, frozen=True, omit_defaults=True):
    """*over_accepted*: units of it beyond the tolerance that the receiving party takes and pays for."""

    delivery_id: str
    quantity: int
    unit: str
    confirmed_at: datetime
    over_accepted: int = 0
    by_default: bool = False


class DeliveryDisputed(OrderEvent, frozen=True):
    delivery_id: str
    grounds: str
    disputed_at: datetime


class OrderClosed(OrderEvent, frozen=True):
    closed_at: datetime


AnyOrderEvent = (
    OrderPlaced
    | PlanningRequested
    | QuoteReceived
    | PlanningFailed
    | QuoteSetAside
    | QuoteAccepted
    | QuoteLost
    | OrderConfirmed
    | OrderChanged
    | OrderCancelled
    | PartsCancelled
    | PlantAnswered
    | PlanMoved
    | ReplanAsked
    | ReplanAnswered
    | SupplyArrived
    | SupplyFellShort
    | ShortfallAnswered
    | WorkMoved
    | DeliveryArrived
    | LotRejudged
    | DeliveryCorrected
    | OrderDelivered
    | DeliveryConfirmed
    | DeliveryDisputed
    | OrderClosed
)

EVENT_TYPES = EventTypes(
    {
        "order-placed.v1": OrderPlaced,
        "planning-requested.v1": PlanningRequested,
        "quote-received.v1": QuoteReceived,
        "planning-failed.v1": PlanningFailed,
        "quote-set-aside.v1": QuoteSetAside,
        "quote-accepted.v1": QuoteAccepted,
        "quote-lost.v1": QuoteLost,
        "order-confirmed.v1": OrderConfirmed,
        "order-changed.v1": OrderChanged,
        "order-cancelled.v1": OrderCancelled,
        "parts-cancelled.v1": PartsCancelled,
        "plant-answered.v1": PlantAnswered,
        "plan-moved.v1": PlanMoved,
        "replan-asked.v1": ReplanAsked,
        "replan-answered.v1": ReplanAnswered,
        "supply-arrived.v1": SupplyArrived,
        "supply-fell-short.v1": SupplyFellShort,
        "shortfall-answered.v1": ShortfallAnswered,
        "work-moved.v1": WorkMoved,
        "delivery-arrived.v1": DeliveryArrived,
        "lot-rejudged.v1": LotRejudged,
        "delivery-corrected.v1": DeliveryCorrected,
        "order-delivered.v1": OrderDelivered,
        "delivery-confirmed.v1": DeliveryConfirmed,
        "delivery-disputed.v1": DeliveryDisputed,
        "order-closed.v1": OrderClosed,
        "inquiry-made.v1": InquiryMade,
        "inquiry-sent.v1": InquirySent,
        "inquiry-answered.v1": InquiryAnswered,
        "inquiry-queued.v1": InquiryQueued,
        "inquiry-dequeued.v1": InquiryDequeued,
        "entrusted-report-signed.v1": EntrustedReportSigned,
    }
)
