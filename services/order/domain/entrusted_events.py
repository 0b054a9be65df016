"""What can happen to a report of entrusted production: a party signs what it says at that moment."""

from datetime import datetime
from typing import Literal

from shared.kernel.event import Event


class EntrustedReportSigned(Event, frozen=True):
    """*content_digest* is the SHA-256 of what was signed: a changed plan leaves the signature with the old content.

    *licence_number* is the factory's own; "" from the buyer.
    """

    report_id: str
    order_id: str
    buyer_org_id: str
    party: Literal["entrusting", "entrusted"]
    org_id: str
    content_digest: str
    licence_number: str
    signed_at: datetime
