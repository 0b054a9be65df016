"""Routes of plants: register, list, read; licences and food-contact proofs; the lines of a plant."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.capacity.api.master_api import MasterApi, tagged
from services.capacity.api.master_schemas import (
    EndingBody,
    LicenceBody,
    LineBody,
    LineView,
    PlantBody,
    PlantPage,
    PlantQuery,
    PlantView,
    ProofBody,
)
from services.capacity.api.master_views import capabilities_from, licence_from, line_view, plant_view, proof_from
from services.capacity.domain.line import line_id_of
from services.capacity.domain.plant import (
    EndLicence,
    EndProof,
    PlantCommand,
    RecordLicence,
    RecordProof,
    plant_id_of,
    plant_stream,
)
from services.capacity.projections import plants as plant_list
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import after, page
from shared.web.idempotency import Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.routes import Answer, Routes

PLANT_ROUTES = Routes("plants", description="Plants of factories: place, papers, lines")


@PLANT_ROUTES.get("/plants", operation_id="listPlants", query=PlantQuery, answer=PlantPage)
@permits("plant:read")
def list_plants(query: dict[str, Any]) -> Answer:
    """Plants by code: a factory's own, or all for the office."""
    api = provided(MasterApi)
    api.wait_for_view(plant_list.NAME)
    rows = plant_list.list_plants(
        api.views,
        current_principal(),
        limit=query["limit"] + 1,
        after=after(query),
        district=query["district"],
    )
    found = page(query, rows, lambda row: [row.code, row.plant_id])
    return {**found, "items": [_item(row) for row in found["items"]]}


def _item(row: plant_list.PlantRow) -> dict[str, Any]:
    return {
        "id": row.plant_id,
        "object": "plant",
        "state": "registered",
        "version": row.version,
        "created_at": row.created_at,
        "organisation_id": row.factory_org_id,
        "code": row.code,
        "name": row.name,
        "district": row.district,
        "demo": row.demo,
        "lines": row.lines,
    }


@PLANT_ROUTES.post("/plants", operation_id="registerPlant", body=PlantBody, answer=PlantView, status=201)
@permits("plant:publish")
def register_plant(body: dict[str, Any]) -> Answer:
    """Register a plant of one's own organisation."""
    api = provided(MasterApi)

    def act(command: Command) -> None:
        api.run(
            command,
            lambda: api.masters.register_plant(**body, principal=command.principal, at=command.cause.at),
        )

    return perform(act, _shown, resource=plant_id_of(current_principal().org_id, body["code"]), status=201)


@PLANT_ROUTES.get("/plants/<plant_id>", operation_id="getPlant", answer=PlantView)
@permits("plant:read")
def read_plant(plant_id: str) -> Answer:
    """A plant with its papers and lines."""
    return _plant(plant_id)


def _plant(plant_id: str) -> Answer:
    found = provided(MasterApi).masters.plant(plant_id, current_principal())
    return tagged(plant_view(found.state, found.version))


def _shown(outcome: Outcome) -> Answer:
    return _plant(outcome.resource)


def _change(plant_id: str, make: Any, status: int) -> Answer:
    api = provided(MasterApi)

    def act(command: Command) -> None:
        asked: PlantCommand = make(command.cause.at)
        api.run(command, lambda: api.masters.change_plant(plant_id, asked, command.principal))

    return perform(act, _shown, resource=plant_id, status=status, about=plant_stream(plant_id))


def _end(plant_id: str, body: dict[str, Any], make: Callable[[datetime], EndLicence | EndProof]) -> Answer:
    if not body["plan_anew"]:
        return _change(plant_id, make, 200)
    api = provided(MasterApi)

    def act(command: Command) -> None:
        asked = make(command.cause.at)
        api.run(command, lambda: api.papers_ending.end(plant_id, asked, command.principal))

    return perform(act, _shown, resource=plant_id, about=plant_stream(plant_id))


@PLANT_ROUTES.post(
    "/plants/<plant_id>/licences", operation_id="recordLicence", body=LicenceBody, answer=PlantView, status=201
)
@permits("plant:publish")
def record_licence(plant_id: str, body: dict[str, Any]) -> Answer:
    """Record a food production licence; it replaces what was recorded under its number."""
    return _change(plant_id, lambda at: RecordLicence(licence_from(body), at), 201)


@PLANT_ROUTES.post(
    "/plants/<plant_id>/licences/<number>/end", operation_id="endLicence", body=EndingBody, answer=PlantView
)
@permits("plant:publish")
def end_licence(plant_id: str, number: str, body: dict[str, Any]) -> Answer:
    """Let a licence end earlier than it says. Booked work that needs it stands against it, unless it is planned anew."""
    return _end(plant_id, body, lambda at: EndLicence(number, body["ends_on"], body["reason"], at))


@PLANT_ROUTES.post(
    "/plants/<plant_id>/food-contact-proofs",
    operation_id="recordFoodContactProof",
    body=ProofBody,
    answer=PlantView,
    status=201,
)
@permits("plant:publish")
def record_proof(plant_id: str, body: dict[str, Any]) -> Answer:
    """Record a food-contact proof; it replaces what was recorded under its certificate."""
    return _change(plant_id, lambda at: RecordProof(proof_from(body), at), 201)


@PLANT_ROUTES.post(
    "/plants/<plant_id>/food-contact-proofs/<certificate>/end",
    operation_id="endFoodContactProof",
    body=EndingBody,
    answer=PlantView,
)
@permits("plant:publish")
def end_proof(plant_id: str, certificate: str, body: dict[str, Any]) -> Answer:
    """Let a food-contact proof end earlier than it says; booked work stands against it as for licences."""
    return _end(plant_id, body, lambda at: EndProof(certificate, body["ends_on"], body["reason"], at))


@PLANT_ROUTES.post(
    "/plants/<plant_id>/lines",
    operation_id="registerLine",
    manner=Manner(made_at="/lines/{id}"),
    body=LineBody,
    answer=LineView,
    status=201,
)
@permits("line:publish")
def register_line(plant_id: str, body: dict[str, Any]) -> Answer:
    """Register a production line with what it can do."""
    api = provided(MasterApi)

    def act(command: Command) -> None:
        api.run(
            command,
            lambda: api.masters.register_line(
                plant_id,
                body["code"],
                body["name"],
                capabilities_from(body),
                principal=command.principal,
                at=command.cause.at,
            ),
        )

    def show(outcome: Outcome) -> Answer:
        found = api.masters.line(outcome.resource, current_principal())
        return tagged(line_view(found.state, found.version))

    return perform(act, show, resource=line_id_of(plant_id, body["code"]), status=201, about=plant_stream(plant_id))
