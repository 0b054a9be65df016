"""What a crash leaves of SQLite's files: the file as it was, and a prefix of the write-ahead log, perhaps with litter.

SQLite promises that a commit whose frames are not all there, with their checksums, never happened. A commit that was
acknowledged lies before the place of the cut, so it is never touched.
"""

import shutil
from pathlib import Path
from random import Random

_LITTER_BYTES_MAX = 8_192


def wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def wal_bytes(path: Path) -> int:
    """Length of the write-ahead log of the database at *path*, 0 when there is none."""
    try:
        return wal_of(path).stat().st_size
    except FileNotFoundError:
        return 0


def copy_files(path: Path, to: Path) -> None:
    """The database at *path* as a process that dies now leaves it; the shared index dies with it."""
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)
    if wal_of(path).exists():
        shutil.copyfile(wal_of(path), wal_of(to))


def remove_files(path: Path) -> None:
    for one in (path, wal_of(path), path.with_name(f"{path.name}-shm")):
        one.unlink(missing_ok=True)


def cut_last_commit(path: Path, before: int, chance: Random) -> None:
    """Cut the write-ahead log anywhere behind its first *before* bytes; in one of two cases litter follows."""
    length = wal_bytes(path)
    if length <= before:
        return
    kept = chance.randint(before, length)
    with wal_of(path).open("r+b") as file:
        file.truncate(kept)
        if chance.random() < 0.5:
            file.seek(kept)
            file.write(chance.randbytes(min(length - kept, _LITTER_BYTES_MAX)))
