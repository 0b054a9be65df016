"""The log of people and programs coming and going: everything that happens to them, and nothing that they keep to themselves."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared import logs
from tests.support.accounts import PASSWORD, Accounts
from tests.support.spilled import SHAPES, spilled
from tests.support.web_client import Caller

FORM = "application/x-www-form-urlencoded"
PERSON = {"login": "lin.xi", "name": "林溪", "phone": "13800138000", "password": PASSWORD, "duty": "administrator"}
NEW_PASSWORD = "Battery-Staple-2027"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("DEBUG", stream)
    yield stream
    structlog.reset_defaults()


def _told(programme: Accounts) -> list[str]:
    """A person and a program come, err, are let in and go; returns all that only they may know."""
    administrator, nobody = programme.caller(programme.principals["brand-a"]), programme.caller(None)
    assert administrator.post("/v1/users", PERSON).status_code == 201
    wrong = {"login": "lin.xi", "password": "Wrong-Horse-2026"}
    assert nobody.post("/session", wrong).status_code == 401
    assert nobody.post("/sign-in", data=wrong, content_type=FORM).status_code == 401
    signed_in = nobody.post("/session", {"login": "lin.xi", "password": PASSWORD})
    cookie, csrf = signed_in.headers["Set-Cookie"].partition(";")[0], signed_in.get_json()["csrf_token"]
    held = {"Cookie": cookie, "X-CSRF-Token": csrf}
    token = nobody.post("/session/token", headers=held).get_json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    change = {"present_password": PASSWORD, "password": NEW_PASSWORD}
    assert nobody.post("/v1/me/password", change, headers=bearer).status_code == 200
    assert nobody.get("/v1/me", headers={"Authorization": f"Bearer {token}x"}).status_code == 401
    made = nobody.post("/v1/api-clients", {"name": "ERP"}, headers=bearer).get_json()
    programs = _program(nobody, made)
    programme.service.portal.signing.revoke(programme.service.portal.signing.published()[0].kid)
    given = [*PERSON.values(), *wrong.values(), NEW_PASSWORD, cookie.partition("=")[2], csrf, token, *programs]
    return [one for one in given if one != "administrator"]


def _program(nobody: Caller, made: dict[str, Any]) -> list[str]:
    asked = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["client_secret"]}
    guessed = {**asked, "client_secret": "gfs_guessed-secret"}
    assert nobody.post("/oauth/token", data=guessed, content_type=FORM).status_code == 401
    token = nobody.post("/oauth/token", data=asked, content_type=FORM).get_json()["access_token"]
    assert nobody.get(f"/v1/me?access_token={token}").status_code == 401
    return [made["client_secret"], guessed["client_secret"], token]


def test_the_log_of_sign_ins_and_tokens_names_nobody_and_spills_nothing(
    programme: Accounts, lines: io.StringIO
) -> None:
    known = _told(programme)
    text = lines.getvalue()
    assert text.count('"event":"handled"') >= 11, "expected a log to look through"
    assert len(known) > 10
    assert spilled(text, known) == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('{"x":"eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln"}', "a token"),
        ("Authorization: Bearer abcdefghij", "a bearer header"),
        ("Authorization: Basic Y2xpZW50OnNlY3JldA==", "a basic header"),
        ("client gfs_0123456789", "a client's secret"),
        ("$argon2id$v=19$m=65536", "a password's hash"),
        ("Cookie: gongfang_session=abc", "a session's cookie"),
        ('{"kty":"OKP","d":"x"}', "a private key"),
        ("phone 13800138000 of Lin", "a telephone number"),
        ("phone 0715-8000000", "a telephone number"),
    ],
)
def test_each_kind_of_spill_is_seen(line: str, kind: str) -> None:
    assert spilled(line, []) == [kind]
    assert kind in SHAPES
