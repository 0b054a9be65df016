"""A verdict is an event, not an end: a lot may be judged anew before and after it left, and only what is good leaves."""

from dataclasses import replace

import pytest

from services.capacity.domain.refusals import Why
from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import ConfirmGoods, CorrectReport, DispositionLot, ShipGoods, WorkCommand
from services.capacity.domain.work_events import (
    Destination,
    GoodsShipped,
    InspectionDispositioned,
    ReportCorrected,
    ShipmentCorrected,
)
from services.capacity.domain.work_identity import inspection_lot_id_of, lot_id_of
from services.capacity.domain.work_state import Finished
from shared.contracts.capacity import LotInDelivery
from shared.contracts.line_time import LotMove
from shared.kernel.refusal import Refused
from tests.support.work_histories import (
    BLOCK,
    DELIVERED,
    FACTORY,
    FINISH,
    FINISHED,
    INSPECTION,
    LABORATORY_ORG,
    LIMITS,
    LOT,
    RELEASE,
    RELEASED,
    RUNNING,
    SHIP,
    SHIPPED,
    WORK_ID,
    after,
    at,
    moment,
    offer,
    report,
)

HOLD = DispositionLot(INSPECTION, "blocked", "odour in the retained sample", FACTORY, at(18))
CLEAR = DispositionLot(INSPECTION, "released", "tested again: in order", FACTORY, at(20))


def corrects(good: int, scrap: int = 20) -> CorrectReport:
    return CorrectReport("cor_1", "rpt_1", good, scrap, 0, None, "counted twice", "usr_1", LIMITS, at(20))


def judged(command: WorkCommand, *given: WorkCommand) -> InspectionDispositioned:
    (event,) = WORK.decide(command, after(*given))
    assert isinstance(event, InspectionDispositioned)
    return event


@pytest.mark.parametrize(("given", "stage"), [(RELEASED, "blocked"), (SHIPPED, "shipped"), (DELIVERED, "delivered")])
def test_a_released_lot_is_found_bad_before_and_after_it_left(given: tuple[WorkCommand, ...], stage: str) -> None:
    event = judged(HOLD, *given)
    assert (event.before, event.disposition, event.stage) == ("released", "blocked", stage)
    assert event.quantity == 900
    state = after(*given, HOLD)
    assert isinstance(state, Finished)
    found = state.inspections[INSPECTION]
    assert (found.disposition, found.verdicts, found.judged_at) == ("blocked", 2, at(18))


def test_a_blocked_lot_is_released_after_it_was_tested_again_and_leaves() -> None:
    event = judged(CLEAR, *FINISHED, BLOCK)
    assert (event.before, event.disposition, event.any_released, event.stage) == (
        "blocked",
        "released",
        True,
        "released",
    )
    (shipped,) = WORK.decide(ShipGoods("dlv_1", None, {}, [], moment(21)), after(*FINISHED, BLOCK, CLEAR))
    assert isinstance(shipped, GoodsShipped)
    assert shipped.quantity == 900


def test_what_is_found_bad_before_the_lorry_came_stays() -> None:
    with pytest.raises(Refused, match="NOTHING_RELEASED"):
        WORK.decide(SHIP, after(*RELEASED, HOLD))


def test_a_verdict_names_where_the_lot_is_that_has_left_for_the_buyer() -> None:
    sent = LotInDelivery("dlv_1", 900)
    event = judged(DispositionLot(INSPECTION, "blocked", "odour", FACTORY, at(18), (sent,)), *DELIVERED)
    assert event.to_buyer == (sent,)


def test_the_maker_may_say_that_its_lot_is_bad_and_only_the_inspector_that_it_is_good() -> None:
    tested = offer(inspector=LABORATORY_ORG)
    by_lab = DispositionLot(INSPECTION, "released", "", LABORATORY_ORG, at(13))
    state = after(*FINISHED, by_lab, given=tested)
    (event,) = WORK.decide(HOLD, state)
    assert isinstance(event, InspectionDispositioned)
    assert event.by_org_id == FACTORY
    with pytest.raises(Refused) as caught:
        WORK.decide(CLEAR, WORK.fold([event], state))
    assert caught.value.why is Why.NOT_INSPECTOR


def test_a_lot_released_after_the_rest_had_left_follows() -> None:
    later = lot_id_of(WORK_ID, "B")
    lots = [LotMove(LOT, "print", 600, "sheet"), LotMove(later, "print", 300, "sheet")]
    made = (*RUNNING, replace(report(), lots_out=lots), FINISH, RELEASE)
    held = DispositionLot(inspection_lot_id_of(later), "blocked", "colour", FACTORY, at(13))
    cleared = DispositionLot(inspection_lot_id_of(later), "released", "within the limit", FACTORY, at(20))
    again = ShipGoods("dlv_2", None, {}, [], moment(21))
    state = after(*made, held, SHIP)
    assert isinstance(state, Finished)
    assert state.shipments["dlv_1"].quantity == 600
    with pytest.raises(Refused) as caught:
        WORK.decide(again, state)
    assert caught.value.why is Why.SHIPPED
    state = after(*made, held, SHIP, cleared, again)
    assert isinstance(state, Finished)
    assert [(lot.lot_id, lot.quantity) for lot in state.shipments["dlv_2"].lots] == [(later, 300)]
    with pytest.raises(Refused) as caught:
        WORK.decide(ShipGoods("dlv_3", None, {}, [], moment(22)), state)
    assert caught.value.why is Why.SHIPPED


def test_receivers_get_their_shares_also_of_what_is_released_later() -> None:
    later = lot_id_of(WORK_ID, "B")
    lots = [LotMove(LOT, "print", 600, "sheet"), LotMove(later, "print", 300, "sheet")]
    given = offer(destinations=[Destination("pro_3", "421202", 300), Destination("pro_4", "421202", 600)])
    held = DispositionLot(inspection_lot_id_of(later), "blocked", "colour", FACTORY, at(13))
    cleared = DispositionLot(inspection_lot_id_of(later), "released", "within the limit", FACTORY, at(20))
    sent = [ShipGoods(f"dlv_{number}", None, {}, [], moment(20 + number)) for number in range(1, 5)]
    state = after(
        *RUNNING, replace(report(), lots_out=lots), FINISH, RELEASE, held, *sent[:2], cleared, *sent[2:], given=given
    )
    assert isinstance(state, Finished)
    got = [(one.to_process_id, one.quantity) for one in state.shipments.values()]
    assert got == [("pro_3", 200), ("pro_4", 400), ("pro_3", 100), ("pro_4", 200)]


@pytest.mark.parametrize("verdict", [RELEASE, BLOCK])
@pytest.mark.parametrize("good", [850, 940])
def test_a_report_is_corrected_after_the_verdict_which_then_holds_for_what_there_is(
    verdict: DispositionLot, good: int
) -> None:
    corrected, restated = WORK.decide(corrects(good), after(*FINISHED, verdict))
    assert isinstance(corrected, ReportCorrected)
    assert corrected.state == verdict.disposition
    assert isinstance(restated, InspectionDispositioned)
    assert (restated.disposition, restated.before, restated.quantity) == (verdict.disposition,) * 2 + (good,)
    assert (restated.automatic, restated.grounds) == (True, "counted twice")
    state = after(*FINISHED, verdict, corrects(good))
    if verdict is RELEASE:
        (shipped,) = WORK.decide(ShipGoods("dlv_1", None, {}, [], moment(21)), state)
        assert isinstance(shipped, GoodsShipped)
        assert shipped.quantity == good


@pytest.mark.parametrize("given", [SHIPPED, DELIVERED])
@pytest.mark.parametrize("good", [850, 940])
def test_goods_on_their_way_are_counted_anew_until_the_buyer_has_confirmed_them(
    given: tuple[WorkCommand, ...], good: int
) -> None:
    corrected, restated, shipment = WORK.decide(corrects(good), after(*given))
    assert isinstance(corrected, ReportCorrected)
    assert corrected.state == "shipped"
    assert isinstance(restated, InspectionDispositioned)
    assert isinstance(shipment, ShipmentCorrected)
    assert (shipment.delivery_id, shipment.quantity, shipment.grounds) == ("dlv_1", good, "counted twice")
    with pytest.raises(Refused) as caught:
        WORK.decide(corrects(good), after(*DELIVERED, ConfirmGoods("dlv_1", 900, at(30))))
    assert (caught.value.why, caught.value.facts["delivery_id"]) == (Why.LOT_LEFT_ALREADY, "dlv_1")


def test_a_correction_of_the_scrap_alone_leaves_what_left_as_it_was() -> None:
    (corrected,) = WORK.decide(corrects(900, scrap=27), after(*DELIVERED, ConfirmGoods("dlv_1", 900, at(30))))
    assert isinstance(corrected, ReportCorrected)


def test_the_parts_of_a_lot_follow_in_proportion_and_add_up() -> None:
    given = offer(destinations=[Destination("pro_3", "421202", 1), Destination("pro_4", "421202", 2)])
    sent = [ShipGoods(f"dlv_{number}", None, {}, [], moment(14 + number)) for number in (1, 2)]
    _, _, first, second = WORK.decide(corrects(841), after(*RELEASED, *sent, given=given))
    assert isinstance(first, ShipmentCorrected)
    assert isinstance(second, ShipmentCorrected)
    assert first.quantity + second.quantity == 841
    assert abs(2 * first.quantity - second.quantity) <= 2


def test_the_buyers_word_about_a_shipment_is_kept_once() -> None:
    confirm = ConfirmGoods("dlv_1", 890, at(30))
    state = after(*DELIVERED, confirm)
    assert isinstance(state, Finished)
    assert state.shipments["dlv_1"].confirmed == 890
    assert WORK.decide(confirm, state) == []
    assert WORK.decide(ConfirmGoods("dlv_9", 1, at(30)), state) == []
