"""Work orders, given / when / then: what each situation allows, and every reason for which it says no."""

import pytest

from services.capacity.domain.refusals import Why
from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import (
    AcceptOffer,
    AgreeCounter,
    BlockMaterial,
    CloseStoppage,
    ConfirmGoods,
    CorrectReport,
    CounterOffer,
    DeclineOffer,
    DeliverGoods,
    DispositionLot,
    FinishRun,
    FinishSetup,
    MoveWork,
    OpenStoppage,
    ReceiveMaterial,
    ShipGoods,
    StartWork,
    WorkCommand,
)
from services.capacity.domain.work_events import (
    Destination,
    GoodsDelivered,
    GoodsShipped,
    InspectionDispositioned,
    InspectionOpened,
    OfferAccepted,
    ProductionReported,
    ReportCorrected,
    RunFinished,
    RunStarted,
    SetupFinished,
    SetupStarted,
    WorkInput,
    WorkMoved,
)
from services.capacity.domain.work_state import Accepted, Closed, Countered, Finished, NoWork, Running, Work, totals_of
from shared.contracts.line_time import LotMove
from shared.kernel.refusal import Refused
from tests.support.work_histories import (
    ACCEPT,
    ACCEPTED,
    BLOCK,
    COUNTER,
    DECLINE,
    DELIVER,
    DELIVERED,
    FACTORY,
    FINISH,
    FINISHED,
    INSPECTION,
    LABORATORY_ORG,
    LIMITS,
    LOT,
    RECEIVE,
    RELEASE,
    RELEASED,
    RENEW,
    RUNNING,
    SET_UP,
    SHEETS,
    SHIP,
    SHIPPED,
    START,
    STOP,
    WITHDRAW,
    after,
    at,
    moment,
    offer,
    report,
)


def correct(good: int, scrap: int = 20, report_id: str = "rpt_1", grounds: str = "miscounted") -> CorrectReport:
    return CorrectReport("cor_1", report_id, good, scrap, 0, None, grounds, "usr_1", LIMITS, at(20))


def shares(*parts: Destination) -> Work:
    return after(*RELEASED, given=offer(destinations=parts))


LESS = LotMove("lot_sheets", "coat", -200, "sheet")
FOUND_BAD = BlockMaterial("lot_sheets", "odour", at(9))
REFUSED: list[tuple[Why, tuple[WorkCommand, ...], WorkCommand]] = [
    (Why.OFFER_WITHDRAWN, (WITHDRAW,), ACCEPT),
    (Why.OFFER_ANSWERED, (ACCEPT,), ACCEPT),
    (Why.OFFER_ANSWERED, (DECLINE,), ACCEPT),
    (Why.OFFER_ANSWERED, (COUNTER,), DECLINE),
    (Why.OFFER_ANSWERED, RUNNING, COUNTER),
    (Why.OFFER_EXPIRED, (), AcceptOffer(at(9))),
    (Why.OFFER_EXPIRED, (), CounterOffer("rpl_1", 1, at(10), at(12), "", at(9))),
    (Why.DECLINE_REASON_UNKNOWN, (), DeclineOffer("weather", "", at(1))),
    (Why.COUNTER_ANSWERED, (COUNTER, RENEW), CounterOffer("rpl_2", 70_000, at(10), at(12), "", at(3))),
    (Why.COUNTER_EMPTY, (), CounterOffer("rpl_1", 50_000, at(10), at(12), "", at(1))),
    (Why.WORK_WITHDRAWN, (WITHDRAW,), START),
    (Why.WORK_WITHDRAWN, (DECLINE,), FINISH),
    (Why.WORK_NOT_ACCEPTED, (), START),
    (Why.WORK_NOT_ACCEPTED, (COUNTER,), START),
    (Why.WORK_NOT_STARTED, ACCEPTED, report()),
    (Why.WORK_NOT_STARTED, ACCEPTED, SET_UP),
    (Why.WORK_STARTED, RUNNING, START),
    (Why.SETUP_OPEN, (*ACCEPTED, START), report()),
    (Why.SETUP_DONE, RUNNING, SET_UP),
    (Why.WORK_FINISHED, FINISHED, report(hours=13)),
    (Why.WORK_NOT_FINISHED, RUNNING, SHIP),
    (Why.WORK_NOT_FINISHED, (*ACCEPTED, START), DELIVER),
    (Why.WORK_NOT_STARTED, ACCEPTED, RELEASE),
    (Why.STOPPED, (*RUNNING, report(), STOP), FINISH),
    (Why.STOPPED, (*RUNNING, STOP), OpenStoppage("stp_2", "held", "tooling", "", moment(11))),
    (Why.UNKNOWN_STOPPAGE, RUNNING, CloseStoppage("stp_9", moment(11))),
    (Why.START_TOO_EARLY, ACCEPTED, StartWork(moment(7.9))),
    (Why.MATERIAL_NOT_THERE, (ACCEPT, START), SET_UP),
    (Why.AT_IN_FUTURE, ACCEPTED, StartWork(moment(11, now=10))),
    (Why.AT_TOO_OLD, ACCEPTED, StartWork(moment(10, now=100))),
    (Why.AT_BEFORE_LAST, (*ACCEPTED, START), FinishSetup(moment(9, now=11))),
    (Why.AT_BEFORE_LAST, (*RUNNING, report()), FinishRun(moment(10.9, now=12))),
    (Why.SPAN_EMPTY, RUNNING, report(hours=10.5)),
    (Why.AT_BEFORE_LAST, (*RUNNING, report(100)), report(100, hours=12, from_hours=10.6, report_id="rpt_2")),
    (Why.NOTHING_REPORTED, RUNNING, report(0, 0)),
    (Why.NOTHING_REPORTED, RUNNING, FINISH),
    (Why.MORE_THAN_PLANNED, RUNNING, report(1_040, 11)),
    (Why.MORE_THAN_PLANNED, RUNNING, report(0, 0, 1_051)),
    (Why.MATERIAL_SHORT, RUNNING, report(1_000, 1)),
    (Why.ITEM_NOT_IN_RECIPE, RUNNING, report(10, lots_in=[LotMove("lot_x", "water", 1, "litre")])),
    (Why.UNIT_MISMATCH, RUNNING, report(10, lots_in=[LotMove("lot_sheets", "coat", 1, "can")])),
    (Why.LOT_NOT_RECEIVED, RUNNING, report(10, lots_in=[LotMove("lot_x", "coat", 1, "sheet")])),
    (Why.MATERIAL_SHORT, RUNNING, report(10, lots_in=[LotMove("lot_sheets", "coat", 1_001, "sheet")])),
    (Why.MATERIAL_SHORT, RUNNING, report(10, lots_in=[LotMove("lot_sheets", "coat", 501, "sheet")] * 2)),
    (Why.UNKNOWN_REPORT, FINISHED, correct(900, report_id="rpt_9")),
    (Why.GROUNDS_MISSING, FINISHED, correct(900, grounds=" ")),
    (Why.MORE_THAN_PLANNED, FINISHED, correct(1_050, 1)),
    (Why.MATERIAL_SHORT, FINISHED, correct(1_000, 1)),
    (Why.LOT_LEFT_ALREADY, (*DELIVERED, ConfirmGoods("dlv_1", 900, at(17))), correct(800)),
    (Why.LOT_LEFT_ALREADY, (*RUNNING, report(800, 80)), ReceiveMaterial("coat", "wrk_0", [LESS], at(12))),
    (Why.WORK_NOT_STARTED, ACCEPTED, correct(1)),
    (Why.UNKNOWN_INSPECTION, FINISHED, DispositionLot("ins_9", "released", "", FACTORY, at(13))),
    (Why.NOT_INSPECTOR, FINISHED, DispositionLot(INSPECTION, "released", "", LABORATORY_ORG, at(13))),
    (Why.DISPOSITIONED, RELEASED, RELEASE),
    (Why.DISPOSITIONED, (*FINISHED, BLOCK), BLOCK),
    (Why.GROUNDS_MISSING, RELEASED, DispositionLot(INSPECTION, "blocked", " ", FACTORY, at(14))),
    (Why.GROUNDS_MISSING, (*FINISHED, BLOCK), RELEASE),
    (Why.NOTHING_RELEASED, (*RELEASED, BLOCK), SHIP),
    (Why.LOT_BLOCKED, (*RUNNING, FOUND_BAD), report()),
    (Why.LOT_BLOCKED, (*RUNNING, FOUND_BAD), report(10, lots_in=[LotMove("lot_sheets", "coat", 10, "sheet")])),
    (Why.MATERIAL_NOT_THERE, (*ACCEPTED, START, FOUND_BAD), SET_UP),
    (Why.GROUNDS_MISSING, FINISHED, DispositionLot(INSPECTION, "blocked", "", FACTORY, at(13))),
    (Why.INSPECTION_PENDING, FINISHED, SHIP),
    (Why.INSPECTION_PENDING, RELEASED, ShipGoods("dlv_1", None, {}, ["lot_9"], moment(14))),
    (Why.NOTHING_RELEASED, (*FINISHED, BLOCK), SHIP),
    (Why.SHIPPED, SHIPPED, ShipGoods("dlv_2", None, {}, [], moment(15))),
    (Why.SHIPPED, RELEASED, ShipGoods("dlv_1", "pro_9", {}, [], moment(15))),
    (Why.NOT_SHIPPED, RELEASED, DELIVER),
    (Why.UNKNOWN_DELIVERY, SHIPPED, DeliverGoods("dlv_9", {}, moment(16))),
    (Why.DELIVERED, DELIVERED, DELIVER),
    (Why.AT_BEFORE_LAST, SHIPPED, DeliverGoods(None, {}, moment(13, now=16))),
]


@pytest.mark.parametrize(("why", "given", "command"), REFUSED, ids=lambda one: str(one)[:40])
def test_is_refused(why: Why, given: tuple[WorkCommand, ...], command: WorkCommand) -> None:
    work = after(*given)
    with pytest.raises(Refused) as caught:
        WORK.decide(command, work)
    assert caught.value.why is why
    assert "?" not in caught.value.why.words.detail("en", caught.value.facts)


@pytest.mark.parametrize("command", [ACCEPT, START, report(), FINISH, RELEASE, SHIP, RECEIVE])
def test_what_was_never_offered_is_unknown(command: WorkCommand) -> None:
    with pytest.raises(Refused) as caught:
        WORK.decide(command, NoWork())
    assert caught.value.why in {Why.UNKNOWN_WORK, Why.UNKNOWN_OFFER}


def test_an_offer_is_made_once() -> None:
    assert after(WITHDRAW, ReceiveMaterial("coat", "wrk_0", [SHEETS], at(3))) == after(WITHDRAW)


def test_set_up_comes_before_the_run_where_the_plan_has_one() -> None:
    assert [type(one) for one in WORK.decide(START, after(*ACCEPTED))] == [SetupStarted]
    straight = after(*ACCEPTED, given=offer(setup_seconds=0))
    assert [type(one) for one in WORK.decide(START, straight)] == [RunStarted]
    assert [type(one) for one in WORK.decide(SET_UP, after(*ACCEPTED, START))] == [SetupFinished, RunStarted]


def test_a_line_runs_on_clearly_less_only_when_that_is_meant() -> None:
    little = ReceiveMaterial("coat", "wrk_0", [LotMove("lot_few", "coat", 300, "sheet")], at(7))
    state = after(ACCEPT, little, START)
    with pytest.raises(Refused, match="MATERIAL_NOT_THERE"):
        WORK.decide(SET_UP, state)
    less = FinishSetup(moment(10.5), accepts_less=True)
    assert [type(one) for one in WORK.decide(less, state)] == [SetupFinished, RunStarted]
    with pytest.raises(Refused, match="MATERIAL_NOT_THERE"):
        WORK.decide(less, after(ACCEPT, START))


def test_a_report_eats_by_the_recipe_oldest_lots_first() -> None:
    older = ReceiveMaterial("coat", "wrk_0", [LotMove("lot_old", "coat", 400, "sheet")], at(7))
    state = after(ACCEPT, older, RECEIVE, START, SET_UP)
    (first,) = WORK.decide(report(480, 20), state)
    assert isinstance(first, ProductionReported)
    assert [(lot.lot_id, lot.quantity) for lot in first.lots_in] == [("lot_old", 400), ("lot_sheets", 100)]
    (second,) = WORK.decide(report(50, 0, hours=12, report_id="rpt_2"), WORK.fold([first], state))
    assert isinstance(second, ProductionReported)
    assert [(lot.lot_id, lot.quantity) for lot in second.lots_in] == [("lot_sheets", 50)]
    assert second.totals.good == 530


def test_bought_lots_are_taken_as_said_and_brought_ones_only_as_they_came() -> None:
    inputs = (WorkInput("ink", "kg", "pooled", 10, 10), WorkInput("coat", "sheet", "made", 1_000, 900))
    state = after(*RUNNING, given=offer(inputs=inputs))
    lots = [LotMove("lot_ink", "ink", 3, "kg"), LotMove("lot_sheets", "coat", 500, "sheet")]
    (reported,) = WORK.decide(report(480, 20, lots_in=lots), state)
    assert isinstance(reported, ProductionReported)
    assert reported.lots_in == lots


def test_a_correction_restates_output_and_what_it_ate() -> None:
    state = after(*FINISHED)
    (corrected,) = WORK.decide(correct(850, 30), state)
    assert isinstance(corrected, ReportCorrected)
    assert [(lot.lot_id, lot.quantity) for lot in corrected.lots_in] == [("lot_sheets", 880)]
    assert [(lot.lot_id, lot.quantity) for lot in corrected.lots_out] == [(LOT, 850)]
    assert corrected.state == "completed"
    again = WORK.fold([corrected], state)
    assert isinstance(again, Finished)
    assert again.stock["lot_sheets"].consumed == 880
    assert totals_of(again.reports).good == 850


def test_finishing_opens_an_inspection_of_every_lot_by_the_sampling_plan() -> None:
    finished, opened = WORK.decide(FINISH, after(*RUNNING, report()))
    assert isinstance(finished, RunFinished)
    assert isinstance(opened, InspectionOpened)
    assert (opened.quantity, opened.sample_size) == (900, 80), "GB/T 2828.1 II: 501 to 1,200 takes 80"


def test_a_step_without_a_sampling_plan_is_released_by_process_control() -> None:
    given = offer(sampling_plan="")
    _, opened, judged = WORK.decide(FINISH, after(*RUNNING, report(), given=given))
    assert isinstance(opened, InspectionOpened)
    assert isinstance(judged, InspectionDispositioned)
    assert (judged.automatic, judged.disposition, judged.is_last) == (True, "released", True)


def test_a_laboratory_judges_even_where_the_step_has_no_plan_of_its_own() -> None:
    given = offer(sampling_plan="", inspector=LABORATORY_ORG)
    events = WORK.decide(FINISH, after(*RUNNING, report(), given=given))
    assert [type(one) for one in events] == [RunFinished, InspectionOpened]


def test_goods_go_to_each_receiver_by_its_share_and_add_up() -> None:
    state = shares(Destination("pro_3", "421202", 300), Destination("pro_4", "421202", 600))
    (first,) = WORK.decide(SHIP, state)
    assert isinstance(first, GoodsShipped)
    assert (first.to_process_id, first.quantity, first.is_last) == ("pro_3", 300, False)
    (second,) = WORK.decide(ShipGoods("dlv_2", None, {}, [], moment(15)), WORK.fold([first], state))
    assert isinstance(second, GoodsShipped)
    assert (second.to_process_id, second.quantity, second.is_last) == ("pro_4", 600, True)


def test_within_one_plant_what_is_shipped_has_arrived() -> None:
    state = shares(Destination("pro_3", "421202", 900, is_internal=True))
    shipped, delivered = WORK.decide(SHIP, state)
    assert isinstance(shipped, GoodsShipped)
    assert isinstance(delivered, GoodsDelivered)
    assert not delivered.at_door


def test_a_laboratory_may_get_what_it_has_to_release() -> None:
    there = Destination("pro_3", "421202", 900, before_release=True)
    state = after(*FINISHED, given=offer(destinations=[there], inspector=LABORATORY_ORG))
    assert [type(one) for one in WORK.decide(SHIP, state)] == [GoodsShipped]


def test_a_counter_that_the_buyer_takes_moves_the_work_and_accepts_it() -> None:
    moved, accepted = WORK.decide(AgreeCounter("slt_2", 60, [], at(2)), after(COUNTER))
    assert isinstance(moved, WorkMoved)
    assert (moved.slot_id, moved.price_fen) == ("slt_2", 60_000)
    assert isinstance(accepted, OfferAccepted)
    assert WORK.decide(AgreeCounter("slt_2", 60, [], at(2)), after(ACCEPT)) == []


def test_moved_work_keeps_its_situation_and_what_came_for_it() -> None:
    command = MoveWork("slt_2", at(20), at(22), 0, 40_000, [], at(9))
    state = after(*ACCEPTED, command)
    assert isinstance(state, Accepted)
    assert (state.terms.slot_id, state.terms.starts_at, state.stock["lot_sheets"].received) == ("slt_2", at(20), 1_000)


def test_material_comes_while_the_plant_still_thinks() -> None:
    state = after(RECEIVE, ACCEPT)
    assert isinstance(state, Accepted)
    assert state.stock["lot_sheets"].left == 1_000
    assert isinstance(after(RECEIVE, COUNTER), Countered)


def test_what_has_begun_is_not_withdrawn() -> None:
    assert WORK.decide(WITHDRAW, after(*RUNNING)) == []
    assert isinstance(after(*RUNNING), Running)
    assert isinstance(after(ACCEPT, WITHDRAW), Closed)


def test_times_may_be_entered_late_within_bounds() -> None:
    state = after(*ACCEPTED)
    (started,) = WORK.decide(StartWork(moment(10, now=10 + LIMITS.late_entry_hours_max)), state)
    assert isinstance(started, SetupStarted)
    assert started.at == at(10)


def test_a_report_without_a_start_goes_on_from_the_one_before() -> None:
    state = after(*RUNNING, report())
    (second,) = WORK.decide(report(10, 0, hours=12, report_id="rpt_2"), state)
    assert isinstance(second, ProductionReported)
    assert second.from_at == at(11)
