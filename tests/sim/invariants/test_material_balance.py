"""Planted quantities that do not add up are found: explosion, consumption, lots, shipments and deliveries."""

import msgspec
import pytest

from services.capacity.domain.plan_events import PlanAsked, PlanConfirmed
from services.capacity.domain.work_events import (
    Destination,
    GoodsDelivered,
    GoodsForwarded,
    GoodsShipped,
    InspectionDispositioned,
    MaterialReceived,
    OfferDeclined,
    ProductionReported,
    ReportCorrected,
    SlotMissed,
    Totals,
    WorkEvent,
    WorkOffered,
    WorkWithdrawn,
)
from services.sim.invariants.book import Past
from services.sim.invariants.material_balance import ExactExplosion, MaterialBalance
from shared.contracts.line_time import LotMove
from shared.contracts.planning import DemandLine, PlannedStep, PlanOption, RecipeInput, RecipeStep, Variant
from shared.kernel.event import Event
from tests.support.made import found, log_of, made

BODY = RecipeStep("body", "", "", "CAN_BODY", "can", yield_ppm=900_000, fixed_loss=10, multiple=50)
SLEEVE = RecipeStep("sleeve", "", "", "CAN_SLEEVE", "can", inputs=[RecipeInput(step="body", ratio_num=3, ratio_den=2)])
ASKED = made(
    PlanAsked, order_id="ord_1", lines=[DemandLine("orl_1", "can", 101, "can", [Variant("v", "", "", [BODY, SLEEVE])])]
)


def step(name: str, net: int, gross: int) -> PlannedStep:
    return made(
        PlannedStep, order_line_id="orl_1", variant="v", part=1, step=name, quantity_net=net, quantity_gross=gross
    )


SOUND = [step("body", 152, 200), step("sleeve", 101, 101)]  # ceil(101 * 3 / 2) = 152; ceil(162 / 0.9) = 180, by 50: 200


def planned(*steps: PlannedStep) -> list[str]:
    option = made(PlanOption, steps=list(steps))
    return found(ExactExplosion(Past()), log_of(ASKED, made(PlanConfirmed, order_id="ord_1", option=option)))


def test_an_exact_explosion_is_sound() -> None:
    assert planned(*SOUND) == []


def test_a_gross_quantity_off_by_a_multiple_is_found() -> None:
    assert "body starts 150, 200 by the recipe" in planned(step("body", 152, 150), SOUND[1])[0]


def test_a_feeding_step_rounded_down_is_found() -> None:
    assert "body wants 151, 152 are eaten" in planned(step("body", 151, 200), SOUND[1])[0]


def test_a_step_left_out_is_found() -> None:
    assert "steps ['sleeve'] of ['body', 'sleeve']" in planned(SOUND[1])[0]


def test_a_plan_of_less_than_was_asked_is_found() -> None:
    found_ = planned(step("body", 150, 200), step("sleeve", 100, 100))
    assert "plans 100 of 101 can" in found_[-1]


def lot(quantity: int, lot_id: str = "lot_in") -> LotMove:
    return LotMove(lot_id, "body", quantity, "can")


CAME = made(MaterialReceived, work_id="wrk_1", item="body", lots=[lot(100)])


def reported(eaten: int, good: int, report_id: str = "r1", totals: int | None = None) -> ProductionReported:
    return made(
        ProductionReported,
        work_id="wrk_1",
        report_id=report_id,
        good=good,
        lots_in=[lot(eaten)],
        lots_out=[lot(good, "lot_out")],
        totals=Totals(good if totals is None else totals),
    )


def judged(disposition: str, quantity: int = 80, before: str = "", lot_id: str = "lot_out") -> InspectionDispositioned:
    return made(
        InspectionDispositioned,
        work_id="wrk_1",
        lot_id=lot_id,
        disposition=disposition,
        quantity=quantity,
        before=before,
    )


def made_by_laboratory(report: ProductionReported) -> ProductionReported:
    return msgspec.structs.replace(report, capability="LAB_TEST")


def shipped(quantity: int, to: str = "", delivery_id: str = "d1") -> GoodsShipped:
    lots = [lot(quantity, "lot_out")]
    return made(GoodsShipped, work_id="wrk_1", delivery_id=delivery_id, to_process_id=to, lots=lots, quantity=quantity)


def delivered(quantity: int, delivery_id: str = "d1") -> GoodsDelivered:
    lots = [lot(quantity, "lot_out")]
    return made(GoodsDelivered, work_id="wrk_1", delivery_id=delivery_id, lots=lots, quantity=quantity)


def balance(*events: Event) -> list[str]:
    return found(MaterialBalance(Past()), log_of(*events))


MADE = [CAME, reported(90, 80)]


def test_what_is_made_judged_shipped_and_delivered_balances() -> None:
    assert balance(*MADE, judged("released"), shipped(80), delivered(80)) == []


def test_more_eaten_than_came_is_found_over_reports() -> None:
    assert "110 of lot_in eaten, 100 came" in balance(*MADE, reported(20, 10, "r2", totals=90))[0]


def test_a_correction_takes_the_place_of_its_report() -> None:
    corrected = made(
        ReportCorrected,
        work_id="wrk_1",
        report_id="r1",
        good=70,
        lots_in=[lot(100)],
        lots_out=[lot(70, "lot_out")],
        totals=Totals(70),
    )
    assert balance(*MADE, corrected) == []
    assert "totals" in balance(*MADE, msgspec.structs.replace(corrected, totals=Totals(150)))[0]


def test_good_pieces_outside_any_lot_are_found() -> None:
    assert "are not in its lots" in balance(CAME, msgspec.structs.replace(reported(90, 80), lots_out=[]))[0]


def test_shipping_more_than_was_released_is_found() -> None:
    assert (
        "than the 80 that are good" in balance(*MADE, judged("released"), shipped(50), shipped(40, delivery_id="d2"))[0]
    )


def test_shipping_a_blocked_lot_is_found() -> None:
    assert "than the 0 that are good" in balance(*MADE, judged("blocked"), shipped(1))[0]


def test_a_lot_may_go_to_its_laboratory_before_its_release_and_nowhere_else() -> None:
    offered = made(
        WorkOffered, work_id="wrk_1", destinations=[Destination("pro_lab", "421202", 80, before_release=True)]
    )
    assert balance(offered, *MADE, shipped(80, to="pro_lab")) == []
    assert "than the 0 that are good" in balance(offered, *MADE, shipped(80))[0]


def test_a_lot_judged_twice_or_with_another_quantity_is_found() -> None:
    assert "judged with 79 of 80" in balance(*MADE, judged("released", 79))[0]
    assert "released twice" in balance(*MADE, judged("released"), judged("released", before="released"))[0]


def test_a_lot_judged_anew_is_sound_and_one_judged_as_if_nothing_had_been_said_is_found() -> None:
    turned = judged("blocked", before="released")
    assert balance(*MADE, judged("released"), turned, judged("released", before="blocked"), shipped(80)) == []
    assert "judged anew, not as it stood" in balance(*MADE, judged("released"), judged("blocked"))[0]


def test_what_was_found_bad_and_leaves_or_is_eaten_is_found() -> None:
    bad = [*MADE, judged("released"), judged("blocked", before="released")]
    assert "than the 0 that are good" in balance(*bad, shipped(80))[0]
    blocked = judged("blocked", 0, lot_id="lot_in")
    assert "of lot_in eaten, which is blocked" in balance(CAME, blocked, reported(90, 80))[0]
    assert balance(CAME, blocked, made_by_laboratory(reported(90, 80))) == [], "a laboratory tests what is bad"


def test_a_delivery_that_is_not_what_left_is_found() -> None:
    left = [*MADE, judged("released"), shipped(80)]
    assert "as it did not leave" in balance(*left, delivered(79))[0]
    assert "not on its way" in balance(*left, delivered(80), delivered(80))[0]


def offered(work_id: str, plant_id: str) -> WorkOffered:
    return made(WorkOffered, work_id=work_id, plant_id=plant_id, destinations=[])


def came(work_id: str, plant_id: str, quantity: int = 80) -> MaterialReceived:
    return made(
        MaterialReceived, work_id=work_id, plant_id=plant_id, from_work_id="wrk_1", lots=[lot(quantity, "lot_out")]
    )


THERE = [
    *(offered("wrk_2", "plt_2"), offered("wrk_3", "plt_2"), offered("wrk_4", "plt_4")),
    *MADE,
    *(judged("released"), shipped(80), msgspec.structs.replace(delivered(80), to_work_id="wrk_2")),
]


def test_more_in_hands_than_a_lorry_brought_is_found() -> None:
    assert balance(*THERE, came("wrk_2", "plt_2")) == []
    assert "81 of lot_out are in hands at plt_2, where 80 lie" in balance(*THERE, came("wrk_2", "plt_2", 81))[0]
    assert "where 0 lie" in balance(*THERE[:-1], came("wrk_2", "plt_2"))[0], "it is still on the road"


@pytest.mark.parametrize("end", [WorkWithdrawn, OfferDeclined, SlotMissed])
def test_material_of_work_that_ended_may_be_handed_to_another_at_its_plant(end: type[WorkEvent]) -> None:
    left = [*THERE, came("wrk_2", "plt_2")]
    assert balance(*left, made(end, work_id="wrk_2"), came("wrk_3", "plt_2")) == []
    assert "160 of lot_out are in hands" in balance(*left, came("wrk_3", "plt_2"))[0]


def test_material_changes_its_plant_by_lorry_alone() -> None:
    ended = [*THERE, came("wrk_2", "plt_2"), made(SlotMissed, work_id="wrk_2")]
    assert "in hands at plt_4, where 0 lie" in balance(*ended, came("wrk_4", "plt_4"))[0]
    fetched = made(GoodsForwarded, work_id="wrk_1", delivery_id="d1", to_work_id="wrk_4")
    assert "at plt_4, where 0 lie" in balance(*ended, fetched, came("wrk_4", "plt_4"))[0]
    again = msgspec.structs.replace(delivered(80), to_work_id="wrk_4")
    assert balance(*ended, fetched, again, came("wrk_4", "plt_4")) == []
    assert "at plt_2, where 0 lie" in balance(*THERE, came("wrk_2", "plt_2"), fetched)[0]
    assert "that lies nowhere" in balance(*ended, fetched, fetched)[0]
