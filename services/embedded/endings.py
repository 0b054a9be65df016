"""How a command ends when the data directory cannot be used: what a person can act on, and its exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from services.embedded.backup import BackupRefused
from services.embedded.data_directory import DirectoryInUse, DirectoryOpenToOthers
from services.embedded.door import CannotListen, NoSuchAddress
from services.embedded.histories import HistoryBroken
from services.embedded.kept_secrets import SecretsLost
from services.embedded.story_clocks import NoStory
from services.terminal import Exit
from shared.eventstore.port import LogDamaged, LogUnavailable
from shared.settings import SettingsWrong

CODES: dict[type[Exception], Exit] = {
    BackupRefused: Exit.CHECK_FAILED,
    DirectoryInUse: Exit.DIRECTORY_IN_USE,
    DirectoryOpenToOthers: Exit.LOG_UNAVAILABLE,
    CannotListen: Exit.CANNOT_LISTEN,
    NoSuchAddress: Exit.WRONG_USAGE,
    LogUnavailable: Exit.LOG_UNAVAILABLE,
    LogDamaged: Exit.LOG_UNAVAILABLE,
    HistoryBroken: Exit.HISTORY_BROKEN,
    SecretsLost: Exit.LOG_UNAVAILABLE,
    NoStory: Exit.WRONG_USAGE,
    SettingsWrong: Exit.WRONG_USAGE,
    OSError: Exit.LOG_UNAVAILABLE,  # the directory cannot be made, read or written
}
_IN_CHINESE: dict[type[Exception], str] = {
    LogUnavailable: "事件日志现在无法使用（磁盘已满、只读，或被其他程序占用）；没有写入任何内容，排除故障后再试。",
    LogDamaged: "事件日志已损坏；没有写入任何内容，请先保留现状，再从备份恢复。",
    OSError: "数据目录无法创建、读取或写入；请检查磁盘空间和权限，或用 --data 指定另一个目录。",
}


@contextmanager
def named_endings() -> Iterator[None]:
    """Turn what is known to go wrong into words on stderr and its exit code; everything else stays a traceback."""
    try:
        yield
    except tuple(CODES) as failure:
        kind = next(kind for kind in CODES if isinstance(failure, kind))
        lines = [str(failure), *([_IN_CHINESE[kind]] if kind in _IN_CHINESE else [])]
        sys.stderr.write("\n".join(lines) + "\n")
        sys.exit(CODES[kind])
