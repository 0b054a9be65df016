from collections.abc import Callable

import pytest
from flask import Blueprint, Flask

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.kernel.principal import Principal, Role
from shared.web.access import UnguardedRoute, permits
from shared.web.routes import Routes
from tests.support.pinboard import NOTE_EVENTS, pinboard_app
from tests.support.route_matrix import Matrix, Values, two_of_each, walk
from tests.support.web_client import Caller, Issuer, a_principal, problem

ABSENT = "not_" + "0" * 26


def test_a_planted_unguarded_api_route_stops_the_app_and_is_named(clock: StoryClock, issuer: Issuer) -> None:
    planted = Routes("planted")

    @planted.get("/planted/<thing>")
    def unguarded(thing: str) -> str:
        return thing

    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    with pytest.raises(UnguardedRoute, match=r"/v1/planted/<thing> \(planted\.unguarded\)"):
        pinboard_app(log, clock, issuer, routes=[planted])


def test_a_planted_unguarded_page_stops_the_app_too(clock: StoryClock, issuer: Issuer) -> None:
    page = Blueprint("page", __name__)

    @page.get("/page")
    def unguarded() -> str:
        return "hello"

    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    with pytest.raises(UnguardedRoute, match="/page"):
        pinboard_app(log, clock, issuer, pages=[page])


def test_a_static_folder_is_no_way_around(clock: StoryClock, issuer: Issuer) -> None:
    page = Blueprint("page", __name__, static_folder="static")
    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    with pytest.raises(UnguardedRoute, match="static"):
        pinboard_app(log, clock, issuer, pages=[page])


def test_permissions_are_written_as_thing_and_verb() -> None:
    with pytest.raises(ValueError, match="order:place"):
        permits("place")
    with pytest.raises(ValueError, match="order:place"):
        permits()


@pytest.mark.parametrize("header", ["Bearer", "Basic abc", "Bearer  ", "x", "Bearer a b"])
def test_an_authorization_header_without_a_token_is_refused(nobody: Caller, header: str) -> None:
    problem(nobody.get("/v1/notes", headers={"Authorization": header}), 401, "TOKEN_INVALID")


def test_no_token_and_an_expired_one_are_told_apart(nobody: Caller, issuer: Issuer, clock: StoryClock) -> None:
    problem(nobody.get("/v1/notes"), 401, "TOKEN_MISSING")
    token = issuer.token(a_principal(Role.BUYER), at=clock.now().replace(year=2025))
    answer = nobody.get("/v1/notes", headers={"Authorization": f"Bearer {token}"})
    problem(answer, 401, "TOKEN_EXPIRED")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_missing_permission_is_403_and_says_which(app: Flask, issuer: Issuer, log: LogWithViews) -> None:
    reader = Caller(app, issuer, a_principal(Role.BUYER, permissions=frozenset({"order:read"})))
    found = problem(
        reader.post("/v1/notes", {"text": "hi"}, headers={"Accept-Language": "en"}), 403, "PERMISSION_MISSING"
    )
    assert "order:place" in found["detail"]
    assert log.head().position == 0


def test_permission_is_asked_before_the_body_is_read(app: Flask, issuer: Issuer) -> None:
    reader = Caller(app, issuer, a_principal(Role.BUYER, permissions=frozenset({"order:read"})))
    problem(reader.post("/v1/notes", data=b"{", content_type="application/json"), 403, "PERMISSION_MISSING")


def _note_maker(app: Flask, issuer: Issuer) -> Callable[[Principal], Values | None]:
    def make(owner: Principal) -> Values | None:
        if "order:place" not in owner.permissions:
            return None
        return {"note_id": Caller(app, issuer, owner).post("/v1/notes", {"text": "hi"}).get_json()["id"]}

    return make


def test_every_route_role_and_object_keeps_tenants_apart(app: Flask, issuer: Issuer) -> None:
    principals = [a_principal(role, number) for role, number in two_of_each()]
    found = walk(
        Matrix(
            app=app,
            tokens=issuer,
            principals=principals,
            makers={"note_id": _note_maker(app, issuer)},
            absent={"note_id": ABSENT},
            bodies={"POST /v1/notes": {"text": "hi"}, "PUT /v1/notes/<note_id>": {"text": "ho"}},
        )
    )
    assert found.leaks == []
    assert found.cells["foreign"] >= 12
    assert found.cells["own"] >= 6


def test_the_matrix_finds_a_planted_leak(clock: StoryClock, issuer: Issuer) -> None:
    """A rule never seen to fail is not yet a rule: a route that does not ask whose the note is."""
    leaky = Routes("leaky")
    log = MemoryLog("pinboard", NOTE_EVENTS, clock)

    @leaky.get("/leaky/<note_id>")
    @permits("order:read")
    def tell(note_id: str) -> tuple[dict[str, bool], int]:
        exists = log.stream_version(f"note-{note_id}") > 0
        return {"exists": exists}, 200 if exists else 404

    app = pinboard_app(log, clock, issuer, routes=[leaky])
    found = walk(
        Matrix(
            app=app,
            tokens=issuer,
            principals=[a_principal(Role.BUYER, 1), a_principal(Role.BUYER, 2)],
            makers={"note_id": _note_maker(app, issuer)},
            absent={"note_id": ABSENT},
            bodies={"POST /v1/notes": {"text": "hi"}, "PUT /v1/notes/<note_id>": {"text": "ho"}},
        )
    )
    assert found.leaks
    assert all("/v1/leaky/<note_id>" in leak for leak in found.leaks)
