import pytest

from shared.eventstore.projecting import LogWithViews
from tests.support.web_client import Caller, problem


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
    assert stale["detail"] == "You based this on version 1, it is now 2; read it again."
    assert log.head().position == 2


@pytest.mark.parametrize("tag", ['W/"v1"', "v1", '"1"', '"v0"', '"v1", "v2"', '"v-1"', '"v99999999999999999999"'])
def test_an_if_match_that_is_not_a_version_of_ours_is_refused(buyer: Caller, tag: str) -> None:
    path = f"/v1/notes/{_note(buyer)}"
    problem(buyer.send("PUT", path, {"text": "two"}, headers={"If-Match": tag}), 400, "HEADER_INVALID")


def test_if_none_match_saves_the_body(buyer: Caller) -> None:
    path = f"/v1/notes/{_note(buyer)}"
    same = buyer.get(path, headers={"If-None-Match": '"v1"'})
    assert (same.status_code, same.data) == (304, b"")
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
