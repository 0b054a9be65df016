"""What a plant can do with its offers and work orders now, action by action: asked of what would carry it out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from services.capacity.api.doors import FloorApi
from services.capacity.domain.refusals import Why
from services.capacity.domain.stoppages import stop_reasons
from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import (
    AcceptOffer,
    CloseStoppage,
    CorrectReport,
    CounterOffer,
    DeclineOffer,
    DispositionLot,
    FinishRun,
    Moment,
    OpenStoppage,
    ReportOutput,
    WorkCommand,
)
from services.capacity.domain.work_state import Accepted, Closed, Finished, Live, Offered, Running, SettingUp
from services.capacity.handlers.deliveries import sent_to_laboratory
from shared.kernel.acting import Note, first_allowed, refusal_of
from shared.kernel.principal import Principal

PERMISSIONS: Mapping[str, str] = {
    "accept": "offer:answer",
    "decline": "offer:answer",
    "counter": "offer:answer",
    "start": "work:report",
    "move": "work:report",
    "setup-finished": "work:report",
    "reports": "work:report",
    "reports/correction": "work:report",
    "stoppages": "stoppage:report",
    "stoppages/end": "stoppage:report",
    "finish": "work:report",
    "disposition": "inspection:disposition",
    "ship": "work:report",
    "deliver": "work:report",
}
"""Action -> the permission its route asks for."""

Rule = Callable[[], object]
_PROBE = "?"
_ANEW = ("disposition", "grounds")  # a lot that has a verdict is judged anew only with grounds


def may_act(principal: Principal, work: Live | Closed) -> Callable[[str], bool]:
    """Whose work it is, may do with it what his permissions open; who only looks on, nothing."""
    is_own = principal.owns(work.terms.factory_org_id)
    return lambda action: is_own and principal.may(PERMISSIONS[action])


def offer_notes(api: FloorApi, work: Live | Closed, principal: Principal) -> list[Note]:
    """Answers to an offer; none once it is answered."""
    if not isinstance(work, Offered):
        return []
    terms, now = work.terms, api.now()
    other = CounterOffer(_PROBE, terms.price_fen + 1, terms.starts_at, terms.ends_at, "", now)

    def counter() -> None:
        _decide(work, other)
        api.offers.check_counter(terms.offer_id, principal)

    return [
        Note("accept", refusal_of(lambda: _decide(work, AcceptOffer(now))), until=terms.answer_by),
        Note("decline", refusal_of(lambda: _decide(work, DeclineOffer("other", "", now))), ("reason",)),
        Note("counter", refusal_of(counter), ("price", "starts_at"), terms.answer_by),
    ]


def work_notes(api: FloorApi, work: Live | Closed, principal: Principal) -> list[Note]:
    """Everything that can be done with a work order in its stage, and what still stands against it."""
    match work:
        case Offered():
            return offer_notes(api, work, principal)
        case Accepted():
            return [_start(api, work, principal), _move(api, work, principal)]
        case SettingUp():
            return [_finish_setup(api, work, principal)]
        case Running():
            return [*_running(api, work), *_corrections(api, work, principal)]
        case Finished():
            return [*_finished(api, work, principal), *_corrections(api, work, principal)]
        case _:
            return []


def _decide(work: Live | Closed, command: WorkCommand) -> None:
    WORK.decide(command, work)


def _moment(api: FloorApi, at: datetime | None = None) -> Moment:
    now = api.now()
    return Moment(at or now, now, api.desk.limits)


def _start(api: FloorApi, work: Accepted, principal: Principal) -> Note:
    work_id, terms = work.terms.work_id, work.terms
    note = _with_less("start", lambda less: api.production.start(work_id, principal, None, accepts_less=less))
    if note.refused is not None and note.refused.why is Why.START_TOO_EARLY:
        early = timedelta(minutes=api.desk.limits.early_start_minutes_max)
        return Note("start", note.refused, since=terms.starts_at - early)
    return note


def _move(api: FloorApi, work: Accepted, principal: Principal) -> Note:
    """Whether another time may be named; whether the line is free then, only the time itself tells."""
    refused = refusal_of(lambda: api.moving.check_movable(work.terms.work_id, principal))
    return Note("move", refused, ("starts_at",))


def _finish_setup(api: FloorApi, work: SettingUp, principal: Principal) -> Note:
    work_id = work.terms.work_id
    return _with_less(
        "setup-finished", lambda less: api.production.finish_setup(work_id, principal, None, accepts_less=less)
    )


def _with_less(action: str, attempt: Callable[[bool], object]) -> Note:
    """As it is, or with less material than planned when that is said."""
    refused = refusal_of(lambda: attempt(False))
    if refused is None:
        return Note(action)
    if refusal_of(lambda: attempt(True)) is None:
        return Note(action, needs=("accept_less",))
    return Note(action, refused)


def _running(api: FloorApi, work: Running) -> list[Note]:
    when = _moment(api)
    reason = next(one for one in stop_reasons().values())
    # Pieces under rework need no material and are bounded apart: when even they are refused, everything is.
    report = ReportOutput(_PROBE, 0, 0, 1, None, [], None, when)
    scrap = ReportOutput(_PROBE, 0, 1, 0, None, [], None, when)
    stop = OpenStoppage(_PROBE, reason.family, reason.code, "", when)
    notes = [
        first_allowed("reports", [lambda: _decide(work, report), lambda: _decide(work, scrap)]),
        Note("stoppages", refusal_of(lambda: _decide(work, stop)), ("reason",)),
        Note("finish", refusal_of(lambda: _decide(work, FinishRun(when)))),
    ]
    if work.stoppage_id:
        end = CloseStoppage(work.stoppage_id, when)
        notes.append(Note("stoppages/end", refusal_of(lambda: _decide(work, end)), ("stoppage_id",)))
    return [Note("reports", one.refused, ("good",)) if one.action == "reports" else one for one in notes]


def _corrections(api: FloorApi, work: Running | Finished, principal: Principal) -> list[Note]:
    """A report restated as it stands is the least that a correction can be."""
    rules: list[Rule] = []
    for report_id, one in work.reports.items():
        again = CorrectReport(
            correction_id=_PROBE,
            report_id=report_id,
            good=one.good,
            scrap=one.scrap,
            rework=one.rework,
            lots_in=list(one.lots_in),
            grounds=_PROBE,
            corrected_by=principal.subject,
            limits=api.desk.limits,
            at=api.now(),
        )
        rules.append(lambda again=again: _decide(work, again))  # type: ignore[misc] # bound to this report
    if not rules:
        return []
    found = first_allowed("reports/correction", rules)
    return [Note(found.action, found.refused, ("report_id", "grounds"))]


def _finished(api: FloorApi, work: Finished, principal: Principal) -> list[Note]:
    work_id = work.terms.work_id
    ship = [None, *(one.to_process_id for one in work.terms.destinations if one.to_process_id)]

    def shipping(to: str | None) -> Rule:
        return lambda: api.deliveries.ship(work_id, _PROBE, principal, to, None)

    shipped = first_allowed("ship", map(shipping, ship))
    if shipped.is_allowed and refusal_of(shipping(None)) is not None:
        shipped = Note("ship", needs=("to_process_id",))
    deliver = refusal_of(lambda: api.deliveries.deliver(work_id, principal, None, None))
    return [*_dispositions(api, work, principal), shipped, Note("deliver", deliver)]


def _dispositions(api: FloorApi, work: Finished, principal: Principal) -> list[Note]:
    """Of this work's own lots, and at a laboratory of those that it was sent to test."""
    judged = [work, *sent_to_laboratory(api.desk.draft(), work.terms)]
    rules = [rule for one in judged for lot in one.inspections for rule in _judging(one, lot, principal, api.now())]
    if not rules:
        return []
    found = first_allowed("disposition", rules)
    waits = any(lot.disposition is None for one in judged for lot in one.inspections.values())
    return [Note("disposition", found.refused, ("disposition",) if waits else _ANEW)]


def _judging(work: Finished, inspection_lot_id: str, principal: Principal, at: datetime) -> Sequence[Rule]:
    commands = [
        DispositionLot(inspection_lot_id, "released", _PROBE, principal.org_id, at),
        DispositionLot(inspection_lot_id, "blocked", _PROBE, principal.org_id, at),
    ]
    return [lambda one=one: _decide(work, one) for one in commands]  # type: ignore[misc] # bound to each


def lot_notes(work: Finished, inspection_lot_id: str, principal: Principal, at: datetime) -> list[Note]:
    """What can be said of one lot."""
    found = first_allowed("disposition", _judging(work, inspection_lot_id, principal, at))
    inspection = work.inspections.get(inspection_lot_id)
    waits = inspection is None or inspection.disposition is None
    return [Note("disposition", found.refused, ("disposition",) if waits else _ANEW)]
