"""Digests of code move with the code; what cannot be applied is set aside alone."""

import sqlalchemy as sa

from shared.clock import StoryClock
from shared.eventstore import codec, tables
from shared.eventstore.folding import digest_of
from shared.eventstore.memory import MemoryLog
from shared.eventstore.parking import count_parked, list_parked, unpark
from shared.eventstore.projector import Projector
from tests.support.notes import NOTE_TYPES, START, NoteCount, note_cause, taken


def test_a_digest_is_stable_and_moves_with_source_and_data() -> None:
    assert digest_of(NoteCount, 1) == digest_of(NoteCount, 1)
    assert len({digest_of(*one) for one in ((NoteCount,), (MemoryLog,), (codec,), (tables,), (1,), (2,), (1, 2))}) == 7
    assert digest_of(digest_of) != digest_of(NoteCount.apply)


def test_a_view_with_a_wrong_statement_parks_every_event_and_passes_on() -> None:
    class Broken(NoteCount):
        def apply(self, connection: sa.Connection, page: object) -> None:
            del page
            connection.execute(sa.text("INSERT INTO nowhere VALUES (1)"))

    log = MemoryLog("notes", NOTE_TYPES, StoryClock(START))
    good, broken = NoteCount("good"), Broken("broken")
    projector = Projector(log, [broken, good], StoryClock(START))
    log.append([taken("a", 0, "one", "two")], note_cause())
    projector.catch_up()
    assert good.counts(log.views) == {"a": 2}
    assert [one.mark for one in projector.parked()] == [1, 2]
    assert count_parked(log.views) == {"view:broken": 2}
    with log.writing() as connection:
        unpark(connection, "view:broken", "notes", 1)
    assert [one.mark for one in list_parked(log.views, "view:broken")] == [2]
    assert list_parked(log.views, "view:good") == []


def test_a_page_that_fails_leaves_nothing_of_itself_behind() -> None:
    log = MemoryLog("notes", NOTE_TYPES, StoryClock(START))
    view = NoteCount()
    projector = Projector(log, [view], StoryClock(START))
    log.append([taken("a", 0, *["x"] * 10, "poison", *["y"] * 10)], note_cause())
    projector.catch_up()
    assert view.counts(log.views) == {"a": 20}
