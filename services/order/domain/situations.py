"""The situations an order can be in: a field exists only where it has meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from services.order.domain.values import Makeable, OrderLine
from shared.contracts.planning import Limits, Place, PlannedStep, PlannedTrip, PlanOption, ReplanChoice, Supply
from shared.contracts.reasons import PlanReason, Relaxation
from shared.contracts.remaining import Part, last_steps, part_of
from shared.contracts.silence import choices_of

BEGUN = frozenset({"in_progress", "completed", "released", "blocked", "shipped"})


@dataclass(frozen=True, slots=True)
class Body:
    """What is asked for. *attempt* numbers the plan asked for last; *arrived*: item -> units of material so far."""

    order_id: str
    buyer_org_id: str
    reference: str
    lines: tuple[OrderLine, ...]
    deliver_to: Place
    earliest_start_at: datetime
    requested_from: datetime | None
    requested_by: datetime
    limits: Limits
    supplies: tuple[Supply, ...]
    placed_at: datetime
    attempt: int = 1
    arrived: Mapping[str, int] = field(default_factory=dict)
    made_from: str = ""
    same_reference: tuple[str, ...] = ()

    def line(self, order_line_id: str) -> OrderLine | None:
        return next((one for one in self.lines if one.demand.order_line_id == order_line_id), None)

    def with_arrival(self, item: str, quantity: int) -> "Body":
        return replace(self, arrived={**self.arrived, item: quantity})


@dataclass(frozen=True, slots=True)
class Quote:
    """A menu of options, held until *expires_at*: whether it still is, only a clock can say."""

    quote_id: str
    options: tuple[PlanOption, ...]
    refusals: tuple[PlanReason, ...]
    offered_at: datetime
    expires_at: datetime

    def is_open(self, at: datetime) -> bool:
        return at < self.expires_at

    def option(self, option_id: str) -> PlanOption | None:
        return next((one for one in self.options if one.option_id == option_id), None)


@dataclass(frozen=True, slots=True)
class Failure:
    """No plan: why, and the smallest change that would help."""

    reasons: tuple[PlanReason, ...]
    relaxation: Relaxation | None
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class Awaited:
    """An answer is on its way."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One option was accepted and is not confirmed yet."""

    quote: Quote
    option_id: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of a confirmed order under way: *target* holds once its quote is confirmed, for *fee_fen*."""

    target: Body
    fee_fen: int
    answer: Awaited | Quote | Failure | Taken


@dataclass(frozen=True, slots=True)
class Promise:
    """What is booked. *work_ids*: process id -> work id; prices before VAT."""

    quote_id: str
    steps: tuple[PlannedStep, ...]
    trips: tuple[PlannedTrip, ...]
    work_ids: Mapping[str, str]
    promise_at: datetime
    price_fen: int
    vat_fen: int
    confirmed_at: datetime

    def step(self, process_id: str) -> PlannedStep | None:
        return next((one for one in self.steps if one.process_id == process_id), None)

    def line_promise_at(self, order_line_id: str) -> datetime | None:
        """When the last lorry with goods of the line is at the door, None when no trip is known."""
        mine = {one.process_id for one in self.steps if one.order_line_id == order_line_id}
        arrivals = [one.arrives_at for one in self.trips if not one.to_process_id and one.process_id in mine]
        return max(arrivals, default=None)

    def last_steps(self, order_line_id: str) -> list[PlannedStep]:
        """Steps of the line whose output no other step eats: what they yield goes to the buyer."""
        return [one for one in last_steps(self.steps) if one.order_line_id == order_line_id]


@dataclass(frozen=True, slots=True)
class Work:
    """How far a process is: state and totals so far, in its own unit."""

    work_id: str
    state: str
    good: int
    scrap: int
    rework: int
    unit: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """*confirmed* None: the receiving party has not said yet; *grounds* "" unless it disputes. *over_accepted*: units
    beyond the tolerance that it takes and pays for.
    """

    delivery_id: str
    process_id: str
    order_line_id: str
    quantity: int
    unit: str
    lots: tuple[str, ...]
    delivered_at: datetime
    confirmed: int | None = None
    grounds: str = ""
    over_accepted: int = 0
    disputed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A changed plan the buyer decides on until *answer_by*; *promise* holds if accepted. The question is about the
    processes *asked_about*, about all of them when empty.
    """

    replan_id: str
    cause: str
    promise: Promise
    old_promise_at: datetime
    old_price_fen: int
    reasons: tuple[PlanReason, ...]
    default_choice: ReplanChoice
    answer_by: datetime
    asked_at: datetime
    asked_about: frozenset[str] = frozenset()

    @property
    def choices(self) -> list[ReplanChoice]:
        return choices_of(self.cause)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Material that came short, and what it is enough for. *answer_by* None: asked before questions ended by the clock."""

    item: str
    quantity: int
    expected: int
    unit: str
    makeable: tuple[Makeable, ...]
    asked_at: datetime
    question_id: str = ""
    answer_by: datetime | None = None
    default_choice: Literal["take_less", "cancel"] = "take_less"


@dataclass(frozen=True, slots=True)
class Absent:
    """Never placed."""


@dataclass(frozen=True, slots=True)
class Planning:
    """A plan is asked for and not answered."""

    body: Body


@dataclass(frozen=True, slots=True)
class Unplannable:
    """The last plan asked for could not be made."""

    body: Body
    failure: Failure


@dataclass(frozen=True, slots=True)
class Quoted:
    """A menu lies before the buyer; open or expired by the clock alone."""

    body: Body
    quote: Quote


@dataclass(frozen=True, slots=True)
class Accepted:
    """An option was accepted; capacity has not confirmed it yet."""

    body: Body
    taken: Taken


@dataclass(frozen=True, slots=True)
class Running:
    """Confirmed, and until it is closed or cancelled.

    *is_in_production*: some work has begun, be it undone later. *delivered_at*: since when every line is at the door.
    *before*: what stood before the change that was accepted last: capacity may still find that it is lost.
    *blocked_lots*: lot -> delivery -> units in it, of lots that were found bad after their release. *given_up*: steps of
    parts that ended before they were made.
    """

    body: Body
    promise: Promise
    work: Mapping[str, Work] = field(default_factory=dict)
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    revision: Revision | None = None
    asked: Asked | None = None
    shortfalls: Mapping[str, Shortfall] = field(default_factory=dict)
    charged_fen: int = 0
    is_in_production: bool = False
    delivered_at: datetime | None = None
    before: Promise | None = None
    blocked_lots: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    given_up: tuple[PlannedStep, ...] = ()

    def has_begun(self, process_id: str) -> bool:
        return process_id in self.work and self.work[process_id].state in BEGUN

    @property
    def attempt(self) -> int:
        """The last plan asked for, be it for a change."""
        return self.revision.target.attempt if self.revision is not None else self.body.attempt

    @property
    def parts_going_on(self) -> frozenset[Part]:
        """Parts of which the last step has begun: they are made to their end, they come, and are paid as they come."""
        come = {one.process_id for one in self.deliveries.values()}
        last = last_steps(self.promise.steps)
        return frozenset(part_of(one) for one in last if self.has_begun(one.process_id) or one.process_id in come)

    @property
    def parts_asked_about(self) -> frozenset[Part]:
        """Parts that an open question is about: their promise is broken by the other side."""
        if self.asked is None:
            return frozenset()
        about = self.asked.asked_about
        return frozenset(part_of(one) for one in self.promise.steps if not about or one.process_id in about)

    @property
    def given_up_parts(self) -> frozenset[Part]:
        return frozenset(part_of(one) for one in self.given_up)

    def step(self, process_id: str) -> PlannedStep | None:
        """A step of the plan, or of a part that was given up: its goods may have been on their way."""
        return next((one for one in (*self.promise.steps, *self.given_up) if one.process_id == process_id), None)

    def given_up_units(self, order_line_id: str) -> int:
        """Units of the line that will not be made."""
        return sum(one.quantity_net for one in last_steps(self.given_up) if one.order_line_id == order_line_id)

    def wanted(self, order_line_id: str) -> int:
        """Units of the line that were ordered and not given up."""
        line = self.body.line(order_line_id)
        return 0 if line is None else max(0, line.demand.quantity_net - self.given_up_units(order_line_id))

    def delivered(self, order_line_id: str) -> int:
        """Units of the line that reached the door."""
        return sum(one.quantity for one in self.deliveries.values() if one.order_line_id == order_line_id)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Ended before its end; *running* keeps what was under way, None when nothing was booked: what has come, or comes
    because it had begun, is confirmed or disputed all the same.
    """

    body: Body
    running: Running | None
    fee_fen: int
    why: str
    cancelled_at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """Delivered and confirmed. *cancelled*: it was cancelled before, and what had come is settled."""

    running: Running
    closed_at: datetime
    cancelled: Cancelled | None = None


Order = Absent | Planning | Unplannable | Quoted | Accepted | Running | Cancelled | Closed
