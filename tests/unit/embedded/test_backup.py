"""A backup is one cut however busy the logs are, and what is no whole backup is refused by name."""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Event, Thread

import pytest

from services.embedded.backup import LOGS, BackupRefused, back_up, manifest_of, one_cut
from services.embedded.own_files import is_open_to_others
from services.embedded.restoring import looked_through, restore
from services.embedded.running import opened
from shared.eventstore.port import LogUnavailable
from tests.support.children import files_limited_to, in_child

CUTS = 60


@pytest.fixture
def two_logs(tmp_path: Path) -> Iterator[Mapping[str, Path]]:
    """A source that grows, and a reader that marks how far it has read, as fast as they can."""
    paths = {"reader": tmp_path / "reader.sqlite", "source": tmp_path / "source.sqlite"}
    for path in paths.values():
        with closing(sqlite3.connect(path)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("CREATE TABLE at (n INTEGER)")
            made.execute("INSERT INTO at VALUES (0)")
            made.commit()
    over = Event()

    def trade() -> None:
        with ExitStack() as stack:
            logs = [
                stack.enter_context(closing(sqlite3.connect(paths[name], isolation_level=None, timeout=10)))
                for name in ("source", "reader")
            ]
            while not over.is_set():
                for log in logs:
                    log.execute("UPDATE at SET n = n + 1")

    trading = Thread(target=trade)
    trading.start()
    yield paths
    over.set()
    trading.join()


def test_no_mark_is_beyond_its_source_at_any_cut(two_logs: Mapping[str, Path]) -> None:
    seen = set()
    for _ in range(CUTS):
        with one_cut(two_logs) as snapshots:
            Event().wait(0.003)  # nobody sets it: the logs go on growing
            read, written = (snapshots[name].execute("SELECT n FROM at").fetchone()[0] for name in ("reader", "source"))
        assert read <= written <= read + 1
        seen.add(written)
    assert len(seen) > CUTS / 2  # they were growing, and were let


def test_snapshots_one_after_the_other_would_have_been_seen_to_differ(two_logs: Mapping[str, Path]) -> None:
    def torn() -> bool:
        with one_cut({"source": two_logs["source"]}) as first:
            Event().wait(0.003)
            with one_cut({"reader": two_logs["reader"]}) as second:
                written = first["source"].execute("SELECT n FROM at").fetchone()[0]
                return bool(second["reader"].execute("SELECT n FROM at").fetchone()[0] > written)

    assert any(torn() for _ in range(CUTS))


@pytest.fixture
def house_data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    with opened(data) as house:
        house.portal.signing.rotate()
    return data


@pytest.fixture
def backup(house_data: Path, tmp_path: Path) -> Path:
    back_up(house_data, tmp_path / "backup", "1")
    return tmp_path / "backup"


def failed(folder: Path) -> list[str]:
    return [one.name for one in looked_through(folder) if not one.passed]


def test_a_backup_says_what_it_holds_and_is_its_owners(backup: Path, house_data: Path) -> None:
    with opened(house_data) as house:
        for name, service in house.services.items():
            said = manifest_of(backup).logs[name]
            head, identity = service.log.head(), service.log.identity
            assert (said.head, said.digest) == (head.position, head.digest.hex())
            assert (said.log_id, said.epoch) == (identity.log_id, identity.epoch)
    assert [one.name for one in (backup, *backup.iterdir()) if is_open_to_others(one)] == []
    assert failed(backup) == []
    assert sorted(one.name for one in backup.iterdir()) == sorted(
        [*(f"{name}.sqlite" for name in LOGS), "secrets.json", "manifest.json"]
    )


def test_a_restored_house_has_the_same_events_and_begins_a_history_of_its_own(backup: Path, tmp_path: Path) -> None:
    assert [one.name for one in restore(backup, tmp_path / "new") if not one.passed] == []
    with opened(tmp_path / "new") as house:
        for name, service in house.services.items():
            said = manifest_of(backup).logs[name]
            assert service.log.head().position >= said.head  # the ledger notes where the new histories begin
            assert (service.log.identity.log_id, service.log.identity.epoch) == (said.log_id, said.epoch + 1)
        house.portal.signing.check()
    with pytest.raises(BackupRefused, match="is not empty"):
        restore(backup, tmp_path / "new")


def test_whatever_was_changed_added_or_taken_away_is_named(backup: Path, tmp_path: Path) -> None:
    def copy() -> Path:
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        return Path(shutil.copytree(backup, tmp_path / "copy"))

    changed = copy()
    with closing(sqlite3.connect(changed / "portal.sqlite")) as other:
        other.execute("UPDATE event SET recorded_us = recorded_us + 1")
        other.commit()
    assert failed(changed) == ["portal.sqlite is the file of this backup"]
    absent = copy()
    (absent / "order.sqlite").unlink()
    assert failed(absent) == ["order.sqlite is the file of this backup"]
    garbled = copy()
    (garbled / "ledger.sqlite").write_bytes(b"no database" * 500)
    assert failed(garbled) == ["ledger.sqlite is the file of this backup"]
    other_keys = copy()
    (other_keys / "secrets.json").write_text("{}")
    assert failed(other_keys) == ["secrets.json is the file of this backup"]
    more = copy()
    (more / "order.sqlite-wal").write_bytes(b"x")
    assert failed(more) == ["nothing stands beside the files of this backup"]
    for folder in (changed, absent, garbled, other_keys, more):
        if folder.exists():
            restored = restore(folder, tmp_path / "never")
            assert not all(one.passed for one in restored)
            assert not (tmp_path / "never").exists()


@pytest.mark.parametrize("said", [None, "{", "[]", '{"format": 1}', json.dumps({"format": 9, "logs": {}})])
def test_what_is_no_whole_backup_is_refused(backup: Path, said: str | None) -> None:
    (backup / "manifest.json").unlink()
    if said is not None:
        (backup / "manifest.json").write_text(said)
    with pytest.raises(BackupRefused, match=r"manifest\.json"):
        list(looked_through(backup))


def test_no_backup_is_made_of_nothing_nor_over_another(backup: Path, house_data: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="holds no log"):
        back_up(tmp_path / "nowhere", tmp_path / "to", "1")
    with pytest.raises(BackupRefused, match="is not empty"):
        back_up(house_data, backup, "1")


def test_a_backup_broken_off_never_looks_whole_and_the_next_one_takes_its_place(
    house_data: Path, tmp_path: Path
) -> None:
    to = tmp_path / "to"

    def without_room() -> str:
        with files_limited_to(20_000):
            try:
                back_up(house_data, to, "1")
            except (OSError, sqlite3.Error, LogUnavailable) as failure:
                return type(failure).__name__
        return "made"

    assert in_child(without_room) != "made"
    assert not to.exists()
    back_up(house_data, to, "1")
    assert failed(to) == []
    assert not to.with_name("to.unfinished").exists()
