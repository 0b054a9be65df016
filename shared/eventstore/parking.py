"""Where poison stands: events and deliveries that could not be applied, each with its key, counted and visible."""

import sqlalchemy as sa

from shared.eventstore.codec import instant, microseconds
from shared.eventstore.port import Parked
from shared.eventstore.tables import PARKED

__all__ = ["Parked", "count_parked", "list_parked", "park", "unpark"]

REASON_CHARACTERS_MAX = 500


def park(connection: sa.Connection, parked: Parked) -> None:
    """Note *parked* in the transaction of *connection*; the same thing twice stands once, with the newest reason."""
    unpark(connection, parked.owner, parked.source, parked.mark)
    connection.execute(PARKED.insert().values(parked_row(parked)))


def parked_row(parked: Parked) -> tuple[str, str, int, str, str, str, int]:
    """*parked* in the order of its table's columns."""
    reason, parked_us = parked.reason[:REASON_CHARACTERS_MAX], microseconds(parked.parked_at)
    return (parked.owner, parked.source, parked.mark, parked.key, parked.type, reason, parked_us)


def unpark(connection: sa.Connection, owner: str, source: str | None = None, mark: int | None = None) -> None:
    """Forget what *owner* parked: one thing, or everything when *source* and *mark* are None."""
    statement = PARKED.delete().where(PARKED.c.owner == owner)
    if source is not None:
        statement = statement.where(PARKED.c.source == source)
    if mark is not None:
        statement = statement.where(PARKED.c.mark == mark)
    connection.execute(statement)


def list_parked(views: sa.Engine, owner: str | None = None, limit: int = 1_000) -> list[Parked]:
    """What is parked, of one *owner* or of all, oldest mark first; at most *limit*."""
    statement = sa.select(PARKED).order_by(PARKED.c.owner, PARKED.c.source, PARKED.c.mark).limit(limit)
    if owner is not None:
        statement = statement.where(PARKED.c.owner == owner)
    with views.connect() as connection:
        rows = connection.execute(statement).all()
    return [
        Parked(row.owner, row.source, row.mark, row.key, row.type, row.reason, instant(row.parked_us)) for row in rows
    ]


def count_parked(views: sa.Engine) -> dict[str, int]:
    """How many things each owner has parked; owners without any are absent."""
    statement = sa.select(PARKED.c.owner, sa.func.count()).group_by(PARKED.c.owner)
    with views.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(statement)}
