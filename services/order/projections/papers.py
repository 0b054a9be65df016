"""Which inquiries, quotes and deliveries has a buyer, the latest first? One row each; what they say stands in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from services.order.domain import events
from services.order.domain.inquiry_events import InquiryAnswered, InquiryMade
from shared.eventstore.codec import microseconds
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.event import Event
from shared.kernel.principal import Principal, Role

NAME = "order_papers"
Kind = Literal["inquiry", "quote", "delivery"]

TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("paper_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),  # of an inquiry: the order whose change it is about, or ""
    sa.Column("buyer_org_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("expires_us", sa.BigInteger, nullable=True),
    sa.Index("ix_order_papers_buyer", "kind", "buyer_org_id", "at_us"),
    sa.Index("ix_order_papers_order", "order_id", "kind"),
)
HANDLED = frozenset(
    {
        "inquiry-made.v1",
        "inquiry-answered.v1",
        "quote-received.v1",
        "quote-set-aside.v1",
        "quote-accepted.v1",
        "planning-requested.v1",
        "order-confirmed.v1",
        "order-cancelled.v1",
        "order-closed.v1",
        "delivery-arrived.v1",
        "delivery-confirmed.v1",
        "delivery-disputed.v1",
    }
)


@dataclass(frozen=True, slots=True)
class PaperRow:
    paper_id: str
    order_id: str
    at_us: int


class Papers:
    """Satisfies `Projection`. A quote is open until something ends it; that it has expired, only a clock can say."""

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = HANDLED

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, _row_of, _restated, TABLE.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            for statement in _restated(recorded.event):
                connection.execute(statement)
            row = _row_of(recorded.event)
            if row is not None:
                connection.execute(TABLE.insert(), row)


def _row_of(event: Event) -> dict[str, Any] | None:
    match event:
        case InquiryMade():
            return _row("inquiry", event.inquiry_id, event.preview_of, event.buyer_org_id, event.made_at, "asked")
        case events.QuoteReceived():
            row = _row("quote", event.quote_id, event.order_id, event.buyer_org_id, event.offered_at, "open")
            return {**row, "expires_us": microseconds(event.expires_at)}
        case events.DeliveryArrived():
            at = event.delivered_at
            return _row("delivery", event.delivery_id, event.order_id, event.buyer_org_id, at, "arrived")
        case _:
            return None


def _row(  # noqa: PLR0917 - the columns, in their order
    kind: Kind, paper_id: str, order_id: str, buyer_org_id: str, at: datetime, state: str
) -> dict[str, Any]:
    return {
        "paper_id": paper_id,
        "kind": kind,
        "order_id": order_id,
        "buyer_org_id": buyer_org_id,
        "state": state,
        "at_us": microseconds(at),
        "expires_us": None,
    }


def _restated(event: Event) -> Sequence[sa.Update]:
    """What *event* changes about papers that were there before it."""
    match event:
        case InquiryAnswered():
            return [_one(event.inquiry_id, "answered" if event.options else "impossible")]
        case events.QuoteSetAside():
            return [_one(event.quote_id, "closed")]
        case events.QuoteAccepted():
            return [_one(event.quote_id, "closed")]
        case events.OrderConfirmed():
            return [_quotes(event.order_id), _one(event.quote_id, "confirmed")]
        case events.PlanningRequested():
            return [_quotes(event.order_id, "open")]
        case events.OrderCancelled() | events.OrderClosed():
            return [_quotes(event.order_id)]
        case events.DeliveryConfirmed():
            return [_one(event.delivery_id, "confirmed")]
        case events.DeliveryDisputed():
            return [_one(event.delivery_id, "disputed")]
        case _:
            return []


def _one(paper_id: str, state: str) -> sa.Update:
    return TABLE.update().where(TABLE.c.paper_id == paper_id).values(state=state)


def _quotes(order_id: str, state: str | None = None) -> sa.Update:
    """The order's quotes are over: those in *state*, or all."""
    mine = TABLE.update().where(TABLE.c.order_id == order_id, TABLE.c.kind == "quote").values(state="closed")
    return mine if state is None else mine.where(TABLE.c.state == state)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which papers of a kind. *since* <= when < *until*; None: all."""

    kind: Kind
    state: str | None = None
    order_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_papers(
    views: sa.Engine, principal: Principal, wanted: Wanted, *, at: datetime, after: Sequence[Any] | None, limit: int
) -> list[PaperRow]:
    """The buyer's own, or all for the office; the latest first, behind *after* (instant in microseconds, id)."""
    query = sa.select(TABLE).where(TABLE.c.kind == wanted.kind)
    query = query.order_by(TABLE.c.at_us.desc(), TABLE.c.paper_id.desc()).limit(limit)
    if principal.role is not Role.OFFICE:
        query = query.where(TABLE.c.buyer_org_id == principal.org_id)
    if wanted.order_id is not None:
        query = query.where(TABLE.c.order_id == wanted.order_id)
    if wanted.since is not None:
        query = query.where(TABLE.c.at_us >= microseconds(wanted.since))
    if wanted.until is not None:
        query = query.where(TABLE.c.at_us < microseconds(wanted.until))
    if wanted.state is not None:
        query = query.where(_stands(wanted.kind, wanted.state, microseconds(at)))
    if after is not None:
        query = query.where(
            sa.or_(TABLE.c.at_us < after[0], sa.and_(TABLE.c.at_us == after[0], TABLE.c.paper_id < after[1]))
        )
    with views.connect() as connection:
        return [PaperRow(row.paper_id, row.order_id, row.at_us) for row in connection.execute(query)]


def _stands(kind: Kind, state: str, now: int) -> sa.ColumnElement[bool]:
    if kind != "quote" or state == "confirmed":
        return TABLE.c.state == state
    if state == "expired":
        return sa.and_(TABLE.c.state != "confirmed", TABLE.c.expires_us <= now)
    return sa.and_(TABLE.c.state == state, TABLE.c.expires_us > now)
