"""Which replans wait for an answer: the newest of an order, until it is answered or the order ends."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.order.domain.commands import (
    AnswerReplan,
    CancelOrder,
    CloseOrder,
    ConfirmDelivery,
    ReceiveDelivery,
    ReceivePlanChange,
)
from services.order.packs.terms import terms
from services.order.projections.questions import Questions, list_due
from shared.eventstore.database import memory_engine
from tests.support.order_world import NOW, a_plan_change, a_shipment, placing
from tests.support.stories import Story
from tests.unit.order.domain.conftest import confirmed_with
from tests.unit.order.projections.test_timeline import recorded


@pytest.fixture
def views() -> Iterator[sa.Engine]:
    engine = memory_engine()
    with engine.begin() as connection:
        for table in Questions.tables:
            table.create(connection)
    yield engine
    engine.dispose()


SITUATION = confirmed_with(placing())
CHANGE = a_plan_change(SITUATION.quote.options[0])
ASKED = SITUATION.story.after(ReceivePlanChange(CHANGE))


def folded(views: sa.Engine, story: Story) -> sa.Engine:
    view = Questions()
    page = [recorded(event, number) for number, event in enumerate(story.past, 1)]
    with views.begin() as connection:
        view.apply(connection, [one for one in page if view.handles is None or one.type in view.handles])
    return views


def test_a_question_is_due_from_its_last_moment_on(views: sa.Engine) -> None:
    folded(views, ASKED)
    assert list_due(views, CHANGE.answer_by - timedelta(seconds=1)) == []
    (due,) = list_due(views, CHANGE.answer_by)
    assert (due.replan_id, due.answer_by) == (CHANGE.replan_id, CHANGE.answer_by)


def test_a_fraction_of_a_second_never_makes_a_question_due_too_early(views: sa.Engine) -> None:
    at = NOW + timedelta(microseconds=1)
    folded(views, SITUATION.story.after(ReceivePlanChange(a_plan_change(SITUATION.quote.options[0], at=at))))
    assert list_due(views, at + timedelta(days=2)) == []
    assert len(list_due(views, at + timedelta(days=2, seconds=1))) == 1


def test_a_newer_question_takes_the_older_ones_place(views: sa.Engine) -> None:
    newer = a_plan_change(SITUATION.quote.options[0], number=2)
    folded(views, ASKED.after(ReceivePlanChange(newer)))
    assert [one.replan_id for one in list_due(views, CHANGE.answer_by)] == [newer.replan_id]


def test_nothing_waits_once_it_is_answered_or_overtaken_or_the_order_has_ended(views: sa.Engine) -> None:
    delivery = a_shipment(SITUATION.quote.options[0].steps[-1], 6_000)
    ends = [
        ASKED.after(AnswerReplan(CHANGE.replan_id, "accept", NOW)),
        ASKED.after(ReceivePlanChange(a_plan_change(SITUATION.quote.options[0], number=2, needs_answer=False))),
        ASKED.after(CancelOrder(10**9, terms(), NOW)),
        ASKED.after(
            ReceiveDelivery(delivery, terms()), ConfirmDelivery(delivery.delivery_id, None, NOW), CloseOrder(NOW)
        ),
    ]
    for story in ends:
        folded(views, story)
        assert list_due(views, CHANGE.answer_by) == []
