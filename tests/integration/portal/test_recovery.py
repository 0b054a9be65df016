"""A forgotten password: a one-time code from one's own administrator, or from the operator, and its one use."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.portal.__main__ import portal
from services.portal.domain.events import EVENT_TYPES
from services.portal.domain.user import Duty
from services.portal.recovery import digest_of, new_code
from shared.clock import StoryClock, SystemClock
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.principal import Role
from tests.support.accounts import PASSWORD, SETTINGS, Accounts, accounts
from tests.support.web_client import Caller, problem

NEW = "Battery-Staple-2027"


@pytest.fixture
def forgetful(programme: Accounts) -> dict[str, Any]:
    return programme.register(programme.principals["brand-a"], "forgetful", Duty.OPERATOR)


def code_for(caller: Caller, user_id: str, **headers: str) -> Any:
    return caller.post(f"/v1/users/{user_id}/access-code", {"grounds": "asked by telephone"}, headers=headers)


def recover(nobody: Caller, code: str, login: str = "forgetful", password: str = NEW) -> Any:
    return nobody.post("/session/recovery", {"login": login, "code": code, "password": password})


def signs_in(nobody: Caller, password: str, login: str = "forgetful") -> bool:
    return bool(nobody.post("/session", {"login": login, "password": password}).status_code == 200)


def test_a_code_sets_a_new_password_once_and_ends_the_sessions(
    brand: Caller, nobody: Caller, forgetful: dict[str, Any], programme: Accounts
) -> None:
    session = programme.service.portal.sessions.begin(forgetful["id"], programme.clock.now())
    issued = code_for(brand, forgetful["id"])
    assert issued.status_code == 201
    code = issued.get_json()["code"]
    assert signs_in(nobody, PASSWORD), "the present password goes on working until the code is used"
    assert recover(nobody, code.lower().replace("-", " ")).get_json() == {"user_id": forgetful["id"]}
    assert (signs_in(nobody, NEW), signs_in(nobody, PASSWORD)) == (True, False)
    assert programme.service.portal.sessions.find(session.cookie, programme.clock.now()) is None
    problem(recover(nobody, code), 401, "CODE_REFUSED")


def test_a_code_is_shown_once_and_kept_as_a_digest(
    brand: Caller, forgetful: dict[str, Any], programme: Accounts
) -> None:
    code = code_for(brand, forgetful["id"], **{"Idempotency-Key": "k"}).get_json()["code"]
    again = code_for(brand, forgetful["id"], **{"Idempotency-Key": "k"}).get_json()
    assert "code" not in again
    stored = repr([one.event for one in programme.service.log.read_all()])
    assert code not in stored
    assert digest_of(code) in stored
    shown = brand.get(f"/v1/users/{forgetful['id']}").get_json()["access_code"]
    chief = programme.principals["brand-a"].subject
    assert (shown["issued_by"], shown["grounds"], shown["good_until"]) == (
        chief,
        "asked by telephone",
        "2026-12-02T00:00:00Z",
    )


def test_a_later_code_replaces_an_earlier_one_and_both_expire(
    brand: Caller, nobody: Caller, forgetful: dict[str, Any], clock: StoryClock
) -> None:
    first, second = (code_for(brand, forgetful["id"]).get_json()["code"] for _ in range(2))
    problem(recover(nobody, first), 401, "CODE_REFUSED")
    clock.advance(timedelta(hours=24))
    problem(recover(nobody, second), 401, "CODE_REFUSED")


def test_a_wrong_code_an_unknown_login_and_a_dismissed_user_are_refused_alike(
    brand: Caller, nobody: Caller, forgetful: dict[str, Any]
) -> None:
    code = code_for(brand, forgetful["id"]).get_json()["code"]
    wrong = problem(recover(nobody, new_code()), 401, "CODE_REFUSED")
    unknown = problem(recover(nobody, code, login="nobody-at-all"), 401, "CODE_REFUSED")
    brand.post(f"/v1/users/{forgetful['id']}/dismissal", {}, headers={"If-Match": '"v2"'})
    dismissed = problem(recover(nobody, code), 401, "CODE_REFUSED")
    texts = [{name: one[name] for name in ("title", "detail", "code")} for one in (wrong, unknown, dismissed)]
    assert texts[0] == texts[1] == texts[2]


def test_a_weak_password_spends_no_code(brand: Caller, nobody: Caller, forgetful: dict[str, Any]) -> None:
    code = code_for(brand, forgetful["id"]).get_json()["code"]
    problem(recover(nobody, code, password="Gongfang2026"), 422, "PASSWORD_WEAK")
    assert recover(nobody, code).status_code == 200


def test_guessing_is_counted(brand: Caller, nobody: Caller, forgetful: dict[str, Any]) -> None:
    code_for(brand, forgetful["id"])
    codes = {recover(nobody, new_code()).status_code for _ in range(8)}
    assert codes == {401}
    problem(recover(nobody, new_code()), 429, "TOO_MANY_ATTEMPTS")


def test_nobody_helps_himself_and_no_other_organisation_does(
    brand: Caller, rival: Caller, programme: Accounts, forgetful: dict[str, Any]
) -> None:
    problem(code_for(brand, programme.principals["brand-a"].subject), 409, "CODE_FOR_ONESELF")
    problem(code_for(rival, forgetful["id"]), 404, "NOT_FOUND")
    operator = programme.service.portal.sign_in.principal_of(forgetful["id"])
    problem(code_for(programme.caller(operator), programme.principals["brand-a"].subject), 403, "PERMISSION_MISSING")


def test_the_operator_lets_the_office_in_again_and_it_stays_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "portal.sqlite"
    clock = SystemClock()
    with_office = accounts(clock, SqliteLog("portal", EVENT_TYPES, clock, database))
    office = with_office.admit(Role.OFFICE, "office")
    with_office.admit(Role.BUYER, "brand")
    with_office.service.log.close()
    monkeypatch.setenv("GONGFANG_PORTAL_SECRET", SETTINGS.secret.decode())
    run = CliRunner()
    no = run.invoke(portal, ["emergency-access", str(database), "brand", "--grounds", "x"])
    assert no.exit_code == 2
    done = run.invoke(portal, ["emergency-access", str(database), "office", "--grounds", "主管离职，无人可登录"])
    assert done.exit_code == 0, done.output
    code = done.output.split("office: ")[1].split()[0]
    again = accounts(clock, SqliteLog("portal", EVENT_TYPES, clock, database))
    shown = again.caller(office).get(f"/v1/users/{office.subject}").get_json()["access_code"]
    assert (shown["issued_by"], shown["grounds"]) == ("system:operator", "主管离职，无人可登录")
    assert recover(again.caller(None), code, login="office").status_code == 200
    assert signs_in(again.caller(None), NEW, login="office")
    again.service.log.close()
