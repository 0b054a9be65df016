"""Facts the capacity service publishes (topic `capacity`): answers to orders, keyed by order id."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from shared.contracts.envelope import Fact
from shared.contracts.line_time import FACTS as LINE_TIME_FACTS
from shared.contracts.planning import PlannedStep, PlannedTrip, PlanOption, ReplanChoice
from shared.contracts.reasons import PlanReason, Relaxation

TOPIC = "capacity"


class InquiryAnswered(Fact):
    """Who could, by which day, for about how much; nothing is reserved. *options* are indicative: without steps.

    *earliest_at*: the end of the day on which the goods could come at the soonest, by whatever way.
    """

    order_id: str
    buyer_org_id: str
    attempt: int
    options: list[PlanOption]
    refusals: list[PlanReason]
    answered_at: datetime
    earliest_at: datetime | None = None


class QuoteOffered(Fact):
    """A menu of options, each held until *expires_at*. *refusals*: why other plants or variants are not in it."""

    order_id: str
    buyer_org_id: str
    attempt: int
    quote_id: str
    options: list[PlanOption]
    refusals: list[PlanReason]
    offered_at: datetime
    expires_at: datetime


class PlanRefused(Fact):
    """No plan exists within the limits; *reasons* say why, *relaxation* is the smallest change that would help."""

    order_id: str
    buyer_org_id: str
    attempt: int
    reasons: list[PlanReason]
    relaxation: Relaxation | None
    refused_at: datetime


class QuoteConfirmed(Fact):
    """The accepted option is booked: its slots are firm, offers to the plants are out (one a step, *work_id* each)."""

    order_id: str
    buyer_org_id: str
    quote_id: str
    option: PlanOption
    work_ids: dict[str, str]  # process_id -> work_id
    confirmed_at: datetime


class QuoteLost(Fact):
    """The accepted quote could not be confirmed (expired or taken); the order asks for a fresh one."""

    order_id: str
    buyer_org_id: str
    quote_id: str
    reasons: list[PlanReason]
    lost_at: datetime


class OfferAnswered(Fact):
    """A plant answered an offer of work; *automatic*: by rules it has set, by what it offered before, or by its silence."""

    order_id: str
    buyer_org_id: str
    work_id: str
    process_id: str
    plant_id: str
    plant_name: str
    answer: Literal["accepted", "declined", "countered"]
    automatic: bool
    answered_at: datetime


class PlanChanged(Fact):
    """The plan of a confirmed order changed: a plant declined, countered, moved its work or did not begin, a line broke,
    material is short or did not come, a plant before is late, too little was released.

    The new steps are booked already when *needs_answer* is False. Otherwise the buyer is asked: *answer_by* and
    *default_choice* say what happens when silent. *steps* and *trips* are the whole plan as it would be; *asked_about*
    are the processes the question is about (empty: all), the others go on whatever is answered.
    """

    order_id: str
    buyer_org_id: str
    replan_id: str
    cause: Literal[
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
    steps: list[PlannedStep]
    trips: list[PlannedTrip]
    work_ids: dict[str, str]
    old_promise_at: datetime
    new_promise_at: datetime
    old_price_fen: int
    new_price_fen: int
    needs_answer: bool
    default_choice: ReplanChoice
    answer_by: datetime
    changed_at: datetime
    reasons: list[PlanReason]
    asked_about: list[str] = msgspec.field(default_factory=list)


class WorkProgressed(Fact):
    """A work order moved on: its state and total quantities so far (after corrections). *automatic*: a rule, the clock or
    the platform moved it, not its plant.
    """

    order_id: str
    buyer_org_id: str
    work_id: str
    process_id: str
    state: Literal["confirmed", "in_progress", "completed", "released", "blocked", "shipped", "cancelled"]
    good: int
    scrap: int
    rework: int
    unit: str
    at: datetime
    automatic: bool = False


class ShipmentDelivered(Fact):
    """Finished goods reached the buyer's door (line order known by *delivery_id*); the buyer now confirms."""

    order_id: str
    buyer_org_id: str
    delivery_id: str
    work_id: str
    process_id: str
    quantity: int
    unit: str
    lots: list[str]
    delivered_at: datetime


class ShipmentCorrected(Fact):
    """Its maker counted anew what left for the buyer in *delivery_id*, before the buyer confirmed it: it is *quantity*."""

    order_id: str
    buyer_org_id: str
    delivery_id: str
    work_id: str
    process_id: str
    quantity: int
    unit: str
    grounds: str
    corrected_at: datetime


class LotInDelivery(msgspec.Struct, frozen=True, gc=False):
    """*quantity* of a lot went with a delivery to the buyer."""

    delivery_id: str
    quantity: int


class LotRejudged(Fact):
    """A lot made for the order was judged anew: released goods were found bad, or blocked ones good after all.

    *deliveries*: where the lot is that has left for the buyer, be it on the road still. What is blocked is not to be used.
    """

    order_id: str
    buyer_org_id: str
    work_id: str
    process_id: str
    lot_id: str
    disposition: Literal["released", "blocked"]
    quantity: int
    unit: str
    grounds: str
    deliveries: list[LotInDelivery]
    judged_at: datetime


FACTS: Mapping[str, type[Fact]] = {
    "capacity.inquiry-answered.v1": InquiryAnswered,
    "capacity.quote-offered.v1": QuoteOffered,
    "capacity.plan-refused.v1": PlanRefused,
    "capacity.quote-confirmed.v1": QuoteConfirmed,
    "capacity.quote-lost.v1": QuoteLost,
    "capacity.offer-answered.v1": OfferAnswered,
    "capacity.plan-changed.v1": PlanChanged,
    "capacity.work-progressed.v1": WorkProgressed,
    "capacity.shipment-delivered.v1": ShipmentDelivered,
    "capacity.lot-rejudged.v1": LotRejudged,
    "capacity.shipment-corrected.v1": ShipmentCorrected,
    **LINE_TIME_FACTS,
}
