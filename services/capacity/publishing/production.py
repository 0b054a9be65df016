"""What ledger and order learn about production: private event -> public facts, pure."""

from typing import Literal, TypedDict

from services.capacity.domain import work_events as private
from services.capacity.domain.floor import LineBroke, LineMended
from services.capacity.domain.master_events import LineEvent
from services.capacity.publishing.progress import progressed
from shared.contracts import capacity, line_time
from shared.contracts.envelope import Fact


class Place(TypedDict):
    """The fields of every fact about a line."""

    line_id: str
    plant_id: str
    factory_org_id: str
    district: str


def _place(event: private.WorkEvent | LineEvent) -> Place:
    return Place(
        line_id=event.line_id,
        plant_id=event.plant_id,
        factory_org_id=event.factory_org_id,
        district=event.district,
    )


def setup_started(event: private.SetupStarted) -> list[Fact]:
    return [
        line_time.SetupStarted(
            **_place(event),
            work_id=event.work_id,
            slot_id=event.slot_id,
            order_id=event.order_id,
            client_org_id=event.buyer_org_id,
            at=event.at,
        ),
        progressed(event, "in_progress", private.Totals(), event.at),
    ]


def setup_finished(event: private.SetupFinished) -> list[Fact]:
    return [line_time.SetupFinished(**_place(event), work_id=event.work_id, slot_id=event.slot_id, at=event.at)]


def run_started(event: private.RunStarted) -> list[Fact]:
    return [
        line_time.RunStarted(
            **_place(event),
            work_id=event.work_id,
            slot_id=event.slot_id,
            order_id=event.order_id,
            client_org_id=event.buyer_org_id,
            capability=event.capability,
            at=event.at,
        ),
        progressed(event, "in_progress", private.Totals(), event.at),
    ]


def run_finished(event: private.RunFinished) -> list[Fact]:
    return [
        line_time.RunFinished(**_place(event), work_id=event.work_id, slot_id=event.slot_id, at=event.at),
        progressed(event, "completed", event.totals, event.at),
    ]


def stoppage_opened(event: private.StoppageOpened) -> list[Fact]:
    return [
        line_time.StoppageOpened(
            **_place(event),
            stoppage_id=event.stoppage_id,
            work_id=event.work_id,
            family=event.family,
            reason=event.reason,
            at=event.at,
        )
    ]


def stoppage_closed(event: private.StoppageClosed) -> list[Fact]:
    return [line_time.StoppageClosed(**_place(event), stoppage_id=event.stoppage_id, at=event.at)]


def line_broke(event: LineBroke) -> list[Fact]:
    """The stoppage of a line on which no run tells it."""
    down = event.down
    if down is None or down.is_told_by_work:
        return []
    opened = line_time.StoppageOpened(
        **_place(event),
        stoppage_id=down.stoppage_id,
        work_id="",
        family=down.family,
        reason=down.reason,
        at=down.starts_at,
    )
    return [opened]


def line_mended(event: LineMended) -> list[Fact]:
    if event.is_told_by_work:
        return []
    return [line_time.StoppageClosed(**_place(event), stoppage_id=event.stoppage_id, at=event.at)]


def production_reported(event: private.ProductionReported) -> list[Fact]:
    return [
        line_time.ProductionReported(
            **_place(event),
            report_id=event.report_id,
            work_id=event.work_id,
            order_id=event.order_id,
            client_org_id=event.buyer_org_id,
            capability=event.capability,
            unit=event.unit,
            good=event.good,
            scrap=event.scrap,
            rework=event.rework,
            lots_in=event.lots_in,
            lots_out=event.lots_out,
            from_at=event.from_at,
            to_at=event.to_at,
            reported_at=event.reported_at,
        ),
        progressed(event, "in_progress", event.totals, event.to_at),
    ]


def report_corrected(event: private.ReportCorrected) -> list[Fact]:
    return [
        line_time.ReportCorrected(
            **_place(event),
            correction_id=event.correction_id,
            report_id=event.report_id,
            work_id=event.work_id,
            good=event.good,
            scrap=event.scrap,
            rework=event.rework,
            grounds=event.grounds,
            corrected_by=event.corrected_by,
            corrected_at=event.corrected_at,
            lots_out=event.lots_out,
        ),
        progressed(event, event.state, event.totals, event.corrected_at),
    ]


def inspection_dispositioned(event: private.InspectionDispositioned) -> list[Fact]:
    facts: list[Fact] = [
        line_time.InspectionDispositioned(
            **_place(event),
            inspection_lot_id=event.inspection_lot_id,
            work_id=event.work_id,
            lot_id=event.lot_id,
            disposition=event.disposition,
            quantity=event.quantity,
            unit=event.unit,
            dispositioned_at=event.dispositioned_at,
            before=event.before,
            grounds=event.grounds,
        )
    ]
    if event.before and event.before != event.disposition:
        facts.append(_judged_again(event))
    if event.is_last and event.stage not in {"shipped", "delivered"}:
        state: Literal["released", "blocked"] = "released" if event.any_released else "blocked"
        facts.append(progressed(event, state, event.totals, event.dispositioned_at, automatic=event.automatic))
    return facts


def _judged_again(event: private.InspectionDispositioned) -> capacity.LotRejudged:
    return capacity.LotRejudged(
        order_id=event.order_id,
        buyer_org_id=event.buyer_org_id,
        work_id=event.work_id,
        process_id=event.process_id,
        lot_id=event.lot_id,
        disposition=event.disposition,
        quantity=event.quantity,
        unit=event.unit,
        grounds=event.grounds,
        deliveries=list(event.to_buyer),
        judged_at=event.dispositioned_at,
    )
