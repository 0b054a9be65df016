"""How the list of orders tells a question: open until it is answered, or until the plan moved without asking."""

from datetime import timedelta

from services.order.domain.commands import AnswerReplan, ReceivePlanChange
from services.order.projections.overview_rows import Row, fold
from shared.eventstore.codec import microseconds
from tests.support.order_world import NOW, a_plan_change, placing
from tests.support.stories import Story
from tests.unit.order.domain.conftest import confirmed_with
from tests.unit.order.projections.test_timeline import recorded

SITUATION = confirmed_with(placing())
OPTION = SITUATION.quote.options[0]
CHANGE = a_plan_change(OPTION)
ASKED = SITUATION.story.after(ReceivePlanChange(CHANGE))


def row_of(story: Story) -> Row:
    rows: dict[str, Row] = {}
    for number, event in enumerate(story.past, 1):
        fold(rows, recorded(event, number))
    (row,) = rows.values()
    return row


def test_an_accepted_plan_is_promised_from_then_on() -> None:
    assert row_of(ASKED)["needs_answer"]
    row = row_of(ASKED.after(AnswerReplan(CHANGE.replan_id, "accept", NOW)))
    assert not row["needs_answer"]
    assert (row["promise_us"], row["price_fen"]) == (microseconds(CHANGE.new_promise_at), CHANGE.new_price_fen)


def test_a_plan_that_moved_meanwhile_leaves_nothing_to_answer() -> None:
    moved = a_plan_change(OPTION, number=2, needs_answer=False, later=timedelta(days=-1), dearer_fen=0)
    row = row_of(ASKED.after(ReceivePlanChange(moved)))
    assert not row["needs_answer"]
    assert (row["next_promise_us"], row["next_price_fen"]) == (None, None)
    assert (row["promise_us"], row["price_fen"]) == (microseconds(moved.new_promise_at), moved.new_price_fen)


def test_a_question_about_the_plan_before_shows_that_the_accepted_one_was_lost() -> None:
    accepted = ASKED.after(AnswerReplan(CHANGE.replan_id, "accept", NOW))
    row = row_of(accepted.after(ReceivePlanChange(a_plan_change(OPTION, number=2, later=timedelta(days=5)))))
    assert row["needs_answer"]
    assert (row["promise_us"], row["price_fen"]) == (microseconds(OPTION.promise_at), OPTION.price_fen)
