import threading
from datetime import UTC, datetime

import pytest
from flask import request

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import StreamAppend
from shared.eventstore.projecting import LogWithViews
from shared.kernel.event import Cause
from shared.kernel.principal import Role
from shared.web.access import permits, takes_bytes
from shared.web.prefer import WAITING_MAX, WAITING_PER_ORGANISATION_MAX, WaitingPlaces, wait_for
from shared.web.routes import Routes
from tests.support.pinboard import NOTE_EVENTS, NoteWritten, pinboard_app
from tests.support.web_client import Caller, Issuer, a_principal, problem

_CAUSE = Cause(correlation_id="c", org_id="o", subject="s", at=datetime(2026, 12, 1, tzinfo=UTC))


def _note(buyer: Caller, text: str = "one") -> str:
    found: str = buyer.post("/v1/notes", {"text": text}).get_json()["id"]
    return found


def test_a_change_without_if_match_is_428_and_a_stale_one_412(buyer: Caller, log: LogWithViews) -> None:
    path = f"/v1/notes/{_note(buyer)}"
    problem(buyer.send("PUT", path, {"text": "two"}), 428, "VERSION_NEEDED")
    problem(buyer.send("PUT", path, {"text": "two"}, headers={"If-Match": "*"}), 428, "VERSION_NEEDED")
    assert buyer.send("PUT", path, {"text": "two"}, headers={"If-Match": '"v1"'}).headers["ETag"] == '"v2"'
    stale = problem(
        buyer.send("PUT", path, {"text": "three"}, headers={"If-Match": '"v1"', "Accept-Language": "en"}),
        412,
        "VERSION_STALE",
    )
    assert stale["detail"] == "You based this on version 1, it is now 2; read it again. Nothing was written."
    assert log.head().position == 2


@pytest.mark.parametrize("tag", ['W/"v1"', "v1", '"1"', '"v0"', '"v1", "v2"', '"v-1"', '"v99999999999999999999"'])
def test_an_if_match_that_is_not_a_version_of_ours_is_refused(buyer: Caller, tag: str) -> None:
    path = f"/v1/notes/{_note(buyer)}"
    problem(buyer.send("PUT", path, {"text": "two"}, headers={"If-Match": tag}), 400, "HEADER_INVALID")


def test_if_none_match_saves_the_body(buyer: Caller) -> None:
    path = f"/v1/notes/{_note(buyer)}"
    tag = buyer.get(path).headers["ETag"]
    same = buyer.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert buyer.get(path, headers={"If-None-Match": '"v7"'}).status_code == 200


def test_pages_follow_each_other_without_gap_or_repeat(buyer: Caller, rival: Caller) -> None:
    mine = [_note(buyer, f"mine {number}") for number in range(5)]
    _note(rival)
    seen, cursor = [], ""
    while True:
        found = buyer.get(f"/v1/notes?limit=2{cursor}").get_json()
        seen += [one["id"] for one in found["items"]]
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={found['next_cursor']}"
    assert seen == mine


def test_a_cursor_is_good_for_the_same_caller_and_question_only(buyer: Caller, rival: Caller) -> None:
    for number in range(3):
        _note(buyer, str(number))
        _note(rival, str(number))
    cursor = buyer.get("/v1/notes?limit=1").get_json()["next_cursor"]
    assert buyer.get(f"/v1/notes?limit=2&cursor={cursor}").status_code == 200
    problem(rival.get(f"/v1/notes?limit=1&cursor={cursor}"), 400, "CURSOR_INVALID")


def test_a_tampered_cursor_is_refused(buyer: Caller) -> None:
    for number in range(3):
        _note(buyer, str(number))
    cursor = buyer.get("/v1/notes?limit=1").get_json()["next_cursor"]
    for place in range(len(cursor)):
        other = "A" if cursor[place] != "A" else "B"
        tampered = cursor[:place] + other + cursor[place + 1 :]
        problem(buyer.get(f"/v1/notes?limit=1&cursor={tampered}"), 400, "CURSOR_INVALID")
    for wrong in ("x", "====", cursor + "A", cursor[:-1], "é"):
        problem(buyer.get(f"/v1/notes?limit=1&cursor={wrong}"), 400, "CURSOR_INVALID")


def test_prefer_wait_answers_as_soon_as_there_is_something(buyer: Caller) -> None:
    note = _note(buyer)
    assert buyer.get(f"/v1/notes/{note}", headers={"Prefer": "wait=30"}).status_code == 200
    problem(buyer.get(f"/v1/notes/not_{'0' * 26}", headers={"Prefer": "wait=0"}), 404, "NOT_FOUND")


def test_one_waiting_request_too_many_is_answered_at_once(log: LogWithViews) -> None:
    places, found = WaitingPlaces(most=1), threading.Event()
    looks = 0

    def look(_: int) -> bool | None:
        nonlocal looks
        looks += 1
        found.set()
        return None if log.head().position == 0 else True

    waiting = threading.Thread(target=wait_for, args=[log, look, 30, "org-1", places])
    waiting.start()
    assert found.wait(10)
    assert wait_for(log, lambda _: None, 30, "org-2", places) is None, "answered at once: the only place is taken"
    log.append([StreamAppend("note-x", 0, [NoteWritten(note_id="x", org_id="o", text="t")])], _CAUSE)
    waiting.join(10)
    assert not waiting.is_alive()
    assert looks >= 2
    assert places.enter("org-2"), "the place is free again"


def test_one_organisation_leaves_places_to_wait_to_the_others(log: LogWithViews) -> None:
    places = WaitingPlaces()
    assert [places.enter("org-1") for _ in range(WAITING_MAX)].count(True) == WAITING_PER_ORGANISATION_MAX
    assert WAITING_PER_ORGANISATION_MAX * 2 <= WAITING_MAX
    assert wait_for(log, lambda _: None, 30, "org-1", places) is None, "answered at once: it has its share"
    assert places.enter("org-2")
    places.leave("org-1")
    assert places.enter("org-1"), "a place given back is free again"
    assert [places.enter(f"org-{number}") for number in range(3, 9)].count(True) == WAITING_MAX // 2 - 1


def test_a_note_written_while_somebody_waits_for_it_is_answered_then(buyer: Caller, log: LogWithViews) -> None:
    assert wait_for(log, lambda position: position or None, 0, "org-1") is None
    thread = threading.Thread(target=_note, args=[buyer])
    thread.start()
    assert wait_for(log, lambda position: position or None, 30, "org-1") == 1
    thread.join(10)


def test_a_file_may_be_larger_than_other_bodies_where_the_route_says_so(clock: StoryClock, issuer: Issuer) -> None:
    files = Routes("files")

    @files.post("/files", takes=["application/octet-stream"])
    @takes_bytes(3_000_000)
    @permits("order:place")
    def take() -> dict[str, int]:
        return {"bytes": len(request.get_data())}

    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    app = pinboard_app(log, clock, issuer, routes=[files])
    caller = Caller(app, issuer, a_principal(Role.BUYER))
    taken = caller.post("/v1/files", data=b"x" * 3_000_000, content_type="application/octet-stream")
    assert taken.get_json() == {"bytes": 3_000_000}
    too_many = caller.post("/v1/files", data=b"x" * 3_000_001, content_type="application/octet-stream")
    assert "3000000" in problem(too_many, 413, "BODY_TOO_LARGE")["detail"]
    document = caller.get("/openapi.json").get_json()
    assert "application/octet-stream" in document["paths"]["/v1/files"]["post"]["requestBody"]["content"]
