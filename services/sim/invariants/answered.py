"""Nothing stops in silence: when all has drained and the jobs have run, whoever asked has an answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.capacity.domain import work_events as works
from services.order.domain import events as orders
from services.order.domain.inquiry_events import InquiryAnswered, InquiryMade
from services.order.domain.situations import BEGUN
from services.sim.invariants.book import Book, Past
from services.sim.seams import Platform
from shared.eventstore.port import Recorded

_LATE = timedelta(hours=12)  # after its last moment nothing waits for a job any more: jobs come every few hours


class EveryoneAnswered(Book):
    """What orders, inquiries, buyers and plants wait for."""

    name = "everyone is answered"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._planning: dict[str, int] = {}
        self._accepted: dict[str, str] = {}
        self._inquiries: set[str] = set()
        self._questions: dict[str, orders.ReplanAsked] = {}
        self._offers: dict[str, datetime] = {}
        self.entries = {
            orders.OrderPlaced: self._asked,
            orders.PlanningRequested: self._asked,
            orders.QuoteReceived: self._planned,
            orders.PlanningFailed: self._planned,
            orders.QuoteAccepted: self._taken,
            orders.QuoteLost: self._settled,
            orders.OrderConfirmed: self._settled,
            orders.ReplanAsked: self._question,
            orders.ReplanAnswered: self._reply,
            orders.PartsCancelled: self._reply,
            orders.PlanMoved: self._reply,  # what was asked about the plan before ends with it
            orders.WorkMoved: self._begun,
            orders.DeliveryArrived: self._begun,
            orders.OrderCancelled: self._end,
            orders.OrderClosed: self._end,
            InquiryMade: self._inquiry,
            InquiryAnswered: self._inquiry,
            works.WorkOffered: self._offered,
            works.OfferRenewed: self._offered,
            works.OfferAccepted: self._offer_over,
            works.OfferDeclined: self._offer_over,
            works.OfferCountered: self._offer_over,
            works.WorkWithdrawn: self._offer_over,
        }

    def _asked(self, event: orders.OrderPlaced | orders.PlanningRequested, _: Recorded) -> Iterator[str]:
        self._planning[event.order_id] = event.attempt if isinstance(event, orders.PlanningRequested) else 1
        yield from ()

    def _planned(self, event: orders.QuoteReceived | orders.PlanningFailed, _: Recorded) -> Iterator[str]:
        if self._planning.get(event.order_id) == event.attempt:
            del self._planning[event.order_id]
        yield from ()

    def _taken(self, event: orders.QuoteAccepted, _: Recorded) -> Iterator[str]:
        self._accepted[event.order_id] = event.quote_id
        yield from ()

    def _settled(self, event: orders.QuoteLost | orders.OrderConfirmed, _: Recorded) -> Iterator[str]:
        """A new booking takes the place of the question about the old one."""
        if self._accepted.get(event.order_id) == event.quote_id:
            del self._accepted[event.order_id]
        if isinstance(event, orders.OrderConfirmed):
            self._questions.pop(event.order_id, None)
        yield from ()

    def _question(self, event: orders.ReplanAsked, _: Recorded) -> Iterator[str]:
        self._questions[event.order_id] = event
        yield from ()

    def _reply(
        self, event: orders.ReplanAnswered | orders.PlanMoved | orders.PartsCancelled, _: Recorded
    ) -> Iterator[str]:
        self._questions.pop(event.order_id, None)
        yield from ()

    def _begun(self, event: orders.WorkMoved | orders.DeliveryArrived, _: Recorded) -> Iterator[str]:
        """Once work has begun, the answer to a change comes too late and is not taken."""
        if isinstance(event, orders.DeliveryArrived) or event.state in BEGUN:
            self._planning.pop(event.order_id, None)
        yield from ()

    def _end(self, event: orders.OrderCancelled | orders.OrderClosed, _: Recorded) -> Iterator[str]:
        for waiting in (self._planning, self._accepted, self._questions):
            waiting.pop(event.order_id, None)
        yield from ()

    def _inquiry(self, event: InquiryMade | InquiryAnswered, _: Recorded) -> Iterator[str]:
        if isinstance(event, InquiryMade):
            self._inquiries.add(event.inquiry_id)
        else:
            self._inquiries.discard(event.inquiry_id)
        yield from ()

    def _offered(self, event: works.WorkOffered | works.OfferRenewed, _: Recorded) -> Iterator[str]:
        self._offers[event.work_id] = event.answer_by
        yield from ()

    def _offer_over(self, event: works.WorkEvent, _: Recorded) -> Iterator[str]:
        self._offers.pop(event.work_id, None)
        yield from ()

    def at_rest(self, platform: Platform) -> Iterator[str]:
        """A plan, a booking and an inquiry are answered at once; buyers and plants have until their last moment."""
        for order_id, attempt in self._planning.items():
            yield f"{order_id} asked for plan {attempt} and has no answer"
        for order_id, quote_id in self._accepted.items():
            yield f"{order_id} accepted {quote_id}, which is neither confirmed nor lost"
        for inquiry_id in sorted(self._inquiries):
            yield f"{inquiry_id} has no answer"
        late = platform.now() - _LATE
        for order_id, asked in self._questions.items():
            if asked.answer_by < late:
                yield f"{order_id}: {asked.replan_id} was to be answered by {asked.answer_by}"
        for work_id, answer_by in self._offers.items():
            if answer_by < late:
                yield f"the offer of {work_id} was to be answered by {answer_by}"
