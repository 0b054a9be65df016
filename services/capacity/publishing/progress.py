"""What orders learn about their work in progress and on its way: private event -> public facts, pure."""

from datetime import datetime
from typing import Literal

from services.capacity.domain import work_events as private
from shared.contracts import capacity
from shared.contracts.envelope import Fact

State = Literal["confirmed", "in_progress", "completed", "released", "blocked", "shipped", "cancelled"]


def progressed(
    event: private.WorkEvent, state: State, totals: private.Totals, at: datetime, *, automatic: bool = False
) -> capacity.WorkProgressed:
    return capacity.WorkProgressed(
        order_id=event.order_id,
        buyer_org_id=event.buyer_org_id,
        work_id=event.work_id,
        process_id=event.process_id,
        state=state,
        good=totals.good,
        scrap=totals.scrap,
        rework=totals.rework,
        unit=event.unit,
        at=at,
        automatic=automatic,
    )


def goods_shipped(event: private.GoodsShipped) -> list[Fact]:
    return [progressed(event, "shipped", event.totals, event.at)]


def shipment_corrected(event: private.ShipmentCorrected) -> list[Fact]:
    """What goes to the buyer; the next step hears it as material."""
    if event.to_process_id:
        return []
    return [
        capacity.ShipmentCorrected(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            delivery_id=event.delivery_id,
            work_id=event.work_id,
            process_id=event.process_id,
            quantity=event.quantity,
            unit=event.unit,
            grounds=event.grounds,
            corrected_at=event.corrected_at,
        )
    ]


def goods_delivered(event: private.GoodsDelivered) -> list[Fact]:
    """Only what stands at the buyer's door; what moves between steps is told by the work itself."""
    if not event.at_door:
        return []
    return [
        capacity.ShipmentDelivered(
            order_id=event.order_id,
            buyer_org_id=event.buyer_org_id,
            delivery_id=event.delivery_id,
            work_id=event.work_id,
            process_id=event.process_id,
            quantity=event.quantity,
            unit=event.unit,
            lots=[lot.lot_id for lot in event.lots],
            delivered_at=event.at,
        )
    ]
