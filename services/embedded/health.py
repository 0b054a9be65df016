"""What `doctor` looks at before anything is served: interpreter, SQLite, disk, clock, then every log and its lag."""

import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from services.embedded.checks import as_left, log_check, parked_check
from services.embedded.house import House
from services.embedded.running import opened
from services.terminal import Check

PYTHON_LEAST = (3, 11)
SQLITE_LEAST = (3, 35)  # RETURNING and the JSON functions the views use
DISK_FREE_BYTES_LEAST = 512 * 1024 * 1024
CLOCK_LEAST = datetime(2026, 1, 1, tzinfo=UTC)  # a machine whose clock was reset shows a year long past


def findings(data: Path) -> list[Check]:
    """All checks of *data* and of the machine under it. Opens the data directory; raises DirectoryInUse."""
    found = [*machine(), *disk(data)]
    if any(data.glob("*.sqlite")):
        with opened(data) as house:
            found += list(logs(house))
    else:
        found.append(Check("data directory", passed=True, found=f"{data} holds no logs yet"))
    return found


def machine() -> Iterator[Check]:
    yield Check("python", sys.version_info >= PYTHON_LEAST, f"{platform.python_version()} on {platform.machine()}")
    yield Check("sqlite", sqlite3.sqlite_version_info >= SQLITE_LEAST, sqlite3.sqlite_version)
    now = datetime.now(UTC)
    yield Check("clock", now > CLOCK_LEAST, f"{now:%F %T} UTC")


def disk(data: Path) -> Iterator[Check]:
    home = data if data.exists() else data.absolute().parent
    free = shutil.disk_usage(home).free
    yield Check("disk", free > DISK_FREE_BYTES_LEAST, f"{free / 1e9:.1f} GB free at {home}")
    try:
        with tempfile.TemporaryFile(dir=home):
            yield Check("writable", passed=True, found=str(home))
    except OSError as failure:
        yield Check("writable", passed=False, found=str(failure))


def logs(house: House) -> Iterator[Check]:
    """Digest, parked things, how far views and facts are behind, and whether readers stand within their logs."""
    for service in house.services.values():
        yield log_check(service)
        yield parked_check(service)
        stale = service.projector.stale
        behind = f"{service.projector.lag():,} events behind"
        yield Check(f"{service.name} views", not stale, f"stale: {', '.join(stale)}" if stale else behind)
        if service.relay is not None:
            yield Check(f"{service.name} relay", passed=True, found=f"{service.relay.lag():,} events to publish anew")
    yield from as_left(house)
