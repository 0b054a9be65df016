"""Work, deliveries, confirmations and disputes, and when an order is closed."""

from datetime import timedelta

import msgspec

from services.order.domain.acting import actions
from services.order.domain.commands import (
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    ReceiveDelivery,
    ReceiveProgress,
)
from services.order.domain.events import (
    DeliveryArrived,
    DeliveryConfirmed,
    DeliveryDisputed,
    OrderClosed,
    OrderDelivered,
    WorkMoved,
)
from services.order.domain.order import ORDER
from services.order.domain.refusals import Why
from services.order.domain.situations import Closed, Running
from services.order.domain.standing import standing_of
from services.order.packs.terms import terms
from shared.contracts.planning import PlannedStep
from shared.kernel.ids import derived_id
from tests.support.order_world import NOW, a_line, a_shipment, placing, progress
from tests.support.stories import Story, given
from tests.unit.order.domain.conftest import Situation, confirmed_with


def last_of(situation: Situation) -> PlannedStep:
    return situation.quote.options[0].steps[-1]


def arrived(situation: Situation, *quantities: int) -> Story:
    step = last_of(situation)
    return situation.story.after(
        *(ReceiveDelivery(a_shipment(step, one, number), terms()) for number, one in enumerate(quantities, 1))
    )


def delivery_id(situation: Situation, number: int = 1) -> str:
    return derived_id("dlv", last_of(situation).process_id, number)


def test_work_moves_the_order_into_production(a_confirmed_order: Situation) -> None:
    step = last_of(a_confirmed_order)
    told = a_confirmed_order.story.when(ReceiveProgress(progress(step, "confirmed"), terms()))
    told.then(WorkMoved)
    assert standing_of(told.state(), NOW) == "confirmed"
    told = a_confirmed_order.story.when(ReceiveProgress(progress(step, "in_progress", good=5), terms()))
    assert standing_of(told.state(), NOW) == "in_production"


def test_a_work_order_that_was_taken_over_ends_in_silence(a_confirmed_order: Situation) -> None:
    """A plant declined, the second best took the process: the first one's end is not the process's."""
    step = last_of(a_confirmed_order)
    ended = progress(step, "cancelled")
    a_confirmed_order.story.when(ReceiveProgress(ended, terms())).then(WorkMoved)
    other = msgspec.structs.replace(ended, work_id=derived_id("wrk", "the first plant's"))
    a_confirmed_order.story.when(ReceiveProgress(other, terms())).then()


def test_all_of_it_at_the_door_is_delivered(a_confirmed_order: Situation) -> None:
    told = a_confirmed_order.story.when(ReceiveDelivery(a_shipment(last_of(a_confirmed_order), 12_000), terms()))
    found, _ = told.then(DeliveryArrived, OrderDelivered)
    assert found.order_line_id == last_of(a_confirmed_order).order_line_id


def test_a_little_less_counts_as_all_and_more_is_lacking_waits(a_confirmed_order: Situation) -> None:
    step = last_of(a_confirmed_order)
    a_confirmed_order.story.when(ReceiveDelivery(a_shipment(step, 11_880), terms())).then(
        DeliveryArrived, OrderDelivered
    )
    a_confirmed_order.story.when(ReceiveDelivery(a_shipment(step, 11_879), terms())).then(DeliveryArrived)


def test_everything_made_and_shipped_is_delivered_though_it_is_less(a_confirmed_order: Situation) -> None:
    step = last_of(a_confirmed_order)
    shipped = ReceiveProgress(progress(step, "shipped", good=10_000), terms())
    a_confirmed_order.story.after(shipped).when(ReceiveDelivery(a_shipment(step, 10_000), terms())).then(
        DeliveryArrived, OrderDelivered
    )
    arrived(a_confirmed_order, 10_000).when(shipped).then(WorkMoved, OrderDelivered)


def test_the_same_delivery_counts_once(a_confirmed_order: Situation) -> None:
    story = arrived(a_confirmed_order, 12_000)
    story.when(ReceiveDelivery(a_shipment(last_of(a_confirmed_order), 12_000), terms())).then()


def test_every_line_must_be_at_the_door() -> None:
    situation = confirmed_with(placing(a_line(number=0), a_line("can-330-blank", number=1)))
    steps = situation.quote.options[0].steps
    last = {one.order_line_id: one for one in steps}
    first, second = last.values()
    story = situation.story.after(ReceiveDelivery(a_shipment(first, 12_000), terms()))
    assert standing_of(story.state, NOW) == "in_production"
    story.when(ReceiveDelivery(a_shipment(second, 12_000), terms())).then(DeliveryArrived, OrderDelivered)


def test_a_delivery_of_an_unplanned_process_goes_to_the_only_line_or_to_none(a_confirmed_order: Situation) -> None:
    strange = msgspec.structs.replace(last_of(a_confirmed_order), process_id=derived_id("pro", "strange"))
    found, _ = a_confirmed_order.story.when(ReceiveDelivery(a_shipment(strange, 12_000), terms())).then(
        DeliveryArrived, OrderDelivered
    )
    assert found.order_line_id == a_line().demand.order_line_id
    two = confirmed_with(placing(a_line(number=0), a_line("can-330-blank", number=1)))
    (found,) = two.story.when(ReceiveDelivery(a_shipment(strange, 12_000), terms())).then(DeliveryArrived)
    assert not found.order_line_id


def test_the_last_confirmation_closes_the_order(a_confirmed_order: Situation) -> None:
    story = arrived(a_confirmed_order, 6_000, 6_000)
    story.when(ConfirmDelivery(delivery_id(a_confirmed_order, 1), None, NOW)).then(DeliveryConfirmed)
    story = story.after(ConfirmDelivery(delivery_id(a_confirmed_order, 1), 5_990, NOW))
    told = story.when(ConfirmDelivery(delivery_id(a_confirmed_order, 2), None, NOW))
    confirmed, _ = told.then(DeliveryConfirmed, OrderClosed)
    assert confirmed.quantity == 6_000
    assert isinstance(told.state(), Closed)
    assert actions(told.state(), NOW, terms()) == []


def test_confirming_too_much_twice_or_what_never_came_is_refused(a_confirmed_order: Situation) -> None:
    story = arrived(a_confirmed_order, 6_000)
    first = delivery_id(a_confirmed_order)
    story.when(ConfirmDelivery(first, 6_001, NOW)).refused(Why.CONFIRM_TOO_MUCH, "/quantity")
    story.when(ConfirmDelivery(first, -1, NOW)).refused(Why.CONFIRM_TOO_MUCH)
    story.when(ConfirmDelivery("dlv_other", None, NOW)).refused(Why.UNKNOWN_DELIVERY)
    story.when(ConfirmDelivery(first, None, NOW), ConfirmDelivery(first, None, NOW)).refused(Why.CONFIRMED_ALREADY)
    closed = arrived(a_confirmed_order, 12_000).after(ConfirmDelivery(first, None, NOW))
    closed.when(ConfirmDelivery(first, None, NOW)).refused(Why.NOT_NOW)
    given(ORDER).when(ConfirmDelivery(first, None, NOW)).refused(Why.UNKNOWN_ORDER)


def test_a_dispute_keeps_the_order_open_until_it_is_settled(a_confirmed_order: Situation) -> None:
    story, first = arrived(a_confirmed_order, 12_000), delivery_id(a_confirmed_order)
    disputing = DisputeDelivery(first, "600 罐变形", NOW)
    story.when(disputing).then(DeliveryDisputed)
    disputed = story.after(disputing)
    assert isinstance(disputed.state, Running)
    assert disputed.state.deliveries[first].grounds == "600 罐变形"
    disputed.when(disputing).refused(Why.DISPUTED_ALREADY)
    _, closed = disputed.when(ConfirmDelivery(first, 11_400, NOW + timedelta(days=2))).then(
        DeliveryConfirmed, OrderClosed
    )
    assert closed.closed_at == NOW + timedelta(days=2)


def test_a_buyer_may_close_with_what_arrived(a_confirmed_order: Situation) -> None:
    story, first = arrived(a_confirmed_order, 6_000), delivery_id(a_confirmed_order)
    story.when(CloseOrder(NOW)).refused(Why.NOT_ALL_CONFIRMED)
    confirmed = story.after(ConfirmDelivery(first, None, NOW))
    assert "close" in actions(confirmed.state, NOW, terms())
    working = confirmed.after(ReceiveProgress(progress(last_of(a_confirmed_order), "in_progress"), terms()))
    working.when(CloseOrder(NOW)).refused(Why.WORK_UNDER_WAY)
    confirmed.when(CloseOrder(NOW)).then(OrderClosed)


def test_closing_before_anything_arrived_is_refused(a_confirmed_order: Situation, a_placed_order: Situation) -> None:
    a_confirmed_order.story.when(CloseOrder(NOW)).refused(Why.NOT_ALL_CONFIRMED)
    a_placed_order.story.when(CloseOrder(NOW)).refused(Why.NOT_NOW)


def test_what_is_paid_for_is_bounded_by_what_was_ordered() -> None:
    assert terms().payable(12_000, 12_000) == 12_000
    assert terms().payable(13_000, 12_000) == 12_600
    assert terms().payable(11_000, 12_000) == 11_000
