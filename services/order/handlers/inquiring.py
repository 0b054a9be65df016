"""Commands on inquiries."""

from datetime import datetime

from services.order.domain.catalogue import Catalogue
from services.order.domain.inquiry import INQUIRY, Answered, Inquiry, MakeInquiry, ReceiveAnswer, Unasked, stream_of
from services.order.domain.refusals import Why
from services.order.domain.terms import Terms
from services.order.handlers.snapshot import Asked, snapshot_of
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog
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
        stream = stream_of(inquiry_id)
        return Prepared([decide(INQUIRY, Loaded(INQUIRY.initial, 0), stream, command)], None)

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
        stream = stream_of(inquiry_id)
        return Prepared([decide(INQUIRY, load(self.log, INQUIRY, stream), stream, command)], None)

    def is_answered(self, inquiry_id: str) -> bool:
        return isinstance(load(self.log, INQUIRY, stream_of(inquiry_id)).state, Answered)
