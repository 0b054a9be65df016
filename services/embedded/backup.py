"""A backup of all logs at one cut, taken beside a server that goes on serving.

For the instant in which the snapshots are opened, the write lock of every log is held, in one order, so nothing is
committed anywhere: the set is the house as it stood at one moment. A mark is committed after the fact that it marks was
committed in its source, so at any one moment no mark lies beyond its source's log; copies made one after the other have
no such moment. The snapshots are SQLite's own (WAL): writers go on at once and do not disturb the copying, and the
copying disturbs nobody. It needs no word with the server, so it works beside one that is stopped, or hangs.
"""

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from services.embedded.kept_secrets import FILE_NAME as SECRETS_NAME
from services.embedded.own_files import FOLDER_MODE, own_file, sync_folder, write_whole
from services.embedded.story_clocks import MARK_NAME
from shared.eventstore.codec import EMPTY_DIGEST
from shared.eventstore.port import LogUnavailable
from shared.eventstore.upgrading import read_identity
from shared.kernel.clock import instant_text

LOGS = ("portal", "order", "capacity", "ledger")  # in this order their locks are taken, by whoever takes several
BESIDE = (SECRETS_NAME, MARK_NAME)  # copied where they are
MANIFEST_NAME = "manifest.json"
FORMAT = 1
LOCK_WAIT_S = 30.0
_PIECE = 1_048_576


class BackupRefused(Exception):  # an answer, not an error of the program
    """There is nothing to back up, no place for it, or what is there is no backup."""


@dataclass(frozen=True, slots=True)
class LogCopy:
    """One log in a backup: what it is, where it ends, and the very bytes of its file."""

    file: str
    bytes: int
    sha256: str
    log_id: str
    epoch: int
    head: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. *files*: name -> SHA-256 of what is copied beside the logs."""

    format: int
    set: str
    taken_at: str
    version: str
    logs: Mapping[str, LogCopy]
    files: Mapping[str, str]

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def back_up(data: Path, to: Path, version: str) -> Manifest:
    """Copy the house on *data*, served or not, into the new directory *to*. Raises BackupRefused, LogUnavailable, OSError.

    It stands aside under another name until it is whole.
    """
    absent = [name for name in LOGS if not _database(data, name).is_file()]
    if absent:
        raise BackupRefused(f"{data} holds no log of {', '.join(absent)}: there is no house to back up")
    if to.exists() and any(to.iterdir()):
        raise BackupRefused(f"{to} is not empty; a backup is never written over another")
    aside = to.with_name(f"{to.name}.unfinished")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True, mode=FOLDER_MODE)
    with one_cut({name: _database(data, name) for name in LOGS}) as snapshots:
        taken_at = datetime.now(UTC)
        for name, snapshot in snapshots.items():
            _copy(snapshot, _database(aside, name))
    for name in BESIDE:
        if (data / name).exists():
            write_whole(aside / name, (data / name).read_text("utf-8"))
    manifest = Manifest(
        format=FORMAT,
        set=secrets.token_hex(16),
        taken_at=instant_text(taken_at),
        version=version,
        logs={name: described(aside, name) for name in LOGS},
        files={name: digest_of(aside / name) for name in BESIDE if (aside / name).exists()},
    )
    write_whole(aside / MANIFEST_NAME, manifest.text())
    if to.exists():
        to.rmdir()
    aside.rename(to)
    sync_folder(to.parent)
    return manifest


@contextmanager
def one_cut(databases: Mapping[str, Path]) -> Iterator[dict[str, sqlite3.Connection]]:
    """A connection a log with a snapshot open on it, all of one moment. Raises LogUnavailable."""
    with ExitStack() as open_ones:
        try:
            snapshots = {name: open_ones.enter_context(_connected(path)) for name, path in databases.items()}
            with ExitStack() as held:
                for path in databases.values():  # 1. nobody commits any more, anywhere
                    held.enter_context(_write_lock(path))
                for snapshot in snapshots.values():  # 2. each snapshot is of now
                    snapshot.execute("BEGIN").close()
                    snapshot.execute("SELECT count(*) FROM sqlite_master").fetchall()
            # 3. the locks are free again; what is committed from here on is in no snapshot
        except sqlite3.Error as error:
            raise LogUnavailable(f"no cut could be made: {error}; nothing was changed, try again") from error
        yield snapshots


@contextmanager
def _write_lock(path: Path) -> Iterator[None]:
    with _connected(path) as connection:
        connection.execute("BEGIN IMMEDIATE").close()
        try:
            yield
        finally:
            connection.execute("ROLLBACK").close()


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    url = f"file:{quote(str(path))}?mode=rw"
    with closing(sqlite3.connect(url, uri=True, timeout=LOCK_WAIT_S, isolation_level=None)) as connection:
        yield connection


def _copy(snapshot: sqlite3.Connection, target: Path) -> None:
    """The backup API reads on in the snapshot that is open on its source."""
    os.close(own_file(str(target), os.O_RDWR | os.O_CREAT | os.O_EXCL))
    with closing(sqlite3.connect(target)) as copy:
        snapshot.backup(copy)
    descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def described(folder: Path, name: str) -> LogCopy:
    """What the file of log *name* in *folder* holds. Raises LogUnavailable for one that cannot be read."""
    path = _database(folder, name)
    url = f"file:{quote(str(path))}?mode=ro&immutable=1"  # leaves nothing beside the file
    try:
        with closing(sqlite3.connect(url, uri=True)) as connection:
            row = connection.execute("SELECT position, digest FROM event ORDER BY position DESC LIMIT 1").fetchone()
            identity = read_identity(connection)
    except sqlite3.Error as error:
        raise LogUnavailable(f"{path.name}: {error}") from error
    head, digest = row or (0, EMPTY_DIGEST)
    log_id, epoch = (identity.log_id, identity.epoch) if identity is not None else ("", 0)
    return LogCopy(path.name, path.stat().st_size, digest_of(path), log_id, epoch, int(head), bytes(digest).hex())


def digest_of(path: Path) -> str:
    """SHA-256 of the file, as hex. Raises OSError."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def manifest_of(folder: Path) -> Manifest:
    """What the backup in *folder* says of itself. Raises BackupRefused where there is no whole one."""
    path = folder / MANIFEST_NAME
    try:
        said = json.loads(path.read_text("utf-8"))
        logs = {name: LogCopy(**one) for name, one in said.pop("logs").items()}
        found = Manifest(**said, logs=logs)
    except FileNotFoundError:
        raise BackupRefused(f"{folder} is no whole backup: it has no {MANIFEST_NAME}") from None
    except (ValueError, TypeError, AttributeError, KeyError) as wrong:
        raise BackupRefused(f"{path} cannot be read: {wrong}") from None
    if found.format != FORMAT or set(found.logs) != set(LOGS):
        raise BackupRefused(f"{path} is of another format than this release reads")
    return found


def _database(folder: Path, name: str) -> Path:
    return folder / f"{name}.sqlite"
