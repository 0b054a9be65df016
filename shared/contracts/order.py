"""Facts the order service publishes (topic `order`, keyed by order id)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from shared.contracts.envelope import Fact
from shared.contracts.planning import DemandLine, Limits, Place, ReplanChoice, Supply

TOPIC = "order"


class PlanningRequested(Fact):
    """Plan this. *purpose* `inquiry` reserves nothing; `quote` holds capacity until the quote expires.

    *attempt* counts from 1 for an order; an answer for an older attempt is out of date and dropped.
    *deliver_from*: the goods are not wanted at the door before it.
    *replaces_quote_id*: an accepted quote that a change would replace once the new one is accepted.
    """

    order_id: str  # inquiries use their own inq_ id here
    buyer_org_id: str
    attempt: int
    purpose: Literal["inquiry", "quote"]
    lines: list[DemandLine]
    deliver_to: Place
    earliest_start_at: datetime
    requested_by: datetime
    limits: Limits
    supplies: list[Supply]
    replaces_quote_id: str = ""
    deliver_from: datetime | None = None


class QuoteAccepted(Fact):
    """The buyer accepts one option of a quote; capacity confirms it or says that it was lost."""

    order_id: str
    buyer_org_id: str
    quote_id: str
    option_id: str
    accepted_at: datetime
    replaces_quote_id: str = ""


class QuoteDropped(Fact):
    """A quote the buyer will not take (dropped, expired or replaced): its holds may be released early."""

    order_id: str
    quote_id: str


class OrderCancelled(Fact):
    """Stop everything not finished; the fee was shown and agreed. *by_default*: nobody said so, a stated default did."""

    order_id: str
    buyer_org_id: str
    fee_fen: int
    cancelled_at: datetime
    by_default: bool = False


class PartsCancelled(Fact):
    """Stop the steps *process_ids* that have not begun; the rest of the order goes on. *by_default* as above."""

    order_id: str
    buyer_org_id: str
    process_ids: list[str]
    fee_fen: int
    by_default: bool
    cancelled_at: datetime


class SupplyArrived(Fact):
    """Buyer-supplied material arrived, perhaps short: *quantity* is what came, *expected* what was announced."""

    order_id: str
    buyer_org_id: str
    item: str
    quantity: int
    expected: int
    unit: str
    arrived_at: datetime


class ReplanAnswered(Fact):
    """The buyer's (or, when silent, the stated default) choice on a changed plan."""

    order_id: str
    buyer_org_id: str
    replan_id: str
    choice: ReplanChoice
    by_default: bool
    answered_at: datetime


class DeliveryConfirmed(Fact):
    """The receiving party says how much arrived in order. Only now do delivered units count. *by_default*: it said nothing
    in the time it had.
    """

    order_id: str
    buyer_org_id: str
    delivery_id: str
    quantity: int
    unit: str
    confirmed_at: datetime
    by_default: bool = False


class DeliveryDisputed(Fact):
    """The receiving party disputes a delivery."""

    order_id: str
    buyer_org_id: str
    delivery_id: str
    grounds: str
    disputed_at: datetime


class OrderClosed(Fact):
    """Everything is delivered and confirmed; the order's story has ended."""

    order_id: str
    buyer_org_id: str
    closed_at: datetime


FACTS: Mapping[str, type[Fact]] = {
    "order.planning-requested.v1": PlanningRequested,
    "order.quote-accepted.v1": QuoteAccepted,
    "order.quote-dropped.v1": QuoteDropped,
    "order.cancelled.v1": OrderCancelled,
    "order.parts-cancelled.v1": PartsCancelled,
    "order.supply-arrived.v1": SupplyArrived,
    "order.replan-answered.v1": ReplanAnswered,
    "order.delivery-confirmed.v1": DeliveryConfirmed,
    "order.delivery-disputed.v1": DeliveryDisputed,
    "order.closed.v1": OrderClosed,
}
