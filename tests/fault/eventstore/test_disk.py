"""A read-only, a full and a damaged log: a clear error, nothing lost, nothing half-written, work goes on when cured."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.clock import StoryClock
from shared.eventstore.port import Appended, LogDamaged, LogError, LogUnavailable, Progress
from shared.eventstore.projector import Projector
from shared.eventstore.sqlite import SqliteLog
from tests.support.children import files_limited_to, in_child
from tests.support.notes import NOTE_TYPES, START, NoteCount, note_cause, outcome, taken

CLOCK = StoryClock(START)


def opened(path: Path) -> SqliteLog:
    return SqliteLog("notes", NOTE_TYPES, CLOCK, path)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an unprivileged child can enter, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="gongfang-fault-"))
    made.chmod(0o755)
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


@pytest.fixture
def ten_notes(folder: Path) -> Path:
    """A closed log of ten notes."""
    path = folder / "notes.db"
    with closing(opened(path)) as log:
        for index in range(10):
            log.append([taken(f"s{index % 3}", index // 3, f"note number {index} " + "x" * 200)], note_cause())
    return path


def test_a_read_only_log_refuses_to_write_and_stays_as_it_was(ten_notes: Path) -> None:
    before = ten_notes.read_bytes()
    ten_notes.chmod(0o444)
    ten_notes.parent.chmod(0o555)

    def write() -> str:
        try:
            with closing(opened(ten_notes)) as log:
                log.append([taken("s0", 4, "refused")], note_cause())
        except LogUnavailable as refused:
            return str(refused)
        return "written"

    answer = in_child(write, unprivileged=True)
    assert "notes.db" in answer
    assert "nothing was written" in answer
    assert ten_notes.read_bytes() == before
    ten_notes.parent.chmod(0o755)
    ten_notes.chmod(0o644)
    with closing(opened(ten_notes)) as log:
        assert log.append([taken("s0", 4, "written")], note_cause()).position == 11
        assert log.verify().position == 11


def append_with_mark(log: SqliteLog, index: int) -> Appended | LogError:
    mark = Progress("reader", "notes/0", index + 1)
    return outcome(lambda: log.append([taken("a", index, "x" * 4_000)], note_cause(), [mark]))


def test_a_full_disk_refuses_appends_and_takes_them_when_there_is_room_again(folder: Path) -> None:
    path = folder / "notes.db"

    def fill() -> tuple[int, int, int]:
        with closing(opened(path)) as log:
            written = 0
            with files_limited_to(400_000):
                while isinstance(append_with_mark(log, written), Appended):
                    written += 1
                assert isinstance(append_with_mark(log, written), LogUnavailable)
                with pytest.raises(LogUnavailable):
                    log.append([taken("a", written, "x" * 40_000)], note_cause())
                full = (log.head().position, log.progress("reader", "notes/0"))
            assert full == (written, written)
            log.append([taken("a", written, "after")], note_cause(), [Progress("reader", "notes/0", written + 1)])
            return written, log.verify().position, log.stream_version("a")

    written, position, version = in_child(fill)
    assert written > 10
    assert position == version == written + 1
    with closing(opened(path)) as log:
        assert log.verify().position == written + 1


def test_a_full_disk_leaves_view_and_checkpoint_together(folder: Path) -> None:
    path = folder / "notes.db"

    def fill() -> tuple[dict[str, int], int]:
        with closing(opened(path)) as log:
            view = NoteCount()
            projector = Projector(log, [view], CLOCK, page_max=5)
            log.append([taken(f"{index:03}" + "k" * 2_000, 0, "x") for index in range(60)], note_cause())
            with files_limited_to(Path(f"{path}-wal").stat().st_size + 20_000), pytest.raises(LogUnavailable):
                projector.catch_up()
            assert len(view.counts(log.views)) == projector.position()
            assert projector.parked() == []
            projector.catch_up()
            return view.counts(log.views), projector.position()

    counts, position = in_child(fill)
    assert position == len(counts) == 60


def open_files_on(path: Path) -> int:
    """How many of this process's open files are the database itself."""
    return sum(link.resolve() == path.resolve() for link in Path("/proc/self/fd").iterdir())


def test_a_changed_byte_in_the_middle_is_found_by_verify_with_its_position(ten_notes: Path) -> None:
    content = ten_notes.read_bytes()
    ten_notes.write_bytes(content.replace(b"note number 4", b"note number 5"))
    with closing(opened(ten_notes)) as log, pytest.raises(LogDamaged, match="position 5"):
        log.verify()


def test_an_unreadable_event_is_named_and_never_skipped(ten_notes: Path) -> None:
    content = ten_notes.read_bytes()
    ten_notes.write_bytes(content.replace(b'"text":"note number 4', b'"text":?note number 4'))
    with closing(opened(ten_notes)) as log:
        with pytest.raises(LogDamaged, match="position 5"):
            log.read_all()
        with pytest.raises(LogDamaged, match="s1"):
            log.read_events("s1")


def test_a_changed_last_event_keeps_the_log_from_opening(ten_notes: Path) -> None:
    content = ten_notes.read_bytes()
    ten_notes.write_bytes(content.replace(b"note number 9", b"note number 8"))
    with pytest.raises(LogDamaged, match="position 10") as kept:
        opened(ten_notes)
    assert open_files_on(ten_notes) == 0, f"it lets go of the file, be {kept} kept or not"


def test_a_removed_event_is_found(ten_notes: Path) -> None:
    with closing(sqlite3.connect(ten_notes)) as driver, driver:
        driver.execute("DELETE FROM event WHERE position = 4")
    with closing(opened(ten_notes)) as log:
        with pytest.raises(LogDamaged, match="expected positions"):
            log.read_all()
        with pytest.raises(LogDamaged, match="expected position 4, found 5"):
            log.verify()


@pytest.mark.parametrize("keep", [100, 4_096, 9_000])
def test_a_truncated_file_is_damaged_or_unavailable(ten_notes: Path, keep: int) -> None:
    ten_notes.write_bytes(ten_notes.read_bytes()[:keep])
    with pytest.raises((LogDamaged, LogUnavailable)), closing(opened(ten_notes)) as log:
        log.verify()


def test_a_file_that_is_no_database_is_damaged(folder: Path) -> None:
    path = folder / "notes.db"
    path.write_bytes(b"this is a shopping list, not a database; " * 50)
    with pytest.raises(LogDamaged) as kept:
        opened(path)
    assert open_files_on(path) == 0, f"it lets go of the file, be {kept} kept or not"
    assert path.read_bytes().startswith(b"this is a shopping list")


def test_a_folder_that_does_not_exist_makes_the_log_unavailable(folder: Path) -> None:
    with pytest.raises(LogUnavailable):
        opened(folder / "absent" / "notes.db")


def test_a_closed_log_says_so(folder: Path) -> None:
    log = opened(folder / "notes.db")
    log.close()
    for call in (log.head, log.read_all, lambda: log.append([taken("a", 0, "x")], note_cause())):
        with pytest.raises(LogUnavailable, match="closed"):
            call()
    with pytest.raises(LogUnavailable, match="closed"), log.writing():
        raise AssertionError("never reached")
