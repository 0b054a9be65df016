"""Every route of every service declares who may call it; one that does not stops the app from starting."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from services.embedded.assembly import build_in_memory
from services.embedded.front import gateway_of
from services.embedded.house import House
from shared.clock import StoryClock
from shared.kernel.principal import Role
from shared.web.access import UnguardedRoute, check_all_guarded, declared
from shared.web.permissions import PERMISSIONS


@pytest.fixture(scope="module")
def house() -> House:
    return build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))


def apps(house: House) -> dict[str, Flask]:
    return {name: service.app for name, service in house.services.items()}


def test_every_route_declares_its_permission(house: House) -> None:
    routes = [(app, rule) for app in apps(house).values() for rule in app.url_map.iter_rules()]
    assert len(routes) > 10
    assert [rule.rule for app, rule in routes if declared(app.view_functions[rule.endpoint]) is None] == []


OF_EVERY_APP = {
    "GET /docs",
    "GET /docs/errors",
    "GET /docs/style.css",
    "GET /livez",
    "GET /metrics",
    "GET /openapi.json",
    "GET /readyz",
    "GET /version",
}
OF_THE_PORTAL = {
    "GET /",
    "GET /.well-known/jwks.json",
    "GET /favicon.ico",
    "GET /static/portal/<path:name>",
    "POST /oauth/token",
    "POST /session",
    "POST /session/recovery",
    "POST /session/token",
    "DELETE /session",
    "POST /sign-in",
    "POST /sign-out",
}


def public_routes(app: Flask) -> set[str]:
    rules = [rule for rule in app.url_map.iter_rules() if declared(app.view_functions[rule.endpoint]) == frozenset()]
    return {f"{method} {rule.rule}" for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def test_nothing_opens_without_a_token_but_what_is_named_here(house: House) -> None:
    """Written out by hand: whoever makes one more route public has to say so in a second place."""
    for name, app in apps(house).items():
        assert public_routes(app) == OF_EVERY_APP | (OF_THE_PORTAL if name == "portal" else set()), name


OWN_PASSWORD = "POST /v1/me/password"  # whoever may look at his own account may change his own password


def changing_routes(house: House) -> list[tuple[str, frozenset[str]]]:
    """Routes that change something, with the permissions any of which opens them; public ones are left out."""
    rules = [(app, rule) for app in apps(house).values() for rule in app.url_map.iter_rules()]
    routes = [
        (f"{method} {rule.rule}", declared(app.view_functions[rule.endpoint]) or frozenset())
        for app, rule in rules
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
    ]
    return [(route, needed) for route, needed in routes if needed and route != OWN_PASSWORD]


def test_no_permission_to_read_opens_a_route_that_changes_something(house: House) -> None:
    routes = changing_routes(house)
    assert len(routes) > 40
    assert [
        (route, needed) for route, needed in routes if any(one.endswith((":read", ":export")) for one in needed)
    ] == []


def test_the_office_changes_nothing_but_accounts(house: House) -> None:
    """It reads everything that it audits, and writes nothing that it audits."""
    accounts = {"user:manage", "client:manage", "organisation:admit"}
    office = PERMISSIONS[Role.OFFICE] - accounts
    assert [route for route, needed in changing_routes(house) if needed & office] == []


def test_a_planted_unguarded_route_stops_every_app_from_starting(house: House) -> None:
    for app in apps(house).values():
        app.add_url_rule("/v1/planted", "planted", lambda: "open to all")
        with pytest.raises(UnguardedRoute, match="/v1/planted"):
            check_all_guarded(app)


def test_no_two_services_offer_the_same_path() -> None:
    gateway_of(build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC))))  # raises PathClaimedTwice
