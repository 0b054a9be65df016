import threading
from collections.abc import Iterator

import orjson
import pytest
from werkzeug.test import TestResponse

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.kernel.principal import Role
from shared.web import streaming
from tests.support.pinboard import NOTE_EVENTS, pinboard_app
from tests.support.web_client import Caller, Issuer, a_principal, problem

SSE = {"Accept": "text/event-stream"}


def _note(buyer: Caller) -> str:
    found: str = buyer.post("/v1/notes", {"text": "one"}).get_json()["id"]
    return found


def _change(buyer: Caller, note: str, version: int) -> None:
    answer = buyer.send("PUT", f"/v1/notes/{note}", {"text": f"text {version}"}, headers={"If-Match": f'"v{version}"'})
    assert answer.status_code == 200


def _frames(answer: TestResponse) -> Iterator[dict[str, str]]:
    """Frames with data, as a browser's EventSource splits them."""
    for chunk in answer.response:
        for frame in (chunk if isinstance(chunk, bytes) else chunk.encode()).split(b"\n\n"):
            fields = dict(line.split(": ", 1) for line in frame.decode().splitlines() if ": " in line[1:])
            if "data" in fields:
                yield fields


def test_a_stream_resumes_by_position_and_misses_nothing(buyer: Caller) -> None:
    note = _note(buyer)
    _change(buyer, note, 1)
    answer = buyer.get(f"/v1/notes/{note}/events", headers=SSE, buffered=False)
    assert answer.content_type.startswith("text/event-stream")
    frames = _frames(answer)
    first = next(frames)
    answer.close()
    _change(buyer, note, 2)
    again = buyer.get(f"/v1/notes/{note}/events", headers={**SSE, "Last-Event-ID": first["id"]}, buffered=False)
    frames = _frames(again)
    texts = [orjson.loads(next(frames)["data"])["text"] for _ in range(2)]
    again.close()
    assert texts == ["text 1", "text 2"]


def test_a_live_stream_shows_what_is_written_while_it_is_open(buyer: Caller) -> None:
    note = _note(buyer)
    answer = buyer.get(f"/v1/notes/{note}/events", headers={**SSE, "Last-Event-ID": "1"}, buffered=False)
    frames = _frames(answer)
    writer = threading.Thread(target=_change, args=[buyer, note, 1])
    writer.start()
    assert orjson.loads(next(frames)["data"]) == {"position": 2, "text": "text 1"}
    writer.join(10)
    answer.close()


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_who_has_seen_more_than_there_is_is_told(buyer: Caller, accept: str) -> None:
    """After a restore, say: waiting there would miss everything until the log had grown past it."""
    note = _note(buyer)
    path = f"/v1/notes/{note}/events"
    problem(buyer.get(path, headers={"Accept": accept, "Last-Event-ID": "2"}), 410, "EVENT_ID_AHEAD")
    assert buyer.get(f"{path}?after=1").get_json() == {"items": [], "next": 1}


def test_who_has_seen_events_of_a_history_that_was_given_up_is_told(buyer: Caller, log: LogWithViews) -> None:
    """A recovery begins a new history behind the second event: ids of the first history are good up to there only."""
    note = _note(buyer)
    path = f"/v1/notes/{note}/events"
    for version in (1, 2, 3):
        _change(buyer, note, version)
    log.begin_epoch(2)
    for seen in ("3", "4", "1.3", "3.2", "2.5"):
        problem(buyer.get(path, headers={**SSE, "Last-Event-ID": seen}), 410, "EVENT_ID_AHEAD")
    for seen, follows in (("2", "text 2"), ("1.2", "text 2"), ("2.3", "text 3")):
        answer = buyer.get(path, headers={**SSE, "Last-Event-ID": seen}, buffered=False)
        first = next(_frames(answer))
        answer.close()
        assert orjson.loads(first["data"])["text"] == follows
        assert first["id"] == f"2.{int(seen[-1]) + 1}"
    assert buyer.get(f"{path}?after=3").get_json()["next"] == 4, "who polls says no epoch, and goes on"


def test_polling_gives_the_same_rows(buyer: Caller) -> None:
    note = _note(buyer)
    _change(buyer, note, 1)
    found = buyer.get(f"/v1/notes/{note}/events").get_json()
    assert found == {"items": [{"position": 1, "text": "one"}, {"position": 2, "text": "text 1"}], "next": 2}
    _change(buyer, note, 2)
    following = buyer.get(f"/v1/notes/{note}/events?after={found['next']}").get_json()
    assert [one["text"] for one in following["items"]] == ["text 2"]


def test_streams_show_nobody_elses_events(buyer: Caller, rival: Caller) -> None:
    note, theirs = _note(buyer), _note(rival)
    problem(rival.get(f"/v1/notes/{note}/events", headers=SSE), 404, "NOT_FOUND")
    found = buyer.get(f"/v1/notes/{note}/events").get_json()
    assert theirs not in str(found)
    assert len(found["items"]) == 1


@pytest.mark.parametrize("seen", ["-1", "x", "1e3", "1" * 30, "9" * 5_000, "²"])
def test_a_position_that_is_none_is_refused(buyer: Caller, seen: str) -> None:
    note = _note(buyer)
    answer = buyer.get(f"/v1/notes/{note}/events?after={seen}")
    problem(answer, 400, "HEADER_INVALID")


def test_open_streams_are_capped_and_free_again_when_closed(clock: StoryClock, issuer: Issuer) -> None:
    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    buyer = Caller(
        pinboard_app(log, clock, issuer, streams=streaming.OpenStreams(threading.BoundedSemaphore(2))),
        issuer,
        a_principal(Role.BUYER),
    )
    path = f"/v1/notes/{_note(buyer)}/events"
    open_now = [buyer.get(path, headers=SSE, buffered=False) for _ in range(2)]
    full = buyer.get(path, headers=SSE)
    problem(full, 429, "STREAMS_FULL")
    assert int(full.headers["Retry-After"]) > 0
    assert buyer.get(path).status_code == 200, "polling goes on"
    open_now.pop().close()
    after_one_left = buyer.get(path, headers=SSE, buffered=False)
    assert after_one_left.status_code == 200
    after_one_left.close()
    open_now.pop().close()


def test_one_organisation_leaves_streams_to_the_others(clock: StoryClock, issuer: Issuer) -> None:
    log = MemoryLog("pinboard", NOTE_EVENTS, clock)
    app = pinboard_app(log, clock, issuer, streams=streaming.OpenStreams(threading.BoundedSemaphore(4)))
    one, other = (Caller(app, issuer, a_principal(Role.BUYER, number)) for number in (1, 2))
    mine, theirs = (f"/v1/notes/{_note(who)}/events" for who in (one, other))
    share = streaming.STREAMS_PER_ORGANISATION_MAX
    open_now = [one.get(mine, headers=SSE, buffered=False) for _ in range(share)]
    problem(one.get(mine, headers=SSE), 429, "STREAMS_FULL")
    others = other.get(theirs, headers=SSE, buffered=False)
    assert others.status_code == 200
    for stream in (*open_now, others):
        stream.close()
    again = one.get(mine, headers=SSE, buffered=False)
    assert again.status_code == 200
    again.close()


def test_a_stream_ends_by_itself_and_says_where_to_go_on(buyer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "STREAM_FOR_S", 0.2)
    monkeypatch.setattr(streaming, "HEARTBEAT_S", 0.05)
    note = _note(buyer)
    text = buyer.get(f"/v1/notes/{note}/events", headers=SSE).text
    assert text.startswith("retry: 5000\n")
    assert ": still here" in text
    assert text.endswith("id: 1\n\n")
    assert all(line != "data:" for line in text.splitlines()), "an empty message is a message"


def test_a_page_of_polling_is_bounded(buyer: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "ROWS_MAX", 2)
    note = _note(buyer)
    for version in (1, 2, 3):
        _change(buyer, note, version)
    first = buyer.get(f"/v1/notes/{note}/events").get_json()
    assert (len(first["items"]), first["next"]) == (2, 2)
    second = buyer.get(f"/v1/notes/{note}/events?after=2").get_json()
    assert [one["text"] for one in second["items"]] == ["text 2", "text 3"]
