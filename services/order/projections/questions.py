"""Which changed plans wait for their buyer's answer, and until when? For the job that applies the stated default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from services.order.domain.events import (
    OrderCancelled,
    OrderClosed,
    OrderConfirmed,
    PartsCancelled,
    PlanMoved,
    ReplanAnswered,
    ReplanAsked,
    ShortfallAnswered,
    SupplyArrived,
    SupplyFellShort,
)
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded

NAME = "order_questions"
DUE_MAX = 10_000  # far more than a run answers: what fails must not hide the rest

TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True, default=""),  # of material that came short; "" for a changed plan
    sa.Column("replan_id", sa.Text, nullable=False),
    sa.Column("answer_by_s", sa.Integer, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Question:
    order_id: str
    replan_id: str
    answer_by: datetime


_DUE = (  # built once: the job asks every few seconds
    sa.select(TABLE).where(TABLE.c.answer_by_s <= sa.bindparam("by_now")).order_by(TABLE.c.answer_by_s).limit(DUE_MAX)
)


class Questions:
    """Satisfies `Projection`. One question about its plan an order: a newer one takes the older one's place, a moved plan
    ends it; and one about each material that came short.
    """

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = frozenset(
        {
            "replan-asked.v1",
            "replan-answered.v1",
            "plan-moved.v1",
            "order-cancelled.v1",
            "parts-cancelled.v1",
            "supply-arrived.v1",
            "supply-fell-short.v1",
            "shortfall-answered.v1",
            "order-confirmed.v1",
            "order-closed.v1",
        }
    )

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, _short, _insert, TABLE.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            match event:
                case SupplyArrived() | SupplyFellShort() | ShortfallAnswered():
                    _short(connection, event)
                    continue
                case OrderCancelled() | OrderConfirmed() | OrderClosed():
                    connection.execute(TABLE.delete().where(TABLE.c.order_id == event.order_id))
                case ReplanAsked() | ReplanAnswered() | PlanMoved() | PartsCancelled():
                    connection.execute(TABLE.delete().where(TABLE.c.order_id == event.order_id, TABLE.c.item == ""))
                case _:
                    continue
            if isinstance(event, ReplanAsked):
                _insert(connection, event.order_id, "", event.replan_id, event.answer_by)


def _short(connection: sa.Connection, event: SupplyArrived | SupplyFellShort | ShortfallAnswered) -> None:
    """What arrives ends the question that was asked before about it."""
    mine = TABLE.c.order_id == event.order_id, TABLE.c.item == event.item
    connection.execute(TABLE.delete().where(*mine))
    if isinstance(event, SupplyFellShort) and event.answer_by is not None:
        _insert(connection, event.order_id, event.item, event.question_id, event.answer_by)


def _insert(connection: sa.Connection, order_id: str, item: str, replan_id: str, answer_by: datetime) -> None:
    until = -int(-answer_by.timestamp() // 1)  # the first whole second at or after it
    row = {"order_id": order_id, "item": item, "replan_id": replan_id, "answer_by_s": until}
    connection.execute(TABLE.insert().values(**row))


def list_due(views: sa.Engine, at: datetime) -> list[Question]:
    """Questions whose time to answer has ended, the oldest first, at most DUE_MAX."""
    with views.connect() as connection:
        return [
            Question(row.order_id, row.replan_id, datetime.fromtimestamp(row.answer_by_s, UTC))
            for row in connection.execute(_DUE, {"by_now": int(at.timestamp())})
        ]
