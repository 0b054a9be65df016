"""Which order does this quote or delivery belong to? For routes that name only the quote or the delivery."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.order.domain.events import DeliveryArrived, QuoteReceived
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.principal import Principal, Role

NAME = "order_things"

TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("thing_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("buyer_org_id", sa.Text, nullable=False),
)


class Things:
    """Satisfies `Projection`."""

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = frozenset({"quote-received.v1", "delivery-arrived.v1"})

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, TABLE.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        rows = []
        for recorded in page:
            event = recorded.event
            match event:
                case QuoteReceived():
                    thing_id = event.quote_id
                case DeliveryArrived():
                    thing_id = event.delivery_id
                case _:
                    continue
            rows.append({"thing_id": thing_id, "order_id": event.order_id, "buyer_org_id": event.buyer_org_id})
        if rows:
            connection.execute(TABLE.insert(), rows)


def find_order(views: sa.Engine, thing_id: str, principal: Principal) -> str | None:
    """The order id, None when there is no such thing or it is another buyer's."""
    query = sa.select(TABLE.c.order_id).where(TABLE.c.thing_id == thing_id)
    if principal.role is not Role.OFFICE:
        query = query.where(TABLE.c.buyer_org_id == principal.org_id)
    with views.connect() as connection:
        found: str | None = connection.execute(query).scalar_one_or_none()
    return found
