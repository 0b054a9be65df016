"""Factories make: set-up, run, reports, stoppages, the end. The line's floor lets one work order on at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.capacity.domain.floor import FreeFloor, TakeFloor
from services.capacity.domain.line_hours import next_second
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import ReleaseSlots
from services.capacity.domain.stoppages import stop_reason
from services.capacity.domain.work_commands import (
    CloseStoppage,
    CorrectReport,
    FinishRun,
    FinishSetup,
    Moment,
    OpenStoppage,
    ReportOutput,
    StartWork,
)
from services.capacity.domain.work_events import WorkOffered
from services.capacity.domain.work_identity import lot_id_of
from services.capacity.domain.work_state import Accepted, Closed, Live
from services.capacity.handlers.access import own_work
from services.capacity.handlers.booking import check_has_time
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft, of_line
from services.capacity.handlers.making_up import MakeUps
from services.capacity.handlers.verdicts import tell_corrected
from shared.contracts.line_time import LotMove
from shared.eventstore.handling import Prepared
from shared.kernel.ids import derived_id
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class LotIn:
    """A lot as the factory names it: one that came over the platform by *lot_id*, or a bought one by its label."""

    item: str
    quantity: int
    unit: str
    lot_id: str = ""
    supplier_lot: str = ""


@dataclass(frozen=True, slots=True)
class LotOut:
    """A part of the good output under the factory's own label."""

    label: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Output:
    """What a report says. *lots_in* None: by the recipe. *lots_out* empty: all good output is one lot."""

    good: int
    scrap: int
    rework: int
    unit: str
    lots_in: Sequence[LotIn] | None
    lots_out: Sequence[LotOut]
    from_at: datetime | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Restated:
    """A correction: what the report should have said, and why."""

    correction_id: str
    good: int
    scrap: int
    rework: int
    lots_in: Sequence[LotIn] | None
    grounds: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A stoppage as the factory tells it."""

    reason: str
    note: str
    at: datetime | None


class ProductionHandler:
    """Every method checks that the work is the caller's own, and results in the version it was decided on; *at* None
    means now.
    """

    def __init__(self, desk: Desk, make_ups: MakeUps) -> None:
        self._desk = desk
        self._make_ups = make_ups

    def start(
        self, work_id: str, principal: Principal, at: datetime | None, *, accepts_less: bool = False
    ) -> Prepared[int]:
        """Begin the set-up, or the run where there is none. The floor must be free."""
        draft, work = self._own(work_id, principal)
        moment = self._moment(at)
        draft.work(work_id, StartWork(moment, accepts_less))
        if isinstance(work, Accepted):
            check_has_time(draft, draft.plan_of(work.terms.order_id), work.terms, moment.now)
            line = of_line(draft.board.line(work.terms.line_id))
            draft.floor(TakeFloor(**line, work_id=work_id, at=moment.at))
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def finish_setup(
        self, work_id: str, principal: Principal, at: datetime | None, *, accepts_less: bool = False
    ) -> Prepared[int]:
        """The line is changed over; the run begins at the same instant."""
        draft, _ = self._own(work_id, principal)
        draft.work(work_id, FinishSetup(self._moment(at), accepts_less))
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def report(self, work_id: str, report_id: str, principal: Principal, output: Output) -> Prepared[int]:
        draft, work = self._own(work_id, principal)
        terms = work.terms
        if output.unit != terms.unit:
            raise Refused(Why.UNIT_MISMATCH, pointer="/unit", expected=terms.unit, found=output.unit)
        lots_in = None if output.lots_in is None else [_lot_in(one, terms) for one in output.lots_in]
        lots_out = _lots_out(work_id, terms.output_item, terms.unit, output)
        draft.work(
            work_id,
            ReportOutput(
                report_id=report_id,
                good=output.good,
                scrap=output.scrap,
                rework=output.rework,
                lots_in=lots_in,
                lots_out=lots_out,
                from_at=output.from_at,
                when=self._moment(output.at),
            ),
        )
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def correct(
        self,
        work_id: str,
        report_id: str,
        principal: Principal,
        restated: Restated,
    ) -> Prepared[int]:
        """Restate a report: the ledger reverses it exactly and posts it anew."""
        draft, work = self._own(work_id, principal)
        lots_in = restated.lots_in
        given = None if lots_in is None else [_lot_in(one, work.terms) for one in lots_in]
        draft.work(
            work_id,
            CorrectReport(
                correction_id=restated.correction_id,
                report_id=report_id,
                good=restated.good,
                scrap=restated.scrap,
                rework=restated.rework,
                lots_in=given,
                grounds=restated.grounds,
                corrected_by=principal.subject,
                limits=self._desk.limits,
                at=self._desk.clock.now(),
            ),
        )
        tell_corrected(draft, work, draft.work_of(work_id), self._desk.clock.now())
        self._make_ups.plan_missing(draft, work_id)
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def open_stoppage(self, work_id: str, stoppage_id: str, principal: Principal, stop: Stop) -> Prepared[int]:
        draft, _ = self._own(work_id, principal)
        reason = stop_reason(stop.reason)
        draft.work(work_id, OpenStoppage(stoppage_id, reason.family, reason.code, stop.note, self._moment(stop.at)))
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def close_stoppage(
        self, work_id: str, stoppage_id: str, principal: Principal, at: datetime | None
    ) -> Prepared[int]:
        draft, _ = self._own(work_id, principal)
        draft.work(work_id, CloseStoppage(stoppage_id, self._moment(at)))
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def finish(self, work_id: str, principal: Principal, at: datetime | None) -> Prepared[int]:
        """End the run: lots go to inspection, the rest of the slot is free again, the floor too."""
        draft, work = self._own(work_id, principal)
        moment = self._moment(at)
        draft.work(work_id, FinishRun(moment))
        line = of_line(draft.board.line(work.terms.line_id))
        draft.floor(FreeFloor(**line, work_id=work_id, at=moment.at))
        draft.slots(
            ReleaseSlots(
                **line,
                slot_ids=[work.terms.slot_id],
                reason="finished",
                at=moment.now,
                kept_until=next_second(moment.at),
            )
        )
        self._make_ups.plan_missing(draft, work_id)
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def _own(self, work_id: str, principal: Principal) -> tuple[Draft, Live | Closed]:
        draft = self._desk.draft()
        return draft, own_work(draft, work_id, principal)

    def _moment(self, at: datetime | None) -> Moment:
        now = self._desk.clock.now()
        return Moment(now if at is None else at, now, self._desk.limits)


def _lot_in(one: LotIn, terms: WorkOffered) -> LotMove:
    """Bought lots get an id of their own, the same for the same label in the same factory. Stock does not know them, so
    nothing else is taken for their id: it would be a key to another tenant's lot. Raises Refused LOT_NOT_RECEIVED.
    """
    bought = derived_id("lot", terms.factory_org_id, one.item, one.supplier_lot)
    is_pooled = any(asked.item == one.item and asked.source == "pooled" for asked in terms.inputs)
    if is_pooled and one.lot_id not in {"", bought}:
        raise Refused(Why.LOT_NOT_RECEIVED, pointer="/lots_in", id=one.lot_id)
    return LotMove(one.lot_id or bought, one.item, one.quantity, one.unit, supplier_lot=one.supplier_lot)


def _lots_out(work_id: str, item: str, unit: str, output: Output) -> list[LotMove]:
    if not output.lots_out:
        return [LotMove(lot_id_of(work_id, "1"), item, output.good, unit)] if output.good else []
    found = sum(one.quantity for one in output.lots_out)
    if found != output.good:
        raise Refused(Why.LOTS_OUT_DIFFER, pointer="/lots_out", expected=output.good, found=found)
    return [LotMove(lot_id_of(work_id, one.label), item, one.quantity, unit, one.label) for one in output.lots_out]
