"""Where poison stands: events and deliveries that could not be applied, each with its key, counted and visible."""

from datetime import datetime

import msgspec
import sqlalchemy as sa

from shared.eventstore.codec import instant, microseconds
from shared.eventstore.tables import PARKED

REASON_CHARACTERS_MAX = 500


class Parked(msgspec.Struct, frozen=True):
    """One thing set aside. *owner* is "view:…", "consumer:…" or "relay:…"; *mark* its position or delivery mark."""

    owner: str
    source: str
    mark: int
    key: str
    type: str
    reason: str
    parked_at: datetime


def park(connection: sa.Connection, parked: Parked) -> None:
    """Note *parked* in the transaction of *connection*; the same thing twice stands once, with the newest reason."""
    unpark(connection, parked.owner, parked.source, parked.mark)
    connection.execute(
        PARKED.insert().values(
            owner=parked.owner,
            source=parked.source,
            mark=parked.mark,
            key=parked.key,
            type=parked.type,
            reason=parked.reason[:REASON_CHARACTERS_MAX],
            parked_us=microseconds(parked.parked_at),
        )
    )


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
