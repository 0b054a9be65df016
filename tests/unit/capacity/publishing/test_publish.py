"""What capacity publishes: every fact of its contract has an event that tells it, and each event tells it exactly."""

from pathlib import Path

import msgspec
import pytest

from services.capacity.domain import plan_events, work_events
from services.capacity.domain.events import EVENT_TYPES
from services.capacity.domain.slots import GivenUp, SlotsConfirmed, SlotsHeld, SlotsReleased
from services.capacity.publishing import facts_of, publish
from shared.contracts import capacity, line_time
from shared.contracts.line_time import LineFact
from shared.eventstore.port import Recorded
from shared.kernel.event import Cause, Event
from tests.support.planning_world import T0
from tests.support.stored_corpus import CORPUS
from tests.support.work_histories import (
    BLOCK,
    DELIVER,
    FINISHED,
    RELEASED,
    SHIPPED,
    WORK_ID,
    history,
)

KEPT_PRIVATE = {
    "auto-accept-rules-set.v1",
    "changeovers-set.v1",
    "floor-freed.v1",
    "floor-taken.v1",
    "food-contact-proof-ended.v1",
    "food-contact-proof-recorded.v1",
    "goods-confirmed.v1",
    "goods-delivered.v1",  # told only at the buyer's door
    "goods-forwarded.v1",
    "inspection-opened.v1",
    "licence-ended.v1",
    "licence-recorded.v1",
    "line-listed.v1",
    "material-blocked.v1",
    "material-cleared.v1",
    "material-received.v1",
    "offer-narrowed.v1",
    "offer-renewed.v1",
    "plan-asked.v1",
    "plan-cancelled.v1",
    "parts-dropped.v1",
    "plan-change-answered.v1",
    "planning-limits-set.v1",
    "prices-set.v1",
    "quote-closed.v1",
    "shipment-corrected.v1",  # told only of what goes to the buyer
    "slots-held.v1",  # told only where firm at once
    "slots-released.v1",  # told only of whole firm slots
    "supply-recorded.v1",
    "work-moved.v1",
    "work-offered.v1",
}


def stored(name: str) -> Event:
    """The sample of the stored type."""
    return EVENT_TYPES.decode(name, Path(CORPUS / "capacity" / f"{name}.json").read_bytes())


def recorded(event: Event) -> Recorded:
    cause = Cause(correlation_id="cor_1", org_id="org_1", subject="usr_1", at=T0)
    return Recorded(1, "stream", 1, "evt_1", EVENT_TYPES.name_of(event), event, cause, T0)


@pytest.mark.parametrize("name", EVENT_TYPES.names)
def test_an_event_is_published_with_its_key_or_kept_private_on_purpose(name: str) -> None:
    outgoing = publish(recorded(stored(name)))
    if name not in KEPT_PRIVATE:
        assert outgoing
    for one in outgoing:
        key = one.fact.line_id if isinstance(one.fact, LineFact) else getattr(one.fact, "order_id", "")
        assert one.key == (key or getattr(one.fact, "plant_id", ""))
        assert one.key


def test_every_fact_of_the_contract_is_told_by_some_event() -> None:
    again = msgspec.structs.replace(stored("inspection-dispositioned.v1"), before="blocked")
    counted = msgspec.structs.replace(stored("shipment-corrected.v1"), to_process_id="")
    events = [*map(stored, EVENT_TYPES.names), again, counted]
    told = {type(fact) for event in events for fact in facts_of(event)}
    told |= {type(fact) for event in history(*SHIPPED, DELIVER) for fact in facts_of(event)}
    firm = msgspec.structs.replace(
        slots_held(), slots=[msgspec.structs.replace(slots_held().slots[0], expires_at=None)]
    )
    told |= {type(fact) for fact in [*facts_of(firm), *facts_of(released(was_firm=True))]}
    assert set(capacity.FACTS.values()) - told == set()


def slots_held() -> SlotsHeld:
    event = stored("slots-held.v1")
    assert isinstance(event, SlotsHeld)
    return event


def released(*, was_firm: bool, kept: bool = False) -> SlotsReleased:
    event = stored("slots-released.v1")
    assert isinstance(event, SlotsReleased)
    slots = [GivenUp("slt_1", "ord_1", was_firm)]
    return msgspec.structs.replace(event, slots=slots, kept_until=T0 if kept else None)


def test_holds_are_nobodys_business_and_bookings_the_ledgers() -> None:
    held = slots_held()
    slot = msgspec.structs.replace(held.slots[0], expires_at=T0)
    assert facts_of(msgspec.structs.replace(held, slots=[slot])) == []
    firm = msgspec.structs.replace(slot, expires_at=None)
    (booked,) = facts_of(msgspec.structs.replace(held, slots=[firm]))
    assert isinstance(booked, line_time.SlotBooked)
    assert (booked.slot_id, booked.client_org_id, booked.booked_at) == (slot.slot_id, slot.buyer_org_id, held.held_at)
    confirmed = stored("slots-confirmed.v1")
    assert isinstance(confirmed, SlotsConfirmed)
    assert [type(one) for one in facts_of(confirmed)] == [line_time.SlotBooked] * len(confirmed.slots)


def test_only_whole_firm_slots_are_told_as_released() -> None:
    assert [type(one) for one in facts_of(released(was_firm=True))] == [line_time.SlotReleased]
    assert facts_of(released(was_firm=False)) == []
    assert facts_of(released(was_firm=True, kept=True)) == [], "the end of the run frees the rest"


def test_production_is_told_to_the_ledger_to_the_second_and_to_the_order_in_sums() -> None:
    facts = [fact for event in history(*FINISHED) for fact in facts_of(event)]
    times = [
        (type(one).__name__, one.at)
        for one in facts
        if isinstance(
            one, line_time.SetupStarted | line_time.SetupFinished | line_time.RunStarted | line_time.RunFinished
        )
    ]
    assert [name for name, _ in times] == ["SetupStarted", "SetupFinished", "RunStarted", "RunFinished"]
    assert [(at - T0).total_seconds() / 3_600 for _, at in times] == [10, 10.5, 10.5, 12]
    (said,) = [one for one in facts if isinstance(one, line_time.ProductionReported)]
    assert (said.good, said.scrap, said.lots_in[0].quantity, said.lots_out[0].quantity) == (900, 20, 920, 900)
    sums = [(one.state, one.good, one.scrap) for one in facts if isinstance(one, capacity.WorkProgressed)]
    assert sums == [
        ("confirmed", 0, 0),
        ("in_progress", 0, 0),
        ("in_progress", 0, 0),
        ("in_progress", 900, 20),
        ("completed", 900, 20),
    ]
    assert {one.work_id for one in facts if isinstance(one, capacity.WorkProgressed)} == {WORK_ID}


def test_a_work_order_is_told_released_or_blocked_when_its_last_lot_is_judged() -> None:
    for judged, state in ((RELEASED, "released"), ((*FINISHED, BLOCK), "blocked")):
        event = history(*judged)[-1]
        assert isinstance(event, work_events.InspectionDispositioned)
        line, order = facts_of(event)
        assert isinstance(line, line_time.InspectionDispositioned)
        assert isinstance(order, capacity.WorkProgressed)
        assert order.state == state


def test_what_moves_between_plants_is_not_a_delivery_to_the_buyer() -> None:
    event = history(*SHIPPED, DELIVER)[-1]
    assert isinstance(event, work_events.GoodsDelivered)
    assert [type(one) for one in facts_of(event)] == [capacity.ShipmentDelivered]
    assert facts_of(msgspec.structs.replace(event, at_door=False)) == []


def test_a_question_without_a_proposal_shows_the_plan_as_it_stood() -> None:
    event = stored("plan-change-proposed.v1")
    assert isinstance(event, plan_events.PlanChangeProposed)
    (asked,) = facts_of(msgspec.structs.replace(event, change=None))
    assert isinstance(asked, capacity.PlanChanged)
    assert (asked.needs_answer, asked.steps, asked.new_promise_at) == (
        True,
        event.current.steps,
        event.current.promise_at,
    )
