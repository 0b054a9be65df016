"""A lot judged anew after its release: the buyer is told in every situation, and confirms only what is in order."""

from typing import Literal

import pytest

from services.order.domain.commands import ConfirmDelivery, ReceiveDelivery, ReceiveVerdict
from services.order.domain.events import DeliveryConfirmed, DeliveryCorrected, LotRejudged
from services.order.domain.judging import blocked_in
from services.order.domain.refusals import Why
from services.order.domain.situations import Running
from services.order.packs.terms import terms
from shared.contracts import capacity
from shared.kernel.ids import derived_id
from tests.support.order_world import BUYER, NOW, ORDER_ID, a_shipment
from tests.support.stories import Story
from tests.unit.order.domain.conftest import Situation


def lot_of(situation: Situation) -> str:
    return derived_id("lot", situation.quote.options[0].steps[-1].process_id, 1)


def delivery_of(situation: Situation) -> str:
    return derived_id("dlv", situation.quote.options[0].steps[-1].process_id, 1)


def verdict(situation: Situation, disposition: Literal["released", "blocked"], quantity: int) -> ReceiveVerdict:
    step = situation.quote.options[0].steps[-1]
    fact = capacity.LotRejudged(
        order_id=ORDER_ID,
        buyer_org_id=BUYER,
        work_id=derived_id("wrk", step.process_id),
        process_id=step.process_id,
        lot_id=lot_of(situation),
        disposition=disposition,
        quantity=quantity,
        unit=step.unit,
        grounds="odour",
        deliveries=[capacity.LotInDelivery(delivery_of(situation), quantity)],
        judged_at=NOW,
    )
    return ReceiveVerdict(fact)


def arrived(situation: Situation, quantity: int = 12_000) -> Story:
    return situation.story.after(ReceiveDelivery(a_shipment(situation.quote.options[0].steps[-1], quantity), terms()))


def test_the_buyer_is_told_and_cannot_confirm_what_was_found_bad(a_confirmed_order: Situation) -> None:
    told = arrived(a_confirmed_order).when(verdict(a_confirmed_order, "blocked", 12_000))
    (event,) = told.then(LotRejudged)
    assert event.deliveries == {delivery_of(a_confirmed_order): 12_000}
    story = arrived(a_confirmed_order).after(verdict(a_confirmed_order, "blocked", 12_000))
    story.when(ConfirmDelivery(delivery_of(a_confirmed_order), None, NOW)).refused(Why.GOODS_BLOCKED)
    story.when(ConfirmDelivery(delivery_of(a_confirmed_order), 1, NOW)).refused(Why.GOODS_BLOCKED)


@pytest.mark.parametrize(("said", "confirmed"), [(None, 9_000), (9_000, 9_000), (8_500, 8_500)])
def test_the_rest_of_a_delivery_may_be_confirmed(
    a_confirmed_order: Situation, said: int | None, confirmed: int
) -> None:
    story = arrived(a_confirmed_order).after(verdict(a_confirmed_order, "blocked", 3_000))
    told = story.when(ConfirmDelivery(delivery_of(a_confirmed_order), said, NOW))
    event = next(one for one in told.events() if isinstance(one, DeliveryConfirmed))
    assert event.quantity == confirmed
    story.when(ConfirmDelivery(delivery_of(a_confirmed_order), 9_001, NOW)).refused(Why.GOODS_BLOCKED)
    story.when(ConfirmDelivery(delivery_of(a_confirmed_order), 12_001, NOW)).refused(Why.CONFIRM_TOO_MUCH)


def test_a_lot_found_bad_on_the_road_is_blocked_when_it_arrives(a_confirmed_order: Situation) -> None:
    story = a_confirmed_order.story.after(verdict(a_confirmed_order, "blocked", 12_000))
    step = a_confirmed_order.quote.options[0].steps[-1]
    story = story.after(ReceiveDelivery(a_shipment(step, 12_000), terms()))
    story.when(ConfirmDelivery(delivery_of(a_confirmed_order), None, NOW)).refused(Why.GOODS_BLOCKED)


def test_a_release_after_another_test_ends_it(a_confirmed_order: Situation) -> None:
    story = arrived(a_confirmed_order).after(
        verdict(a_confirmed_order, "blocked", 12_000), verdict(a_confirmed_order, "released", 12_000)
    )
    state = story.state
    assert isinstance(state, Running)
    assert blocked_in(state, state.deliveries[delivery_of(a_confirmed_order)]) == 0
    told = story.when(ConfirmDelivery(delivery_of(a_confirmed_order), None, NOW))
    assert next(one for one in told.events() if isinstance(one, DeliveryConfirmed)).quantity == 12_000


def test_goods_are_recalled_from_an_order_that_was_closed_long_ago(a_confirmed_order: Situation) -> None:
    closed = arrived(a_confirmed_order).after(ConfirmDelivery(delivery_of(a_confirmed_order), None, NOW))
    closed.when(verdict(a_confirmed_order, "blocked", 12_000)).then(LotRejudged)


def test_an_order_that_is_not_booked_hears_nothing(a_quoted_order: Situation) -> None:
    a_quoted_order.story.when(verdict(a_quoted_order, "blocked", 12_000)).then()


def counted(situation: Situation, quantity: int) -> ReceiveVerdict:
    step = situation.quote.options[0].steps[-1]
    fact = capacity.ShipmentCorrected(
        order_id=ORDER_ID,
        buyer_org_id=BUYER,
        delivery_id=delivery_of(situation),
        work_id=derived_id("wrk", step.process_id),
        process_id=step.process_id,
        quantity=quantity,
        unit=step.unit,
        grounds="counted twice",
        corrected_at=NOW,
    )
    return ReceiveVerdict(fact)


def test_a_delivery_counted_anew_is_told_and_confirmed_as_counted(a_confirmed_order: Situation) -> None:
    story = arrived(a_confirmed_order)
    (event,) = story.when(counted(a_confirmed_order, 11_500)).then(DeliveryCorrected)
    assert (event.before, event.quantity) == (12_000, 11_500)
    told = story.after(counted(a_confirmed_order, 11_500)).when(
        ConfirmDelivery(delivery_of(a_confirmed_order), None, NOW)
    )
    assert next(one for one in told.events() if isinstance(one, DeliveryConfirmed)).quantity == 11_500


def test_what_was_confirmed_or_has_not_arrived_is_not_counted_anew(a_confirmed_order: Situation) -> None:
    a_confirmed_order.story.when(counted(a_confirmed_order, 11_500)).then()
    confirmed = arrived(a_confirmed_order).after(ConfirmDelivery(delivery_of(a_confirmed_order), None, NOW))
    confirmed.when(counted(a_confirmed_order, 11_500)).then()
