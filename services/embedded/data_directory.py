"""The data directory of the embedded mode: one SQLite file a service, and the lock that keeps a second process out."""

import fcntl
import os
from pathlib import Path

LOCK_NAME = "gongfang.lock"


class DirectoryInUse(Exception):  # an answer, not an error of the program
    """Another process serves this data directory."""

    def __init__(self, directory: Path, holder: str) -> None:
        super().__init__(
            f"{directory} is in use by process {holder or 'unknown'}; stop it, or name another directory with --data"
            f" / 该数据目录正被进程 {holder or '未知'} 使用：请先停止它，或用 --data 指定另一个目录"
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
        """Create *path* where it lacks and hold it. Raises DirectoryInUse; OSError when it cannot be written."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 32, 0).decode("ascii", "replace").strip()
            os.close(lock)
            raise DirectoryInUse(path, holder) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
        return cls(path, lock)

    def database(self, service: str) -> Path:
        """The SQLite file of *service*."""
        return self.path / f"{service}.sqlite"

    def close(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
