"""Authority on making: set-up, run, output reports and their corrections, stoppages, the end of the run."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, assert_never

from services.capacity.domain.inspection import opened_at_finish
from services.capacity.domain.inspection import restated as restated_verdicts
from services.capacity.domain.lots import check_given, eaten_by_recipe, eaten_so_far, restated, restored
from services.capacity.domain.refusals import Why
from services.capacity.domain.shipping import restated_shipments
from services.capacity.domain.work_commands import (
    CloseStoppage,
    CorrectReport,
    FinishRun,
    FinishSetup,
    Making,
    OpenStoppage,
    ReportOutput,
    StartWork,
)
from services.capacity.domain.work_events import (
    ProductionReported,
    ReportCorrected,
    RunFinished,
    RunStarted,
    SetupFinished,
    SetupStarted,
    StoppageClosed,
    StoppageOpened,
    Totals,
    WorkOrderEvent,
)
from services.capacity.domain.work_identity import identity, lot_id_of, not_running
from services.capacity.domain.work_state import (
    Accepted,
    Finished,
    Report,
    Running,
    SettingUp,
    Work,
    evolve,
    finished_state,
    produced,
    totals_of,
)
from shared.contracts.line_time import LotMove
from shared.kernel.clock import instant_text
from shared.kernel.refusal import Refused


def make(command: Making, work: Work) -> Sequence[WorkOrderEvent]:
    match command:
        case StartWork():
            return _start(command, work)
        case FinishSetup():
            return _finish_setup(command, work)
        case ReportOutput():
            return _report(command, work)
        case CorrectReport():
            return _correct(command, work)
        case OpenStoppage():
            return _open_stoppage(command, work)
        case CloseStoppage():
            return _close_stoppage(command, work)
        case FinishRun():
            return _finish(command, work)
        case _:
            assert_never(command)


def _start(command: StartWork, work: Work) -> Sequence[WorkOrderEvent]:
    if not isinstance(work, Accepted):
        raise not_running(work)
    terms, when = work.terms, command.when
    when.limits.check_at(when.at, when.now, terms.offered_at)
    earliest_at = terms.starts_at - timedelta(minutes=when.limits.early_start_minutes_max)
    if when.at < earliest_at:
        raise Refused(Why.START_TOO_EARLY, pointer="/at", earliest_at=instant_text(earliest_at))
    if not terms.setup_seconds:
        _check_material(work, accepts_less=command.accepts_less)
    about = identity(terms)
    return [SetupStarted(**about, at=when.at) if terms.setup_seconds else RunStarted(**about, at=when.at)]


def _check_material(work: Accepted | SettingUp, *, accepts_less: bool) -> None:
    """A line may be set up while the lorry is on its way; it runs only on what is there, and on clearly less than
    planned only when that is meant: what was scrapped or blocked before will not come any more.
    """
    arrived: dict[str, int] = {}
    for lot in work.stock.values():
        arrived[lot.item] = arrived.get(lot.item, 0) + lot.usable
    for one in work.terms.inputs:
        found = arrived.get(one.item, 0)
        enough = 1 if accepts_less else one.quantity_to_start
        if one.source != "pooled" and found < enough:
            raise Refused(
                Why.MATERIAL_NOT_THERE, item=one.item, found=found, needed=one.quantity_to_start, unit=one.unit
            )


def _finish_setup(command: FinishSetup, work: Work) -> Sequence[WorkOrderEvent]:
    if isinstance(work, Running):
        raise Refused(Why.SETUP_DONE, id=work.terms.work_id)
    if not isinstance(work, SettingUp):
        raise not_running(work)
    when = command.when
    when.limits.check_at(when.at, when.now, work.started_at)
    _check_material(work, accepts_less=command.accepts_less)
    about = identity(work.terms)
    return [SetupFinished(**about, at=when.at), RunStarted(**about, at=when.at)]


def _running(work: Work) -> Running:
    if not isinstance(work, Running):
        raise not_running(work)
    return work


def _report(command: ReportOutput, work: Work) -> Sequence[WorkOrderEvent]:
    running = _running(work)
    terms, when = running.terms, command.when
    last_to = max((one.to_at for one in running.reports.values()), default=running.run_at)
    from_at = last_to if command.from_at is None else command.from_at
    when.limits.check_at(from_at, when.now, last_to)
    when.limits.check_at(when.at, when.now, from_at)
    if from_at >= when.at:
        raise Refused(Why.SPAN_EMPTY, from_at=instant_text(from_at), to_at=instant_text(when.at))
    if not command.good + command.scrap + command.rework:
        raise Refused(Why.NOTHING_REPORTED)
    totals = totals_of(running.reports)
    after = Totals(totals.good + command.good, totals.scrap + command.scrap, totals.rework + command.rework)
    _check_output(after, when.limits.output_max(terms.quantity_gross), terms.unit)
    lots_in = command.lots_in
    if lots_in is None:
        eaten = eaten_so_far(running.reports.values())
        lots_in = eaten_by_recipe(terms.inputs, running.stock, after.good + after.scrap, eaten)
    else:
        check_given(terms.inputs, running.stock, lots_in)
    return [
        ProductionReported(
            **identity(terms),
            report_id=command.report_id,
            good=command.good,
            scrap=command.scrap,
            rework=command.rework,
            lots_in=lots_in,
            lots_out=command.lots_out,
            from_at=from_at,
            to_at=when.at,
            totals=after,
            reported_at=when.now,
        )
    ]


def _check_output(after: Totals, limit: int, unit: str) -> None:
    """Pieces under rework are good or scrap later, so they are bounded apart and not added."""
    found = max(after.good + after.scrap, after.rework)
    if found > limit:
        raise Refused(Why.MORE_THAN_PLANNED, found=found, limit=limit, unit=unit)


def _correct(command: CorrectReport, work: Work) -> Sequence[WorkOrderEvent]:
    if not isinstance(work, Running | Finished):
        raise not_running(work)
    terms, before = work.terms, work.reports.get(command.report_id)
    if before is None:
        raise Refused(Why.UNKNOWN_REPORT, id=command.report_id)
    if not command.grounds.strip():
        raise Refused(Why.GROUNDS_MISSING, pointer="/grounds")
    lots_out = _restated_lots(command, work, before)
    others = {name: one for name, one in work.reports.items() if name != command.report_id}
    rest = totals_of(others)
    after = Totals(rest.good + command.good, rest.scrap + command.scrap, rest.rework + command.rework)
    _check_output(after, command.limits.output_max(terms.quantity_gross), terms.unit)
    stock = restored(work.stock, before)
    lots_in = command.lots_in
    if lots_in is None:
        pooled = {one.item for one in terms.inputs if one.source == "pooled"}
        kept = [lot for lot in before.lots_in if lot.item in pooled]
        eaten = eaten_so_far(others.values())
        lots_in = kept + eaten_by_recipe(terms.inputs, stock, after.good + after.scrap, eaten)
    else:
        check_given(terms.inputs, stock, lots_in)
    corrected = ReportCorrected(
        **identity(terms),
        correction_id=command.correction_id,
        report_id=command.report_id,
        good=command.good,
        scrap=command.scrap,
        rework=command.rework,
        lots_in=lots_in,
        lots_out=lots_out,
        grounds=command.grounds,
        corrected_by=command.corrected_by,
        state=_progress(work),
        totals=after,
        corrected_at=command.at,
    )
    stands = evolve(work, corrected)
    if not isinstance(work, Finished) or not isinstance(stands, Finished):
        return [corrected]
    shipments = restated_shipments(work, stands, command.grounds, command.at)
    return [corrected, *restated_verdicts(work, command, stands), *shipments]


def _progress(work: Running | Finished) -> Literal["in_progress", "completed", "released", "blocked", "shipped"]:
    """How far the work is for its order: a correction puts nothing back."""
    if isinstance(work, Running):
        return "in_progress"
    match finished_state(work):
        case "shipped" | "delivered":
            return "shipped"
        case "released":
            return "released"
        case "blocked":
            return "blocked"
        case _:
            return "completed"


def _restated_lots(command: CorrectReport, work: Running | Finished, before: Report) -> list[LotMove]:
    """Output lots after the correction. Raises Refused LOT_LEFT_ALREADY for one that nobody inspected."""
    if command.good == before.good:
        return list(before.lots_out)
    terms = work.terms
    fallback = LotMove(lot_id_of(terms.work_id, "1"), terms.output_item, 0, terms.unit)
    lots_out = restated(before, command.good, fallback)
    if isinstance(work, Finished):
        known = {one.lot_id for one in work.inspections.values()}
        for lot in lots_out:
            if lot.lot_id not in known:
                raise Refused(Why.LOT_LEFT_ALREADY, id=lot.lot_id, delivery_id="-")
    return lots_out


def _open_stoppage(command: OpenStoppage, work: Work) -> Sequence[WorkOrderEvent]:
    running, when = _running(work), command.when
    if running.stoppage_id:
        raise Refused(Why.STOPPED, stoppage_id=running.stoppage_id)
    when.limits.check_at(when.at, when.now, running.last_at)
    return [
        StoppageOpened(
            **identity(running.terms),
            stoppage_id=command.stoppage_id,
            family=command.family,
            reason=command.reason,
            note=command.note,
            at=when.at,
        )
    ]


def _close_stoppage(command: CloseStoppage, work: Work) -> Sequence[WorkOrderEvent]:
    running, when = _running(work), command.when
    if running.stoppage_id != command.stoppage_id:
        raise Refused(Why.UNKNOWN_STOPPAGE, id=command.stoppage_id)
    when.limits.check_at(when.at, when.now, running.last_at)
    return [StoppageClosed(**identity(running.terms), stoppage_id=command.stoppage_id, at=when.at)]


def _finish(command: FinishRun, work: Work) -> Sequence[WorkOrderEvent]:
    running, when = _running(work), command.when
    if running.stoppage_id:
        raise Refused(Why.STOPPED, stoppage_id=running.stoppage_id)
    when.limits.check_at(when.at, when.now, running.last_at)
    if not running.reports:
        raise Refused(Why.NOTHING_REPORTED)
    totals = totals_of(running.reports)
    finished = RunFinished(**identity(running.terms), totals=totals, at=when.at)
    return [finished, *opened_at_finish(running.terms, produced(running.reports), totals, when.now)]
