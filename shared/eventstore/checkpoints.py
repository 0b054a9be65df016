"""How far each view has come and which code folded it: one row a view, written with the view's own page."""

import msgspec
import sqlalchemy as sa

from shared.eventstore.tables import CHECKPOINT


class Checkpoint(msgspec.Struct, frozen=True):
    """*position* also passes events the view does not handle; *digest* is that of the code that folded it."""

    position: int
    digest: str


def read_checkpoints(connection: sa.Connection) -> dict[str, Checkpoint]:
    rows = connection.execute(sa.select(CHECKPOINT)).all()
    return {row.name: Checkpoint(row.position, row.code_digest) for row in rows}


def write_checkpoint(connection: sa.Connection, name: str, checkpoint: Checkpoint) -> None:
    values = {"position": checkpoint.position, "code_digest": checkpoint.digest}
    changed = connection.execute(CHECKPOINT.update().where(CHECKPOINT.c.name == name).values(**values))
    if not changed.rowcount:
        connection.execute(CHECKPOINT.insert().values(name=name, **values))
