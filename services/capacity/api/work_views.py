"""Work orders and offers as people and programs see them: built from the stream or from the list's row."""

from datetime import datetime
from typing import Any

from services.capacity.domain.inspection import quantity_of
from services.capacity.domain.work_events import Destination, WorkInput
from services.capacity.domain.work_state import (
    Accepted,
    Closed,
    Countered,
    Finished,
    Live,
    Offered,
    Running,
    SettingUp,
    Stock,
    finished_state,
    produced,
    totals_of,
)
from services.capacity.projections.offers import standing_of
from services.capacity.projections.work import WorkRow
from shared.kernel.money import Money
from shared.kernel.units import Quantity


def state_of(work: Live | Closed) -> str:
    """The same words as the list of work orders."""
    match work:
        case Offered():
            return "offered"
        case Countered():
            return "countered"
        case Accepted():
            return "accepted"
        case SettingUp():
            return "setting_up"
        case Running():
            return "stopped" if work.stoppage_id else "running"
        case Closed():
            return work.how if work.how in {"declined", "lapsed", "missed"} else "withdrawn"
        case Finished():
            return finished_state(work)


def work_view(work: Live | Closed, version: int) -> dict[str, Any]:
    """Everything its plant may see of it."""
    terms, state = work.terms, state_of(work)
    reports = work.reports if isinstance(work, Running | Finished) else {}
    stock = {} if isinstance(work, Closed) else work.stock
    totals = totals_of(reports)
    return {
        **_common(terms, state, version),
        "process_id": terms.process_id,
        "answer_by": terms.answer_by,
        "setup_seconds": terms.setup_seconds,
        "started_at": work.started_at if isinstance(work, SettingUp | Running | Finished) else None,
        "finished_at": work.finished_at if isinstance(work, Finished) else None,
        "stoppage_id": (work.stoppage_id or None) if isinstance(work, Running) else None,
        "good": Quantity(totals.good, terms.unit),
        "scrap": Quantity(totals.scrap, terms.unit),
        "rework": Quantity(totals.rework, terms.unit),
        "sampling_plan": terms.sampling_plan,
        "inputs": [_input(one, stock) for one in terms.inputs],
        "reports": [
            {"id": name, "good": str(one.good), "scrap": str(one.scrap), "rework": str(one.rework), "unit": terms.unit}
            for name, one in reports.items()
        ],
        "lots": [
            {
                "id": lot.lot_id,
                "label": lot.label or None,
                "item": lot.item,
                "quantity": Quantity(lot.quantity, lot.unit),
            }
            for lot in produced(reports).values()
        ],
        **_leaving(work),
        "destinations": [_destination(one) for one in terms.destinations],
    }


def _leaving(work: Live | Closed) -> dict[str, Any]:
    if not isinstance(work, Finished):
        return {"inspections": [], "shipments": []}
    return {
        "inspections": [
            {
                "id": one.inspection_lot_id,
                "lot_id": one.lot_id,
                "state": one.disposition or "pending",
                "quantity": Quantity(quantity_of(work, one.lot_id), work.terms.unit),
                "grounds": one.grounds,
                "judged_at": one.judged_at,
            }
            for one in work.inspections.values()
        ],
        "shipments": [
            {
                "id": one.delivery_id,
                "to_process_id": one.to_process_id,
                "to_work_order_id": one.to_work_id,
                "quantity": Quantity(one.quantity, work.terms.unit),
                "lots": [lot.lot_id for lot in one.lots],
                "shipped_at": one.shipped_at,
                "delivered_at": one.delivered_at,
                "confirmed": None if one.confirmed is None else Quantity(one.confirmed, work.terms.unit),
            }
            for one in work.shipments.values()
        ],
    }


def _input(one: WorkInput, stock: dict[str, Stock]) -> dict[str, Any]:
    lots = [lot for lot in stock.values() if lot.item == one.item]
    return {
        "item": one.item,
        "source": one.source,
        "needed": Quantity(one.quantity, one.unit),
        "needed_to_start": Quantity(one.quantity_to_start, one.unit),
        "received": Quantity(sum(lot.received for lot in lots), one.unit),
        "consumed": Quantity(sum(lot.consumed for lot in lots), one.unit),
        "lots": [
            {
                "id": lot.lot_id,
                "label": lot.label or None,
                "left": Quantity(lot.left, lot.unit),
                "state": "blocked" if lot.blocked else "usable",
                "grounds": lot.blocked,
            }
            for lot in lots
        ],
    }


def _destination(one: Destination) -> dict[str, Any]:
    return {
        "to_process_id": one.to_process_id,
        "to_district": one.to_district,
        "within_plant": one.is_internal,
        "departs_at": one.departs_at,
        "arrives_at": one.arrives_at,
        "cold_band": one.cold_band,
    }


def _common(terms: Any, state: str, version: int) -> dict[str, Any]:
    """Members that the list's row and the stream's terms share."""
    return {
        "id": terms.work_id,
        "object": "work-order",
        "state": state,
        "version": version,
        "created_at": terms.offered_at,
        "offer_id": terms.offer_id,
        "order_id": terms.order_id,
        "plant_id": terms.plant_id,
        "line_id": terms.line_id,
        "capability": terms.capability,
        "name": {"zh": terms.name_zh, "en": terms.name_en},
        "quantity": Quantity(terms.quantity_net, terms.unit),
        "quantity_gross": Quantity(terms.quantity_gross, terms.unit),
        "price": Money(terms.price_fen),
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
    }


def work_item(row: WorkRow) -> dict[str, Any]:
    """A row of the list of work orders."""
    return {
        **_common(row, row.state, row.version),
        "good": Quantity(row.good, row.unit),
        "scrap": Quantity(row.scrap, row.unit),
        "rework": Quantity(row.rework, row.unit),
    }


def offer_item(row: WorkRow) -> dict[str, Any]:
    """A row of the list of offers."""
    return _offer(_common(row, row.state, row.version), row.answer_by)


def offer_view(work: Live | Closed, version: int) -> dict[str, Any]:
    """The offer that began the work order."""
    return _offer(_common(work.terms, state_of(work), version), work.terms.answer_by)


def _offer(common: dict[str, Any], answer_by: datetime) -> dict[str, Any]:
    return {
        **common,
        "id": common["offer_id"],
        "object": "offer",
        "state": standing_of(common["state"]),
        "work_order_id": common["id"],
        "answer_by": answer_by,
    }
