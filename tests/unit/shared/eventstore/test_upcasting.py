"""Events stored by older code are read by newer code: through the log, step by step, one after the other."""

from contextlib import closing
from pathlib import Path

import pytest

from shared.clock import StoryClock
from shared.eventstore.port import LogDamaged, StreamAppend
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.event import Event, EventTypes
from tests.support.notes import START, note_cause


class NoteV1(Event, frozen=True):
    text: str


class NoteV2(Event, frozen=True):
    text: str
    weight_g: int


class NoteV3(Event, frozen=True):
    lines: list[str]
    weight_g: int


def _weighed(fields: dict[str, object]) -> dict[str, object]:
    return {**fields, "weight_g": 5}


def _in_lines(fields: dict[str, object]) -> dict[str, object]:
    return {"lines": str(fields["text"]).split("\n"), "weight_g": fields["weight_g"]}


V1 = EventTypes({"note.v1": NoteV1})
V2 = EventTypes({"note.v2": NoteV2}, {"note.v1": ("note.v2", _weighed)})
V3 = EventTypes({"note.v3": NoteV3}, {"note.v1": ("note.v2", _weighed), "note.v2": ("note.v3", _in_lines)})


def test_a_stream_written_by_three_generations_reads_as_the_newest(tmp_path: Path) -> None:
    path, clock = tmp_path / "notes.db", StoryClock(START)
    generations: list[tuple[EventTypes, Event]] = [
        (V1, NoteV1(text="a\nb")),
        (V2, NoteV2(text="c", weight_g=7)),
        (V3, NoteV3(lines=["d"], weight_g=9)),
    ]
    for version, (types, event) in enumerate(generations):
        with closing(SqliteLog("notes", types, clock, path)) as log:
            log.append([StreamAppend("a", version, [event])], note_cause())
    with closing(SqliteLog("notes", V3, clock, path)) as log:
        head = log.verify()
        assert [one.event for one in log.read_stream("a")] == log.read_events("a")[0]
        assert log.read_events("a")[0] == [
            NoteV3(lines=["a", "b"], weight_g=5),
            NoteV3(lines=["c"], weight_g=7),
            NoteV3(lines=["d"], weight_g=9),
        ]
        assert [one.type for one in log.read_all()] == ["note.v1", "note.v2", "note.v3"]
        assert head == log.head()


def test_newer_events_are_damage_to_older_code_and_never_guessed(tmp_path: Path) -> None:
    path, clock = tmp_path / "notes.db", StoryClock(START)
    with closing(SqliteLog("notes", V3, clock, path)) as log:
        log.append([StreamAppend("a", 0, [NoteV3(lines=["d"], weight_g=9)])], note_cause())
    with closing(SqliteLog("notes", V1, clock, path)) as log, pytest.raises(LogDamaged, match=r"note\.v3"):
        log.read_stream("a")
