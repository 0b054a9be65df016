"""Work that begins in time which is not its own is found: given up, only held, another line's, or about to be moved."""

from datetime import datetime

import pytest

from services.capacity.domain.plan_events import (
    Change,
    PlanCancelled,
    PlanChangeAnswered,
    PlanChanged,
    PlanChangeProposed,
)
from services.capacity.domain.slots import GivenUp, Slot, SlotsConfirmed, SlotsHeld, SlotsReleased
from services.capacity.domain.work_events import RunStarted, SetupStarted
from services.sim.invariants.book import Past
from services.sim.invariants.in_its_time import BegunInItsTime
from shared.contracts.planning import PlannedStep
from shared.kernel.event import Event
from tests.support.made import T0, found, log_of, made


def violations(*events: Event) -> list[str]:
    return found(BegunInItsTime(Past()), log_of(*events))


def taken(slot_id: str, line_id: str = "lin_1", expires_at: datetime | None = None) -> SlotsHeld:
    return made(SlotsHeld, line_id=line_id, slots=[made(Slot, slot_id=slot_id, expires_at=expires_at)])


def given_up(slot_id: str, kept_until: datetime | None = None) -> SlotsReleased:
    return made(SlotsReleased, line_id="lin_1", slots=[GivenUp(slot_id, "ord_1", True)], kept_until=kept_until)


def begins(slot_id: str = "slt_1", kind: type[Event] = RunStarted) -> Event:
    return made(kind, work_id="wrk_1", order_id="ord_1", line_id="lin_1", slot_id=slot_id)


BOOKED = taken("slt_1")


@pytest.mark.parametrize("kind", [SetupStarted, RunStarted])
def test_a_begin_in_time_that_was_given_up_is_found(kind: type[Event]) -> None:
    assert violations(BOOKED, begins(kind=kind)) == []
    assert "wrk_1 begins in slt_1, which is not booked" in violations(BOOKED, given_up("slt_1"), begins(kind=kind))[0]


def test_a_begin_in_time_that_is_only_held_is_found() -> None:
    held, firm = (
        taken("slt_1", expires_at=T0),
        made(SlotsConfirmed, line_id="lin_1", slots=[made(Slot, slot_id="slt_1")]),
    )
    assert "is not booked" in violations(held, begins())[0]
    assert violations(held, firm, begins()) == []


def test_a_begin_in_the_time_of_another_line_is_found() -> None:
    assert "is not booked" in violations(taken("slt_1", "lin_2"), begins())[0]


def test_a_run_goes_on_after_its_set_up_whatever_becomes_of_its_time() -> None:
    assert violations(BOOKED, begins(kind=SetupStarted), given_up("slt_1"), begins()) == []
    assert violations(BOOKED, given_up("slt_1", kept_until=T0), begins()) == []


def asked(*slot_ids: str) -> PlanChangeProposed:
    change = made(Change, steps=[made(PlannedStep, slot_id=one) for one in slot_ids])
    return made(PlanChangeProposed, order_id="ord_1", replan_id="rpl_1", change=change)


def test_a_begin_of_what_its_buyer_is_asked_to_let_move_is_found() -> None:
    assert "wrk_1 begins while rpl_1 would move it" in violations(BOOKED, asked("slt_2"), begins())[0]
    assert violations(BOOKED, asked("slt_1", "slt_2"), begins()) == [], "another step is asked about"
    assert violations(BOOKED, made(PlanChangeProposed, order_id="ord_1"), begins()) == [], (
        "nothing was found to move to"
    )


@pytest.mark.parametrize("kind", [PlanChangeAnswered, PlanChanged, PlanCancelled])
def test_a_question_that_is_over_holds_nothing_up(kind: type[Event]) -> None:
    assert violations(BOOKED, asked("slt_2"), made(kind, order_id="ord_1"), begins()) == []
