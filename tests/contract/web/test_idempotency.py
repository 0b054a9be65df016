import threading
from typing import Any

import pytest
from flask import Flask

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import Appended, LogUnavailable
from shared.eventstore.projecting import LogWithViews
from shared.kernel.event import Cause
from shared.kernel.principal import Role
from shared.web.idempotency import KEPT_FOR
from tests.support.pinboard import NOTE_EVENTS, pinboard_app
from tests.support.web_client import Caller, Issuer, a_principal, problem

KEY = {"Idempotency-Key": "order-2026-0001"}


def test_a_repeat_acts_once_and_answers_the_same(buyer: Caller, log: LogWithViews) -> None:
    first = buyer.post("/v1/notes", {"text": "hi"}, headers=KEY)
    again = buyer.post("/v1/notes", {"text": "hi"}, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert first.headers["ETag"] == again.headers["ETag"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert log.head().position == 1


def test_without_a_key_each_request_acts(buyer: Caller, log: LogWithViews) -> None:
    buyer.post("/v1/notes", {"text": "hi"})
    buyer.post("/v1/notes", {"text": "hi"})
    assert log.head().position == 2


def test_a_repeated_change_answers_as_before_although_its_if_match_is_stale_by_now(buyer: Caller) -> None:
    note = buyer.post("/v1/notes", {"text": "one"}).get_json()["id"]
    headers = {**KEY, "If-Match": '"v1"'}
    first = buyer.send("PUT", f"/v1/notes/{note}", {"text": "two"}, headers=headers)
    again = buyer.send("PUT", f"/v1/notes/{note}", {"text": "two"}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.get_json() == first.get_json() == {"id": note, "text": "two", "version": 2}


@pytest.mark.parametrize("changed", ["body", "query", "if-match"])
def test_the_same_key_for_another_request_is_refused_and_writes_nothing(
    buyer: Caller, log: LogWithViews, changed: str
) -> None:
    note = buyer.post("/v1/notes", {"text": "one"}).get_json()["id"]
    path = f"/v1/notes/{note}"
    buyer.send("PUT", path, {"text": "two"}, headers={**KEY, "If-Match": '"v1"'})
    written = log.head().position
    answer = buyer.send(
        "PUT",
        f"{path}?lang=zh" if changed == "query" else path,
        {"text": "three" if changed == "body" else "two"},
        headers={**KEY, "If-Match": '"v2"' if changed == "if-match" else '"v1"'},
    )
    problem(answer, 422, "KEY_REUSED")
    assert log.head().position == written


def test_a_key_belongs_to_one_caller_and_one_route(buyer: Caller, rival: Caller, log: LogWithViews) -> None:
    mine = buyer.post("/v1/notes", {"text": "hi"}, headers=KEY)
    theirs = rival.post("/v1/notes", {"text": "hi"}, headers=KEY)
    assert mine.get_json()["id"] != theirs.get_json()["id"]
    changed = buyer.send(
        "PUT", f"/v1/notes/{mine.get_json()['id']}", {"text": "x"}, headers={**KEY, "If-Match": '"v1"'}
    )
    assert changed.status_code == 200
    assert log.head().position == 3


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "schlüssel", "a\tb"])
def test_a_malformed_key_is_refused(buyer: Caller, log: LogWithViews, key: str) -> None:
    problem(buyer.post("/v1/notes", {"text": "hi"}, headers={"Idempotency-Key": key}), 400, "KEY_MALFORMED")
    assert log.head().position == 0


def test_a_malformed_key_is_refused_where_nothing_is_done_either(buyer: Caller) -> None:
    """As a preview does nothing: a caller learns of the key before it counts."""
    problem(buyer.get("/v1/notes", headers={"Idempotency-Key": "x" * 129}), 400, "KEY_MALFORMED")


def test_a_refusal_is_not_kept_so_the_mended_request_may_use_the_key(buyer: Caller, log: LogWithViews) -> None:
    problem(buyer.post("/v1/notes", {"text": ""}, headers=KEY), 422, "FIELDS_INVALID")
    assert buyer.post("/v1/notes", {"text": "mended"}, headers=KEY).status_code == 201
    assert log.head().position == 1


def test_a_key_is_free_again_after_its_time(buyer: Caller, clock: StoryClock, log: LogWithViews) -> None:
    buyer.post("/v1/notes", {"text": "hi"}, headers=KEY)
    clock.advance(KEPT_FOR * 2)
    assert "Idempotency-Replayed" not in buyer.post("/v1/notes", {"text": "ho"}, headers=KEY).headers
    assert log.head().position == 2


class FallibleLog(MemoryLog):
    """A log that loses its answer after the append, or its disk before it, once."""

    failure = ""

    def append(self, appends: Any, cause: Cause, marks: Any = ()) -> Appended:
        failure, self.failure = self.failure, ""
        if failure == "before":
            raise LogUnavailable("disk full")
        done = super().append(appends, cause, marks)
        if failure == "after":
            raise RuntimeError("the process dies between append and answer")
        return done


@pytest.fixture
def fallible(clock: StoryClock) -> FallibleLog:
    return FallibleLog("pinboard", NOTE_EVENTS, clock)


def test_a_crash_between_append_and_answer_replays(clock: StoryClock, issuer: Issuer, fallible: FallibleLog) -> None:
    fallible.failure = "after"
    died = Caller(pinboard_app(fallible, clock, issuer), issuer, a_principal(Role.BUYER))
    problem(died.post("/v1/notes", {"text": "hi"}, headers=KEY), 500, "INTERNAL_ERROR")
    restarted = Caller(pinboard_app(fallible, clock, issuer), issuer, a_principal(Role.BUYER))
    again = restarted.post("/v1/notes", {"text": "hi"}, headers=KEY)
    assert again.status_code == 201
    assert again.get_json()["text"] == "hi"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert fallible.head().position == 1


def test_a_failure_before_the_append_keeps_nothing(clock: StoryClock, issuer: Issuer, fallible: FallibleLog) -> None:
    fallible.failure = "before"
    caller = Caller(pinboard_app(fallible, clock, issuer), issuer, a_principal(Role.BUYER))
    problem(caller.post("/v1/notes", {"text": "hi"}, headers=KEY), 503, "LOG_UNAVAILABLE")
    again = caller.post("/v1/notes", {"text": "hi"}, headers=KEY)
    assert "Idempotency-Replayed" not in again.headers
    assert fallible.head().position == 1


class SlowLog(MemoryLog):
    """A log whose append waits until it is told to go on."""

    def __init__(self, clock: StoryClock) -> None:
        super().__init__("pinboard", NOTE_EVENTS, clock)
        self.reached, self.go_on = threading.Event(), threading.Event()

    def append(self, appends: Any, cause: Cause, marks: Any = ()) -> Appended:
        self.reached.set()
        assert self.go_on.wait(10)
        return super().append(appends, cause, marks)


def test_the_same_key_while_the_first_is_being_handled_is_409(clock: StoryClock, issuer: Issuer) -> None:
    log = SlowLog(clock)
    app = pinboard_app(log, clock, issuer)
    answers: list[int] = []

    def first() -> None:
        caller = Caller(app, issuer, a_principal(Role.BUYER))
        answers.append(caller.post("/v1/notes", {"text": "hi"}, headers=KEY).status_code)

    thread = threading.Thread(target=first)
    thread.start()
    assert log.reached.wait(10)
    second = Caller(app, issuer, a_principal(Role.BUYER)).post("/v1/notes", {"text": "hi"}, headers=KEY)
    problem(second, 409, "KEY_IN_FLIGHT")
    assert second.headers["Retry-After"] == "1"
    log.go_on.set()
    thread.join(10)
    assert answers == [201]
    assert log.head().position == 1


def test_two_processes_with_one_log_act_once(clock: StoryClock, issuer: Issuer) -> None:
    """The claim is looked up by both before either appends: the one that loses in the log replays the winner's."""
    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    apps = [pinboard_app(log, clock, issuer) for _ in range(2)]
    barrier = threading.Barrier(2)
    answers: list[Any] = []

    def send(app: Flask) -> None:
        caller = Caller(app, issuer, a_principal(Role.BUYER))
        barrier.wait(10)
        answers.append(caller.post("/v1/notes", {"text": "hi"}, headers=KEY))

    threads = [threading.Thread(target=send, args=[app]) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert log.head().position == 1


def test_a_lost_race_for_the_claim_itself_replays_the_winner(clock: StoryClock, issuer: Issuer) -> None:
    """Deterministic: between lookup and append, somebody else's append claims the key."""

    class Overtaken(MemoryLog):
        overtake = True

        def append(self, appends: Any, cause: Cause, marks: Any = ()) -> Appended:
            if self.overtake and marks:
                self.overtake = False
                super().append(appends, cause, marks)
            return super().append(appends, cause, marks)

    log = Overtaken("pinboard", NOTE_EVENTS, clock)
    caller = Caller(pinboard_app(log, clock, issuer), issuer, a_principal(Role.BUYER))
    answer = caller.post("/v1/notes", {"text": "hi"}, headers=KEY)
    assert (answer.status_code, answer.headers["Idempotency-Replayed"]) == (201, "true")
    assert log.head().position == 1
