"""Routes of traceability lots and their inspection."""

from typing import Any

from services.capacity.api.doors import FloorApi, doors
from services.capacity.api.work_actions import PERMISSIONS, lot_notes
from services.capacity.api.work_schemas import DispositionBody, LotView
from services.capacity.domain.refusals import Why
from services.capacity.domain.work import WORK
from services.capacity.domain.work_identity import work_stream
from services.capacity.domain.work_state import Finished
from services.capacity.projections import lots
from shared.eventstore.handling import load
from shared.kernel.refusal import Refused
from shared.kernel.units import Quantity
from shared.web.access import current_principal, permits
from shared.web.actions import actions_shown
from shared.web.idempotency import CHECKED_BY_ACT, Command, Outcome, perform
from shared.web.routes import Answer, Routes

LOT_ROUTES = Routes("lots", description="Lots: where from, where to, released or blocked")


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
        "made_from": [{"lot_id": one, "quantity": str(much)} for one, much in found.made_from.items()],
        "used_in": [{"lot_id": one, "quantity": str(much)} for one, much in found.used_in.items()],
        **_can(api, found.work_id, found.inspection_lot_id),
    }


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
