import io
import logging
from typing import Any, NoReturn

import pytest
import structlog
from flask import Flask

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import LogUnavailable, WrongVersion
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import ViewStale
from shared.kernel.principal import Role
from shared.kernel.refusal import Kind, Reason, Refused, Words
from shared.web.access import public
from shared.web.health import OWN_DOOR
from shared.web.problems import STATUS_OF
from shared.web.routes import Routes
from tests.support.pinboard import NOTE_EVENTS, pinboard_app
from tests.support.web_client import Caller, Issuer, a_principal, problem

SECRET = "the innermost secret"


class Each(Reason):
    MALFORMED = "EACH_MALFORMED"
    UNAUTHENTICATED = "EACH_UNAUTHENTICATED"
    FORBIDDEN = "EACH_FORBIDDEN"
    NOT_FOUND = "EACH_NOT_FOUND"
    CONFLICT = "EACH_CONFLICT"
    GONE = "EACH_GONE"
    STALE = "EACH_STALE"
    TOO_LARGE = "EACH_TOO_LARGE"
    INVALID = "EACH_INVALID"
    VERSION_NEEDED = "EACH_VERSION_NEEDED"
    TOO_MANY = "EACH_TOO_MANY"
    UNAVAILABLE = "EACH_UNAVAILABLE"

    @property
    def words(self) -> Words:
        return Words(Kind[self.name], "不", "No", "因为 {cause}", "because {cause}")


def _routes_that_fail() -> Routes:
    routes = Routes("failing")

    @routes.get("/refuse/<kind>")
    @public
    def refuse(kind: str) -> NoReturn:
        reasons: tuple[dict[str, object], ...] = ({"code": "CAPACITY_FULL"},)
        raise Refused(Each[kind], pointer="/lines/0", reasons=reasons, relaxation={"kind": "date"}, cause="so")

    @routes.get("/break/<how>")
    @public
    def break_down(how: str) -> NoReturn:
        raise {
            "disk": LogUnavailable(f"disk full at {SECRET}"),
            "race": WrongVersion("s", 1, 2),
            "view": ViewStale("orders"),
            "bug": RuntimeError(SECRET),
        }[how]

    return routes


@pytest.fixture
def failing(clock: StoryClock, issuer: Issuer) -> Caller:
    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    app = pinboard_app(log, clock, issuer, routes=[_routes_that_fail()])
    return Caller(app, issuer, None)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_no_is_a_problem_with_its_status_in_both_languages(failing: Caller, kind: Kind) -> None:
    zh = problem(failing.get(f"/v1/refuse/{kind.name}"), STATUS_OF[kind], f"EACH_{kind.name}")
    en = problem(
        failing.get(f"/v1/refuse/{kind.name}", headers={"Accept-Language": "en-GB,zh;q=0.5"}),
        STATUS_OF[kind],
        f"EACH_{kind.name}",
    )
    assert (zh["title"], zh["detail"]) == ("不", "因为 so")
    assert (en["title"], en["detail"]) == ("No", "because so")
    assert en["errors"] == [{"pointer": "/lines/0", "code": f"EACH_{kind.name}", "detail": "because so"}]
    assert en["reasons"] == [{"code": "CAPACITY_FULL"}]
    assert en["relaxation"] == {"kind": "date"}


def test_a_no_that_asks_to_come_again_says_when(failing: Caller) -> None:
    for kind in ("TOO_MANY", "UNAVAILABLE"):
        assert int(failing.get(f"/v1/refuse/{kind}").headers["Retry-After"]) > 0
    assert failing.get("/v1/refuse/UNAUTHENTICATED").headers["WWW-Authenticate"].startswith("Bearer")


def test_an_unavailable_log_answers_503_and_keeps_its_reason_to_itself(failing: Caller) -> None:
    answer = failing.get("/v1/break/disk")
    problem(answer, 503, "LOG_UNAVAILABLE")
    assert answer.headers["Retry-After"]
    assert SECRET not in answer.text


def test_a_lost_race_answers_409(failing: Caller) -> None:
    problem(failing.get("/v1/break/race"), 409, "CHANGED_MEANWHILE")


def test_a_view_that_older_code_folded_answers_503_and_names_itself(failing: Caller) -> None:
    assert "orders" in problem(failing.get("/v1/break/view"), 503, "VIEW_STALE")["detail"]


def test_an_unexpected_error_leaks_nothing_but_its_request_id_and_is_logged(failing: Caller) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = failing.get("/v1/break/bug", headers={"X-Request-Id": "my-request-1"})
    found = problem(answer, 500, "INTERNAL_ERROR")
    assert found["request_id"] == "my-request-1"
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    logged = next(line for line in lines if line["event"] == "unexpected")
    assert logged["request_id"] == "my-request-1"
    assert str(logged["exc_info"]) == SECRET


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing-here", 404, "NOT_FOUND"),
        ("DELETE", "/v1/notes", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/notes/%00", 404, "NOT_FOUND"),
    ],
)
def test_what_the_router_refuses_is_a_problem_too(
    buyer: Caller, method: str, path: str, status: int, code: str
) -> None:
    problem(buyer.send(method, path), status, code)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "BODY_UNREADABLE"),
        (b'{"text": NaN}', "BODY_UNREADABLE"),
        (b'{"text": Infinity}', "BODY_UNREADABLE"),
        (b'{"text": "\xff"}', "BODY_UNREADABLE"),
        (b'{"text": "\\ud800"}', "BODY_UNREADABLE"),
        (b'\xef\xbb\xbf{"text": "x"}', "BODY_UNREADABLE"),
        (b'{"copies": ' + b"1" * 5_000 + b"}", "BODY_UNREADABLE"),
        (b'{"text": "a", "text": "b"}', "MEMBER_REPEATED"),
        (b"[" * 100 + b"]" * 100, "BODY_TOO_DEEP"),
        (b"[" * 100_000, "BODY_TOO_DEEP"),
        (b"[" * 100_000 + b"]" * 100_000, "BODY_TOO_DEEP"),
    ],
)
def test_malformed_json_is_refused_and_nothing_is_written(
    buyer: Caller, log: LogWithViews, raw: bytes, code: str
) -> None:
    answer = buyer.post("/v1/notes", data=raw, content_type="application/json")
    problem(answer, 400, code)
    assert log.head().position == 0


def test_an_oversized_body_is_refused_whether_it_says_its_length_or_not(buyer: Caller, log: LogWithViews) -> None:
    raw = b'{"text": "' + b"x" * 1_048_576 + b'"}'
    problem(buyer.post("/v1/notes", data=raw, content_type="application/json"), 413, "BODY_TOO_LARGE")
    silent = buyer.post(
        "/v1/notes",
        input_stream=io.BytesIO(raw),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )
    problem(silent, 413, "BODY_TOO_LARGE")
    assert log.head().position == 0


def test_a_body_that_is_not_json_by_its_type_is_refused(buyer: Caller) -> None:
    problem(buyer.post("/v1/notes", data="text=hi", content_type="text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_each_bad_field_is_named_by_pointer_code_and_language(buyer: Caller, log: LogWithViews) -> None:
    body: dict[str, Any] = {
        "text": " ",
        "due_at": "2026-12-20T08:00:00",
        "price": {"amount": "-1.00", "currency": "CNY"},
        "quantity": {"value": "1e9", "unit": "can"},
        "name": {"zh": "名"},
        "copies": 10,
        "parts": [{"text": "ok"}, {"text": 5}, "no"],
        "a/b~c": 1,
    }
    expected = {
        ("/text", "length"),
        ("/due_at", "not_instant"),
        ("/price/amount", "negative"),
        ("/quantity/value", "not_decimal"),
        ("/name/en", "required"),
        ("/copies", "range"),
        ("/parts/1/text", "not_text"),
        ("/parts/2", "not_object"),
        ("/a~1b~0c", "unknown_field"),
    }
    zh = problem(buyer.post("/v1/notes", body), 422, "FIELDS_INVALID")
    en = problem(buyer.post("/v1/notes", body, headers={"Accept-Language": "en"}), 422, "FIELDS_INVALID")
    assert {(one["pointer"], one["code"]) for one in zh["errors"]} == expected
    assert {(one["pointer"], one["code"]) for one in en["errors"]} == expected
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in one["detail"]) for one in zh["errors"])
    assert all(one["detail"].isascii() for one in en["errors"])
    assert log.head().position == 0


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_refused(buyer: Caller, body: object) -> None:
    answer = buyer.post("/v1/notes", json=body)
    problem(answer, 422, "FIELDS_INVALID")


def test_unknown_and_wrong_query_parameters_are_named(buyer: Caller) -> None:
    found = problem(buyer.get("/v1/notes?limit=0&colour=red"), 422, "FIELDS_INVALID")
    assert {(one["parameter"], one["code"]) for one in found["errors"]} == {
        ("limit", "range"),
        ("colour", "unknown_field"),
    }


def test_every_answer_carries_request_id_and_security_headers(buyer: Caller, nobody: Caller) -> None:
    for answer in (buyer.get("/v1/notes"), nobody.get("/v1/notes"), nobody.get("/docs"), nobody.get("/nope")):
        assert answer.headers["X-Request-Id"].startswith("req_")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "Accept-Language" in answer.headers["Vary"]


def test_a_request_id_is_taken_over_only_when_it_is_harmless(buyer: Caller) -> None:
    assert buyer.get("/v1/notes", headers={"X-Request-Id": "erp-42"}).headers["X-Request-Id"] == "erp-42"
    for wrong in ("x" * 129, "a b", "<script>"):
        assert buyer.get("/v1/notes", headers={"X-Request-Id": wrong}).headers["X-Request-Id"].startswith("req_")


def test_the_correlation_id_goes_from_the_request_into_the_cause(buyer: Caller, log: LogWithViews) -> None:
    buyer.post("/v1/notes", {"text": "one"}, headers={"X-Request-Id": "erp-42"})
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    buyer.post("/v1/notes", {"text": "two"}, headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    causes = [one.cause for one in log.read_all()]
    assert [cause.correlation_id for cause in causes] == ["erp-42", trace]
    assert {(cause.org_id, cause.subject) for cause in causes} == {
        (a_principal(Role.BUYER).org_id, a_principal(Role.BUYER).subject)
    }


def test_readiness_names_the_check_that_fails_and_not_its_detail(clock: StoryClock, issuer: Issuer) -> None:
    logging.getLogger("flask").setLevel(logging.ERROR)
    troubles: dict[str, str | None] = {"disk": None}
    app: Flask = pinboard_app(
        MemoryLog("pinboard", NOTE_EVENTS, clock), clock, issuer, checks={"disk": lambda: troubles["disk"]}
    )
    nobody = Caller(app, issuer, None)
    assert nobody.get("/livez").get_json() == {"status": "alive"}
    assert nobody.get("/readyz").status_code == 200
    troubles["disk"] = SECRET
    answer = nobody.get("/readyz", headers={"Accept-Language": "en"})
    assert problem(answer, 503, "NOT_READY")["detail"] == "disk"
    assert SECRET not in answer.text
    assert nobody.get("/livez").status_code == 200


def test_metrics_count_by_route_and_never_by_tenant(buyer: Caller, nobody: Caller) -> None:
    buyer.post("/v1/notes", {"text": "hi"})
    assert problem(nobody.get("/metrics"), 404, "NOT_FOUND")
    text = nobody.get("/metrics", environ_overrides={OWN_DOOR: True}).text
    assert 'gongfang_requests_total{method="POST",route="/v1/notes",service="pinboard",status="201"} 1.0' in text
    assert "org_" not in text
    assert nobody.get("/version").get_json()["service"] == "pinboard"
