"""Which orders are there, in what state, for when? The buyer's own for a buyer, all of them for the office."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, get_args

import sqlalchemy as sa

from services.order.domain.standing import Standing
from services.order.projections import overview_rows
from shared.eventstore.codec import instant, microseconds
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.principal import Principal, Role

NAME = "order_overview"
STANDINGS: tuple[str, ...] = tuple(one for one in get_args(Standing) if one != "absent")

TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("buyer_org_id", sa.Text, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("product_id", sa.Text, nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("placed_us", sa.BigInteger, nullable=False),
    sa.Column("requested_us", sa.BigInteger, nullable=False),
    sa.Column("expires_us", sa.BigInteger, nullable=True),
    sa.Column("promise_us", sa.BigInteger, nullable=True),
    sa.Column("price_fen", sa.BigInteger, nullable=True),
    sa.Column("needs_answer", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    # What holds once a change is confirmed or a changed plan is accepted.
    sa.Column("next_requested_us", sa.BigInteger, nullable=True),
    sa.Column("next_quantity", sa.Integer, nullable=True),
    sa.Column("next_promise_us", sa.BigInteger, nullable=True),
    sa.Column("next_price_fen", sa.BigInteger, nullable=True),
    sa.Column("before_promise_us", sa.BigInteger, nullable=True),  # of the plan before the change accepted last
    sa.Column("before_price_fen", sa.BigInteger, nullable=True),
    sa.Index("ix_order_overview_buyer", "buyer_org_id", "order_id"),
    sa.Index("ix_order_overview_state", "state", "order_id"),
)
_UPDATE = TABLE.update().where(TABLE.c.order_id == sa.bindparam("key"))
_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One order of a list. *state* is as of the asking instant; *quantity* sums lines of the first line's unit."""

    order_id: str
    buyer_org_id: str
    reference: str
    state: str
    product_id: str
    quantity: int
    unit: str
    lines: int
    placed_at: datetime
    requested_by: datetime
    expires_at: datetime | None
    promise_at: datetime | None
    price_fen: int | None
    needs_answer: bool
    version: int


class OrderOverview:
    """Satisfies `Projection`: a page is folded in memory, row by row, and written at once."""

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = overview_rows.HANDLED

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, overview_rows, TABLE.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        ids = {overview_rows.order_id_of(one.event) for one in page}
        rows = _read(connection, ids)
        known = set(rows)
        for recorded in page:
            overview_rows.fold(rows, recorded)
        new = [row for order_id, row in rows.items() if order_id not in known]
        if new:
            connection.execute(TABLE.insert(), new)
        changed = [{"key": order_id, **rows[order_id]} for order_id in sorted(known)]
        if changed:
            connection.execute(_UPDATE, changed)


def _read(connection: sa.Connection, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    wanted, rows = sorted(ids), {}
    for begin in range(0, len(wanted), _READ_AT_ONCE):
        asked = {f"id_{number}": one for number, one in enumerate(wanted[begin : begin + _READ_AT_ONCE])}
        for row in connection.execute(_by_ids(len(asked)), asked).mappings():
            rows[str(row["order_id"])] = dict(row)
    return rows


@cache
def _by_ids(count: int) -> sa.Select[Any]:
    """The rows of so many orders; built once for each number of them, most pages being small."""
    return sa.select(TABLE).where(TABLE.c.order_id.in_([sa.bindparam(f"id_{number}") for number in range(count)]))


def list_orders(
    views: sa.Engine,
    principal: Principal,
    *,
    at: datetime,
    state: str | None = None,
    requested_from: datetime | None = None,
    requested_until: datetime | None = None,
    after: str | None = None,
    limit: int,
) -> list[OverviewRow]:
    """Newest first; *after* is the id to continue behind. *requested_from* <= requested_by < *requested_until*."""
    now = microseconds(at)
    query = sa.select(TABLE).order_by(TABLE.c.order_id.desc()).limit(limit)
    if principal.role is not Role.OFFICE:
        query = query.where(TABLE.c.buyer_org_id == principal.org_id)
    if state in {"quoted", "quote_expired"}:
        is_open = TABLE.c.expires_us > now
        query = query.where(TABLE.c.state == "quoted", is_open if state == "quoted" else ~is_open)
    elif state is not None:
        query = query.where(TABLE.c.state == state)
    if requested_from is not None:
        query = query.where(TABLE.c.requested_us >= microseconds(requested_from))
    if requested_until is not None:
        query = query.where(TABLE.c.requested_us < microseconds(requested_until))
    if after is not None:
        query = query.where(TABLE.c.order_id < after)
    with views.connect() as connection:
        return [_row(row, now) for row in connection.execute(query)]


def _row(row: Any, now: int) -> OverviewRow:
    is_expired = row.state == "quoted" and row.expires_us <= now
    return OverviewRow(
        order_id=row.order_id,
        buyer_org_id=row.buyer_org_id,
        reference=row.reference,
        state="quote_expired" if is_expired else row.state,
        product_id=row.product_id,
        quantity=row.quantity,
        unit=row.unit,
        lines=row.lines,
        placed_at=instant(row.placed_us),
        requested_by=instant(row.requested_us),
        expires_at=None if row.expires_us is None else instant(row.expires_us),
        promise_at=None if row.promise_us is None else instant(row.promise_us),
        price_fen=row.price_fen,
        needs_answer=row.needs_answer,
        version=row.version,
    )
