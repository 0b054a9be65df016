"""How an entry's body is read back as the fact it came from, for those facts that the books post."""

from typing import Any

import msgspec

from shared.contracts import capacity, line_time, order, portal
from shared.contracts.envelope import Fact
from shared.contracts.registry import FACTS

POSTED: dict[str, type[Fact]] = {
    **line_time.FACTS,
    "capacity.shipment-delivered.v1": capacity.ShipmentDelivered,
    "order.delivery-confirmed.v1": order.DeliveryConfirmed,
    **portal.FACTS,
}
"""Facts that change a book or a register; all others are recorded and proven, and post nothing."""


class Body(msgspec.Struct, frozen=True, gc=False):
    """The private body of an entry as far as readers need it; *piece* counts from 1 where a fact was cut."""

    fact: str
    subject: str
    actor: str
    correlation: str
    data: msgspec.Raw
    piece: int = 1
    pieces: int = 1


decode_body = msgspec.json.Decoder(Body).decode


def fact_of(type_name: str, data: bytes | msgspec.Raw) -> Fact:
    """The published fact in an entry's *data*; the profile's own spellings are undone where the books need them."""
    if type_name == "capacity.line-registered.v1":
        fields: dict[str, Any] = msgspec.json.decode(data)
        fields["ideal_rates"] = {one["key"]: one["value"] for one in fields["ideal_rates"]}
        return msgspec.convert(fields, line_time.LineRegistered)
    if type_name == "capacity.production-reported.v1":
        fields = msgspec.json.decode(data)
        for name in ("lots_in", "lots_out"):
            fields[name] = fields[name] if isinstance(fields[name], list) else []  # a digest: too many for one entry
        return msgspec.convert(fields, line_time.ProductionReported)
    if type_name == "capacity.report-corrected.v1":
        fields = msgspec.json.decode(data)
        if not isinstance(fields.get("lots_out", []), list):
            del fields["lots_out"]  # a digest: too many for one entry
        return msgspec.convert(fields, line_time.ReportCorrected)
    return FACTS.decode(type_name, data)
