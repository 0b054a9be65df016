"""How a command ends when the data directory cannot be used: a line a person can act on, and its exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from services.embedded.data_directory import DirectoryInUse
from services.embedded.story_clocks import NoStory
from services.terminal import Exit
from shared.eventstore.port import LogDamaged, LogUnavailable
from shared.settings import SettingsWrong

CODES: dict[type[Exception], Exit] = {
    DirectoryInUse: Exit.DIRECTORY_IN_USE,
    LogUnavailable: Exit.LOG_UNAVAILABLE,
    LogDamaged: Exit.LOG_UNAVAILABLE,
    NoStory: Exit.WRONG_USAGE,
    SettingsWrong: Exit.WRONG_USAGE,
    OSError: Exit.LOG_UNAVAILABLE,  # the directory cannot be made, read or written
}


@contextmanager
def named_endings() -> Iterator[None]:
    """Turn what is known to go wrong into one line on stderr and its exit code; everything else stays a traceback."""
    try:
        yield
    except tuple(CODES) as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(next(code for kind, code in CODES.items() if isinstance(failure, kind)))
