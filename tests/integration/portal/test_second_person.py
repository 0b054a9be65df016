"""An office organisation is admitted by two persons: one nominates, another confirms in time."""

from datetime import timedelta
from typing import Any

import pytest

from services.portal.domain.user import Duty
from services.portal.terms import terms
from shared.clock import StoryClock
from tests.support.accounts import PASSWORD, Accounts, a_credit_code
from tests.support.web_client import Caller, problem

SECOND_OFFICE: dict[str, Any] = {
    "kind": "office",
    "name": "试点专班二组",
    "credit_code": a_credit_code(800),
    "district": "421202",
    "administrator": {"login": "second", "name": "李二", "phone": "", "password": PASSWORD},
}


@pytest.fixture
def nominated(office: Caller) -> dict[str, Any]:
    answer = office.post("/v1/organisations", SECOND_OFFICE)
    assert answer.status_code == 201
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture
def colleague(programme: Accounts) -> Caller:
    office = programme.principals["office"]
    made = programme.register(office, "clerk", Duty.ADMINISTRATOR)
    return programme.caller(programme.service.portal.sign_in.principal_of(made["id"]))


def confirm(caller: Caller, org_id: str, version: int = 1) -> Any:
    return caller.post(f"/v1/organisations/{org_id}/confirmation", headers={"If-Match": f'"v{version}"'})


def test_nobody_of_a_nominated_office_can_sign_in(nominated: dict[str, Any], nobody: Caller) -> None:
    assert (nominated["state"], nominated["version"]) == ("nominated", 1)
    assert nominated["confirm_by"] == "2026-12-15T00:00:00Z"
    problem(nobody.post("/session", {"login": "second", "password": PASSWORD}), 401, "SIGN_IN_REFUSED")


def test_a_second_person_confirms_and_its_administrator_signs_in(
    nominated: dict[str, Any], colleague: Caller, nobody: Caller
) -> None:
    answer = confirm(colleague, nominated["id"])
    assert answer.status_code == 200, answer.text
    assert (answer.get_json()["state"], answer.get_json()["confirm_by"]) == ("admitted", None)
    assert nobody.post("/session", {"login": "second", "password": PASSWORD}).status_code == 200
    problem(confirm(colleague, nominated["id"], 2), 409, "NOMINATION_OVER")


def test_who_nominated_does_not_confirm_nor_does_a_program_of_theirs(
    nominated: dict[str, Any], office: Caller, programme: Accounts
) -> None:
    problem(confirm(office, nominated["id"]), 409, "SECOND_PERSON_NEEDED")
    made = office.post("/v1/api-clients", {"name": "erp"}).get_json()
    program = programme.service.portal.sign_in.program(made["id"], made["client_secret"], None, "10.0.0.1")
    problem(confirm(programme.caller(program), nominated["id"]), 409, "SECOND_PERSON_NEEDED")


def test_who_nominated_by_a_program_does_not_confirm_in_person(office: Caller, programme: Accounts) -> None:
    made = office.post("/v1/api-clients", {"name": "erp"}).get_json()
    program = programme.service.portal.sign_in.program(made["id"], made["client_secret"], None, "10.0.0.1")
    nominated = programme.caller(program).post("/v1/organisations", SECOND_OFFICE).get_json()
    problem(confirm(office, nominated["id"]), 409, "SECOND_PERSON_NEEDED")


def test_a_nomination_that_nobody_confirms_lapses(
    nominated: dict[str, Any], colleague: Caller, office: Caller, clock: StoryClock
) -> None:
    clock.advance(terms().nomination_lasts_for)
    assert office.get(f"/v1/organisations/{nominated['id']}").get_json()["state"] == "lapsed"
    problem(confirm(colleague, nominated["id"]), 409, "NOMINATION_LAPSED")
    assert office.post("/v1/organisations", SECOND_OFFICE).status_code == 201, "it may be nominated again"


def test_what_was_taken_while_it_waited_is_told(
    nominated: dict[str, Any], colleague: Caller, office: Caller, clock: StoryClock
) -> None:
    clock.advance(timedelta(days=1))
    buyer = {**SECOND_OFFICE, "kind": "buyer", "credit_code": a_credit_code(801)}
    assert office.post("/v1/organisations", buyer).status_code == 201
    problem(confirm(colleague, nominated["id"]), 409, "LOGIN_TAKEN")


def test_others_neither_see_nor_confirm_it(nominated: dict[str, Any], brand: Caller) -> None:
    problem(brand.get(f"/v1/organisations/{nominated['id']}"), 404, "NOT_FOUND")
    problem(confirm(brand, nominated["id"]), 403, "PERMISSION_MISSING")


def test_what_would_not_be_admitted_is_not_nominated(office: Caller) -> None:
    problem(office.post("/v1/organisations", {**SECOND_OFFICE, "district": "110000"}), 422, "DISTRICT_UNKNOWN")
    taken = {**SECOND_OFFICE["administrator"], "login": "brand-a"}
    problem(office.post("/v1/organisations", {**SECOND_OFFICE, "administrator": taken}), 409, "LOGIN_TAKEN")
    problem(
        office.post("/v1/organisations", {**SECOND_OFFICE, "credit_code": a_credit_code(1)}), 409, "CREDIT_CODE_TAKEN"
    )
