"""What orders learn about offers of their work: private event -> public facts, pure."""

from datetime import datetime
from typing import Literal

from services.capacity.domain import work_events as private
from services.capacity.publishing.progress import progressed
from shared.contracts import capacity
from shared.contracts.envelope import Fact


def offer_accepted(event: private.OfferAccepted) -> list[Fact]:
    return [
        _answered(event, event.plant_name, "accepted", event.accepted_at, automatic=event.automatic),
        progressed(event, "confirmed", private.Totals(), event.accepted_at, automatic=event.automatic),
    ]


def offer_declined(event: private.OfferDeclined) -> list[Fact]:
    """A plant that stayed silent has said nothing: the clock did."""
    return [_answered(event, event.plant_name, "declined", event.declined_at, automatic=event.is_silence)]


def offer_countered(event: private.OfferCountered) -> list[Fact]:
    return [_answered(event, event.plant_name, "countered", event.countered_at)]


def work_withdrawn(event: private.WorkWithdrawn) -> list[Fact]:
    return [progressed(event, "cancelled", private.Totals(), event.withdrawn_at, automatic=True)]


def slot_missed(event: private.SlotMissed) -> list[Fact]:
    """The order learns that nobody makes it now; the ledger counts the slot by its release."""
    return [progressed(event, "cancelled", private.Totals(), event.missed_at, automatic=True)]


def _answered(
    event: private.WorkEvent,
    plant_name: str,
    answer: Literal["accepted", "declined", "countered"],
    at: datetime,
    *,
    automatic: bool = False,
) -> capacity.OfferAnswered:
    return capacity.OfferAnswered(
        order_id=event.order_id,
        buyer_org_id=event.buyer_org_id,
        work_id=event.work_id,
        process_id=event.process_id,
        plant_id=event.plant_id,
        plant_name=plant_name,
        answer=answer,
        automatic=automatic,
        answered_at=at,
    )
