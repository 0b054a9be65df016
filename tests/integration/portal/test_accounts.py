from dataclasses import replace
from typing import Any

import pytest

from services.portal.domain.user import Active as ActiveUser
from services.portal.domain.user import Duty, LoginTaken, UserRegistered
from services.portal.handlers import NewOrganisation, NewUser
from services.portal.wiring import build
from shared.clock import SeededIds, StoryClock
from shared.eventstore.handling import transact
from shared.eventstore.port import StreamAppend
from shared.kernel.event import Cause
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from tests.support.accounts import PASSWORD, QUICK, SETTINGS, Accounts, a_credit_code
from tests.support.route_matrix import Matrix, Values, walk
from tests.support.web_client import Caller, problem

NEW: dict[str, Any] = {
    "kind": "buyer",
    "name": "桂花小酿",
    "credit_code": a_credit_code(900),
    "district": "421281",
    "administrator": {"login": "osmanthus", "name": "王小桂", "phone": "0715-1234567", "password": PASSWORD},
}


def test_the_office_admits_an_organisation_whose_administrator_can_sign_in(office: Caller, nobody: Caller) -> None:
    answer = office.post("/v1/organisations", NEW)
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["kind"], made["name"], made["state"], made["version"]) == ("buyer", "桂花小酿", "admitted", 1)
    assert office.get(f"/v1/organisations/{made['id']}").get_json() == made
    assert nobody.post("/session", {"login": "Osmanthus", "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "expected", "pointer"),
    [
        ({"credit_code": a_credit_code(900)[:-1] + "0"}, (422, "CREDIT_CODE_INVALID"), "/credit_code"),
        ({"district": "110000"}, (422, "DISTRICT_UNKNOWN"), "/district"),
        ({"credit_code": a_credit_code(1)}, (409, "CREDIT_CODE_TAKEN"), "/credit_code"),
        ({"administrator": {**NEW["administrator"], "login": "BRAND-A"}}, (409, "LOGIN_TAKEN"), "/administrator/login"),
        (
            {"administrator": {**NEW["administrator"], "password": "osmanthus1"}},
            (422, "PASSWORD_WEAK"),
            "/administrator/password",
        ),
        ({"kind": "system"}, (422, "FIELDS_INVALID"), "/kind"),
        ({"administrator": {"login": "x"}}, (422, "FIELDS_INVALID"), "/administrator/name"),
    ],
)
def test_a_wrong_admission_is_refused_by_field_and_writes_nothing(
    programme: Accounts, office: Caller, changes: dict[str, Any], expected: tuple[int, str], pointer: str
) -> None:
    office.get("/v1/me")  # a first token needs a first signing key, which is an event too
    before = programme.service.log.head()
    found = problem(office.post("/v1/organisations", {**NEW, **changes}), *expected)
    assert pointer in {one["pointer"] for one in found["errors"]}
    assert programme.service.log.head() == before


def test_admission_is_idempotent_by_key(office: Caller, programme: Accounts) -> None:
    headers = {"Idempotency-Key": "admit-osmanthus"}
    first = office.post("/v1/organisations", NEW, headers=headers)
    head = programme.service.log.head()
    again = office.post("/v1/organisations", NEW, headers=headers)
    assert first.get_json() == again.get_json()
    assert programme.service.log.head() == head


def test_only_the_office_admits(brand: Caller) -> None:
    problem(brand.post("/v1/organisations", NEW), 403, "PERMISSION_MISSING")


def test_the_first_office_is_founded_once(programme: Accounts, clock: StoryClock) -> None:
    handlers, portal = programme.service.handlers, programme.service.portal
    user = NewUser("usr_1", "chief", "所长", "", PASSWORD, Duty.ADMINISTRATOR)
    cause = Cause(correlation_id="c", org_id="system", subject="system:test", at=clock.now())

    def found(number: int) -> None:
        sealed = handlers.sealed(
            NewUser(f"usr_{number}", f"chief-{number}", "所长", "", PASSWORD, user.duty), "o", "x", clock.now()
        )
        office = NewOrganisation(f"org_{number}", "office", "专班", a_credit_code(700 + number), "421202")
        transact(portal.log, lambda: handlers.found(office, sealed), cause)

    found(1)
    with pytest.raises(Refused, match="OFFICE_EXISTS"):
        found(2)


def test_organisations_are_listed_page_by_page_for_the_office_and_alone_for_the_rest(
    office: Caller, brand: Caller
) -> None:
    seen, cursor = [], ""
    while True:
        found = office.get(f"/v1/organisations?limit=2{cursor}").get_json()
        seen += [one["name"] for one in found["items"]]
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={found['next_cursor']}"
    assert seen == ["机构 office", "机构 brand-a", "机构 brand-b", "机构 plant-a", "机构 plant-b"]
    kinds = office.get("/v1/organisations?kind=factory").get_json()["items"]
    assert [one["name"] for one in kinds] == ["机构 plant-a", "机构 plant-b"]
    assert [one["name"] for one in brand.get("/v1/organisations").get_json()["items"]] == ["机构 brand-a"]


def test_me_tells_who_the_token_speaks_for(brand: Caller) -> None:
    found = brand.get("/v1/me").get_json()
    assert (found["role"], found["name"], found["organisation"]["name"]) == ("buyer", "人 brand-a", "机构 brand-a")
    assert "order:place" in found["permissions"]


def test_people_sign_in_after_the_secrets_were_renewed(programme: Accounts, clock: StoryClock) -> None:
    """What names the streams of logins lies with the seals, not with the secrets."""
    renewed = replace(SETTINGS, secret=b"another secret of the tests")
    again = build(renewed, clock=clock, ids=SeededIds(clock, 7), log=programme.service.log, broker=None, hasher=QUICK)
    assert again.portal.sign_in.person("Brand-A", PASSWORD, "10.0.0.9").org_id == programme.principals["brand-a"].org_id


def test_an_old_log_that_claims_logins_in_the_clear_lets_its_people_in(programme: Accounts, nobody: Caller) -> None:
    old = programme.register(programme.principals["brand-a"], "lily")
    handlers, log = programme.service.handlers, programme.service.log
    state = handlers.user(old["id"]).state
    assert isinstance(state, ActiveUser)
    before = {"org_id": state.org_id, "duty": state.duty, "name_sealed": state.name_sealed}
    sealed = {"phone_sealed": state.phone_sealed, "password_sealed": state.password_sealed}
    who = {"user_id": "usr_old", "login": "old.friend", "registered_by": "x", "registered_at": state.registered_at}
    cause = Cause(correlation_id="c", org_id="system", subject="system:test", at=state.registered_at)
    appends = [
        StreamAppend("user-usr_old", 0, [UserRegistered(**before, **sealed, **who)]),  # type: ignore[arg-type] # of mixed types
        StreamAppend("login-old.friend", 0, [LoginTaken(login="old.friend", user_id="usr_old")]),
    ]
    log.append(appends, cause)
    assert nobody.post("/session", {"login": "Old.Friend", "password": PASSWORD}).status_code == 200
    chief = programme.caller(programme.principals["brand-a"])
    assert chief.get("/v1/users/usr_old").get_json()["login"] == "old.friend"
    body = {"login": "old.friend", "name": "x", "password": PASSWORD, "duty": "reader"}
    problem(chief.post("/v1/users", body), 409, "LOGIN_TAKEN")


def test_names_and_phones_are_not_in_the_log_and_erasing_the_key_erases_the_person(
    programme: Accounts, office: Caller
) -> None:
    office.post("/v1/organisations", NEW)
    log = programme.service.log
    stored = b"".join(log.types.encode(one.event) for one in log.read_all())
    stored += b"".join(one.stream.encode() for one in log.read_all())
    for secret in ("王小桂", "0715-1234567", PASSWORD, "$argon2id$", "osmanthus"):
        assert secret.encode() not in stored
    administrator = programme.service.handlers.user_of_login("osmanthus")
    assert administrator is not None
    principal = programme.service.portal.sign_in.principal_of(administrator.user_id)
    caller = programme.caller(principal)
    assert caller.get(f"/v1/users/{administrator.user_id}").get_json()["name"] == "王小桂"
    programme.service.portal.handlers.forget(administrator.user_id)
    shown = caller.get(f"/v1/users/{administrator.user_id}").get_json()
    assert (shown["login"], shown["name"], shown["phone"]) == ("", "", "")
    assert log.verify() == log.head()


def test_users_are_registered_listed_and_dismissed_by_their_own_administrator(
    programme: Accounts, brand: Caller, nobody: Caller
) -> None:
    user = programme.register(programme.principals["brand-a"], "lily")
    assert [one["login"] for one in brand.get("/v1/users").get_json()["items"]] == ["brand-a", "lily"]
    session = nobody.post("/session", {"login": "lily", "password": PASSWORD})
    assert session.status_code == 200
    path = f"/v1/users/{user['id']}"
    problem(brand.post(f"{path}/dismissal"), 428, "VERSION_NEEDED")
    problem(brand.post(f"{path}/dismissal", headers={"If-Match": '"v9"'}), 412, "VERSION_STALE")
    gone = brand.post(f"{path}/dismissal", headers={"If-Match": '"v1"'})
    assert (gone.get_json()["state"], gone.headers["ETag"]) == ("dismissed", '"v2"')
    problem(brand.post(f"{path}/dismissal", headers={"If-Match": '"v2"'}), 409, "USER_DISMISSED")
    problem(nobody.post("/session", {"login": "lily", "password": PASSWORD}), 401, "SIGN_IN_REFUSED")
    cookie = session.headers["Set-Cookie"].partition(";")[0]
    headers = {"Cookie": cookie, "X-CSRF-Token": session.get_json()["csrf_token"]}
    problem(nobody.post("/session/token", headers=headers), 401, "SESSION_ENDED")


def test_a_client_says_who_has_seen_its_secret(programme: Accounts, brand: Caller) -> None:
    made = brand.post("/v1/api-clients", {"name": "ERP"}).get_json()
    assert made["registered_by"] == programme.principals["brand-a"].subject
    assert [one["registered_by"] for one in brand.get("/v1/api-clients").get_json()["items"]] == [made["registered_by"]]


def test_an_administrator_cannot_lock_the_organisation_out(programme: Accounts, brand: Caller) -> None:
    me = programme.principals["brand-a"].subject
    problem(brand.post(f"/v1/users/{me}/dismissal", headers={"If-Match": '"v1"'}), 409, "LAST_ADMINISTRATOR")


@pytest.mark.parametrize(("duty", "may"), [(Duty.OPERATOR, False), (Duty.READER, False), (Duty.ADMINISTRATOR, True)])
def test_duties_decide_who_manages_users(programme: Accounts, duty: Duty, may: bool) -> None:  # noqa: FBT001 - a table
    user = programme.register(programme.principals["brand-a"], "lily", duty)
    principal = programme.service.portal.sign_in.principal_of(user["id"])
    answer = programme.caller(principal).get("/v1/users")
    assert (answer.status_code == 200) == may


def test_a_password_is_changed_by_its_owner_who_knows_the_present_one(programme: Accounts, nobody: Caller) -> None:
    brand = programme.caller(programme.principals["brand-a"])
    new = "Battery-Staple-2027"
    wrong = {"present_password": "not it at all", "password": new}
    problem(brand.post("/v1/me/password", wrong), 422, "PASSWORD_WRONG")
    problem(brand.post("/v1/me/password", {"present_password": PASSWORD, "password": "short"}), 422, "PASSWORD_WEAK")
    assert brand.post("/v1/me/password", {"present_password": PASSWORD, "password": new}).status_code == 200
    problem(nobody.post("/session", {"login": "brand-a", "password": PASSWORD}), 401, "SIGN_IN_REFUSED")
    assert nobody.post("/session", {"login": "brand-a", "password": new}).status_code == 200


def test_a_changed_password_ends_every_session_of_its_owner_and_no_other(programme: Accounts, nobody: Caller) -> None:
    held = []
    for login in ("brand-a", "brand-a", "brand-b"):
        answer = nobody.post("/session", {"login": login, "password": PASSWORD})
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        held.append({"Cookie": cookie, "X-CSRF-Token": answer.get_json()["csrf_token"]})
    brand = programme.caller(programme.principals["brand-a"])
    change = {"present_password": PASSWORD, "password": "Battery-Staple-2027"}
    assert brand.post("/v1/me/password", change).status_code == 200
    for headers in held[:2]:
        problem(nobody.post("/session/token", headers=headers), 401, "SESSION_ENDED")
    assert nobody.post("/session/token", headers=held[2]).status_code == 200


def test_a_client_secret_is_shown_once_and_kept_as_a_digest(programme: Accounts, brand: Caller) -> None:
    headers = {"Idempotency-Key": "erp"}
    body = {"name": "ERP", "scopes": ["order:read"]}
    made = brand.post("/v1/api-clients", body, headers=headers).get_json()
    assert made["client_secret"].startswith("gfs_")
    again = brand.post("/v1/api-clients", body, headers=headers).get_json()
    assert again == {name: value for name, value in made.items() if name != "client_secret"}
    assert "client_secret" not in brand.get(f"/v1/api-clients/{made['id']}").get_json()
    log = programme.service.log
    assert made["client_secret"].encode() not in b"".join(log.types.encode(one.event) for one in log.read_all())


def test_a_client_gets_no_more_than_its_organisation_may_give(brand: Caller) -> None:
    for scope in ("ledger:export", "user:manage", "client:manage"):
        found = problem(brand.post("/v1/api-clients", {"name": "ERP", "scopes": [scope]}), 422, "SCOPE_NOT_HELD")
        assert found["errors"][0]["pointer"] == "/scopes"


def test_views_are_rebuilt_to_what_they_were(programme: Accounts, office: Caller, brand: Caller) -> None:
    programme.register(programme.principals["brand-a"], "lily")
    brand.post("/v1/api-clients", {"name": "ERP"})
    paths = ("/v1/users", "/v1/api-clients")
    before = [brand.get(path).get_json() for path in paths] + [office.get("/v1/organisations").get_json()]
    for name in programme.service.projector.names:
        programme.service.projector.rebuild(name)
    assert [brand.get(path).get_json() for path in paths] + [office.get("/v1/organisations").get_json()] == before


def _organisation_of(owner: Principal) -> Values:
    return {"org_id": owner.org_id}


def test_every_route_role_and_object_keeps_organisations_apart(programme: Accounts) -> None:
    count = iter(range(10_000))

    def user_of(owner: Principal) -> Values:
        return {"user_id": programme.register(owner, f"user-{next(count)}")["id"]}

    def client_of(owner: Principal) -> Values:
        made = programme.caller(owner).post("/v1/api-clients", {"name": "ERP"})
        return {"client_id": made.get_json()["id"]}

    def shares(viewer: Principal, _owner: Principal, rule: str) -> bool:
        return viewer.role == "office" and rule.startswith("/v1/organisations/<org_id>")

    absent = "0" * 26
    found = walk(
        Matrix(
            app=programme.service.app,
            tokens=programme,
            principals=list(programme.principals.values()),
            makers={"org_id": _organisation_of, "user_id": user_of, "client_id": client_of},
            absent={"org_id": f"org_{absent}", "user_id": f"usr_{absent}", "client_id": f"cli_{absent}"},
            bodies={
                "POST /v1/users": {"login": "new-login", "name": "x", "password": PASSWORD, "duty": "reader"},
                "POST /v1/organisations": NEW,
                "POST /v1/api-clients": {"name": "ERP"},
            },
            shares=shares,
        )
    )
    assert found.leaks == []
    assert found.cells["foreign"] >= 80
    assert found.cells["own"] >= 20
