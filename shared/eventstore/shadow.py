"""A view folded in a database of its own: how rebuilds happen beside the live view, and how a past state is read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from shared.eventstore.database import transaction
from shared.eventstore.folding import fold
from shared.eventstore.port import PAGE_MAX, EventLog
from shared.eventstore.projecting import Projection
from shared.eventstore.tables import PARKED
from shared.kernel.clock import Clock

ROWS_COPIED_AT_ONCE = 1_000


def _scratch() -> sa.Engine:
    """A private database that SQLite keeps in memory and spills to a nameless file when it grows."""
    return sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect("", check_same_thread=False, isolation_level=None),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.pool.QueuePool,
        pool_size=1,
        max_overflow=0,
    )


@contextmanager
def built(
    log: EventLog, projection: Projection, clock: Clock, *, page_max: int = PAGE_MAX, up_to: int | None = None
) -> Iterator[tuple[sa.Connection, int]]:
    """The view folded from the first event up to position *up_to* (None: the head), and the position reached."""
    engine = _scratch()
    try:
        with engine.connect() as copy:
            PARKED.create(copy)
            for table in projection.tables:
                table.create(copy)
            yield copy, catch_up(log, projection, copy, 0, clock, page_max=page_max, up_to=up_to)
    finally:
        engine.dispose()


def catch_up(
    log: EventLog,
    projection: Projection,
    copy: sa.Connection,
    after: int,
    clock: Clock,
    *,
    page_max: int = PAGE_MAX,
    up_to: int | None = None,
) -> int:
    """Fold what came after position *after*; returns the position reached."""
    while True:
        limit = page_max if up_to is None else min(page_max, up_to - after)
        page = log.read_all(after, limit) if limit > 0 else []
        if not page:
            return after
        with transaction(copy):
            fold(copy, projection, page, clock.now(), log.name)
        after = page[-1].position


def swap(connection: sa.Connection, projection: Projection, copy: sa.Connection) -> None:
    """Replace the live tables by the copy's, inside the caller's transaction: readers see the old view or the new."""
    for table in reversed(projection.tables):
        table.drop(connection, checkfirst=True)
    for table in projection.tables:
        table.create(connection)
        rows = copy.execute(sa.select(table)).mappings()
        for part in rows.partitions(ROWS_COPIED_AT_ONCE):
            connection.execute(table.insert(), [dict(row) for row in part])
    for row in copy.execute(sa.select(PARKED)).mappings().all():
        connection.execute(PARKED.insert().values(**row))


@contextmanager
def as_of(log: EventLog, projection: Projection, position: int, clock: Clock) -> Iterator[sa.Connection]:
    """The view as it stood when the head was at *position*: folded for this one question, gone afterwards."""
    with built(log, projection, clock, up_to=position) as (copy, _):
        yield copy
