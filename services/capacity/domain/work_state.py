"""The situations of one work order and how events lead from one to the next."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, assert_never

import msgspec

from services.capacity.domain.work_events import (
    Disposition,
    GoodsConfirmed,
    GoodsDelivered,
    GoodsForwarded,
    GoodsShipped,
    InspectionDispositioned,
    InspectionOpened,
    MaterialBlocked,
    MaterialCleared,
    MaterialReceived,
    OfferAccepted,
    OfferCountered,
    OfferDeclined,
    OfferRenewed,
    ProductionReported,
    ReportCorrected,
    RunFinished,
    RunStarted,
    SetupFinished,
    SetupStarted,
    ShipmentCorrected,
    SlotMissed,
    StoppageClosed,
    StoppageOpened,
    Totals,
    WorkMoved,
    WorkOffered,
    WorkOrderEvent,
    WorkWithdrawn,
)
from shared.contracts.line_time import LotMove


@dataclass(frozen=True, slots=True)
class Stock:
    """A lot that came in for this work: how much of *item* came and how much of it was eaten. *blocked*: the grounds on
    which what is left of it may not be eaten, "" while it may.
    """

    lot_id: str
    item: str
    unit: str
    received: int
    consumed: int = 0
    received_at: datetime | None = None  # the last of it
    blocked: str = ""
    label: str = ""

    @property
    def left(self) -> int:
        return self.received - self.consumed

    @property
    def usable(self) -> int:
        """How much of it may still be eaten."""
        return 0 if self.blocked else self.left


@dataclass(frozen=True, slots=True)
class Report:
    """A production report as it stands after corrections."""

    good: int
    scrap: int
    rework: int
    lots_in: tuple[LotMove, ...]
    lots_out: tuple[LotMove, ...]
    to_at: datetime


@dataclass(frozen=True, slots=True)
class Inspection:
    """An output lot's inspection; *disposition* None while it waits. *verdicts* counts them, the last one has *grounds*."""

    inspection_lot_id: str
    lot_id: str
    inspector_org_id: str
    disposition: Disposition | None = None
    grounds: str = ""
    verdicts: int = 0
    judged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """Output on its way or arrived. *confirmed*: what the buyer found in order, None before."""

    delivery_id: str
    to_process_id: str
    to_work_id: str
    lots: tuple[LotMove, ...]
    quantity: int
    shipped_at: datetime
    delivered_at: datetime | None = None
    confirmed: int | None = None


@dataclass(frozen=True, slots=True)
class NoWork:
    """Nothing was offered under this id."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The plant is asked. *stock* may be there already: earlier steps do not wait for answers. *is_renewed*: asked once
    more after its counter-offer was not taken.
    """

    terms: WorkOffered
    stock: dict[str, Stock] = field(default_factory=dict)
    is_renewed: bool = False


@dataclass(frozen=True, slots=True)
class Countered:
    """The plant named other terms; the buyer is asked."""

    terms: WorkOffered
    counter: OfferCountered
    stock: dict[str, Stock] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closed:
    """Declined, lapsed (its plant stayed silent), withdrawn or missed before it started."""

    terms: WorkOffered
    how: Literal["declined", "lapsed", "cancelled", "replanned", "replaced", "missed"]
    at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """Agreed and not started."""

    terms: WorkOffered
    stock: dict[str, Stock]
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class SettingUp:
    """The line is being changed over."""

    terms: WorkOffered
    stock: dict[str, Stock]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """The line runs, or is stopped under *stoppage_id*. *last_at*: the latest record about it."""

    terms: WorkOffered
    stock: dict[str, Stock]
    started_at: datetime
    last_at: datetime
    run_at: datetime
    reports: dict[str, Report] = field(default_factory=dict)
    stoppage_id: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended; lots are inspected, shipped and delivered."""

    terms: WorkOffered
    stock: dict[str, Stock]
    reports: dict[str, Report]
    finished_at: datetime
    inspections: dict[str, Inspection] = field(default_factory=dict)
    shipments: dict[str, Shipment] = field(default_factory=dict)
    all_shipped: bool = False
    started_at: datetime | None = None  # None: ended without having begun


Work = NoWork | Offered | Countered | Closed | Accepted | SettingUp | Running | Finished
Live = Offered | Countered | Accepted | SettingUp | Running | Finished


def finished_state(work: Finished) -> str:
    """What the state of finished work is called: by its shipments, else by the verdicts on its lots."""
    if any(one.delivered_at is not None for one in work.shipments.values()):
        return "delivered"
    if work.all_shipped:
        return "shipped"
    dispositions = {one.disposition for one in work.inspections.values()}
    if None in dispositions or not dispositions:
        return "finished"
    return "released" if "released" in dispositions else "blocked"


def totals_of(reports: dict[str, Report]) -> Totals:
    """Sums over *reports* as they stand."""
    rows = reports.values()
    return Totals(sum(one.good for one in rows), sum(one.scrap for one in rows), sum(one.rework for one in rows))


def produced(reports: dict[str, Report]) -> dict[str, LotMove]:
    """lot id -> what was made of it, lots in the order of their first report, empty ones left out."""
    made: dict[str, LotMove] = {}
    for report in reports.values():
        for lot in report.lots_out:
            before = made[lot.lot_id].quantity if lot.lot_id in made else 0
            made[lot.lot_id] = msgspec.structs.replace(lot, quantity=before + lot.quantity)
    return {lot_id: lot for lot_id, lot in made.items() if lot.quantity}


def evolve(work: Work, event: WorkOrderEvent) -> Work:
    if isinstance(event, WorkOffered):
        return Offered(event, work.stock if isinstance(work, Offered) else {})
    if isinstance(work, NoWork | Closed):
        return work
    match event:
        case OfferAccepted() | OfferDeclined() | OfferCountered() | OfferRenewed() | WorkMoved() | WorkWithdrawn():
            return _bargained(work, event)
        case SlotMissed():
            return Closed(work.terms, "missed", event.missed_at)
        case MaterialReceived() | MaterialBlocked() | MaterialCleared():
            return replace(work, stock=_with_stock(work.stock, event))
        case SetupStarted() | SetupFinished() | RunStarted() | RunFinished():
            return _moved_on(work, event)
        case ProductionReported() | ReportCorrected() | StoppageOpened() | StoppageClosed():
            return _recorded(work, event)
        case (
            InspectionOpened()
            | InspectionDispositioned()
            | GoodsShipped()
            | GoodsDelivered()
            | GoodsForwarded()
            | GoodsConfirmed()
            | ShipmentCorrected()
        ):
            return _leaving(work, event) if isinstance(work, Finished) else work
        case _:
            assert_never(event)


def _bargained(
    work: Live,
    event: OfferAccepted | OfferDeclined | OfferCountered | OfferRenewed | WorkMoved | WorkWithdrawn,
) -> Work:
    match event:
        case OfferAccepted():
            return Accepted(work.terms, work.stock, event.accepted_at)
        case OfferDeclined():
            return Closed(work.terms, "lapsed" if event.is_silence else "declined", event.declined_at)
        case OfferCountered():
            return Countered(work.terms, event, work.stock)
        case OfferRenewed():
            return Offered(msgspec.structs.replace(work.terms, answer_by=event.answer_by), work.stock, is_renewed=True)
        case WorkWithdrawn():
            return Closed(work.terms, event.reason, event.withdrawn_at)
        case WorkMoved():
            terms = msgspec.structs.replace(
                work.terms,
                slot_id=event.slot_id,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
                setup_seconds=event.setup_seconds,
                price_fen=event.price_fen,
                destinations=event.destinations,
            )
            return replace(work, terms=terms)
        case _:
            assert_never(event)


def _moved_on(work: Live, event: SetupStarted | SetupFinished | RunStarted | RunFinished) -> Work:
    match event:
        case SetupStarted():
            return SettingUp(work.terms, work.stock, event.at)
        case SetupFinished():
            return work  # the run starts with the same record
        case RunStarted():
            started_at = work.started_at if isinstance(work, SettingUp) else event.at
            return Running(work.terms, work.stock, started_at, event.at, event.at)
        case RunFinished():
            if not isinstance(work, Running):
                return Finished(work.terms, work.stock, {}, event.at)
            return Finished(work.terms, work.stock, work.reports, event.at, started_at=work.started_at)
        case _:
            assert_never(event)


def _recorded(work: Live, event: ProductionReported | ReportCorrected | StoppageOpened | StoppageClosed) -> Work:
    if not isinstance(work, Running | Finished):
        return work
    match event:
        case ProductionReported():
            report = Report(
                event.good, event.scrap, event.rework, tuple(event.lots_in), tuple(event.lots_out), event.to_at
            )
            return _with_report(work, event.report_id, report, event.to_at)
        case ReportCorrected():
            before = work.reports[event.report_id]
            report = Report(
                event.good, event.scrap, event.rework, tuple(event.lots_in), tuple(event.lots_out), before.to_at
            )
            return _with_report(work, event.report_id, report, before.to_at)
        case StoppageOpened():
            return _stopped(work, event.stoppage_id, event.at)
        case StoppageClosed():
            return _stopped(work, "", event.at)
        case _:
            assert_never(event)


def _stopped(work: Running | Finished, stoppage_id: str, at: datetime) -> Work:
    return replace(work, stoppage_id=stoppage_id, last_at=at) if isinstance(work, Running) else work


def _with_report(work: Running | Finished, report_id: str, report: Report, at: datetime) -> Work:
    before = work.reports.get(report_id)
    stock = dict(work.stock)
    for sign, lots in ((-1, before.lots_in if before else ()), (1, report.lots_in)):
        for lot in lots:
            if lot.lot_id in stock:
                held = stock[lot.lot_id]
                stock[lot.lot_id] = replace(held, consumed=held.consumed + sign * lot.quantity)
    reports = {**work.reports, report_id: report}
    if isinstance(work, Running):
        return replace(work, stock=stock, reports=reports, last_at=max(work.last_at, at))
    return replace(work, stock=stock, reports=reports)


def _with_stock(
    stock: dict[str, Stock], event: MaterialReceived | MaterialBlocked | MaterialCleared
) -> dict[str, Stock]:
    after = dict(stock)
    if not isinstance(event, MaterialReceived):
        grounds = event.grounds if isinstance(event, MaterialBlocked) else ""
        after[event.lot_id] = replace(after[event.lot_id], blocked=grounds)
        return after
    for lot in event.lots:
        held = after.get(lot.lot_id, Stock(lot.lot_id, event.item, lot.unit, 0, label=lot.label))
        after[lot.lot_id] = replace(held, received=held.received + lot.quantity, received_at=event.received_at)
    return after


def _leaving(
    work: Finished,
    event: InspectionOpened
    | InspectionDispositioned
    | GoodsShipped
    | GoodsDelivered
    | GoodsForwarded
    | GoodsConfirmed
    | ShipmentCorrected,
) -> Work:
    match event:
        case InspectionOpened():
            opened = Inspection(event.inspection_lot_id, event.lot_id, event.inspector_org_id)
            return replace(work, inspections={**work.inspections, event.inspection_lot_id: opened})
        case InspectionDispositioned():
            found = work.inspections[event.inspection_lot_id]
            done = replace(
                found,
                disposition=event.disposition,
                grounds=event.grounds,
                verdicts=found.verdicts + 1,
                judged_at=event.dispositioned_at,
            )
            return replace(work, inspections={**work.inspections, event.inspection_lot_id: done})
        case GoodsShipped():
            shipment = Shipment(
                event.delivery_id, event.to_process_id, event.to_work_id, tuple(event.lots), event.quantity, event.at
            )
            shipments = {**work.shipments, event.delivery_id: shipment}
            return replace(work, shipments=shipments, all_shipped=event.is_last)
        case GoodsDelivered():
            there = replace(work.shipments[event.delivery_id], to_work_id=event.to_work_id, delivered_at=event.at)
            return replace(work, shipments={**work.shipments, event.delivery_id: there})
        case GoodsForwarded():
            sent = work.shipments[event.delivery_id]
            again = replace(sent, to_work_id=event.to_work_id, shipped_at=event.at, delivered_at=None)
            return replace(work, shipments={**work.shipments, event.delivery_id: again})
        case ShipmentCorrected():
            said = replace(work.shipments[event.delivery_id], lots=tuple(event.lots), quantity=event.quantity)
            return replace(work, shipments={**work.shipments, event.delivery_id: said})
        case GoodsConfirmed():
            taken = replace(work.shipments[event.delivery_id], confirmed=event.quantity)
            return replace(work, shipments={**work.shipments, event.delivery_id: taken})
        case _:
            assert_never(event)
