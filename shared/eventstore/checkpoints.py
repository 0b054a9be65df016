"""How far each view has come and which code folded it: one row a view, written with the view's own page."""

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from shared.eventstore.tables import CHECKPOINT

_ALL = sa.select(CHECKPOINT)
_MOVE = (  # built once: these run with every page of every view
    CHECKPOINT.update()
    .where(CHECKPOINT.c.name == sa.bindparam("view"))
    .values(position=sa.bindparam("reached"), code_digest=sa.bindparam("folded_by"))
)


class Checkpoint(msgspec.Struct, frozen=True):
    """*position* also passes events the view does not handle; *digest* is that of the code that folded it."""

    position: int
    digest: str


def read_checkpoints(connection: sa.Connection) -> dict[str, Checkpoint]:
    rows = connection.execute(_ALL).all()
    return {row.name: Checkpoint(row.position, row.code_digest) for row in rows}


def move_checkpoints(connection: sa.Connection, moved: Mapping[str, Checkpoint]) -> None:
    """Write checkpoints that are there already, all at once."""
    if moved:
        connection.execute(_MOVE, [_move(name, one) for name, one in moved.items()])


def write_checkpoint(connection: sa.Connection, name: str, checkpoint: Checkpoint) -> None:
    if not connection.execute(_MOVE, _move(name, checkpoint)).rowcount:
        row = {"name": name, "position": checkpoint.position, "code_digest": checkpoint.digest}
        connection.execute(CHECKPOINT.insert().values(row))


def _move(name: str, checkpoint: Checkpoint) -> dict[str, str | int]:
    return {"view": name, "reached": checkpoint.position, "folded_by": checkpoint.digest}
