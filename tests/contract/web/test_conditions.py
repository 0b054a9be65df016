"""One layer for all routes: what a request may be conditional on, what it may ask for, and how an answer is tagged."""

import gzip

import pytest
from flask import Flask

from shared.eventstore.projecting import LogWithViews
from shared.web.access import permits, public
from shared.web.idempotency import Command, perform
from shared.web.routes import Answer, Routes
from tests.support.pinboard import pinboard_app
from tests.support.web_client import Caller, Issuer, problem

moving = Routes("moving")
CLOCK = {"now": "early"}


@moving.get("/hours")
@permits("order:read")
def read_hour() -> Answer:
    """What shows the clock beside what is stored."""
    return {"shown": CLOCK["now"]}, None, {"ETag": '"v4"'}


@moving.post("/bells", status=200)
@permits("order:place")
def ring() -> Answer:
    """A command that reads no body and makes nothing that has a version."""

    def act(_: Command) -> None:
        CLOCK["rung"] = "yes"

    return perform(act, lambda _: {"rung": "yes"}, resource="bell")


@moving.post("/secrets", status=200)
@permits("order:place")
def tell_secret() -> Answer:
    """A large answer that holds a secret."""
    return {"secret": "s" * 5_000}


@moving.get("/open")
@public
def open_page() -> Answer:
    """A large answer to nobody in particular."""
    return {"text": "t" * 5_000}


@pytest.fixture
def app(log: LogWithViews, issuer: Issuer) -> Flask:
    CLOCK.update(now="early", rung="no")
    return pinboard_app(log, issuer.clock, issuer, routes=[moving])


def _note(buyer: Caller, text: str = "one") -> str:
    found: str = buyer.post("/v1/notes", {"text": text}).get_json()["id"]
    return found


def test_the_tag_changes_with_what_the_clock_changes_though_nothing_is_written(buyer: Caller) -> None:
    before = buyer.get("/v1/hours").headers["ETag"]
    assert buyer.get("/v1/hours", headers={"If-None-Match": before}).status_code == 304
    CLOCK["now"] = "late"
    after = buyer.get("/v1/hours", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["ETag"] != before
    assert before.startswith('"v4-')
    assert after.headers["ETag"].startswith('"v4-')


def test_lists_are_tagged_too_and_change_with_what_they_hold(buyer: Caller) -> None:
    _note(buyer)
    first = buyer.get("/v1/notes").headers["ETag"]
    assert buyer.get("/v1/notes", headers={"If-None-Match": first}).status_code == 304
    _note(buyer)
    assert buyer.get("/v1/notes", headers={"If-None-Match": first}).status_code == 200


@pytest.mark.parametrize("form", ["whole", "compressed", "version alone"])
def test_what_was_read_can_be_sent_as_if_match(buyer: Caller, form: str) -> None:
    path = f"/v1/notes/{_note(buyer)}"
    tag = buyer.get(path).headers["ETag"]
    sent = {"whole": tag, "compressed": tag[:-1] + '-gz"', "version alone": '"v1"'}[form]
    assert buyer.send("PUT", path, {"text": "two"}, headers={"If-Match": sent}).status_code == 200
    problem(buyer.send("PUT", path, {"text": "three"}, headers={"If-Match": sent}), 412, "VERSION_STALE")


def test_who_makes_something_new_has_nothing_to_match(buyer: Caller, log: LogWithViews) -> None:
    for tag in ('"v1"', "*", "x"):
        problem(buyer.post("/v1/notes", {"text": "a"}, headers={"If-Match": tag}), 412, "NOTHING_TO_MATCH")
    assert log.head().position == 0


def test_a_command_that_names_nothing_it_is_about_is_never_performed_under_if_match(buyer: Caller) -> None:
    """A route that forgets to say what it is about is safe, and noticed."""
    problem(buyer.post("/v1/bells", headers={"If-Match": '"v1"'}), 412, "NOTHING_TO_MATCH")
    assert CLOCK["rung"] == "no"
    assert buyer.post("/v1/bells").status_code == 200


def test_what_was_made_says_where_it_stands_and_says_so_again(buyer: Caller) -> None:
    key = {"Idempotency-Key": "k1"}
    made = buyer.post("/v1/notes", {"text": "a"}, headers=key)
    again = buyer.post("/v1/notes", {"text": "a"}, headers=key)
    assert made.headers["Location"] == f"/v1/notes/{made.get_json()['id']}" == again.headers["Location"]
    assert buyer.get(made.headers["Location"]).get_json() == made.get_json()


def test_a_preference_that_was_heard_is_told(buyer: Caller) -> None:
    path = f"/v1/notes/{_note(buyer)}"
    assert buyer.get(path, headers={"Prefer": "wait=3"}).headers["Preference-Applied"] == "wait=3"
    assert buyer.get(path, headers={"Prefer": "wait=900"}).headers["Preference-Applied"] == "wait=30"
    assert "Preference-Applied" not in buyer.get(path).headers
    assert "Preference-Applied" not in buyer.get(path, headers={"Prefer": "return=minimal"}).headers


@pytest.mark.parametrize("wish", ["text/html", "application/xml;q=0.9, image/*", "application/json;q=0", "text/*"])
def test_a_wish_for_what_is_not_made_here_is_refused_before_anything_is_done(
    buyer: Caller, log: LogWithViews, wish: str
) -> None:
    problem(buyer.post("/v1/notes", {"text": "a"}, headers={"Accept": wish}), 406, "NOT_ACCEPTABLE")
    assert log.head().position == 0


@pytest.mark.parametrize("wish", ["*/*", "application/*", "text/html, */*;q=0.1", "application/problem+json", ""])
def test_a_wish_that_can_be_met_is_met(buyer: Caller, wish: str) -> None:
    assert buyer.get("/v1/notes", headers={"Accept": wish}).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "application/x-yaml", ""])
def test_a_body_of_a_kind_that_is_not_read_is_refused(buyer: Caller, kind: str) -> None:
    for path in ("/v1/notes", "/v1/bells"):
        problem(buyer.post(path, data=b"x", content_type=kind), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_compressed_body_is_refused_by_name(buyer: Caller) -> None:
    raw = gzip.compress(b'{"text": "a"}')
    sent = buyer.post("/v1/notes", data=raw, content_type="application/json", headers={"Content-Encoding": "gzip"})
    assert "Content-Encoding" in problem(sent, 415, "UNSUPPORTED_MEDIA_TYPE")["detail"]


def test_what_nobody_would_read_of_a_body_is_refused(buyer: Caller) -> None:
    found = problem(buyer.post("/v1/bells", {"loud": True}), 422, "FIELDS_INVALID")
    assert [(one["pointer"], one["code"]) for one in found["errors"]] == [("/loud", "unknown_field")]
    problem(buyer.post("/v1/bells", [1]), 422, "FIELDS_INVALID")
    assert CLOCK["rung"] == "no"
    assert buyer.post("/v1/bells", {}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/notes?limit=1&limit=2", "/v1/notes?limit=1&limit=1", "/v1/hours?x=1&x=1"])
def test_a_repeated_parameter_is_refused_by_name(buyer: Caller, path: str) -> None:
    found = problem(buyer.get(path), 422, "FIELDS_INVALID")
    assert found["errors"][0]["code"] in {"repeated", "unknown_field"}


def test_a_parameter_that_a_route_does_not_know_is_refused_even_where_it_knows_none(buyer: Caller) -> None:
    found = problem(buyer.get(f"/v1/notes/{_note(buyer)}?expnd=x"), 422, "FIELDS_INVALID")
    assert [(one["parameter"], one["code"]) for one in found["errors"]] == [("expnd", "unknown_field")]
    problem(buyer.post("/v1/notes?dry=true", {"text": "a"}), 422, "FIELDS_INVALID")


def test_a_large_answer_is_compressed_for_who_can_read_that_and_keeps_its_meaning(buyer: Caller) -> None:
    for number in range(40):
        _note(buyer, f"a note of some length, number {number}")
    plain = buyer.get("/v1/notes")
    small = buyer.get("/v1/notes", headers={"Accept-Encoding": "br, gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) // 2
    assert small.headers["ETag"] == plain.headers["ETag"][:-1] + '-gz"'
    for answer in (plain, small):
        assert "Accept-Encoding" in answer.headers["Vary"]
    for tag in (plain.headers["ETag"], small.headers["ETag"]):
        assert buyer.get("/v1/notes", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"}).status_code == 304
    assert "Content-Encoding" not in buyer.get("/v1/notes", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_what_may_hold_a_secret_is_not_compressed(buyer: Caller, nobody: Caller) -> None:
    asked = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in buyer.post("/v1/secrets", headers=asked).headers
    assert "Content-Encoding" not in nobody.get("/v1/open", headers=asked).headers


def test_the_document_is_kept_by_who_has_it_and_compressed(nobody: Caller) -> None:
    first = nobody.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["Content-Encoding"] == "gzip"
    again = nobody.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
