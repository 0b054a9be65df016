"""The rule of a plant (stream `plant-{plant_id}`): its place and owner, its lines, its licences and proofs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

import msgspec

from services.capacity.domain.master_events import (
    FoodContactProofEnded,
    FoodContactProofRecorded,
    LicenceEnded,
    LicenceRecorded,
    LineListed,
    PlantEvent,
    PlantRegistered,
)
from services.capacity.domain.refusals import Why
from services.capacity.domain.soundness import (
    LICENCES_MAX,
    code_faults,
    demand,
    district_faults,
    licence_faults,
    name_faults,
    proof_faults,
)
from services.capacity.domain.values import FoodContactProof, Licence
from shared.kernel.decider import Decider
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused
from shared.reference.places import districts


@dataclass(frozen=True, slots=True)
class RegisterPlant:
    plant_id: str
    factory_org_id: str
    code: str
    name: str
    district: str
    demo: bool
    at: datetime
    named_before_booking: bool = False


@dataclass(frozen=True, slots=True)
class ListLine:
    """Its line is registered in the same transaction."""

    line_id: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordLicence:
    licence: Licence
    at: datetime


@dataclass(frozen=True, slots=True)
class EndLicence:
    number: str
    ends_on: date
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordProof:
    proof: FoodContactProof
    at: datetime


@dataclass(frozen=True, slots=True)
class EndProof:
    certificate: str
    ends_on: date
    reason: str
    at: datetime


PlantCommand = RegisterPlant | ListLine | RecordLicence | EndLicence | RecordProof | EndProof


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing is known of the plant."""


@dataclass(frozen=True, slots=True)
class Plant:
    """A registered plant. *lines*: code -> line id; *licences* by number, *proofs* by certificate, as they stand."""

    plant_id: str
    factory_org_id: str
    code: str
    name: str
    district: str
    demo: bool
    registered_at: datetime
    lines: dict[str, str]
    licences: dict[str, Licence]
    proofs: dict[str, FoodContactProof]
    named_before_booking: bool = False


PlantState = Absent | Plant


def plant_id_of(factory_org_id: str, code: str) -> str:
    """A factory's own code names one plant for ever: registering it twice meets the same stream."""
    return derived_id("plt", factory_org_id, code)


def plant_stream(plant_id: str) -> str:
    return f"plant-{plant_id}"


def decide(command: PlantCommand, plant: PlantState) -> Sequence[PlantEvent]:
    match command:
        case RegisterPlant():
            return _register(command, plant)
        case ListLine():
            return _list_line(command, _known(plant))
        case RecordLicence():
            return _record_licence(command, _known(plant))
        case EndLicence():
            return _end_licence(command, _known(plant))
        case RecordProof():
            return _record_proof(command, _known(plant))
        case EndProof():
            return _end_proof(command, _known(plant))
        case _:
            assert_never(command)


def _known(plant: PlantState) -> Plant:
    if isinstance(plant, Absent):
        raise Refused(Why.UNKNOWN_PLANT)
    return plant


def _register(command: RegisterPlant, plant: PlantState) -> Sequence[PlantEvent]:
    if isinstance(plant, Plant):
        raise Refused(Why.PLANT_EXISTS, pointer="/code", code=plant.code, id=plant.plant_id)
    demand([*code_faults(command.code), *name_faults(command.name), *district_faults(command.district)])
    return [
        PlantRegistered(
            plant_id=command.plant_id,
            factory_org_id=command.factory_org_id,
            code=command.code,
            name=command.name,
            district=command.district,
            demo=command.demo,
            registered_at=command.at,
            named_before_booking=command.named_before_booking,
        )
    ]


def _list_line(command: ListLine, plant: Plant) -> Sequence[PlantEvent]:
    if command.code in plant.lines:
        raise Refused(Why.LINE_EXISTS, pointer="/code", code=command.code, id=plant.lines[command.code])
    return [
        LineListed(plant_id=plant.plant_id, line_id=command.line_id, code=command.code, listed_at=command.at),
    ]


def _record_licence(command: RecordLicence, plant: Plant) -> Sequence[PlantEvent]:
    demand(licence_faults(command.licence, districts()[plant.district]))
    standing = plant.licences.get(command.licence.number)
    if standing == command.licence:
        return []
    if standing is None and len(plant.licences) >= LICENCES_MAX:
        raise Refused(Why.TOO_MANY_ROWS, max=LICENCES_MAX, found=len(plant.licences) + 1)
    return [
        LicenceRecorded(
            plant_id=plant.plant_id,
            factory_org_id=plant.factory_org_id,
            licence=command.licence,
            recorded_at=command.at,
        )
    ]


def _end_licence(command: EndLicence, plant: Plant) -> Sequence[PlantEvent]:
    standing = plant.licences.get(command.number)
    if standing is None:
        raise Refused(Why.UNKNOWN_LICENCE, id=command.number)
    if standing.valid_until <= command.ends_on:
        return []
    return [
        LicenceEnded(
            plant_id=plant.plant_id,
            factory_org_id=plant.factory_org_id,
            number=command.number,
            ends_on=command.ends_on,
            reason=command.reason,
            ended_at=command.at,
        )
    ]


def _record_proof(command: RecordProof, plant: Plant) -> Sequence[PlantEvent]:
    demand(proof_faults(command.proof))
    standing = plant.proofs.get(command.proof.certificate)
    if standing == command.proof:
        return []
    if standing is None and len(plant.proofs) >= LICENCES_MAX:
        raise Refused(Why.TOO_MANY_ROWS, max=LICENCES_MAX, found=len(plant.proofs) + 1)
    return [
        FoodContactProofRecorded(
            plant_id=plant.plant_id,
            factory_org_id=plant.factory_org_id,
            proof=command.proof,
            recorded_at=command.at,
        )
    ]


def _end_proof(command: EndProof, plant: Plant) -> Sequence[PlantEvent]:
    standing = plant.proofs.get(command.certificate)
    if standing is None:
        raise Refused(Why.UNKNOWN_PROOF, id=command.certificate)
    if standing.valid_until <= command.ends_on:
        return []
    return [
        FoodContactProofEnded(
            plant_id=plant.plant_id,
            factory_org_id=plant.factory_org_id,
            certificate=command.certificate,
            ends_on=command.ends_on,
            reason=command.reason,
            ended_at=command.at,
        )
    ]


def evolve(plant: PlantState, event: PlantEvent) -> PlantState:
    if isinstance(event, PlantRegistered):
        return Plant(
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            code=event.code,
            name=event.name,
            district=event.district,
            demo=event.demo,
            registered_at=event.registered_at,
            lines={},
            licences={},
            proofs={},
            named_before_booking=event.named_before_booking,
        )
    return plant if isinstance(plant, Absent) else _with(plant, event)


def _with(
    plant: Plant,
    event: LineListed | LicenceRecorded | LicenceEnded | FoodContactProofRecorded | FoodContactProofEnded,
) -> Plant:
    match event:
        case LineListed():
            return replace(plant, lines=plant.lines | {event.code: event.line_id})
        case LicenceRecorded():
            return replace(plant, licences=plant.licences | {event.licence.number: event.licence})
        case LicenceEnded():
            ended = msgspec.structs.replace(plant.licences[event.number], valid_until=event.ends_on)
            return replace(plant, licences=plant.licences | {event.number: ended})
        case FoodContactProofRecorded():
            return replace(plant, proofs=plant.proofs | {event.proof.certificate: event.proof})
        case FoodContactProofEnded():
            proof = msgspec.structs.replace(plant.proofs[event.certificate], valid_until=event.ends_on)
            return replace(plant, proofs=plant.proofs | {event.certificate: proof})
        case _:
            assert_never(event)


PLANT: Decider[PlantCommand, PlantState, PlantEvent] = Decider(initial=Absent(), decide=decide, evolve=evolve)
