"""A data directory belongs to one process; the second one hears who has it."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.embedded.data_directory import DataDirectory, DirectoryInUse

HOLD = """
import sys
from pathlib import Path
from services.embedded.data_directory import DataDirectory
DataDirectory.open(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_directory_is_created_and_names_a_file_a_service(tmp_path: Path) -> None:
    directory = DataDirectory.open(tmp_path / "fresh")
    assert directory.database("order") == tmp_path / "fresh" / "order.sqlite"
    directory.close()


def test_a_second_process_is_refused_with_the_holders_number(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DirectoryInUse, match=f"process {holder.pid}"):
            DataDirectory.open(tmp_path)
        holder.kill()
        holder.wait()
        DataDirectory.open(tmp_path).close()  # the kernel dropped the lock with the process


def test_a_closed_directory_may_be_opened_again(tmp_path: Path) -> None:
    DataDirectory.open(tmp_path).close()
    DataDirectory.open(tmp_path).close()
