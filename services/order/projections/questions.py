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
)
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded

NAME = "order_questions"
DUE_MAX = 10_000  # far more than a run answers: what fails must not hide the rest

TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("order_id", sa.Text, primary_key=True),
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
    """Satisfies `Projection`. One question an order: a newer one takes the older one's place, a moved plan ends it."""

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = frozenset(
        {
            "replan-asked.v1",
            "replan-answered.v1",
            "plan-moved.v1",
            "order-cancelled.v1",
            "parts-cancelled.v1",
            "order-confirmed.v1",
            "order-closed.v1",
        }
    )

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, TABLE.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            match event:
                case (
                    ReplanAsked()
                    | ReplanAnswered()
                    | PlanMoved()
                    | OrderCancelled()
                    | PartsCancelled()
                    | OrderConfirmed()
                    | OrderClosed()
                ):
                    connection.execute(TABLE.delete().where(TABLE.c.order_id == event.order_id))
                case _:
                    continue
            if isinstance(event, ReplanAsked):
                until = -int(-event.answer_by.timestamp() // 1)  # the first whole second at or after it
                connection.execute(
                    TABLE.insert().values(order_id=event.order_id, replan_id=event.replan_id, answer_by_s=until)
                )


def list_due(views: sa.Engine, at: datetime) -> list[Question]:
    """Questions whose time to answer has ended, the oldest first, at most DUE_MAX."""
    with views.connect() as connection:
        return [
            Question(row.order_id, row.replan_id, datetime.fromtimestamp(row.answer_by_s, UTC))
            for row in connection.execute(_DUE, {"by_now": int(at.timestamp())})
        ]
