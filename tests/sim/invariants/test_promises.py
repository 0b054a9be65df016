"""Planted orders off their ladder, reasons that are missing, and names of other tenants are found."""

from typing import get_args

from services.order.domain.events import (
    AnyOrderEvent,
    DeliveryArrived,
    DeliveryConfirmed,
    OrderCancelled,
    OrderClosed,
    OrderConfirmed,
    OrderDelivered,
    OrderEvent,
    OrderPlaced,
    PlanningFailed,
    PlanningRequested,
    QuoteAccepted,
    QuoteReceived,
    QuoteSetAside,
)
from services.sim.invariants.book import Past
from services.sim.invariants.promises import LADDER, NobodyElse, Promises
from services.sim.life.world import Cast, Party, Plant
from shared.contracts.planning import PlannedStep, PlanOption
from shared.contracts.reasons import PlanReason, ReasonCode
from shared.kernel.event import Event
from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal, Role
from tests.support.made import found, log_of, made

ME, RIVAL, FACTORY = (derived_id("org", name) for name in ("me", "rival", "factory"))
ORDER, OTHER_ORDER = derived_id("ord", "mine"), derived_id("ord", "other")


def of(kind: type[OrderEvent], **more: object) -> OrderEvent:
    return made(kind, order_id=ORDER, buyer_org_id=ME, **more)


QUOTED = [of(OrderPlaced), of(QuoteReceived, options=[made(PlanOption)])]
BOOKED = [*QUOTED, of(QuoteAccepted), of(OrderConfirmed)]
ARRIVED = of(DeliveryArrived, delivery_id="d1")
TAKEN = of(DeliveryConfirmed, delivery_id="d1")


def violations(*events: Event) -> list[str]:
    return found(Promises(Past()), log_of(*events))


def test_an_order_from_placing_to_closing_keeps_to_its_ladder() -> None:
    assert violations(*BOOKED, ARRIVED, of(OrderDelivered), TAKEN, of(OrderClosed)) == []


def test_the_ladder_knows_every_event_of_an_order() -> None:
    assert set(LADDER) == set(get_args(AnyOrderEvent))
    late = [of(OrderPlaced), of(OrderCancelled), of(QuoteSetAside)]
    assert violations(*late) == []


def test_a_booked_order_stays_so_while_it_is_revised() -> None:
    again = [of(PlanningRequested), of(PlanningFailed, reasons=[PlanReason(ReasonCode.MOQ_NOT_MET)])]
    assert violations(*BOOKED, *again, of(OrderDelivered)) == []
    assert "PlanningRequested" in violations(*BOOKED, of(OrderDelivered), of(PlanningRequested))[0]


def test_a_confirmation_of_what_was_not_accepted_is_found() -> None:
    assert "OrderConfirmed" in violations(*QUOTED, of(OrderConfirmed))[0]


def test_anything_after_the_end_is_found() -> None:
    assert violations(*BOOKED, of(OrderCancelled), ARRIVED) == [], "what had begun comes all the same"
    assert "which is closed" in violations(*BOOKED, of(OrderCancelled), of(OrderClosed), ARRIVED)[0]
    assert "which is cancelled" in violations(*BOOKED, of(OrderCancelled), of(OrderDelivered))[0]
    assert "which is delivered" in violations(*BOOKED, of(OrderDelivered), of(OrderCancelled))[0]


def test_an_order_nobody_placed_is_found() -> None:
    assert "which is unknown" in violations(of(QuoteAccepted))[0]


def test_a_no_without_a_reason_and_a_quote_without_options_are_found() -> None:
    assert "no reason why" in violations(of(OrderPlaced), of(PlanningFailed))[0]
    assert "offers nothing" in violations(of(OrderPlaced), of(QuoteReceived))[0]


def test_deliveries_that_arrive_twice_or_are_confirmed_twice_are_found() -> None:
    assert "arrives twice" in violations(*BOOKED, ARRIVED, ARRIVED)[0]
    assert "did not arrive" in violations(*BOOKED, TAKEN)[0]
    assert "did not arrive" in violations(*BOOKED, ARRIVED, TAKEN, TAKEN)[0]


def _party(code: str, name: str, org_id: str, role: Role) -> Party:
    return Party(code, name, "421202", Principal(org_id, role, "usr_1", frozenset()))


def named(event: Event) -> list[str]:
    plant = Plant("plt_1", _party("S1", "青浦罐业", FACTORY, Role.FACTORY), ("lin_1",))
    brands = (_party("B1", "云溪茶事", ME, Role.BUYER), _party("B2", "赤马能量", RIVAL, Role.BUYER))
    cast = Cast(_party("OFFICE", "专班", "org_office", Role.OFFICE), brands, (plant,))
    return found(NobodyElse(Past(), cast), log_of(event))


def test_factories_that_work_for_an_order_may_be_named() -> None:
    step = made(PlannedStep, plant_name="青浦罐业", factory_org_id=FACTORY)
    assert named(of(QuoteReceived, options=[made(PlanOption, steps=[step])])) == []


def test_a_rivals_id_name_or_order_in_a_reason_is_found() -> None:
    for told in (RIVAL, OTHER_ORDER, "被赤马能量占用"):
        reason = PlanReason(ReasonCode.CAPACITY_FULL, facts={"taken_by": told})
        assert len(named(of(PlanningFailed, reasons=[reason]))) == 1


def test_an_order_may_name_its_buyers_earlier_ones_and_nobody_elses() -> None:
    def told(buyer: str) -> list[str]:
        plant = Plant("plt_1", _party("S1", "青浦罐业", FACTORY, Role.FACTORY), ("lin_1",))
        cast = Cast(
            _party("OFFICE", "专班", "org_office", Role.OFFICE), (_party("B1", "云溪茶事", ME, Role.BUYER),), (plant,)
        )
        earlier = made(OrderPlaced, order_id=OTHER_ORDER, buyer_org_id=buyer)
        again = of(OrderPlaced, made_from=OTHER_ORDER, same_reference=[OTHER_ORDER])
        return found(NobodyElse(Past(), cast), log_of(earlier, again))

    assert told(ME) == []
    assert len(told(RIVAL)) == 1
