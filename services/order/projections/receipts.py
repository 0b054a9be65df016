"""Which deliveries wait for their receiver's word, since when, and which are disputed? For the job that speaks for the silent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.order.domain.events import DeliveryArrived, DeliveryConfirmed, DeliveryDisputed, OrderClosed
from services.order.projections import order_overview
from shared.eventstore.codec import microseconds
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded

NAME = "order_receipts"
DUE_MAX = 10_000  # some may fail: they must not hide the rest

TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("is_disputed", sa.Boolean, nullable=False),
    sa.Column("since_us", sa.BigInteger, nullable=False, index=True),
)


class Receipts:
    """Satisfies `Projection`."""

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = frozenset(
        {"delivery-arrived.v1", "delivery-confirmed.v1", "delivery-disputed.v1", "order-closed.v1"}
    )

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, TABLE.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            match event:
                case DeliveryArrived():
                    row = {"delivery_id": event.delivery_id, "order_id": event.order_id, "is_disputed": False}
                    connection.execute(TABLE.insert().values(**row, since_us=microseconds(event.delivered_at)))
                case DeliveryDisputed():
                    disputed = TABLE.update().where(TABLE.c.delivery_id == event.delivery_id)
                    connection.execute(disputed.values(is_disputed=True, since_us=microseconds(event.disputed_at)))
                case DeliveryConfirmed():
                    connection.execute(TABLE.delete().where(TABLE.c.delivery_id == event.delivery_id))
                case OrderClosed():
                    connection.execute(TABLE.delete().where(TABLE.c.order_id == event.order_id))


def list_silent(views: sa.Engine, at: datetime, receipt: timedelta, dispute: timedelta) -> list[str]:
    """Orders of which a delivery has waited for a word, or for the end of a dispute, as long as it may."""
    arrived, disputed = microseconds(at - receipt), microseconds(at - dispute)
    query = (
        sa.select(TABLE.c.order_id)
        .where(
            (~TABLE.c.is_disputed & (TABLE.c.since_us <= arrived))
            | (TABLE.c.is_disputed & (TABLE.c.since_us <= disputed))
        )
        .distinct()
        .order_by(TABLE.c.order_id)
        .limit(DUE_MAX)
    )
    with views.connect() as connection:
        return [str(one) for one in connection.execute(query).scalars()]


def list_overdue(views: sa.Engine, at: datetime, unbooked: timedelta, overdue: timedelta) -> list[str]:
    """Orders that nothing was booked for though they were wanted by now, and those not delivered long after their promise."""
    orders = order_overview.TABLE
    wanted, promised = microseconds(at - unbooked), microseconds(at - overdue)
    query = (
        sa.select(orders.c.order_id)
        .where(
            (orders.c.state.in_(["planning", "unplannable", "quoted", "accepted"]) & (orders.c.requested_us <= wanted))
            | (orders.c.state.in_(["confirmed", "in_production"]) & (orders.c.promise_us <= promised))
        )
        .order_by(orders.c.order_id)
        .limit(DUE_MAX)
    )
    with views.connect() as connection:
        return [str(one) for one in connection.execute(query).scalars()]
