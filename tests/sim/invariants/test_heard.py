"""What one service told and the other never noted is found: goods at the door, material, answers, cancellations."""

from typing import cast

from services.capacity.domain.plan_events import (
    PlanCancelled,
    PlanChangeAnswered,
    PlanChangeProposed,
    SupplyRecorded,
)
from services.capacity.domain.work_events import GoodsDelivered
from services.order.domain.events import DeliveryArrived, OrderCancelled, OrderClosed, ReplanAnswered, SupplyArrived
from services.sim.invariants.book import Past
from services.sim.invariants.heard import EverythingHeard
from services.sim.seams import Platform
from shared.kernel.event import Event
from tests.support.made import found, log_of, made


def violations(*events: Event) -> list[str]:
    book = EverythingHeard(Past())
    assert found(book, log_of(*events)) == []
    return list(book.at_rest(cast("Platform", None)))


def of(kind: type[Event], **more: object) -> Event:
    return made(kind, order_id="ord_1", **more)


ENDED = of(OrderClosed)


def test_goods_at_the_door_that_the_order_knows_nothing_of_are_found() -> None:
    left = of(GoodsDelivered, delivery_id="dlv_1", at_door=True, quantity=80)
    assert violations(left) == ["ord_1: 80 of dlv_1 came to the door, the order has None"]
    assert "the order has 79" in violations(left, of(DeliveryArrived, delivery_id="dlv_1", quantity=79))[0]
    assert violations(left, of(DeliveryArrived, delivery_id="dlv_1", quantity=80)) == []
    assert violations(ENDED, left) == [], "nobody notes what comes after the end"
    assert violations(of(GoodsDelivered, delivery_id="dlv_1", at_door=False, quantity=80)) == []


def test_a_delivery_that_came_to_no_door_is_found() -> None:
    assert violations(of(DeliveryArrived, delivery_id="dlv_1")) == ["ord_1: dlv_1 is noted and came to no door"]


def test_material_that_capacity_never_heard_of_is_found() -> None:
    came = of(SupplyArrived, item="can", quantity=100)
    assert violations(came) == ["ord_1: 100 of can came, capacity knows of 0"]
    assert violations(came, of(SupplyRecorded, item="can", quantity=100)) == []
    assert violations(came, ENDED) == []


def test_a_cancellation_that_capacity_never_heard_of_is_found() -> None:
    assert violations(of(OrderCancelled)) == ["ord_1 is cancelled, capacity plans it still"]
    assert violations(of(OrderCancelled), of(PlanCancelled)) == []


def test_an_answer_that_capacity_never_heard_of_is_found() -> None:
    asked, said = of(PlanChangeProposed, replan_id="rpl_1"), of(ReplanAnswered, replan_id="rpl_1")
    assert violations(asked) == [], "the buyer still thinks"
    assert violations(asked, said) == ["ord_1: rpl_1 is answered, capacity waits still"]
    assert violations(asked, said, of(PlanChangeAnswered, replan_id="rpl_1")) == []
