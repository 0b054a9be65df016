"""Commands on inquiries."""

from dataclasses import replace
from datetime import datetime

from services.order.domain.catalogue import Catalogue
from services.order.domain.inquiry import (
    INQUIRY,
    Answered,
    Inquiry,
    MakeInquiry,
    ReceiveAnswer,
    SendInquiry,
    Unasked,
    stream_of,
)
from services.order.domain.inquiry_queue import QUEUE, JoinQueue, LeaveQueue, cost_of, queue_stream_of
from services.order.domain.inquiry_queue_events import InquiryLeft, InquiryQueued
from services.order.domain.refusals import Why
from services.order.domain.terms import Terms
from services.order.handlers.snapshot import Asked, snapshot_of
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog, StreamAppend
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused


class Inquiring:
    """Prepares; whoever calls appends."""

    def __init__(self, log: EventLog, catalogue: Catalogue, terms: Terms) -> None:
        self.log, self.catalogue, self.terms = log, catalogue, terms

    def make(self, inquiry_id: str, asked: Asked, principal: Principal, at: datetime) -> Prepared[None]:
        snapshot = snapshot_of(asked, self.catalogue, self.terms, owner_id=inquiry_id, buyer_org_id=principal.org_id)
        command = MakeInquiry(
            inquiry_id=inquiry_id,
            buyer_org_id=principal.org_id,
            lines=snapshot.lines,
            deliver_to=asked.deliver_to,
            requested_by=asked.requested_by,
            limits=asked.limits,
            supplies=snapshot.supplies,
            terms=self.terms,
            at=at,
            requested_from=asked.requested_from,
        )
        decide(INQUIRY, Loaded(INQUIRY.initial, 0), stream_of(inquiry_id), command)  # what is wrong costs nothing
        cost = cost_of(snapshot.lines, asked.requested_by, at)
        joined = self._queue(JoinQueue(inquiry_id, principal.org_id, cost, self.terms.inquiries, at))
        is_sent = any(isinstance(one, InquiryQueued) and one.is_sent for one in joined.events)
        made = decide(INQUIRY, Loaded(INQUIRY.initial, 0), stream_of(inquiry_id), replace(command, waits=not is_sent))
        return Prepared([made, joined], None)

    def find(self, inquiry_id: str, principal: Principal) -> Loaded[Inquiry]:
        """Raises Refused UNKNOWN_INQUIRY, alike for absent and for another's."""
        loaded = load(self.log, INQUIRY, stream_of(inquiry_id))
        inquiry = loaded.state
        if isinstance(inquiry, Unasked):
            raise Refused(Why.UNKNOWN_INQUIRY)
        if principal.role is not Role.OFFICE and not principal.owns(inquiry.made.buyer_org_id):
            raise Refused(Why.UNKNOWN_INQUIRY)
        return loaded

    def receive(self, inquiry_id: str, command: ReceiveAnswer) -> Prepared[None]:
        """The answer, and the turn of the next that its buyer asked."""
        stream = stream_of(inquiry_id)
        loaded = load(self.log, INQUIRY, stream)
        answered = decide(INQUIRY, loaded, stream, command)
        if isinstance(loaded.state, Unasked):
            return Prepared([answered], None)
        left = self._queue(LeaveQueue(inquiry_id, loaded.state.made.buyer_org_id, command.at))
        turns = [self._send(one.next_inquiry_id, command.at) for one in left.events if isinstance(one, InquiryLeft)]
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
