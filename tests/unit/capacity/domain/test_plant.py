from collections.abc import Sequence
from datetime import date

import pytest

from services.capacity.domain.master_events import (
    FoodContactProofRecorded,
    LicenceEnded,
    LicenceRecorded,
    PlantEvent,
    PlantRegistered,
)
from services.capacity.domain.plant import (
    PLANT,
    EndLicence,
    EndProof,
    ListLine,
    Plant,
    PlantCommand,
    RecordLicence,
    RecordProof,
    plant_id_of,
)
from services.capacity.domain.refusals import Why
from services.capacity.domain.values import Licence
from shared.kernel.refusal import Refused
from tests.support.masters import LINE_ID, NOW, ORG, PLANT_ID, licence, licence_number, proof, register_plant


def given(*commands: PlantCommand) -> list[PlantEvent]:
    events: list[PlantEvent] = []
    for command in (register_plant(), *commands):
        events.extend(PLANT.decide(command, PLANT.fold(events)))
    return events


def when(command: PlantCommand, events: Sequence[PlantEvent]) -> Sequence[PlantEvent]:
    return PLANT.decide(command, PLANT.fold(events))


def refused(command: PlantCommand, events: Sequence[PlantEvent]) -> Refused:
    with pytest.raises(Refused) as no:
        when(command, events)
    return no.value


def plant(events: Sequence[PlantEvent]) -> Plant:
    state = PLANT.fold(events)
    assert isinstance(state, Plant)
    return state


def test_a_plant_is_registered_with_owner_and_place() -> None:
    [event] = given()
    assert isinstance(event, PlantRegistered)
    assert (event.factory_org_id, event.code, event.demo, event.registered_at) == (ORG, "P08", True, NOW)


def test_the_same_code_of_the_same_factory_is_the_same_plant() -> None:
    assert plant_id_of(ORG, "P08") == PLANT_ID != plant_id_of(ORG, "P09")
    assert refused(register_plant(), given()).why is Why.PLANT_EXISTS


@pytest.mark.parametrize(
    ("bent", "why"),
    [
        ({"code": "p08"}, Why.CODE_UNFIT),
        ({"code": "P" * 21}, Why.CODE_UNFIT),
        ({"name": "=HYPERLINK(1)"}, Why.NAME_UNFIT),
        ({"name": "厂\x00"}, Why.NAME_UNFIT),
        ({"name": " "}, Why.NAME_UNFIT),
        ({"district": "420100"}, Why.DISTRICT_UNKNOWN),
        ({"district": "999999"}, Why.DISTRICT_UNKNOWN),
    ],
)
def test_an_unsound_registration_is_refused(bent: dict[str, object], why: Why) -> None:
    assert refused(register_plant(**bent), []).why is why


def test_nothing_is_recorded_for_a_plant_that_is_absent() -> None:
    assert refused(RecordLicence(licence(), NOW), []).why is Why.UNKNOWN_PLANT


def test_a_licence_stands_until_it_is_ended() -> None:
    events = given(RecordLicence(licence(), NOW))
    number = licence().number
    events += when(EndLicence(number, date(2026, 12, 20), "停业整改", NOW), events)
    assert isinstance(events[-1], LicenceEnded)
    assert plant(events).licences[number].valid_until == date(2026, 12, 20)
    assert when(EndLicence(number, date(2027, 1, 1), "再次", NOW), events) == []


def test_the_same_licence_twice_says_nothing_and_a_changed_one_replaces_it() -> None:
    events = given(RecordLicence(licence(), NOW))
    assert when(RecordLicence(licence(), NOW), events) == []
    wider = licence(categories=("0603", "0607"))
    [event] = when(RecordLicence(wider, NOW), events)
    assert isinstance(event, LicenceRecorded)
    assert plant([*events, event]).licences == {wider.number: wider}


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("SC123", Why.LICENCE_NUMBER_FORM),
        ("sc10642120290017", Why.LICENCE_NUMBER_FORM),
        ("SC10642120290018", Why.LICENCE_CHECK_DIGIT),
        (licence_number(category="132"), Why.LICENCE_CLASS),
        (licence_number(category="306"), Why.LICENCE_CLASS),
        (licence_number(county="81"), Why.LICENCE_PLACE),
    ],
)
def test_a_licence_number_must_be_real_and_of_the_plants_county(number: str, why: Why) -> None:
    assert refused(RecordLicence(licence(number), NOW), given()).why is why


@pytest.mark.parametrize("categories", [(), ("27",), ("0603", "0608")])
def test_a_licence_lists_known_category_details(categories: tuple[str, ...]) -> None:
    assert refused(RecordLicence(licence(categories=categories), NOW), given()).why is Why.LICENCE_CATEGORY


def test_a_licence_may_not_end_before_it_begins() -> None:
    backward = Licence(licence_number(), ["0603"], date(2027, 1, 1), date(2027, 1, 1))
    no = refused(RecordLicence(backward, NOW), given())
    assert (no.why, no.pointer) == (Why.VALIDITY_ORDER, "/valid_until")


def test_unknown_papers_cannot_be_ended() -> None:
    assert refused(EndLicence("SC10642120290017", date(2027, 1, 1), "", NOW), given()).why is Why.UNKNOWN_LICENCE
    assert refused(EndProof("X", date(2027, 1, 1), "", NOW), given()).why is Why.UNKNOWN_PROOF


def test_proofs_are_recorded_and_ended_alike() -> None:
    events = given(RecordProof(proof(), NOW))
    assert isinstance(events[-1], FoodContactProofRecorded)
    events += when(EndProof(proof().certificate, date(2027, 1, 1), "撤销", NOW), events)
    assert plant(events).proofs[proof().certificate].valid_until == date(2027, 1, 1)


def test_a_line_code_is_listed_once() -> None:
    events = given(ListLine(LINE_ID, "L1", NOW))
    assert plant(events).lines == {"L1": LINE_ID}
    assert refused(ListLine(LINE_ID, "L1", NOW), events).why is Why.LINE_EXISTS
