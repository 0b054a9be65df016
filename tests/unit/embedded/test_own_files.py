"""Data are their owner's alone: new files and folders under any umask, old ones that somebody opened."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from services.embedded.data_directory import DataDirectory, DirectoryOpenToOthers
from services.embedded.own_files import is_open_to_others, write_whole
from services.terminal import Exit

MADE_BY_ANYBODY = """
import os, sys
from pathlib import Path
os.umask(0)
from services.embedded.running import opened, served
with opened(Path(sys.argv[1])) as house, served(house):
    print([f.name for f in Path(sys.argv[1]).iterdir() if f.stat().st_mode & 0o077])
"""
LOG_ALONE = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
os.umask(0)
from services.portal.domain.events import EVENT_TYPES
from shared.clock import SystemClock
from shared.eventstore.sqlite import SqliteLog
log = SqliteLog("portal", EVENT_TYPES, SystemClock(), Path(sys.argv[1]) / "portal.sqlite")
print([f.name for f in Path(sys.argv[1]).iterdir() if f.stat().st_mode & 0o077])
"""


def run(code: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def test_whoever_makes_a_data_directory_makes_it_for_himself(tmp_path: Path) -> None:
    assert run(MADE_BY_ANYBODY, tmp_path / "data") == "[]"
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert (tmp_path / "data/secrets.json").exists()


def test_a_log_made_without_a_data_directory_is_closed_too_and_so_is_what_sqlite_puts_beside_it(tmp_path: Path) -> None:
    assert run(LOG_ALONE, tmp_path) == "[]"


def test_what_somebody_opened_is_closed_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    DataDirectory.open(data).close()
    (data / "order.sqlite").touch()
    for one in (data, *data.iterdir()):
        one.chmod(0o777)
    DataDirectory.open(data).close()
    assert [one.name for one in (data, *data.iterdir()) if is_open_to_others(one)] == []


def test_a_folder_with_somebody_elses_files_is_refused_by_name_and_left_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").touch()
    home.chmod(0o755)
    with pytest.raises(DirectoryOpenToOthers, match=f"{home} is open to other users"):
        DataDirectory.open(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o755
    assert sorted(one.name for one in home.iterdir()) == ["letter.txt"]
    command = [sys.executable, "-m", "services", "doctor", "--data", str(home)]
    (home / "order.sqlite-journal").touch()
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode in {Exit.DONE, Exit.LOG_UNAVAILABLE}
    assert "Traceback" not in told.stderr


def test_a_file_is_the_old_one_or_the_new_one_and_its_owners(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_whole(tmp_path / "a.json", json.dumps(1))
        write_whole(tmp_path / "a.json", json.dumps(2))
    finally:
        os.umask(before)
    assert (tmp_path / "a.json").read_text() == "2"
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.json"]
