"""What is the root at any size? Every full subtree of the tree, by level and index."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.ledger.domain import tree
from services.ledger.domain.events import EntryRecorded, TreeGrown
from services.ledger.domain.tree import Frontier, extend, leaf_hash, peak_places
from services.ledger.projections import rows
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded

METADATA = sa.MetaData()
NODE = sa.Table(
    "view_tree_node",
    METADATA,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)


class TreeBroken(Exception):
    """The tree over the leaves is not the one that was recorded."""


class Tree:
    """The view's writer. It stops at a root that does not follow from the leaves."""

    name = "tree"
    tables: Sequence[sa.Table] = (NODE,)
    handles: frozenset[str] | None = None

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self), tree, NODE.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        frontier: Frontier | None = None
        completed: list[tree.Node] = []
        for recorded in page:
            event = recorded.event
            if isinstance(event, EntryRecorded):
                frontier = frontier or stored_frontier(connection, event.index)
                if event.index != frontier.size:
                    raise TreeBroken(f"expected entry {frontier.size} next, found {event.index}")
                frontier, nodes = extend(frontier, [leaf_hash(bytes(event.leaf))])
                completed += nodes
            elif isinstance(event, TreeGrown):
                frontier = frontier or stored_frontier(connection, event.size)
                if (frontier.size, frontier.root.hex()) != (event.size, event.root):
                    raise TreeBroken(
                        f"expected root {event.root} at size {event.size}, found {frontier.root.hex()} at {frontier.size}"
                    )
        rows.insert(connection, NODE, completed)


def stored_frontier(connection: sa.Connection, size: int) -> Frontier:
    """The frontier at *size*, at most log2(size) rows read at once. Raises TreeBroken when a row is not there."""
    places = peak_places(size)
    if not places:
        return Frontier()
    wanted = " OR ".join(["(level = ? AND place = ?)"] * len(places))
    values = [number for place in places for number in place]
    found = rows.read(connection, f"SELECT level, place, hash FROM {NODE.name} WHERE {wanted}", *values)  # noqa: S608 - own names
    nodes = {(level, place): node for level, place, node in found}
    missing = [place for place in places if place not in nodes]
    if missing:
        raise TreeBroken(f"no node at level and place {missing[0]} for size {size}")
    return Frontier(size, tuple(bytes(nodes[place]) for place in places))


def stored_size(connection: sa.Connection) -> int:
    """How many leaves the view holds."""
    last = connection.execute(sa.select(sa.func.max(NODE.c.place)).where(NODE.c.level == 0)).scalar_one()
    return 0 if last is None else int(last) + 1
