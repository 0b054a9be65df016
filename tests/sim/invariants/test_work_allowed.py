"""Planted illegal work is found: starts before acceptance, two runs on a line, stops and ends out of order, no papers."""

from datetime import date, timedelta
from typing import get_args

from services.capacity.domain.master_events import (
    CapabilitiesSet,
    FoodContactProofRecorded,
    LicenceEnded,
    LicenceRecorded,
)
from services.capacity.domain.plan_events import PlanAsked, PlanCancelled, PlanConfirmed
from services.capacity.domain.slots import Slot, SlotsHeld
from services.capacity.domain.values import Capability, FoodContactProof, Licence
from services.capacity.domain.work_events import (
    GoodsShipped,
    OfferAccepted,
    OfferCountered,
    OfferDeclined,
    OfferRenewed,
    ProductionReported,
    RunFinished,
    RunStarted,
    StoppageClosed,
    StoppageOpened,
    WorkEvent,
    WorkOffered,
    WorkOrderEvent,
    WorkWithdrawn,
)
from services.sim.invariants.book import Past
from services.sim.invariants.work_allowed import LADDER, PapersHold, WorkAllowed
from shared.contracts.planning import DemandLine, PlannedStep, PlanOption, RecipeStep, Variant
from shared.kernel.event import Event
from tests.support.made import T0, found, log_of, made


def of(kind: type[WorkEvent], work_id: str = "wrk_1", **more: object) -> WorkEvent:
    return made(kind, work_id=work_id, line_id="lin_1", order_id="ord_1", **more)


def running(work_id: str = "wrk_1") -> list[Event]:
    return [of(kind, work_id, process_id=f"pro_{work_id}") for kind in (WorkOffered, OfferAccepted, RunStarted)]


def violations(*events: Event) -> list[str]:
    return found(WorkAllowed(Past()), log_of(*events))


def test_work_that_goes_its_way_is_allowed() -> None:
    stop, go_on = of(StoppageOpened, stoppage_id="stp_1"), of(StoppageClosed, stoppage_id="stp_1")
    assert violations(*running(), stop, go_on, of(ProductionReported), of(RunFinished), *running("wrk_2")) == []


def test_the_ladder_knows_every_event_of_a_work_order() -> None:
    assert set(LADDER) == set(get_args(WorkOrderEvent))


def test_a_start_before_acceptance_is_found() -> None:
    assert "which is offered" in violations(of(WorkOffered), of(RunStarted))[0]


def test_a_start_of_declined_or_withdrawn_work_is_found() -> None:
    for end in (OfferDeclined, WorkWithdrawn):
        assert "which is closed" in violations(of(WorkOffered), of(end), of(RunStarted))[0]


def test_a_start_of_a_cancelled_order_is_found() -> None:
    events = [of(WorkOffered), of(OfferAccepted), made(PlanCancelled, order_id="ord_1"), of(RunStarted)]
    assert "was cancelled" in violations(*events)[0]


def test_two_runs_at_once_on_a_line_are_found() -> None:
    assert "while wrk_1 runs" in violations(*running(), *running("wrk_2"))[0]


def test_a_step_that_is_begun_by_two_work_orders_is_found() -> None:
    again = [of(kind, "wrk_2", process_id="pro_1") for kind in (WorkOffered, OfferAccepted, RunStarted)]
    first = [of(kind, process_id="pro_1") for kind in (WorkOffered, OfferAccepted, RunStarted, RunFinished)]
    assert "starts what wrk_1 has made" in violations(*first, *again)[0]


def test_an_offer_may_be_countered_once() -> None:
    bargained = [of(kind) for kind in (WorkOffered, OfferCountered, OfferRenewed)]
    assert violations(*bargained, of(OfferAccepted)) == []
    assert "which is renewed" in violations(*bargained, of(OfferCountered))[0]


def test_goods_that_leave_a_run_under_way_are_found() -> None:
    assert "GoodsShipped of wrk_1, which is running" in violations(*running(), of(GoodsShipped))[0]


def test_a_run_that_ends_while_it_is_stopped_is_found() -> None:
    assert "ends while it is stopped" in violations(*running(), of(StoppageOpened, stoppage_id="s"), of(RunFinished))[0]


def test_stops_out_of_order_are_found() -> None:
    first, second = of(StoppageOpened, stoppage_id="s"), of(StoppageOpened, stoppage_id="t")
    assert "stops twice" in violations(*running(), first, second)[0]
    assert "a stop it was not in" in violations(*running(), of(StoppageClosed, stoppage_id="s"))[0]


DRINK = RecipeStep("fill", "灌装", "fill", "FILL_CAN", "can", licence_category="0603", food_contact=True)
ASKED = made(
    PlanAsked,
    order_id="ord_1",
    lines=[DemandLine("orl_1", "tea", 100, "can", [Variant("v", "", "", [DRINK])])],
)
FILL = made(
    PlannedStep,
    order_line_id="orl_1",
    variant="v",
    step="fill",
    plant_id="plt_1",
    starts_at=T0,
    ends_at=T0 + timedelta(days=2),
)
BOOKED = made(PlanConfirmed, order_id="ord_1", option=made(PlanOption, steps=[FILL]))
LICENSED = made(LicenceRecorded, plant_id="plt_1", licence=Licence("SC1", ["0603"], date(2026, 1, 1), date(2027, 1, 1)))
PROVEN = made(
    FoodContactProofRecorded,
    plant_id="plt_1",
    proof=FoodContactProof("GB", "C1", date(2026, 1, 1), date(2027, 1, 1)),
)


def papers(*events: Event) -> list[str]:
    return found(PapersHold(Past()), log_of(ASKED, *events))


def test_work_booked_within_its_papers_is_allowed() -> None:
    assert papers(LICENSED, PROVEN, BOOKED) == []


def test_work_booked_beyond_a_licence_that_holds_today_is_found() -> None:
    ends = made(LicenceEnded, plant_id="plt_1", number="SC1", ends_on=date(2026, 12, 2))
    assert "no licence for 0603 over 2026-12-01..2026-12-03" in papers(LICENSED, PROVEN, ends, BOOKED)[0]


def test_work_booked_without_a_proof_is_found() -> None:
    assert "no food-contact proof" in papers(LICENSED, BOOKED)[0]


def test_a_hold_for_what_a_line_cannot_make_is_found() -> None:
    able = Capability("CAN_BODY", "can", ["SLEEK_330"], 1, 1, 100, 200, 1)
    line = made(CapabilitiesSet, line_id="lin_1", capabilities=[able])

    def held(**more: object) -> SlotsHeld:
        fields = {"capability": "CAN_BODY", "format": "SLEEK_330", "unit": "can", "quantity_gross": 150} | more
        return made(SlotsHeld, line_id="lin_1", slots=[made(Slot, **fields)])

    assert papers(line, held()) == []
    assert "cannot make CAN_PRINT" in papers(line, held(capability="CAN_PRINT"))[0]
    assert "cannot make CAN_BODY STD_500" in papers(line, held(format="STD_500"))[0]
    assert "no batch of 99" in papers(line, held(quantity_gross=99))[0]
