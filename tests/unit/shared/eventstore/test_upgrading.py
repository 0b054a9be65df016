"""A file that an earlier release made opens, goes on, and gets what it lacks; what stood in it stays."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.clock import StoryClock
from shared.eventstore.port import Progress, StreamAppend
from shared.eventstore.sqlite import SqliteLog
from tests.support.notes import NOTE_TYPES, START, NoteTaken, note_cause, taken

RELEASE_0_1_0 = """
CREATE TABLE event (position INTEGER NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL, event_id TEXT,
  type TEXT NOT NULL, data BLOB NOT NULL, cause BLOB NOT NULL, recorded_us INTEGER NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY (position), CONSTRAINT event_stream_version UNIQUE (stream, version));
CREATE TABLE progress (consumer TEXT NOT NULL, source TEXT NOT NULL, mark INTEGER NOT NULL,
  PRIMARY KEY (consumer, source));
CREATE TABLE claim (scope TEXT NOT NULL, "key" TEXT NOT NULL, fingerprint TEXT NOT NULL, answer BLOB NOT NULL,
  expires_us INTEGER NOT NULL, PRIMARY KEY (scope, "key"));
CREATE TABLE view_checkpoint (name TEXT NOT NULL, position INTEGER NOT NULL, code_digest TEXT NOT NULL,
  PRIMARY KEY (name));
CREATE TABLE parked (owner TEXT NOT NULL, source TEXT NOT NULL, mark INTEGER NOT NULL, "key" TEXT NOT NULL,
  type TEXT NOT NULL, reason TEXT NOT NULL, parked_us INTEGER NOT NULL, PRIMARY KEY (owner, source, mark));
CREATE TABLE lease (name TEXT NOT NULL, holder TEXT NOT NULL, epoch INTEGER NOT NULL, expires_us INTEGER NOT NULL,
  PRIMARY KEY (name));
CREATE TABLE seal_key (subject TEXT NOT NULL, "key" BLOB NOT NULL, PRIMARY KEY (subject));
INSERT INTO progress VALUES ('reader', 'order/0', 4096);
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of release 0.1.0 with two notes and one mark in it."""
    modern, old = tmp_path / "modern.sqlite", tmp_path / "notes.sqlite"
    with closing(SqliteLog("notes", NOTE_TYPES, StoryClock(START), modern)) as log:
        log.append([taken("a", 0, "one", "two")], note_cause())
    with closing(sqlite3.connect(old)) as written:
        written.executescript(RELEASE_0_1_0)
        written.execute("ATTACH ? AS modern", (str(modern),))
        written.execute("INSERT INTO event SELECT * FROM modern.event")
        written.commit()
    return old


def test_an_old_file_gets_an_identity_once_and_keeps_what_it_holds(path: Path) -> None:
    with closing(SqliteLog("notes", NOTE_TYPES, StoryClock(START), path)) as log:
        made = log.identity
        assert made.log_id.startswith("log_")
        assert log.verify().position == 2
        assert list(log.marks()) == [Progress("reader", "order/0", 4096)]
    with closing(SqliteLog("notes", NOTE_TYPES, StoryClock(START), path)) as log:
        assert log.identity == made


def test_an_old_file_takes_events_and_marks_with_proofs(path: Path) -> None:
    with closing(SqliteLog("notes", NOTE_TYPES, StoryClock(START), path)) as log:
        proof = log.proof_at(2)
        mark = Progress("reader", "order/0", 5000, proof=proof)
        log.append([StreamAppend("a", 2, [NoteTaken(text="three")])], note_cause(), [mark])
        assert list(log.marks()) == [mark]
        assert log.verify().position == 3


def test_a_file_that_has_everything_is_opened_without_the_write_lock(path: Path) -> None:
    SqliteLog("notes", NOTE_TYPES, StoryClock(START), path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        SqliteLog("notes", NOTE_TYPES, StoryClock(START), path).close()
        writer.execute("ROLLBACK")
