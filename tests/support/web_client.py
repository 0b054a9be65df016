"""A caller from outside: signs tokens for any principal, calls an app as HTTP does, and reads problems."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import Flask
from joserfc.jwk import OKPKey
from werkzeug.test import TestResponse

from shared.kernel.clock import Clock
from shared.kernel.principal import Principal, Role
from shared.web.permissions import permissions_of
from shared.web.tokens import LIFETIME_MAX, TokenVerifier, issue

ISSUER = "https://portal.test"
AUDIENCE = "gongfang"
CURSOR_KEY = b"cursor key of the tests"


class Issuer:
    """A portal's signing side in a few lines: one Ed25519 key, its JWKS, and tokens for whoever a test needs."""

    def __init__(self, clock: Clock, kid: str = "test-1") -> None:
        self.clock = clock
        self.key = OKPKey.generate_key("Ed25519", parameters={"kid": kid})
        self.keys: list[Mapping[str, object]] = [dict(self.key.as_dict(private=False))]

    def verifier(self, revoked: Callable[[], Collection[str]] | None = None) -> TokenVerifier:
        return TokenVerifier(lambda: self.keys, issuer=ISSUER, audience=AUDIENCE, clock=self.clock, revoked=revoked)

    def token(
        self,
        principal: Principal,
        *,
        issuer: str = ISSUER,
        audience: str = AUDIENCE,
        at: datetime | None = None,
        lifetime: timedelta = LIFETIME_MAX,
    ) -> str:
        begun = at or self.clock.now()
        return issue(
            principal, self.key, issuer=issuer, audience=audience, at=begun, token_id="tok_test", lifetime=lifetime
        ).text


def a_principal(role: Role, number: int = 1, permissions: frozenset[str] | None = None) -> Principal:
    """The *number*-th organisation of *role*, with all its role may do unless *permissions* says less."""
    letter = {Role.BUYER: "B", Role.FACTORY: "F", Role.OFFICE: "Z", Role.SYSTEM: "S"}[role]
    granted = permissions_of(role) if permissions is None else permissions
    return Principal(f"org_{letter}{number:025d}", role, f"usr_{letter}{number:025d}", granted)


class Tokens(Protocol):
    """Whoever signs tokens for a test: an `Issuer`, or the portal itself."""

    def token(self, principal: Principal) -> str: ...


class Caller:
    """One principal (or nobody) at one app, as over HTTP."""

    def __init__(self, app: Flask, tokens: Tokens, principal: Principal | None) -> None:
        self.app, self.tokens, self.principal = app, tokens, principal
        self.client = app.test_client(use_cookies=False)

    def send(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> TestResponse:
        sent = dict(headers or {})
        if self.principal is not None and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.tokens.token(self.principal)}"
        if body is not None:
            more["json"] = body
        return self.client.open(path, method=method, headers=sent, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.send("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.send("POST", path, body, **more)


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem in *answer*, after checking that it is one, with *status* and *code*."""
    assert answer.content_type == "application/problem+json", (answer.status, answer.text[:500])
    body = answer.get_json(force=True)
    assert (answer.status_code, body["code"]) == (status, code), body
    assert body["status"] == status
    assert body["type"] == f"urn:gongfang:problem:{code.lower().replace('_', '-')}"
    assert body["title"]
    assert body["request_id"] == answer.headers["X-Request-Id"]
    found: dict[str, Any] = body
    return found
