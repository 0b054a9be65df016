"""What the ledger learns about booked line time: private event -> public facts, pure. Holds are nobody's business."""

from datetime import datetime

from services.capacity.domain import slots as private
from shared.contracts import line_time
from shared.contracts.envelope import Fact


def slots_held(event: private.SlotsHeld) -> list[Fact]:
    """Only slots that are firm at once."""
    return [_booked(event, slot, event.held_at) for slot in event.slots if slot.expires_at is None]


def slots_confirmed(event: private.SlotsConfirmed) -> list[Fact]:
    return [_booked(event, slot, event.confirmed_at) for slot in event.slots]


def _booked(
    event: private.SlotsHeld | private.SlotsConfirmed, slot: private.Slot, at: datetime
) -> line_time.SlotBooked:
    return line_time.SlotBooked(
        line_id=event.line_id,
        plant_id=event.plant_id,
        factory_org_id=event.factory_org_id,
        district=event.district,
        slot_id=slot.slot_id,
        order_id=slot.order_id,
        process_id=slot.process_id,
        client_org_id=slot.buyer_org_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        booked_at=at,
    )


def slots_released(event: private.SlotsReleased) -> list[Fact]:
    """Only firm slots given up whole: the rest of a used one is free by the end of its run."""
    if event.kept_until is not None:
        return []
    return [
        line_time.SlotReleased(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            district=event.district,
            slot_id=one.slot_id,
            order_id=one.order_id,
            reason=event.reason,
            released_at=event.released_at,
        )
        for one in event.slots
        if one.was_firm
    ]
