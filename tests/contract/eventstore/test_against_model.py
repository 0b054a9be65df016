"""Random histories on every engine against a model of a page: dictionaries that cannot be wrong."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from shared.clock import StoryClock
from shared.eventstore.port import AlreadyClaimed, Appended, Claim, Mark, NotAhead, Progress, WrongVersion
from tests.contract.eventstore.conftest import ENGINES
from tests.support.notes import START, NoteTaken, note_cause, outcome, taken

STREAMS = st.sampled_from(["a", "b", "c"])
OFFSETS = st.sampled_from([0, 0, 0, 0, 1, -1])  # mostly right, sometimes one too high or too low


class History(RuleBasedStateMachine):
    """Every rule does the same to the log and to the model and compares what came of it."""

    engine: str = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StoryClock(START)
        self.log = ENGINES[self.engine](self.clock, Path(self.folder.name))
        self.all: list[tuple[str, int, str, str]] = []  # stream, version, text, event id
        self.versions: dict[str, int] = {}
        self.marks: dict[str, int] = {}
        self.claims: dict[str, Claim] = {}
        self.repeatable: list[tuple[str, int, list[str], list[str], Appended]] = []
        self.made = 0

    def teardown(self) -> None:
        self.log.close()
        self.folder.cleanup()

    def _note(self, stream: str, texts: list[str], ids: list[str] | None) -> None:
        for index, text in enumerate(texts):
            version = self.versions.get(stream, 0) + 1
            self.versions[stream] = version
            self.all.append((stream, version, text, ids[index] if ids else f"{stream}@{version}"))

    @rule(stream=STREAMS, other=STREAMS, offset=OFFSETS, count=st.integers(1, 3), mark=st.integers(-1, 2))
    def append(self, stream: str, other: str, offset: int, count: int, mark: int) -> None:
        expected = max(0, self.versions.get(stream, 0) + offset)
        texts = [f"n{self.made + index}" for index in range(count)]
        self.made += count
        appends = [taken(stream, expected, *texts)]
        if other != stream:
            appends.append(taken(other, self.versions.get(other, 0), "beside"))
        marks: list[Mark] = [] if mark < 0 else [Progress("reader", stream, self.marks.get(stream, 0) + mark)]
        found, at = self.versions.get(stream, 0), self.marks.get(stream, 0)
        match outcome(lambda: self.log.append(appends, note_cause(), marks)):
            case NotAhead(found=stored):
                assert (mark, stored) == (0, at)
            case WrongVersion() as refused:
                assert mark != 0
                assert expected != found
                assert (refused.stream, refused.expected, refused.found) == (stream, expected, found)
            case Appended() as done:
                assert mark != 0
                assert expected == found
                self._note(stream, texts, None)
                if other != stream:
                    self._note(other, ["beside"], None)
                if mark > 0:
                    self.marks[stream] = at + mark
                assert done.position == len(self.all)
                assert done.versions == {one.stream: self.versions[one.stream] for one in appends}
            case unexpected:
                raise AssertionError(repr(unexpected))

    @rule(stream=STREAMS, count=st.integers(1, 2))
    def append_with_ids(self, stream: str, count: int) -> None:
        expected = self.versions.get(stream, 0)
        ids = [f"id{self.made + index}" for index in range(count)]
        self.made += count
        done = self.log.append([taken(stream, expected, *ids, ids=ids)], note_cause())
        self._note(stream, ids, ids)
        self.repeatable.append((stream, expected, ids, ids, done))

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self.repeatable:
            stream, expected, texts, ids, first = data.draw(st.sampled_from(self.repeatable))
            assert self.log.append([taken(stream, expected, *texts, ids=ids)], note_cause()) == first

    @rule(key=st.sampled_from(["k1", "k2"]), stream=STREAMS)
    def claim(self, key: str, stream: str) -> None:
        claim = Claim("org", key, "print", f"answer {self.made}".encode(), self.clock.now() + timedelta(minutes=5))
        held = self.claims.get(key)
        is_held = held is not None and held.expires_at > self.clock.now()
        append = taken(stream, self.versions.get(stream, 0), "claimed")
        match outcome(lambda: self.log.append([append], note_cause(), [claim])):
            case AlreadyClaimed(claim=first):
                assert is_held
                assert first == held
            case Appended():
                assert not is_held
                self.claims[key] = claim
                self._note(stream, ["claimed"], None)
            case unexpected:
                raise AssertionError(repr(unexpected))

    @rule(minutes=st.integers(1, 7))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def the_log_tells_what_the_model_tells(self) -> None:
        found = self.log.read_all()
        assert [one.position for one in found] == list(range(1, len(self.all) + 1))
        texts = [one.event.text for one in found if isinstance(one.event, NoteTaken)]
        assert [
            (one.stream, one.version, text, one.event_id) for one, text in zip(found, texts, strict=True)
        ] == self.all
        for stream in ("a", "b", "c"):
            assert self.log.stream_version(stream) == self.versions.get(stream, 0)
            assert self.log.progress("reader", stream) == self.marks.get(stream, 0)
        for key in ("k1", "k2"):
            held = self.claims.get(key)
            is_live = held is not None and held.expires_at > self.clock.now()
            assert self.log.claim("org", key, self.clock.now()) == (held if is_live else None)
        assert self.log.verify() == self.log.head()


@pytest.mark.parametrize("engine", list(ENGINES))
def test_every_history_reads_as_the_model_says(engine: str) -> None:
    machine = type("HistoryOfEngine", (History,), {"engine": engine})
    run_state_machine_as_test(machine, settings=settings(max_examples=12, stateful_step_count=20, deadline=None))
