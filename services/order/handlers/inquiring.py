"""Commands on inquiries."""

from dataclasses import replace
from datetime import datetime

from services.order.domain.asking import supplies_of
from services.order.domain.catalogue import Catalogue
from services.order.domain.inquiry import (
    INQUIRY,
    Answered,
    Asked,
    MakeInquiry,
    ReceiveAnswer,
    SendInquiry,
    Unasked,
    stream_of,
)
from services.order.domain.inquiry_queue import (
    QUEUE,
    JoinQueue,
    LeaveQueue,
    check_room,
    cost_of,
    least_cost_of,
    queue_stream_of,
)
from services.order.domain.inquiry_queue_events import InquiryDequeued, InquiryQueued
from services.order.domain.refusals import Why
from services.order.domain.situations import Body
from services.order.domain.terms import Terms
from services.order.handlers import snapshot
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog, StreamAppend
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused


class Inquiring:
    """Prepares; whoever calls appends."""

    def __init__(self, log: EventLog, catalogue: Catalogue, terms: Terms) -> None:
        self.log, self.catalogue, self.terms = log, catalogue, terms

    def make(self, inquiry_id: str, asked: snapshot.Asked, principal: Principal, at: datetime) -> Prepared[None]:
        """What has no room is refused before its recipes are made: a flood costs others as little as may be."""
        queue = load(self.log, QUEUE, queue_stream_of(principal.org_id)).state
        check_room(queue, least_cost_of(len(asked.lines), asked.requested_by, at), self.terms.inquiries, at)
        found = snapshot.snapshot_of(
            asked, self.catalogue, self.terms, owner_id=inquiry_id, buyer_org_id=principal.org_id
        )
        command = MakeInquiry(
            inquiry_id=inquiry_id,
            buyer_org_id=principal.org_id,
            lines=found.lines,
            deliver_to=asked.deliver_to,
            requested_by=asked.requested_by,
            limits=asked.limits,
            supplies=found.supplies,
            terms=self.terms,
            at=at,
            requested_from=asked.requested_from,
        )
        return self._ask(command)

    def ask_about(self, inquiry_id: str, body: Body, principal: Principal, at: datetime) -> Prepared[None]:
        """Ask about an order as it would be. The answer shows what a change leads to; the order itself does not move."""
        command = MakeInquiry(
            inquiry_id=inquiry_id,
            buyer_org_id=principal.org_id,
            lines=body.lines,
            deliver_to=body.deliver_to,
            requested_by=body.requested_by,
            limits=body.limits,
            supplies=supplies_of(body),
            terms=self.terms,
            at=at,
            requested_from=body.requested_from,
            preview_of=body.order_id,
        )
        return self._ask(command)

    def _ask(self, command: MakeInquiry) -> Prepared[None]:
        """In its buyer's queue, at what it costs to plan."""
        inquiry_id, stream = command.inquiry_id, stream_of(command.inquiry_id)
        decide(INQUIRY, Loaded(INQUIRY.initial, 0), stream, command)  # what is wrong costs nothing
        cost = cost_of(command.lines, command.requested_by, command.at)
        joined = self._queue(JoinQueue(inquiry_id, command.buyer_org_id, cost, self.terms.inquiries, command.at))
        is_sent = any(isinstance(one, InquiryQueued) and one.is_sent for one in joined.events)
        made = decide(INQUIRY, Loaded(INQUIRY.initial, 0), stream, replace(command, waits=not is_sent))
        return Prepared([made, joined], None)

    def find(self, inquiry_id: str, principal: Principal) -> Loaded[Asked | Answered]:
        """Raises Refused UNKNOWN_INQUIRY, alike for absent and for another's."""
        loaded = load(self.log, INQUIRY, stream_of(inquiry_id))
        inquiry = loaded.state
        if isinstance(inquiry, Unasked):
            raise Refused(Why.UNKNOWN_INQUIRY)
        if principal.role is not Role.OFFICE and not principal.owns(inquiry.made.buyer_org_id):
            raise Refused(Why.UNKNOWN_INQUIRY)
        return Loaded(inquiry, loaded.version)

    def receive(self, inquiry_id: str, command: ReceiveAnswer) -> Prepared[None]:
        """The answer, and the turn of the next that its buyer asked."""
        stream = stream_of(inquiry_id)
        loaded = load(self.log, INQUIRY, stream)
        answered = decide(INQUIRY, loaded, stream, command)
        if isinstance(loaded.state, Unasked):
            return Prepared([answered], None)
        left = self._queue(LeaveQueue(inquiry_id, loaded.state.made.buyer_org_id, command.at))
        turns = [self._send(one.next_inquiry_id, command.at) for one in left.events if isinstance(one, InquiryDequeued)]
        return Prepared([answered, left, *(one for one in turns if one is not None)], None)

    def _queue(self, command: JoinQueue | LeaveQueue) -> StreamAppend:
        stream = queue_stream_of(command.buyer_org_id)
        return decide(QUEUE, load(self.log, QUEUE, stream), stream, command)

    def _send(self, inquiry_id: str, at: datetime) -> StreamAppend | None:
        if not inquiry_id:
            return None
        stream = stream_of(inquiry_id)
        return decide(INQUIRY, load(self.log, INQUIRY, stream), stream, SendInquiry(at))

    def is_answered(self, inquiry_id: str) -> bool:
        return isinstance(load(self.log, INQUIRY, stream_of(inquiry_id)).state, Answered)
