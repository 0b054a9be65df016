"""Commands on reports of entrusted production: drafted from the order as it stands, signed by its parties."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.order.domain.entrusted import REPORT, Draft, Report, Signature, SignReport, draft_of, stream_of
from services.order.domain.entrusted_events import EntrustedReportSigned
from services.order.domain.order import ORDER
from services.order.domain.order import stream_of as order_stream_of
from services.order.domain.refusals import Why
from services.order.domain.situations import Cancelled
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it is now, and who signed what. *version* of the whole; *seen* is what the caller may see of both."""

    draft: Draft
    report: Report
    version: int
    seen: "Seen"


@dataclass(frozen=True, slots=True)
class Seen:
    """One party's view: *signatures* it may see, whose *holding* stand with what the draft says now. *version* counts the
    signatures in it, so that it does not move with those of others.
    """

    draft: Draft
    signatures: Mapping[str, Signature]
    holding: frozenset[str]
    version: int

    @property
    def is_signed(self) -> bool:
        return {self.draft.buyer_org_id, *self.draft.factories} <= self.holding


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
        loaded: Loaded[Report] = load(self.log, REPORT, stream_of(order_id))
        ended = isinstance(order, Cancelled)  # who never signed is no party to what is over
        parties = {draft.buyer_org_id, *(loaded.state.signatures if ended else draft.factories)}
        if principal.role is not Role.OFFICE and principal.org_id not in parties:
            raise Refused(Why.NO_REPORT)
        return Drafted(draft, loaded.state, loaded.version, self._seen(draft, loaded, principal))

    def _seen(self, draft: Draft, loaded: Loaded[Report], principal: Principal) -> Seen:
        report, me, buyer = loaded.state, principal.org_id, draft.buyer_org_id
        if principal.role is Role.OFFICE or me == buyer:
            holding = frozenset(one for one in report.signatures if report.holds(one, draft))
            return Seen(draft, report.signatures, holding, loaded.version)
        signed, _ = self.log.read_events(stream_of(draft.order_id))
        count = sum(isinstance(one, EntrustedReportSigned) and one.org_id in {me, buyer} for one in signed)
        holds = {me: report.holds(me, draft), buyer: report.holds_between(draft, me)}
        signatures = {one: found for one, found in report.signatures.items() if one in holds}
        return Seen(draft.as_signed_by(me), signatures, frozenset(one for one in holds if holds[one]), count)

    def sign(self, order_id: str, licence_number: str, principal: Principal, at: datetime) -> Prepared[None]:
        """Raises Refused NO_REPORT as well for an order that was cancelled: there is nothing left to agree on."""
        found = self.find(order_id, principal)
        if isinstance(load(self.log, ORDER, order_stream_of(order_id)).state, Cancelled):
            raise Refused(Why.NO_REPORT)
        command = SignReport(found.draft, principal.org_id, licence_number, at)
        return Prepared([decide(REPORT, Loaded(found.report, found.version), stream_of(order_id), command)], None)
