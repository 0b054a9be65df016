"""What every answer of the whole platform says to a browser, and what no header of a request can change."""

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from services.embedded.assembly import build_in_memory
from services.embedded.front import gateway_of
from shared.clock import SystemClock

EVIL = "evil.test"
SECURITY_HEADERS = {  # written out: what is compared with the product's own list agrees with it whatever that says
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FORM = "application/x-www-form-urlencoded"
ANSWERS: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/", {}, 200),
    ("GET", "/docs", {}, 200),
    ("GET", "/docs/style.css", {}, 200),
    ("GET", "/static/portal/portal.css", {}, 200),
    ("GET", "/openapi.json", {}, 200),
    ("GET", "/livez", {}, 200),
    ("GET", "/readyz", {}, 200),
    ("GET", "/metrics", {}, 404),
    ("GET", "/.well-known/jwks.json", {}, 200),
    ("GET", "/nothing", {}, 404),
    ("GET", "/v1//me", {}, 404),
    ("GET", "/docs//style.css", {}, 404),
    ("GET", "/v1/orders", {}, 401),
    ("DELETE", "/v1/orders", {}, 405),
    ("OPTIONS", "/v1/orders", {}, 200),
    ("POST", "/session", {"data": "x", "content_type": "text/plain"}, 415),
    ("POST", "/session", {"data": "{", "content_type": "application/json"}, 400),
    ("POST", "/session", {"data": "x" * 2_000_000, "content_type": "application/json"}, 413),
    ("POST", "/sign-in", {"data": {"login": "a", "password": "b"}, "content_type": FORM}, 401),
    ("POST", "/sign-out", {}, 303),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Client]:
    house = build_in_memory(SystemClock())
    yield Client(gateway_of(house), use_cookies=False)
    house.close()


def _all(site: Client, **headers: str) -> Iterator[tuple[str, TestResponse]]:
    for method, path, more, _ in ANSWERS:
        answer = site.open(path, method=method, headers=headers, buffered=True, **more)
        yield f"{method} {path}", answer
        answer.close()


def test_every_kind_of_answer_carries_the_security_headers(site: Client) -> None:
    for (_, _, _, status), (what, answer) in zip(ANSWERS, _all(site), strict=True):
        assert answer.status_code == status, what
        missing = {name for name, value in SECURITY_HEADERS.items() if answer.headers.get(name) != value}
        assert missing == set(), what


def test_no_other_site_may_read_an_answer(site: Client) -> None:
    preflight = {"Origin": f"https://{EVIL}", "Access-Control-Request-Method": "POST"}
    for what, answer in _all(site, **preflight):
        assert [name for name, _ in answer.headers if name.lower().startswith("access-control-")] == [], what


def test_a_forged_host_is_found_in_no_answer(site: Client) -> None:
    for headers in ({"Host": EVIL}, {"X-Forwarded-Host": EVIL}, {"X-Original-URL": f"/{EVIL}"}):
        for what, answer in _all(site, **headers):
            assert EVIL not in answer.get_data(as_text=True), what
            assert EVIL not in str(answer.headers), what


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_the_method_is_the_one_that_was_sent(site: Client, name: str) -> None:
    assert site.post("/livez", headers={name: "GET"}).status_code == 405
    assert site.post("/livez?_method=GET", data={"_method": "GET"}).status_code == 405
    assert site.get("/session", headers={name: "POST"}).status_code == 405


def test_a_page_may_load_nothing_from_elsewhere_and_run_nothing_of_its_own(site: Client) -> None:
    for path in ("/", "/?lang=en", "/docs", "/docs?lang=en"):
        answer = site.get(path)
        policy, page = answer.headers["Content-Security-Policy"], answer.get_data(as_text=True)
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "<script" not in page
        assert " style=" not in page
        assert " on" + "click=" not in page


def test_over_tls_a_browser_is_told_to_stay_there(site: Client) -> None:
    secure = site.get("/", base_url="https://gongfang.test")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in site.get("/").headers


def test_a_token_in_an_address_opens_nothing(site: Client) -> None:
    """It would stand in the logs of every proxy on the way."""
    assert site.get("/v1/me?access_token=x").get_json()["code"] == "TOKEN_MISSING"
