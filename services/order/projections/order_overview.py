"""Which orders are there, in what state, for when? The buyer's own for a buyer, all of them for the office."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, get_args

import sqlalchemy as sa

from services.order.domain.standing import Standing
from services.order.projections import overview_rows
from services.order.projections.overview_rows import folded
from shared.eventstore.codec import instant, microseconds
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.principal import Principal, Role

NAME = "order_overview"
SORTS = ("-created_at", "created_at", "-requested_by", "requested_by", "-promise_at", "promise_at")
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
    sa.Column("products", sa.Text, nullable=False),
    sa.Column("search", sa.Text, nullable=False),
    sa.Index("ix_order_overview_buyer", "buyer_org_id", "order_id"),
    sa.Index("ix_order_overview_state", "state", "order_id"),
    sa.Index("ix_order_overview_reference", "buyer_org_id", "reference"),
)
_UPDATE = TABLE.update().where(TABLE.c.order_id == sa.bindparam("key"))
_READ_AT_ONCE = 500
SAME_MAX = 20


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


Span = tuple[datetime | None, datetime | None]


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


@dataclass(frozen=True, slots=True)
class Filter:
    """Which orders: None and empty mean any. Spans are half-open; *q*: words that must all be found."""

    states: Sequence[str] = ()
    reference: str | None = None
    q: str | None = None
    product: str | None = None
    placed: Span = (None, None)
    requested: Span = (None, None)
    promised: Span = (None, None)

    def conditions(self, now: int) -> Iterator[sa.ColumnElement[bool]]:
        if self.states:
            yield sa.or_(*(_stands(one, now) for one in self.states))
        if self.reference is not None:
            yield TABLE.c.reference == self.reference
        for word in folded(self.q or "").split():
            yield TABLE.c.search.contains(word, autoescape=True)
        if self.product is not None:
            yield TABLE.c.products.contains(f"|{self.product}|", autoescape=True)
        yield from _within(TABLE.c.placed_us, self.placed)
        yield from _within(TABLE.c.requested_us, self.requested)
        yield from _within(TABLE.c.promise_us, self.promised)


def _within(column: sa.Column[Any], span: Span) -> Iterator[sa.ColumnElement[bool]]:
    since, until = span
    if since is not None:
        yield column >= microseconds(since)
    if until is not None:
        yield column < microseconds(until)


def _stands(state: str, now: int) -> sa.ColumnElement[bool]:
    """A quote expires by the clock: the row need not be told."""
    if state not in {"quoted", "quote_expired"}:
        return TABLE.c.state == state
    is_open = TABLE.c.expires_us > now
    return sa.and_(TABLE.c.state == "quoted", is_open if state == "quoted" else ~is_open)


_SORTED_BY: Mapping[str, sa.ColumnElement[Any]] = {
    "created_at": TABLE.c.placed_us,
    "requested_by": TABLE.c.requested_us,
    "promise_at": sa.func.coalesce(TABLE.c.promise_us, 0),
}


def list_orders(
    views: sa.Engine,
    principal: Principal,
    *,
    at: datetime,
    wanted: "Filter | None" = None,
    sort: str = SORTS[0],
    after: Sequence[Any] | None = None,
    limit: int,
) -> list[OverviewRow]:
    """A buyer's own, or all for the office, by *sort* (a leading minus: from the last) and id; *after*: where a page ended."""
    now, column = microseconds(at), _SORTED_BY[sort.lstrip("-")]
    key = sa.tuple_(column, TABLE.c.order_id)
    ends = (column.desc(), TABLE.c.order_id.desc()) if sort.startswith("-") else (column.asc(), TABLE.c.order_id.asc())
    query = sa.select(TABLE).where(*(wanted or Filter()).conditions(now)).order_by(*ends).limit(limit)
    if principal.role is not Role.OFFICE:
        query = query.where(TABLE.c.buyer_org_id == principal.org_id)
    if after is not None:
        place = sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        query = query.where(key < place if sort.startswith("-") else key > place)
    with views.connect() as connection:
        return [_row(row, now) for row in connection.execute(query)]


def place_of(row: OverviewRow, sort: str) -> list[Any]:
    """Where a page that ends with *row* ended."""
    at = {"created_at": row.placed_at, "requested_by": row.requested_by, "promise_at": row.promise_at}[sort.lstrip("-")]
    return [0 if at is None else microseconds(at), row.order_id]


def same_reference(views: sa.Engine, buyer_org_id: str, reference: str) -> list[str]:
    """Ids of the buyer's orders with this reference, the latest first, at most SAME_MAX."""
    query = sa.select(TABLE.c.order_id).where(TABLE.c.buyer_org_id == buyer_org_id, TABLE.c.reference == reference)
    with views.connect() as connection:
        return list(connection.execute(query.order_by(TABLE.c.order_id.desc()).limit(SAME_MAX)).scalars())


def count_unbooked(views: sa.Engine, buyer_org_id: str, at: datetime, but_for: str = "") -> int:
    """Orders of the buyer that wait for a plan or hold a quote at *at*; *but_for* is not counted."""
    holds = sa.or_(
        TABLE.c.state.in_(("planning", "accepted")),
        sa.and_(TABLE.c.state == "quoted", TABLE.c.expires_us > microseconds(at)),
    )
    mine = sa.and_(TABLE.c.buyer_org_id == buyer_org_id, TABLE.c.order_id != but_for)
    with views.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).where(mine, holds)).scalar_one())


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
