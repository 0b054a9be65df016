"""A process that writes, publishes and consumes is killed again and again: every fact has its effect exactly once."""

import os
import random
import signal
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial
from pathlib import Path

from shared.bus.consumer import Consumer
from shared.bus.memory import InProcessBroker
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.eventstore.projector import Projector
from shared.eventstore.sqlite import SqliteLog
from tests.support.children import forked
from tests.support.copying import copied, copy
from tests.support.notes import NOTE_FACTS, NOTE_TYPES, START, NoteCount, NoteTaken, note_cause, publish_notes, taken

LEASE = timedelta(milliseconds=50)


def _live(folder: Path, pipe: int) -> None:
    """Write notes for ever, with relay, consumer and views on threads; tell how many steps were made."""
    clock, steps = StoryClock(START), 0
    notes = SqliteLog("notes", NOTE_TYPES, clock, folder / "notes.db")
    copies = SqliteLog("copies", NOTE_TYPES, clock, folder / "copies.db")
    broker = InProcessBroker(NOTE_FACTS, window_facts_max=20)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock, page_max=7)
    relay = Relay(notes, publish_notes, broker, "notes", NOTE_FACTS, lease_lasts_for=LEASE, page_max=5)
    for runner in (Projector(copies, [NoteCount()], clock), consumer, relay):
        runner.start()
    while True:
        version = notes.stream_version("a")
        notes.append([taken("a", version, f"{version}")], note_cause())
        steps += 1
        os.write(pipe, b".")


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_done_twice(tmp_path: Path) -> None:
    chance = random.Random(5)
    for _ in range(6):
        with forked(partial(_live, tmp_path)) as (child, pipe):
            pipe.read(chance.randrange(1, 40))
            os.kill(child, signal.SIGKILL)
    clock = StoryClock(START)
    with ExitStack() as stack:
        notes = stack.enter_context(closing(SqliteLog("notes", NOTE_TYPES, clock, tmp_path / "notes.db")))
        copies = stack.enter_context(closing(SqliteLog("copies", NOTE_TYPES, clock, tmp_path / "copies.db")))
        broker = InProcessBroker(NOTE_FACTS)
        relay = Relay(notes, publish_notes, broker, "notes", NOTE_FACTS, lease_lasts_for=LEASE)
        consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
        consumer.subscribe()
        while relay.lag() or consumer.lag().count:
            relay.run_once()
            consumer.run_once()
        written = [one.event.text for one in notes.read_stream("a") if isinstance(one.event, NoteTaken)]
        assert written == [str(index) for index in range(len(written))]
        assert copied(copies) == written
        view = NoteCount()
        projector = Projector(copies, [view], clock)
        projector.catch_up()
        live = view.counts(copies.views)
        projector.rebuild(view.name)
        assert live == view.counts(copies.views) == {"copies": len(written)}
        assert notes.verify().position == len(written)
        assert copies.verify() == copies.head()
