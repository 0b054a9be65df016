"""The gateway sends each path to the service that owns it, and refuses to start when two own one."""

from collections.abc import Iterable

import pytest
from flask import Flask
from werkzeug.test import Client

from services.embedded.gateway import Environ, Gateway, PathClaimedTwice, StartResponse


def an_app(name: str, *rules: str) -> Flask:
    app = Flask(name, static_folder=None)
    for rule in rules:
        app.add_url_rule(rule, rule, lambda **_: name)
    return app


def front(_: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"front"]


def test_paths_go_to_their_owner_and_common_pages_to_the_front() -> None:
    apps = {
        "order": an_app("order", "/v1/orders", "/v1/orders/<x>/plan", "/livez"),
        "portal": an_app("portal", "/v1/users", "/session", "/"),
    }
    client = Client(Gateway(apps, front, fallback="portal"))
    asked = ["/v1/orders", "/v1/orders/7/plan", "/v1/users", "/session", "/", "/livez", "/docs/style.css"]
    assert [client.get(path).text for path in asked] == [
        "order",
        "order",
        "portal",
        "portal",
        "portal",
        "front",
        "front",
    ]
    assert client.get("/v1/nobody").status_code == 404
    assert client.get("/v1/orders/7/nothing").status_code == 404


def test_two_owners_of_one_path_are_refused() -> None:
    with pytest.raises(PathClaimedTwice, match="/v1/lots is offered by a and by b"):
        Gateway({"a": an_app("a", "/v1/lots"), "b": an_app("b", "/v1/lots/<x>")}, front, fallback="a")
