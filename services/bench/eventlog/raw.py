"""The limit: plain SQL on the bare driver, the same tables, the same rows, the same durability, statements prepared.

Nothing is decided, checked, encoded or published here: the rows are handed in ready, taken from the log that ours
wrote in the same round.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from time import perf_counter

import orjson
import sqlalchemy as sa

from services.bench.eventlog import trade
from services.bench.eventlog.ours import timed_threads
from shared.eventstore.tables import METADATA

Stored = tuple[object, ...]

_COLUMNS = "position, stream, version, event_id, type, data, cause, recorded_us, digest"
_INSERT = f"INSERT INTO event ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)"  # noqa: S608 - constants only


def connected(path: Path) -> sqlite3.Connection:
    driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute("PRAGMA synchronous=FULL")
    return driver


def rows_of(path: Path) -> list[Stored]:
    with closing(connected(path)) as driver:
        return driver.execute(f"SELECT {_COLUMNS} FROM event ORDER BY position").fetchall()  # noqa: S608 - constants only


def _empty(path: Path) -> sqlite3.Connection:
    engine = sa.create_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    engine.dispose()
    return connected(path)


def append_one_writer(path: Path, rows: Sequence[Stored]) -> float:
    """Seconds to insert *rows* with one commit each, on one connection."""
    with closing(_empty(path)) as driver:
        cursor = driver.cursor()
        began = perf_counter()
        for row in rows:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(_INSERT, row)
            cursor.execute("COMMIT")
        return perf_counter() - began


def append_16_writers(path: Path, rows: Sequence[Stored]) -> float:
    """Seconds for 16 threads to insert *rows* with one commit each.

    They share one connection under a lock: with a connection each, SQLite's busy handler sleeps between tries and
    the raw figure would be flatteringly low.
    """
    lock = Lock()
    with closing(_empty(path)) as driver:

        def write(mine: Sequence[Stored]) -> Callable[[], None]:
            def work() -> None:
                for row in mine:
                    with lock:
                        driver.execute("BEGIN IMMEDIATE")
                        driver.execute(_INSERT, row)
                        driver.execute("COMMIT")

            return work

        return timed_threads([write(rows[number::16]) for number in range(16)])


def project(path: Path) -> float:
    """Seconds to read the log in pages of 1,000, parse each payload and upsert it, checkpoint in the same transaction."""
    with closing(connected(path)) as driver:
        driver.execute("DROP TABLE IF EXISTS line_totals")
        driver.execute(trade.CREATE_VIEW)
        driver.execute("CREATE TABLE IF NOT EXISTS raw_checkpoint (position INTEGER)")
        driver.execute("INSERT INTO raw_checkpoint VALUES (0)")
        cursor, position, loads = driver.cursor(), 0, orjson.loads
        began = perf_counter()
        while True:
            page = cursor.execute(
                "SELECT position, type, data FROM event WHERE position > ? ORDER BY position LIMIT 1000", (position,)
            ).fetchall()
            if not page:
                return perf_counter() - began
            position = page[-1][0]
            facts = [loads(data) for _, _, data in page]
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(trade.UPSERT_VIEW, [(one["line_id"], one["good"], one["run_s"]) for one in facts])
            cursor.execute("UPDATE raw_checkpoint SET position = ?", (position,))
            cursor.execute("COMMIT")


def fold(path: Path, streams: int) -> float:
    """Seconds to read the rows of every stream and parse each payload with orjson; nothing is folded."""
    with closing(connected(path)) as driver:
        cursor, loads = driver.cursor(), orjson.loads
        began = perf_counter()
        for number in range(streams):
            name = trade.stream(number)
            rows = cursor.execute("SELECT type, data FROM event WHERE stream = ? ORDER BY version", (name,)).fetchall()
            for _, data in rows:
                loads(data)
        return perf_counter() - began
