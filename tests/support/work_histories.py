"""Work orders in every situation, told by their events: what unit tests of the work rules begin with."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.capacity.domain.execution import standard_limits
from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import (
    AcceptOffer,
    CounterOffer,
    DeclineOffer,
    DeliverGoods,
    DispositionLot,
    FinishRun,
    FinishSetup,
    Moment,
    OfferWork,
    OpenStoppage,
    ReceiveMaterial,
    RenewOffer,
    ReportOutput,
    ShipGoods,
    StartWork,
    WithdrawWork,
    WorkCommand,
)
from services.capacity.domain.work_events import Destination, WorkInput, WorkOffered, WorkOrderEvent
from services.capacity.domain.work_identity import inspection_lot_id_of, lot_id_of
from services.capacity.domain.work_state import Work
from shared.contracts.line_time import LotMove
from tests.support.planning_world import T0

WORK_ID = "wrk_1"
FACTORY, LABORATORY_ORG = "org_factory", "org_laboratory"
LIMITS = standard_limits()
SHEETS = LotMove("lot_sheets", "coat", 1_000, "sheet")
LOT = lot_id_of(WORK_ID, "1")
INSPECTION = inspection_lot_id_of(LOT)


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def moment(hours: float, now: float | None = None) -> Moment:
    return Moment(at(hours), at(hours if now is None else now), LIMITS)


def offer(
    *,
    setup_seconds: int = 1_800,
    sampling_plan: str = "GB/T 2828.1 II",
    inspector: str = FACTORY,
    destinations: Sequence[Destination] = (Destination("", "421202", 1_000),),
    inputs: Sequence[WorkInput] = (WorkInput("coat", "sheet", "made", 1_000, 900),),
) -> WorkOffered:
    """1,000 printed sheets from hour 10 to 12, fed by coated ones."""
    return WorkOffered(
        work_id=WORK_ID,
        order_id="ord_1",
        buyer_org_id="org_buyer",
        process_id="pro_2",
        line_id="lin_1",
        plant_id="plt_1",
        factory_org_id=FACTORY,
        district="421202",
        slot_id="slt_1",
        capability="PRINT_SHEET",
        unit="sheet",
        offer_id="off_1",
        plant_name="陆溪印铁厂",
        order_line_id="orl_1",
        part=1,
        step="print",
        name_zh="印铁",
        name_en="print",
        quantity_net=980,
        quantity_gross=1_000,
        setup_seconds=setup_seconds,
        starts_at=at(10),
        ends_at=at(12),
        price_fen=50_000,
        inputs=list(inputs),
        destinations=list(destinations),
        sampling_plan=sampling_plan,
        inspector_org_id=inspector,
        output_item="print",
        offered_at=at(0),
        answer_by=at(9),
    )


def after(*commands: WorkCommand, given: WorkOffered | None = None) -> Work:
    """The work order after *commands*, the offer first."""
    return WORK.fold(history(*commands, given=given))


def history(*commands: WorkCommand, given: WorkOffered | None = None) -> list[WorkOrderEvent]:
    state, events = WORK.initial, list[WorkOrderEvent]()
    for command in (OfferWork(given or offer(), is_automatic=False), *commands):
        fresh = WORK.decide(command, state)
        events += fresh
        state = WORK.fold(fresh, state)
    return events


ACCEPT = AcceptOffer(at(1))
DECLINE = DeclineOffer("price", "", at(1))
COUNTER = CounterOffer("rpl_1", 60_000, at(10), at(12), "", at(1))
RENEW = RenewOffer(at(8), at(2))
WITHDRAW = WithdrawWork("cancelled", at(2))
RECEIVE = ReceiveMaterial("coat", "wrk_0", [SHEETS], at(8))
START = StartWork(moment(10))
SET_UP = FinishSetup(moment(10.5))
STOP = OpenStoppage("stp_1", "held", "tooling", "", moment(11))
FINISH = FinishRun(moment(12))
RELEASE = DispositionLot(INSPECTION, "released", "", FACTORY, at(13))
BLOCK = DispositionLot(INSPECTION, "blocked", "colour", FACTORY, at(13))
SHIP = ShipGoods("dlv_1", None, {}, [], moment(14))
DELIVER = DeliverGoods(None, {}, moment(16))


def report(
    good: int = 900,
    scrap: int = 20,
    rework: int = 0,
    *,
    hours: float = 11,
    report_id: str = "rpt_1",
    lots_in: list[LotMove] | None = None,
    from_hours: float | None = None,
) -> ReportOutput:
    lots_out = [LotMove(LOT, "print", good, "sheet")] if good else []
    from_at = None if from_hours is None else at(from_hours)
    return ReportOutput(report_id, good, scrap, rework, lots_in, lots_out, from_at, moment(hours))


ACCEPTED = (ACCEPT, RECEIVE)
RUNNING = (*ACCEPTED, START, SET_UP)
FINISHED = (*RUNNING, report(), FINISH)
RELEASED = (*FINISHED, RELEASE)
SHIPPED = (*RELEASED, SHIP)
DELIVERED = (*SHIPPED, DELIVER)
