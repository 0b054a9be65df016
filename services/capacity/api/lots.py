"""Routes of traceability lots and their inspection."""

from typing import Any

from services.capacity.api.doors import FloorApi, doors
from services.capacity.api.work_actions import PERMISSIONS, lot_notes
from services.capacity.api.work_schemas import DispositionBody, InspectionPage, LotPage, LotQuery, LotView
from services.capacity.domain.refusals import Why
from services.capacity.domain.work import WORK
from services.capacity.domain.work_identity import work_stream
from services.capacity.domain.work_state import Finished
from services.capacity.projections import lot_lists, lots
from shared.eventstore.handling import load
from shared.kernel.clock import parse_instant
from shared.kernel.refusal import Refused
from shared.kernel.units import Quantity
from shared.web.access import current_principal, permits
from shared.web.actions import actions_shown
from shared.web.cursors import after, page
from shared.web.idempotency import CHECKED_BY_ACT, Command, Outcome, perform
from shared.web.routes import Answer, Routes

LOT_ROUTES = Routes("lots", description="Lots: where from, where to, released or blocked")


@LOT_ROUTES.get("/lots", operation_id="listLots", query=LotQuery, answer=LotPage)
@permits("lot:read")
def list_all(query: dict[str, Any]) -> Answer:
    """Lots by what is printed on them, by item, verdict, work order or order, as far as the caller may see."""
    api = doors()
    api.wait_for_view(lots.NAME)
    rows = lot_lists.list_lots(
        api.log.views, current_principal(), _wanted(query), limit=query["limit"] + 1, after=after(query)
    )
    found = page(query, rows, lambda row: [row.lot_id])
    return {**found, "items": [_lot_item(row) for row in found["items"]]}


@LOT_ROUTES.get("/inspection-lots", operation_id="listInspectionLots", query=LotQuery, answer=InspectionPage)
@permits("lot:read")
def list_inspections(query: dict[str, Any]) -> Answer:
    """Inspection lots that the caller judges or made, the ones that came first before the others."""
    api, principal = doors(), current_principal()
    api.wait_for_view(lots.NAME)
    rows = lot_lists.list_inspections(
        api.log.views, principal, _wanted(query), limit=query["limit"] + 1, after=after(query)
    )
    found = page(query, rows, lambda row: [row.opened_at, row.lot_id])
    return {**found, "items": [_inspection_item(row, principal.org_id) for row in found["items"]]}


def _wanted(query: dict[str, Any]) -> dict[str, str | None]:
    return {
        "label": query["label"],
        "supplier_lot": query["supplier_lot"],
        "item": query["item"],
        "disposition": query["state"],
        "work_id": query["work_order_id"],
        "order_id": query["order_id"],
    }


def _lot_item(row: lot_lists.ListedLot) -> dict[str, Any]:
    return {
        "id": row.lot_id,
        "object": "lot",
        "state": row.disposition or row.origin,
        "label": row.label or None,
        "supplier_lot": row.supplier_lot or None,
        "item": row.item,
        "origin": row.origin,
        "quantity": Quantity(row.quantity, row.unit),
        "work_order_id": row.work_id or None,
        "order_id": row.order_id or None,
        "inspection_lot_id": row.inspection_lot_id or None,
    }


def _inspection_item(row: lot_lists.ListedLot, org_id: str) -> dict[str, Any]:
    return {
        "id": row.inspection_lot_id,
        "object": "inspection-lot",
        "state": row.disposition,
        "lot_id": row.lot_id,
        "label": row.label or None,
        "item": row.item,
        "quantity": Quantity(row.quantity, row.unit),
        "work_order_id": row.work_id,
        "order_id": row.order_id,
        "sampling_plan": row.sampling_plan,
        "sample_size": Quantity(row.sample_size, row.unit),
        "is_mine": row.inspector_org_id == org_id,
        "opened_at": parse_instant(row.opened_at),
        "judged_at": parse_instant(row.judged_at) if row.judged_at else None,
        "grounds": row.grounds,
    }


@LOT_ROUTES.get("/lots/<lot_id>", operation_id="getLot", answer=LotView)
@permits("lot:read")
def read_lot(lot_id: str) -> Answer:
    """A lot, what it was made from and what it went into, one step both ways, as far as the caller may see."""
    api = doors()
    api.wait_for_view(lots.NAME)
    found = lots.find_lot(api.log.views, lot_id, current_principal())
    if found is None:
        raise Refused(Why.UNKNOWN_LOT, id=lot_id)
    return {
        "id": found.lot_id,
        "object": "lot",
        "state": found.disposition or found.origin,
        "item": found.item,
        "origin": found.origin,
        "quantity": Quantity(found.quantity, found.unit),
        "work_order_id": found.work_id or None,
        "order_id": found.order_id or None,
        "inspection_lot_id": found.inspection_lot_id or None,
        "label": found.label or None,
        "supplier_lot": found.supplier_lot or None,
        "made_from": [_neighbour(one) for one in found.made_from],
        "used_in": [_neighbour(one) for one in found.used_in],
        **_can(api, found.work_id, found.inspection_lot_id),
    }


def _neighbour(one: lots.Neighbour) -> dict[str, Any]:
    return {"lot_id": one.lot_id, "quantity": str(one.quantity), "unit": one.unit, "label": one.label or None}


def _can(api: FloorApi, work_id: str, inspection_lot_id: str) -> dict[str, Any]:
    """What the caller can say of the lot: its inspector releases or blocks it, its maker may block it."""
    principal = current_principal()
    work = load(api.log, WORK, work_stream(work_id)).state if work_id and inspection_lot_id else None
    notes = lot_notes(work, inspection_lot_id, principal, api.now()) if isinstance(work, Finished) else []
    return actions_shown(notes, lambda action: principal.may(PERMISSIONS[action]))


@LOT_ROUTES.post(
    "/inspection-lots/<inspection_lot_id>/disposition",
    operation_id="setDisposition",
    body=DispositionBody,
    answer=LotView,
)
@permits("inspection:disposition")
def dispose(inspection_lot_id: str, body: dict[str, Any]) -> Answer:
    """Release or block a lot: its plant, or the laboratory it is tested by, and nobody else."""
    api = doors()

    def act(command: Command) -> None:
        api.wait_for_view(lots.NAME)
        work_id = lots.work_of_inspection(api.log.views, inspection_lot_id, command.principal.org_id)
        if not work_id:  # None, or a lot that nobody here made
            raise Refused(Why.UNKNOWN_INSPECTION, id=inspection_lot_id)
        api.run(
            command,
            lambda: api.deliveries.disposition(
                work_id, inspection_lot_id, command.principal, body["disposition"], body["grounds"]
            ),
        )

    def show(outcome: Outcome) -> Answer:
        return read_lot("lot_" + outcome.resource.removeprefix("ins_"))

    return perform(act, show, resource=inspection_lot_id, about=CHECKED_BY_ACT)
