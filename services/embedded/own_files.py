"""Files for their owner alone, whatever the umask says: how everything beside the logs is written, and looked after."""

import os
import stat
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700
OTHERS = 0o077


def own_file(path: str, flags: int) -> int:
    """An opener for `open`: what it makes is its owner's alone."""
    descriptor = os.open(path, flags | os.O_CLOEXEC, FILE_MODE)
    if flags & os.O_CREAT and os.fstat(descriptor).st_mode & OTHERS:
        os.fchmod(descriptor, FILE_MODE)
    return descriptor


def write_whole(path: Path, text: str, *, outlasts_power: bool = True) -> None:
    """Written aside and moved into place, so that a crash leaves the old file or the new one. Raises OSError.

    What *outlasts_power* is on the disk, not only on its way there.
    """
    aside = path.with_name(f"{path.name}.new")
    with open(aside, "w", encoding="utf-8", opener=own_file) as file:
        file.write(text)
        file.flush()
        if outlasts_power:
            os.fsync(file.fileno())
    aside.replace(path)
    if outlasts_power:
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """What was moved into the folder is there after a power cut, too."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_open_to_others(path: Path) -> bool:
    """Whether group or others may do anything with it."""
    return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)


def close_to_others(path: Path) -> None:
    """Take from group and others whatever they may do. Raises OSError when it is not ours to say."""
    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)
