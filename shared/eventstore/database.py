"""The SQLite file under a log: how connections are opened, what they promise, and what their errors mean."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

import sqlalchemy as sa

from shared.eventstore.port import LogDamaged, LogUnavailable
from shared.eventstore.tables import METADATA

BUSY_TIMEOUT_S = 10.0
READER_CACHE_KIB = 256  # of pages, a connection: SQLite empties a reader's cache whenever anybody has committed
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT")
_UNWELL = (
    *_DAMAGED,
    *("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY", "SQLITE_CANTOPEN"),
)


def writer_engine(path: Path) -> sa.Engine:
    """One connection, handed out to one user at a time; transactions are opened by hand with BEGIN IMMEDIATE.

    A new file is its owner's alone whatever the umask says, and SQLite gives what it puts beside a file the same mode.
    """
    with suppress(OSError):  # it is there already; or it cannot be made, which SQLite says better
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    return _engine(path, _prepare_writer, pool_size=1, max_overflow=0)


def reader_engine(path: Path) -> sa.Engine:
    """Readers in AUTOCOMMIT: each statement sees the newest commit, and nothing can be written by mistake."""
    return _engine(path, _prepare_reader, pool_size=8, max_overflow=56)


def _prepare_writer(connection: sqlite3.Connection) -> None:
    """WAL is a lasting property of the file; who opens a new file together with another process asks again."""
    deadline = monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or monotonic() > deadline:
                raise
            sleep(0.005)
    connection.execute("PRAGMA synchronous=FULL").close()


def _prepare_reader(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only=ON").close()
    connection.execute(f"PRAGMA cache_size=-{READER_CACHE_KIB}").close()


def _engine(path: Path, prepare: Callable[[sqlite3.Connection], None], pool_size: int, max_overflow: int) -> sa.Engine:
    url = f"file:{quote(str(path))}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            url, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None
        )
        try:
            prepare(connection)
        except BaseException:
            connection.close()  # whoever keeps the traceback would keep the file open
            raise
        return connection

    return sa.create_engine(
        "sqlite://",
        creator=connect,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error that is logged names the statement, never a value
        poolclass=sa.pool.QueuePool,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=BUSY_TIMEOUT_S,
        pool_use_lifo=True,  # few connections stay warm, and the others small
    )


def memory_engine() -> sa.Engine:
    """A database in memory with exactly one connection: the pool's single place is the lock between its users."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)

    return sa.create_engine(
        "sqlite://",
        creator=connect,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error that is logged names the statement, never a value
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_S,
    )


def create_tables(connection: sa.Connection) -> None:
    METADATA.create_all(connection)


def driver_of(connection: sa.Connection) -> sqlite3.Connection:
    """The driver's own connection below a pooled one: the hot paths speak to it directly."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"expected a connection of the sqlite3 driver, found {type(driver).__name__}")
    return driver


@contextmanager
def transaction(connection: sa.Connection) -> Iterator[sa.Connection]:
    """BEGIN IMMEDIATE … COMMIT on *connection*; an exception rolls everything back."""
    driver = driver_of(connection)
    if driver.in_transaction:
        raise RuntimeError("this thread is already writing to the log; finish that transaction first")
    driver.execute("BEGIN IMMEDIATE").close()
    try:
        yield connection
        connection.commit()
        commit(driver)
    except BaseException:
        connection.rollback()
        roll_back(driver)
        raise


def commit(driver: sqlite3.Connection) -> None:
    """End a transaction that SQLAlchemy did not know of, because only the driver was spoken to."""
    if driver.in_transaction:
        driver.execute("COMMIT").close()


def roll_back(driver: sqlite3.Connection) -> None:
    """End a transaction that may already have been ended by the error itself."""
    if driver.in_transaction:
        driver.execute("ROLLBACK").close()


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn the driver's errors, bare or wrapped by SQLAlchemy, into the log's own."""
    try:
        yield
    except sqlite3.Error as error:
        raise named(error, path) from error
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error) and not isinstance(error.orig, sqlite3.IntegrityError):
            raise named(error.orig, path) from error
        raise


def is_unwell(error: Exception) -> bool:
    """Whether *error* speaks of the database (full, locked, broken) and not of the statement it was given."""
    origin = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    if not isinstance(origin, sqlite3.DatabaseError):
        return False
    return getattr(origin, "sqlite_errorname", "").startswith(_UNWELL)


def named(error: sqlite3.Error, path: Path) -> LogDamaged | LogUnavailable | sqlite3.Error:
    """LogDamaged for a file that contradicts itself, LogUnavailable for one that cannot be used now."""
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(_DAMAGED) or isinstance(error, sqlite3.IntegrityError):
        return LogDamaged(f"{path.name}: {error} ({code}); stop and restore from a copy")
    if isinstance(error, sqlite3.OperationalError):
        return LogUnavailable(f"{path.name}: {error} ({code}); nothing was written, try again when it is cured")
    return error
