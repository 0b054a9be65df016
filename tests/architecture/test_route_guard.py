"""Every route of every service declares who may call it; one that does not stops the app from starting."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from services.embedded.assembly import build_in_memory
from services.embedded.front import gateway_of
from services.embedded.house import House
from shared.clock import StoryClock
from shared.web.access import UnguardedRoute, check_all_guarded, declared


@pytest.fixture(scope="module")
def house() -> House:
    return build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC)))


def apps(house: House) -> dict[str, Flask]:
    return {name: service.app for name, service in house.services.items()}


def test_every_route_declares_its_permission(house: House) -> None:
    routes = [(app, rule) for app in apps(house).values() for rule in app.url_map.iter_rules()]
    assert len(routes) > 10
    assert [rule.rule for app, rule in routes if declared(app.view_functions[rule.endpoint]) is None] == []


def test_a_planted_unguarded_route_stops_every_app_from_starting(house: House) -> None:
    for app in apps(house).values():
        app.add_url_rule("/v1/planted", "planted", lambda: "open to all")
        with pytest.raises(UnguardedRoute, match="/v1/planted"):
            check_all_guarded(app)


def test_no_two_services_offer_the_same_path() -> None:
    gateway_of(build_in_memory(StoryClock(datetime(2026, 12, 1, tzinfo=UTC))))  # raises PathClaimedTwice
