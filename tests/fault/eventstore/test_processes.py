"""Several real processes on one log, and one that dies in the middle: one order, nothing lost, nothing half-done."""

import os
import signal
from contextlib import closing
from functools import partial
from pathlib import Path

from shared.clock import StoryClock
from shared.eventstore.handling import Prepared, transact
from shared.eventstore.port import Progress, Recorded
from shared.eventstore.sqlite import FOREIGN_WRITE_NOTICED_S, SqliteLog
from tests.support.children import forked, in_child
from tests.support.notes import NOTE_TYPES, START, NoteTaken, note_cause, taken

PROCESSES, EACH = 4, 30


def opened(path: Path) -> SqliteLog:
    return SqliteLog("notes", NOTE_TYPES, StoryClock(START), path)


def _write(path: Path, writer: int, pipe: int) -> None:
    """*EACH* notes to a stream of one's own and, in the same append, to one that all processes race for."""
    with closing(opened(path)) as log:
        for index in range(EACH):

            def prepare(index: int = index) -> Prepared[None]:
                shared = log.stream_version("shared")
                return Prepared([taken(f"own{writer}", index, "x"), taken("shared", shared, f"{writer}/{index}")], None)

            transact(log, prepare, note_cause(), tries_max=10_000)
    os.write(pipe, b"done")


def test_four_processes_lose_nothing_and_a_reader_that_follows_misses_nothing(tmp_path: Path) -> None:
    path, total = tmp_path / "notes.db", PROCESSES * EACH * 2
    in_child(lambda: opened(path).close())
    seen: list[Recorded] = []
    with (
        forked(partial(_write, path, 0)),
        forked(partial(_write, path, 1)),
        forked(partial(_write, path, 2)),
        forked(partial(_write, path, 3)),
        closing(opened(path)) as log,
    ):
        while len(seen) < total and log.wait_beyond(len(seen), 60):
            seen += log.read_all(len(seen), 50)
        assert log.verify().position == total
    assert [one.position for one in seen] == list(range(1, total + 1))
    texts = [one.event.text for one in seen if one.stream == "shared" and isinstance(one.event, NoteTaken)]
    assert sorted(texts) == sorted(f"{writer}/{index}" for writer in range(PROCESSES) for index in range(EACH))
    for writer in range(PROCESSES):
        mine = [text for text in texts if text.startswith(f"{writer}/")]
        assert mine == [f"{writer}/{index}" for index in range(EACH)]


def test_processes_that_create_the_log_together_all_get_it(tmp_path: Path) -> None:
    for attempt in range(5):
        path = tmp_path / f"notes{attempt}.db"
        with (
            forked(partial(_write, path, 0)) as (_, first),
            forked(partial(_write, path, 1)) as (_, second),
        ):
            assert (first.read(4), second.read(4)) == (b"done", b"done")
        with closing(opened(path)) as log:
            assert log.verify().position == 2 * EACH * 2


def test_what_another_process_wrote_is_seen_by_versions_marks_and_waits(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    with closing(opened(path)) as log:
        log.append([taken("a", 0, "ours")], note_cause(), [Progress("reader", "x/0", 1)])

        def write_beside() -> int:
            with closing(opened(path)) as other:
                return other.append([taken("a", 1, "theirs")], note_cause(), [Progress("reader", "x/0", 2)]).position

        assert in_child(write_beside) == 2
        assert log.wait_beyond(1, FOREIGN_WRITE_NOTICED_S * 20)
        assert log.stream_version("a") == 2
        assert log.progress("reader", "x/0") == 2
        assert log.append([taken("a", 2, "ours again")], note_cause()).position == 3
        assert log.verify().position == 3


def test_a_writer_killed_at_any_moment_leaves_all_it_was_told_is_written(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"

    def write_for_ever(pipe: int) -> None:
        log, version = opened(path), 0
        while True:
            log.append([taken("a", version, "x" * 300), taken(f"b{version}", 0, "y")], note_cause())
            version += 1
            os.write(pipe, version.to_bytes(4, "big"))

    for wanted in (5, 25):
        path.unlink(missing_ok=True)
        for leftover in (f"{path}-wal", f"{path}-shm"):
            Path(leftover).unlink(missing_ok=True)
        with forked(write_for_ever) as (child, pipe):
            told = 0
            while told < wanted:
                told = int.from_bytes(pipe.read(4), "big")
            os.kill(child, signal.SIGKILL)
            told = max(
                [told, *(int.from_bytes(one, "big") for one in iter(lambda: pipe.read(4), b"") if len(one) == 4)]
            )
        with closing(opened(path)) as log:
            assert log.stream_version("a") >= told
            assert log.verify().position == log.stream_version("a") * 2
