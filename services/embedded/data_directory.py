"""The data directory of the embedded mode: one SQLite file a service, its owner's alone, locked against a second process."""

import fcntl
import os
from pathlib import Path

import structlog

from services.embedded.own_files import FILE_MODE, FOLDER_MODE, OTHERS, close_to_others, is_open_to_others

LOCK_NAME = "gongfang.lock"
_OURS = ("*.sqlite", LOCK_NAME, "story-time.json", "secrets.json", "log.jsonl")

_log = structlog.get_logger(__name__)


class DirectoryInUse(Exception):  # an answer, not an error of the program
    """Another process serves this data directory."""

    def __init__(self, directory: Path, holder: str) -> None:
        super().__init__(
            f"{directory} is in use by process {holder or 'unknown'}; stop it, or name another directory with --data"
            f" / 该数据目录正被进程 {holder or '未知'} 使用：请先停止它，或用 --data 指定另一个目录"
        )


class DirectoryOpenToOthers(Exception):  # an answer, not an error of the program
    """Others may read what stands there, and it is not ours to change that."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is open to other users and {why}; close it (chmod go= {path}), or name another directory with"
            f" --data / {path} 可被其他用户访问：请先收回权限（chmod go= {path}），或用 --data 指定另一个目录"
        )


class DataDirectory:
    """A directory held by this process alone, from `open` to `close`.

    The lock is the kernel's (`flock`), so it ends with the process however that ends; the file only says who.
    """

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock: int | None = lock

    @classmethod
    def open(cls, path: Path) -> "DataDirectory":
        """Create *path* where it lacks, hold it, and see that it is its owner's alone with all that is in it.

        From then on whatever this process writes is its owner's alone, whatever umask it was started with. Raises
        DirectoryInUse, DirectoryOpenToOthers; OSError when it cannot be written.
        """
        os.umask(OTHERS)
        path.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        _close_the_folder(path)
        lock = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
            os.close(lock)
            raise DirectoryInUse(path, holder) from None
        try:
            _close_the_files(path)
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
        except BaseException:
            os.close(lock)
            raise
        return cls(path, lock)

    def database(self, service: str) -> Path:
        """The SQLite file of *service*."""
        return self.path / f"{service}.sqlite"

    def close(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _close_the_folder(path: Path) -> None:
    """A folder of ours, or one without a file, is closed to others; one with somebody's files in it is left alone."""
    if not is_open_to_others(path):
        return
    if not any(any(path.glob(name)) for name in _OURS) and any(one.is_file() for one in path.iterdir()):
        raise DirectoryOpenToOthers(path, "holds files that are not the platform's")
    _close(path)


def _close_the_files(path: Path) -> None:
    for one in sorted(path.iterdir()):
        if one.is_file() and is_open_to_others(one):
            _close(one)


def _close(path: Path) -> None:
    try:
        close_to_others(path)
    except OSError as failure:
        raise DirectoryOpenToOthers(path, f"cannot be closed to them ({failure.strerror})") from failure
    _log.warning("closed to other users", path=str(path))
