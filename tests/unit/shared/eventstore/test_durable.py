"""What is acknowledged outlives a power cut: the writer waits for the disk at every commit."""

from pathlib import Path

from shared.clock import StoryClock
from shared.eventstore.database import driver_of
from shared.eventstore.sqlite import SqliteLog
from tests.support.notes import NOTE_TYPES, START

FULL = 2


def test_the_writer_syncs_every_commit_to_a_write_ahead_log(tmp_path: Path) -> None:
    log = SqliteLog("notes", NOTE_TYPES, StoryClock(START), tmp_path / "notes.sqlite")
    with log.writing() as connection:
        driver = driver_of(connection)
        assert driver.execute("PRAGMA synchronous").fetchone() == (FULL,)
        assert driver.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    log.close()
