"""What callers send: headers, tokens, cursors and bodies, through the apps that read them."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from flask import Flask
from joserfc import jwt
from joserfc.errors import JoseError
from werkzeug.test import TestResponse

from services.embedded.assembly import build_in_memory
from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.kernel.principal import Role
from shared.kernel.refusal import Refused
from shared.web.app import own_document
from shared.web.cursors import Cursors
from shared.web.documentation import METHODS
from tests.fuzz.targets.target import Feed, Target, expect, first_line, text_of
from tests.support.accounts import accounts
from tests.support.open_house import OpenHouse
from tests.support.pinboard import NOTE_EVENTS, pinboard_app
from tests.support.web_client import AUDIENCE, CURSOR_KEY, ISSUER, Caller, Issuer, a_principal

_AT = datetime(2026, 12, 1, tzinfo=UTC)
_EFFECTS_MAX = 400  # then a fresh world: this one has grown
_SCOPE = "org /v1/orders"
_NOBODYS = "ord_00000000000000000000000000"
_WHO = {Role.BUYER: "brand", Role.FACTORY: "plant", Role.OFFICE: "office"}


def check_answer(answer: TestResponse, what: object) -> None:
    """It is an answer: no failure, and every no a problem that names its code."""
    with contextlib.closing(answer):
        expect(holds=answer.status_code < 500, what=f"{what} fails: {answer.status}")
        if answer.status_code >= 400:
            expect(holds=answer.content_type == "application/problem+json", what=f"{what}: {answer.content_type}")
            expect(holds=bool(orjson.loads(answer.get_data())["code"]), what=f"{what}: a problem without a code")


def _cursors() -> Feed:
    cursors = Cursors(CURSOR_KEY)

    def feed(raw: bytes) -> None:
        with contextlib.suppress(Refused):
            opened = cursors.open(text_of(raw), _SCOPE)
            expect(holds=cursors.seal(opened, _SCOPE) == text_of(raw), what="a made-up cursor opens")
        try:
            key = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return
        rows = key if isinstance(key, list) else [key]
        sealed = cursors.seal(rows, _SCOPE)
        expect(holds=cursors.open(sealed, _SCOPE) == rows, what="a cursor does not open as it was sealed")
        with contextlib.suppress(Refused):
            cursors.open(sealed, "another scope")
            expect(holds=False, what="a cursor opens in another scope")

    return feed


def _tokens() -> Feed:
    """The text itself as a token; then, where it is JSON, as claims under a good signature."""
    issuer = Issuer(StoryClock(_AT))
    verify = issuer.verifier()
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "usr",
        "org": "org",
        "role": "buyer",
        "permissions": [],
        "iat": int(_AT.timestamp()),
        "nbf": int(_AT.timestamp()),
        "exp": int((_AT + timedelta(minutes=5)).timestamp()),
    }

    def signed(raw: bytes) -> str | None:
        try:
            claims = orjson.loads(raw)
            if not isinstance(claims, dict):
                return None
            header = {"alg": "EdDSA", "kid": issuer.key.kid, **claims.pop("header", {})}
            return jwt.encode(header, {**usual, **claims}, issuer.key, algorithms=["EdDSA"])
        except (JoseError, ValueError, TypeError):
            return None  # the signing side would not make such a token

    def feed(raw: bytes) -> None:
        for token in (text_of(raw), signed(raw)):
            with contextlib.suppress(Refused):
                if token is not None:
                    found = verify(token)
                    expect(holds=bool(found.org_id) and token != text_of(raw), what="a made-up token verifies")

    return feed


def _sent_headers(raw: bytes) -> list[tuple[str, str]]:
    """`Name: value` lines as a server hands them on: one character a byte, no line breaks."""
    lines = (line.partition(b":") for line in raw.replace(b"\r", b"\n").split(b"\n"))
    return [(name.decode("latin-1").strip(), value.decode("latin-1").strip()) for name, colon, value in lines if colon]


def _headers() -> Feed:
    """Headers of a read, a change, a page and a stream of the pinboard, which has every manner of the web."""
    clock = StoryClock(_AT)
    issuer = Issuer(clock)
    app: Flask = pinboard_app(MemoryLog("pinboard", NOTE_EVENTS, clock), clock, issuer)
    buyer = Caller(app, issuer, a_principal(Role.BUYER))
    note = buyer.post("/v1/notes", {"text": "hi"}).get_json()["id"]
    token = {"Authorization": f"Bearer {issuer.token(a_principal(Role.BUYER))}"}
    client = app.test_client(use_cookies=False)
    calls: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/notes/{note}", None),
        ("PUT", f"/v1/notes/{note}", {"text": "hello"}),
        ("GET", f"/v1/notes/{note}/events", None),
        ("GET", "/docs", None),
    ]

    def feed(raw: bytes) -> None:
        sent = [(name, value) for name, value in _sent_headers(raw) if name and name.isascii() and name.isprintable()]
        for method, path, body in calls:
            answer = client.open(path, method=method, json=body, headers=[*token.items(), *sent])
            check_answer(answer, (method, path))

    return feed


def _sign_in() -> Feed:
    """`POST /oauth/token`, `/session` and `/session/token` of the portal: the first line is the Authorization header."""
    clock = StoryClock(_AT)
    known = accounts(clock)
    known.admit(Role.BUYER, "brand")
    client = known.service.app.test_client(use_cookies=False)
    form = "application/x-www-form-urlencoded"

    def feed(raw: bytes) -> None:
        clock.advance(timedelta(hours=1))  # tries are counted by the hour
        head, body = first_line(raw)
        sent = {"Authorization": head.replace("\r", " ").encode("utf-8").decode("latin-1")}
        check_answer(client.post("/oauth/token", data=body, headers=sent, content_type=form), "/oauth/token")
        cookie = {"Cookie": sent["Authorization"]}
        check_answer(client.post("/session", data=body, content_type="application/json"), "/session")
        check_answer(client.post("/session/token", headers=cookie), "/session/token")

    return feed


class _Bodies:
    """Every route that takes JSON, called with all it needs but the body, as one who may call it.

    The first line of an input says which, such as `POST /v1/orders`; path parameters lead to a plant with two lines.
    """

    def __init__(self) -> None:
        self._renew()

    def _renew(self) -> None:
        clock = StoryClock(_AT)
        self.effects, self.opened = 0, OpenHouse(build_in_memory(clock), clock)
        self.opened.publish_a_plant()
        self.routes = dict(self._routes())

    def _routes(self) -> Iterator[tuple[str, tuple[Flask, Role]]]:
        for service in self.opened.house.services.values():
            for path, operations in own_document(service.app)["paths"].items():
                for method, operation in operations.items():
                    if method in METHODS and "application/json" in operation.get("requestBody", {}).get("content", {}):
                        needed = set(operation.get("x-permissions", ()))
                        role = next((one for one in _WHO if needed & a_principal(one).permissions), Role.BUYER)
                        yield f"{method.upper()} {path}", (service.app, role)

    def feed(self, raw: bytes) -> None:
        call, body = first_line(raw)
        if call not in self.routes:
            return
        app, role = self.routes[call]
        method, path = call.split(" ")
        known = {f"{name}_id": value for name, value in self.opened.known.items()}
        place = "/".join(known.get(one[1:-1], _NOBODYS) if one.startswith("{") else one for one in path.split("/"))
        headers = {"Authorization": f"Bearer {self.opened.token(_WHO[role])}", "If-Match": '"v1"'}
        client = app.test_client(use_cookies=False)
        answer = client.open(place, method=method, data=body, headers=headers, content_type="application/json")
        check_answer(answer, call)
        self.effects += answer.status_code < 300
        if self.effects > _EFFECTS_MAX:
            self.opened.house.close()
            self._renew()


REQUESTS = [
    Target("cursors", _cursors),
    Target("tokens", _tokens, cost=8),
    Target("headers", _headers, cost=30),
    Target("sign-in", _sign_in, cost=30),
    Target("bodies", lambda: _Bodies().feed, cost=20),
]
