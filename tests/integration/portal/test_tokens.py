import base64
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.portal.attempts import PER_ACCOUNT_MAX, WINDOW
from services.portal.domain.signing_keys import PUBLISHED_BEFORE, SIGNS_FOR
from services.portal.wiring import build
from shared.clock import SeededIds, StoryClock
from shared.kernel.principal import Role
from tests.support.accounts import QUICK, SETTINGS, Accounts
from tests.support.web_client import Caller, problem

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(brand: Caller) -> dict[str, Any]:
    made: dict[str, Any] = brand.post(
        "/v1/api-clients", {"name": "ERP", "scopes": ["order:read", "account:read"]}
    ).get_json()
    return made


def _ask(nobody: Caller, **form: str) -> TestResponse:
    return nobody.post("/oauth/token", data=form, content_type=FORM)


def _credentials(client: dict[str, Any]) -> dict[str, str]:
    return {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["client_secret"]}


def test_a_client_gets_a_token_that_opens_what_it_was_registered_for(nobody: Caller, client: dict[str, Any]) -> None:
    answer = _ask(nobody, **_credentials(client))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 900, "account:read order:read")
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    found = nobody.get("/v1/me", headers=headers).get_json()
    assert (found["subject"], found["permissions"]) == (client["id"], ["account:read", "order:read"])
    problem(nobody.get("/v1/users", headers=headers), 403, "PERMISSION_MISSING")


def test_http_basic_works_as_well_and_scope_narrows(nobody: Caller, client: dict[str, Any]) -> None:
    pair = base64.b64encode(f"{client['id']}:{client['client_secret']}".encode()).decode()
    answer = nobody.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "scope": "order:read", "ignored": "as RFC 6749 asks"},
        content_type=FORM,
        headers={"Authorization": f"Basic {pair}"},
    )
    assert answer.get_json()["scope"] == "order:read"


@pytest.mark.parametrize(
    ("changes", "expected", "error"),
    [
        ({"client_secret": "wrong"}, (401, "CLIENT_REFUSED"), "invalid_client"),
        ({"client_id": "cli_unknown"}, (401, "CLIENT_REFUSED"), "invalid_client"),
        ({"client_secret": ""}, (400, "TOKEN_REQUEST_WRONG"), "invalid_request"),
        ({"grant_type": "password"}, (400, "GRANT_UNSUPPORTED"), "unsupported_grant_type"),
        ({"grant_type": ""}, (400, "GRANT_UNSUPPORTED"), "unsupported_grant_type"),
        ({"scope": "order:read ledger:export"}, (400, "SCOPE_REFUSED"), "invalid_scope"),
        ({"scope": "order:read order:place"}, (400, "SCOPE_REFUSED"), "invalid_scope"),  # a brand's, not this client's
    ],
)
def test_a_wrong_request_answers_in_the_words_of_rfc_6749_and_as_a_problem(
    nobody: Caller, client: dict[str, Any], changes: dict[str, str], expected: tuple[int, str], error: str
) -> None:
    answer = _ask(nobody, **{**_credentials(client), **changes})
    found = problem(answer, *expected)
    assert found["error"] == error
    assert found["error_description"].isascii()
    assert ("Basic" in answer.headers.get("WWW-Authenticate", "")) == (expected[0] == 401)


def test_repeated_parameters_two_ways_of_authentication_and_json_are_refused(
    nobody: Caller, client: dict[str, Any]
) -> None:
    twice = "grant_type=client_credentials&grant_type=client_credentials"
    problem(nobody.post("/oauth/token", data=twice, content_type=FORM), 400, "TOKEN_REQUEST_WRONG")
    both = nobody.post(
        "/oauth/token", data=_credentials(client), content_type=FORM, headers={"Authorization": "Basic YTpi"}
    )
    problem(both, 400, "TOKEN_REQUEST_WRONG")
    problem(nobody.post("/oauth/token", _credentials(client)), 400, "TOKEN_REQUEST_WRONG")
    for basic in ("Basic !", "Basic YWI=", "Basic é", "Bearer x"):
        answer = nobody.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            content_type=FORM,
            headers={"Authorization": basic},
        )
        problem(answer, 401, "CLIENT_REFUSED")


def test_guessing_a_client_secret_is_slowed_down_but_the_right_one_still_works(
    nobody: Caller, client: dict[str, Any], clock: StoryClock
) -> None:
    wrong = {**_credentials(client), "client_secret": "guess"}
    for _ in range(PER_ACCOUNT_MAX):
        problem(_ask(nobody, **wrong), 401, "CLIENT_REFUSED")
    slowed = _ask(nobody, **wrong)
    problem(slowed, 429, "TOO_MANY_ATTEMPTS")
    assert int(slowed.headers["Retry-After"]) == int(WINDOW.total_seconds())
    assert _ask(nobody, **_credentials(client)).status_code == 200
    clock.advance(WINDOW)
    problem(_ask(nobody, **wrong), 401, "CLIENT_REFUSED")


def test_a_revoked_client_gets_no_more_tokens(nobody: Caller, brand: Caller, client: dict[str, Any]) -> None:
    path = f"/v1/api-clients/{client['id']}/revocation"
    assert brand.post(path, headers={"If-Match": '"v1"'}).get_json()["state"] == "revoked"
    problem(_ask(nobody, **_credentials(client)), 401, "CLIENT_REFUSED")
    problem(brand.post(path, headers={"If-Match": '"v2"'}), 409, "CLIENT_REVOKED")


def test_the_last_token_of_a_revoked_client_ends_at_once(nobody: Caller, brand: Caller, client: dict[str, Any]) -> None:
    token = _ask(nobody, **_credentials(client)).get_json()["access_token"]
    held = {"Authorization": f"Bearer {token}"}
    assert nobody.get("/v1/me", headers=held).status_code == 200
    brand.post(f"/v1/api-clients/{client['id']}/revocation", headers={"If-Match": '"v1"'})
    problem(nobody.get("/v1/me", headers=held), 401, "TOKEN_INVALID")


def test_keys_rotate_with_overlap_and_old_tokens_live_on(programme: Accounts, clock: StoryClock) -> None:
    signing, brand = programme.service.portal.signing, programme.principals["brand-a"]
    signing.rotate()
    (first,) = signing.jwks()
    clock.advance(SIGNS_FOR - PUBLISHED_BEFORE)
    programme.service.jobs[0].call()
    current, successor = signing.jwks()
    assert current["kid"] == first["kid"] != successor["kid"]
    clock.advance(PUBLISHED_BEFORE - timedelta(minutes=1))
    old = programme.token(brand)
    clock.advance(timedelta(minutes=2))
    new = programme.token(brand)
    nobody = programme.caller(None)
    for token in (old, new):
        assert nobody.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    clock.advance(timedelta(hours=2))
    assert [key["kid"] for key in signing.jwks()] == [successor["kid"]]


def test_a_revoked_key_takes_its_tokens_with_it_at_once(programme: Accounts) -> None:
    signing, brand = programme.service.portal.signing, programme.principals["brand-a"]
    old = programme.token(brand)
    (key,) = signing.jwks()
    signing.revoke(str(key["kid"]))
    nobody = programme.caller(None)
    problem(nobody.get("/v1/me", headers={"Authorization": f"Bearer {old}"}), 401, "TOKEN_INVALID")
    new = programme.token(brand)
    assert nobody.get("/v1/me", headers={"Authorization": f"Bearer {new}"}).status_code == 200
    assert key["kid"] not in {one["kid"] for one in signing.jwks()}


def test_the_jwks_holds_public_halves_only_and_says_how_long_it_keeps(nobody: Caller, programme: Accounts) -> None:
    programme.service.portal.signing.rotate()
    answer = nobody.get("/.well-known/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    for key in answer.get_json()["keys"]:
        assert set(key) == {"kty", "crv", "use", "alg", "kid", "x"}


def test_a_restarted_portal_signs_on_with_the_same_key(programme: Accounts, clock: StoryClock) -> None:
    before = programme.token(programme.principals["brand-a"])
    again = build(SETTINGS, clock=clock, ids=SeededIds(clock, 9), log=programme.service.log, broker=None, hasher=QUICK)
    assert again.verifier(before).role is Role.BUYER
    assert again.portal.signing.jwks() == programme.service.portal.signing.jwks()
    programme.service.verifier(again.portal.signing.issue(programme.principals["brand-a"]).text)
