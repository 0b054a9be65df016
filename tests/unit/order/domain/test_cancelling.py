"""Lines stand for themselves: what a question was about ends, what has come or is being made goes on to its end."""

import pytest

from services.order.domain.acting import actions
from services.order.domain.commands import (
    AnswerReplan,
    CancelOrder,
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    ReceiveDelivery,
    ReceivePlanChange,
    ReceiveProgress,
)
from services.order.domain.events import (
    DeliveryArrived,
    DeliveryConfirmed,
    DeliveryDisputed,
    OrderCancelled,
    OrderClosed,
    OrderDelivered,
    PartsCancelled,
    ReplanAnswered,
    WorkMoved,
)
from services.order.domain.refusals import Why
from services.order.domain.situations import Cancelled, Closed, Running
from services.order.domain.standing import standing_of
from services.order.packs.terms import terms
from shared.contracts import capacity
from shared.contracts.planning import PlannedStep, ReplanChoice
from tests.support.order_world import NOW, a_line, a_plan_change, a_shipment, placing, progress
from tests.support.stories import Story
from tests.unit.order.domain.conftest import Situation, confirmed_with

TEA, ENDS = a_line(), a_line("end-202", 250_000, 1)


def two_lines() -> Situation:
    return confirmed_with(placing(TEA, ENDS))


def steps_of(situation: Situation, line: int) -> list[PlannedStep]:
    name = (TEA, ENDS)[line].demand.order_line_id
    return [one for one in situation.quote.options[0].steps if one.order_line_id == name]


def asked_about(situation: Situation, line: int, **how: object) -> capacity.PlanChanged:
    steps = steps_of(situation, line)
    change = a_plan_change(situation.quote.options[0], default_choice="cancel", **how)  # type: ignore[arg-type] # its own
    return capacity.PlanChanged(
        **{name: getattr(change, name) for name in change.__struct_fields__ if name != "asked_about"},
        asked_about=[one.process_id for one in steps],
    )


def come(situation: Situation, line: int) -> Story:
    last, wanted = steps_of(situation, line)[-1], (TEA, ENDS)[line].demand.quantity_net
    return situation.story.after(
        ReceiveProgress(progress(last, "shipped", good=wanted), terms()),
        ReceiveDelivery(a_shipment(last, wanted), terms()),
    )


def delivery_of(story: Story) -> str:
    state = story.state
    running = state.running if isinstance(state, Cancelled) else state
    assert isinstance(running, Running)
    (delivery,) = running.deliveries
    return delivery


@pytest.mark.parametrize("choice", ["cancel", None])
def test_what_was_asked_about_ends_and_what_has_come_is_confirmed_and_closes_the_order(
    choice: ReplanChoice | None,
) -> None:
    situation = two_lines()
    change = asked_about(situation, 0)
    story = come(situation, 1).after(ReceivePlanChange(change))
    answer = AnswerReplan(change.replan_id, choice, change.answer_by if choice is None else NOW, terms())
    answered, ended, _ = story.when(answer).then(ReplanAnswered, PartsCancelled, OrderDelivered)
    assert ended.process_ids == [one.process_id for one in steps_of(situation, 0)]
    assert (ended.fee_fen, ended.by_default, answered.by_default) == (0, choice is None, choice is None)
    assert ended.price_fen <= sum(one.price_fen for one in steps_of(situation, 1)) + 40_500
    rest = story.after(answer)
    assert standing_of(rest.state, NOW) == "delivered"
    assert actions(rest.state, NOW, terms()) == ["confirm_delivery", "dispute_delivery"]
    delivery = delivery_of(rest)
    rest.when(DisputeDelivery(delivery, "dented", NOW)).then(DeliveryDisputed)
    rest.when(ConfirmDelivery(delivery, None, NOW)).then(DeliveryConfirmed, OrderClosed)


def test_the_other_line_goes_on_when_nothing_has_come_yet() -> None:
    situation = two_lines()
    change = asked_about(situation, 1)
    story = situation.story.after(ReceivePlanChange(change))
    answer = AnswerReplan(change.replan_id, None, change.answer_by, terms())
    story.when(answer).then(ReplanAnswered, PartsCancelled)
    rest = story.after(answer)
    assert isinstance(rest.state, Running)
    assert [one.order_line_id for one in rest.state.promise.steps] == [TEA.demand.order_line_id] * 4
    assert rest.state.wanted(ENDS.demand.order_line_id) == 0
    last, wanted = steps_of(situation, 0)[-1], TEA.demand.quantity_net
    rest.when(ReceiveDelivery(a_shipment(last, wanted), terms())).then(DeliveryArrived, OrderDelivered)


def test_the_order_ends_when_all_of_it_was_asked_about() -> None:
    situation = two_lines()
    change = a_plan_change(situation.quote.options[0])
    story = situation.story.after(ReceivePlanChange(change))
    _, ended = story.when(AnswerReplan(change.replan_id, None, change.answer_by)).then(ReplanAnswered, OrderCancelled)
    assert (ended.fee_fen, ended.why, ended.by_default) == (0, "replan", True)


def test_what_is_being_made_to_its_end_is_not_cancelled_by_an_answer() -> None:
    situation = two_lines()
    change = asked_about(situation, 0)
    last = steps_of(situation, 0)[-1]
    begun = situation.story.after(
        ReceivePlanChange(change), ReceiveProgress(progress(last, "in_progress", good=1), terms())
    )
    begun.when(AnswerReplan(change.replan_id, "cancel", NOW)).then(ReplanAnswered)


def test_a_plan_that_was_on_its_way_does_not_bring_back_what_was_given_up() -> None:
    situation = two_lines()
    change = asked_about(situation, 1)
    moved = a_plan_change(situation.quote.options[0], number=2, needs_answer=False, dearer_fen=0)
    story = situation.story.after(
        ReceivePlanChange(change), AnswerReplan(change.replan_id, "cancel", NOW), ReceivePlanChange(moved)
    )
    assert isinstance(story.state, Running)
    assert {one.order_line_id for one in story.state.promise.steps} == {TEA.demand.order_line_id}


def test_cancelling_an_order_of_which_a_part_has_come_costs_what_ends_and_leaves_what_came() -> None:
    situation = two_lines()
    story = come(situation, 1)
    fee = 4 * 5_000  # the tea alone: the ends have come and are paid as goods
    story.when(CancelOrder(fee - 1, terms(), NOW)).refused(Why.FEE_NOT_AGREED)
    (ended,) = story.when(CancelOrder(fee, terms(), NOW)).then(OrderCancelled)
    assert ended.fee_fen == fee
    rest = story.after(CancelOrder(fee, terms(), NOW))
    delivery = delivery_of(rest)
    assert actions(rest.state, NOW, terms()) == ["confirm_delivery", "dispute_delivery"]
    rest.when(CloseOrder(NOW)).refused(Why.NOT_ALL_CONFIRMED)
    rest.when(DisputeDelivery(delivery, "dented", NOW)).then(DeliveryDisputed)
    rest.when(ConfirmDelivery(delivery, None, NOW)).then(DeliveryConfirmed, OrderClosed)
    closed = rest.after(ConfirmDelivery(delivery, None, NOW)).state
    assert isinstance(closed, Closed)
    assert closed.cancelled is not None
    assert closed.cancelled.fee_fen == fee


def test_goods_that_had_begun_when_their_order_was_cancelled_come_and_close_it() -> None:
    situation = two_lines()
    last, wanted = steps_of(situation, 1)[-1], ENDS.demand.quantity_net
    first = steps_of(situation, 0)[0]
    cancelled = situation.story.after(
        ReceiveProgress(progress(last, "in_progress"), terms()), CancelOrder(1_000_000, terms(), NOW)
    )
    assert actions(cancelled.state, NOW, terms()) == []
    cancelled.when(ReceiveProgress(progress(first, "cancelled"), terms())).then()
    cancelled.when(ReceiveProgress(progress(last, "shipped", good=wanted), terms())).then(WorkMoved)
    come_after = cancelled.after(ReceiveDelivery(a_shipment(last, wanted), terms()))
    delivery = delivery_of(come_after)
    come_after.when(ConfirmDelivery(delivery, None, NOW)).then(DeliveryConfirmed, OrderClosed)


def test_a_cancelled_order_of_which_nothing_came_takes_nothing_more() -> None:
    cancelled = two_lines().story.after(CancelOrder(1_000_000, terms(), NOW))
    assert actions(cancelled.state, NOW, terms()) == []
    cancelled.when(CloseOrder(NOW)).refused(Why.NOT_ALL_CONFIRMED)


def test_what_a_question_is_about_may_be_left_without_a_fee_while_it_is_open() -> None:
    situation = two_lines()
    story = situation.story.after(ReceivePlanChange(asked_about(situation, 0)))
    (ended,) = story.when(CancelOrder(5_000, terms(), NOW)).then(OrderCancelled)
    assert ended.fee_fen == len(steps_of(situation, 1)) * 5_000
