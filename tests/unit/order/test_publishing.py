"""Which events become facts, and that a fact is a function of its one event."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.order.domain import events
from services.order.domain.commands import CancelOrder, ConfirmDelivery, DisputeDelivery, ReceiveDelivery, RequestQuote
from services.order.domain.inquiry import INQUIRY
from services.order.packs.terms import terms
from services.order.publishing import fact_of, publish
from shared.contracts import order as facts
from shared.contracts.registry import FACTS
from shared.eventstore.port import Recorded
from shared.kernel.event import Cause
from tests.support.order_world import NOW, ORDER_ID, a_shipment, placing
from tests.support.stories import given
from tests.unit.order.domain.conftest import Situation, confirmed_with, placed_with, quoted_with
from tests.unit.order.domain.test_inquiry import INQUIRY_ID, asking


def recorded(event: Any, at: datetime = NOW) -> Recorded:
    cause = Cause(correlation_id="cor", org_id="org", subject="usr", at=at)
    return Recorded(1, f"order-{ORDER_ID}", 1, "evt", events.EVENT_TYPES.name_of(event), event, cause, at)


def published(situation: Situation) -> list[str]:
    return [FACTS.name_of(one.fact) for event in situation.story.past for one in publish(recorded(event))]


def test_placing_asks_for_the_first_plan_with_the_whole_demand() -> None:
    situation = placed_with(placing())
    (asked,) = [one.fact for event in situation.story.past for one in publish(recorded(event))]
    assert isinstance(asked, facts.PlanningRequested)
    assert (asked.attempt, asked.purpose, asked.order_id) == (1, "quote", ORDER_ID)
    assert asked.lines[0].variants


def test_every_plan_is_asked_for_with_the_window_the_buyer_gave() -> None:
    begins = NOW + timedelta(days=5)
    command = replace(placing(), requested_from=begins)
    placed = placed_with(command)
    quoted = quoted_with(command).story
    again = quoted.when(RequestQuote(terms(), NOW)).events()[-1]
    for event in (placed.story.past[0], again):
        (asked,) = [one.fact for one in publish(recorded(event))]
        assert isinstance(asked, facts.PlanningRequested)
        assert asked.deliver_from == begins


def test_an_inquiry_asks_for_a_plan_that_reserves_nothing() -> None:
    (event,) = given(INQUIRY).when(asking()).events()
    found = fact_of(event)
    assert found is not None
    assert isinstance(found[1], facts.PlanningRequested)
    assert (found[0], found[1].purpose) == (INQUIRY_ID, "inquiry")


def test_the_facts_of_a_story() -> None:
    situation = confirmed_with(placing())
    step = situation.quote.options[0].steps[-1]
    delivery = a_shipment(step, 12_000)
    situation = Situation(
        situation.story.after(
            ReceiveDelivery(delivery, terms()),
            DisputeDelivery(delivery.delivery_id, "dented", NOW),
            ConfirmDelivery(delivery.delivery_id, None, NOW + timedelta(days=1)),
        )
    )
    assert published(situation) == [
        "order.planning-requested.v1",
        "order.quote-accepted.v1",
        "order.delivery-disputed.v1",
        "order.delivery-confirmed.v1",
        "order.closed.v1",
    ]


def test_giving_up_tells_capacity_what_to_release() -> None:
    quoted = quoted_with(placing())
    again = Situation(quoted.story.after(RequestQuote(terms(), NOW)))
    assert published(again)[1:] == ["order.quote-dropped.v1", "order.planning-requested.v1"]
    cancelled = Situation(quoted.story.after(CancelOrder(None, terms(), NOW)))
    assert published(cancelled)[1:] == ["order.quote-dropped.v1", "order.cancelled.v1"]


@pytest.mark.parametrize("kind", [events.QuoteReceived, events.WorkMoved, events.OrderDelivered, events.PlanMoved])
def test_what_came_from_others_is_not_published_again(kind: type[Any]) -> None:
    situation = confirmed_with(placing())
    step = situation.quote.options[0].steps[-1]
    story = situation.story.after(ReceiveDelivery(a_shipment(step, 12_000), terms()))
    assert all(not publish(recorded(one)) for one in story.past if isinstance(one, kind))
