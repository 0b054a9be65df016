"""Which entries are there, by whom and about what? Payloads stay in the log, the private store, at *position*."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from services.ledger.domain.events import EntryRecorded
from services.ledger.domain.leaf import decode_leaf
from services.ledger.domain.readings import decode_body
from services.ledger.domain.tree import leaf_hash
from services.ledger.projections import rows
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded

METADATA = sa.MetaData()
ENTRY = sa.Table(
    "view_entry",
    METADATA,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("sourceseq", sa.Integer, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
    sa.Column("recordedtime", sa.Text, nullable=False),
    sa.Column("leaf_hash", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("factory_org_id", sa.Text, nullable=False),
    sa.Column("plant_id", sa.Text, nullable=False),
    sa.Column("line_id", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("work_id", sa.Text, nullable=False),
)
_NOTHING: sa.ColumnElement[str] = sa.literal_column("''")
for _column in ("type", "factory_org_id", "plant_id", "line_id", "order_id", "work_id"):
    # Partial: most facts name only some of these, and empty text is never asked for.
    _some = ENTRY.c[_column] != _NOTHING
    sa.Index(f"view_entry_{_column}", ENTRY.c[_column], ENTRY.c.entry, sqlite_where=_some, postgresql_where=_some)


def names(column: sa.Column[str], value: str) -> sa.ColumnElement[bool]:
    """Entries whose *column* is *value*; says that it is not empty, so that the partial index is known to fit."""
    return sa.and_(column == value, column != _NOTHING)


class About(msgspec.Struct, frozen=True, gc=False):
    """Whom and what a fact names; "" where it does not."""

    factory_org_id: str = ""
    plant_id: str = ""
    line_id: str = ""
    district: str = ""
    order_id: str = ""
    work_id: str = ""


_decode_about = msgspec.json.Decoder(About).decode


class Entries:
    """The view's writer."""

    name = "entries"
    tables: Sequence[sa.Table] = (ENTRY,)
    handles: frozenset[str] | None = frozenset({"entry-recorded.v1"})

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self), About, ENTRY.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        recorded = [(one.position, one.event) for one in page if isinstance(one.event, EntryRecorded)]
        rows.insert(connection, ENTRY, [_row(position, event) for position, event in recorded])


def _row(position: int, event: EntryRecorded) -> rows.Row:
    leaf, body = decode_leaf(event.leaf), decode_body(event.body)
    about = _decode_about(body.data)
    return (
        event.index,
        position,
        leaf.type,
        leaf.source,
        leaf.sourceseq,
        leaf.time,
        leaf.recordedtime,
        leaf_hash(bytes(event.leaf)).hex(),
        body.subject,
        about.factory_org_id,
        about.plant_id,
        about.line_id,
        about.district,
        about.order_id,
        about.work_id,
    )
