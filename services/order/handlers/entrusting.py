"""Commands on reports of entrusted production: drafted from the order as it stands, signed by its parties."""

from dataclasses import dataclass
from datetime import datetime

from services.order.domain.entrusted import REPORT, Draft, Report, SignReport, draft_of, stream_of
from services.order.domain.order import ORDER
from services.order.domain.order import stream_of as order_stream_of
from services.order.domain.refusals import Why
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it is now, and who signed what."""

    draft: Draft
    report: Report
    version: int


class Entrusting:
    """Prepares; whoever calls appends."""

    def __init__(self, log: EventLog) -> None:
        self.log = log

    def find(self, order_id: str, principal: Principal) -> Drafted:
        """Raises Refused: UNKNOWN_ORDER for those who are no party to it, NO_REPORT for the buyer of other goods."""
        order = load(self.log, ORDER, order_stream_of(order_id)).state
        draft = draft_of(order)
        if draft is None:
            raise Refused(Why.NO_REPORT)
        parties = {draft.buyer_org_id, *draft.factories}
        if principal.role is not Role.OFFICE and principal.org_id not in parties:
            raise Refused(Why.NO_REPORT)
        loaded: Loaded[Report] = load(self.log, REPORT, stream_of(order_id))
        return Drafted(draft, loaded.state, loaded.version)

    def sign(self, order_id: str, licence_number: str, principal: Principal, at: datetime) -> Prepared[None]:
        found = self.find(order_id, principal)
        command = SignReport(found.draft, principal.org_id, licence_number, at)
        return Prepared([decide(REPORT, Loaded(found.report, found.version), stream_of(order_id), command)], None)
