"""What can happen to a report of entrusted production: a party signs what it says at that moment."""

from datetime import datetime
from typing import Literal

import msgspec

from shared.kernel.event import Event


class EntrustedReportSigned(Event, frozen=True, omit_defaults=True):
    """*content_digest* is the SHA-256 of what was signed: a changed plan leaves the signature with the old content.

    *licence_number* is the factory's own; "" from the buyer. *part_digests*: factory -> digest of its part, in what a
    buyer signs: one factory's change leaves the buyer's word to the others as it is.
    """

    report_id: str
    order_id: str
    buyer_org_id: str
    party: Literal["entrusting", "entrusted"]
    org_id: str
    content_digest: str
    licence_number: str
    signed_at: datetime
    part_digests: dict[str, str] = msgspec.field(default_factory=dict)
