"""How factories make: start, change over, report in pieces, stop and go on, correct, finish; late and early at times."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from services.capacity.domain.work_state import Accepted, Running, SettingUp, totals_of
from services.capacity.handlers.production import LotIn, LotOut, Output, Restated, Stop
from services.sim.life.diary import hours, minutes
from services.sim.life.task import Look, Task
from services.sim.seams import Platform

_STOPS = ("mechanical-jam", "electrical", "tooling", "quality-stop", "no-operator", "no-material", "break", "cip-sip")
_LABORATORY = "LAB_TEST"
_REFUSED_MAX = 20
_MOVES = 0.03  # of looks at work that waits for its time


def start(task: Task, platform: Platform, chance: Random, work: Accepted) -> Look:
    terms, by, now = work.terms, task.me.principal, platform.now()
    early = timedelta(minutes=chance.randint(0, 150)) if chance.random() < 0.15 else timedelta(0)
    if now < terms.starts_at - early:
        if chance.random() < _MOVES:
            return _move(task, platform, chance, work)
        return "waits for its time", min(terms.starts_at - now, timedelta(days=2))
    at = _said(now, terms.starts_at, chance)
    less = task.refused > task.patience
    if task.do(platform, "start", lambda desk: desk.production.start(task.work_id, by, at, accepts_less=less)):
        task.refused = 0
        return "starts", timedelta(0)
    task.refused += 1
    return "cannot start", hours(chance, 1, 4) if task.refused < _REFUSED_MAX else timedelta(days=2)


def _move(task: Task, platform: Platform, chance: Random, work: Accepted) -> Look:
    """The line is to be serviced: the work begins some hours later, or earlier."""
    wanted, by = work.terms.starts_at + timedelta(hours=chance.randint(-6, 30)), task.me.principal
    replan_id = platform.house.ids.new("rpl")
    done = task.do(platform, "move", lambda desk: desk.moving.move(task.work_id, by, wanted, replan_id))
    return "moves its work" if done else "may not move its work", hours(chance, 2, 20)


def set_up(task: Task, platform: Platform, chance: Random, work: SettingUp) -> Look:
    due, now, by = work.started_at + timedelta(seconds=work.terms.setup_seconds), platform.now(), task.me.principal
    if now < due:
        return "changes over", due - now
    at = _said(now, due, chance)
    less = task.refused > task.patience
    done = task.do(
        platform, "setup-finished", lambda desk: desk.production.finish_setup(task.work_id, by, at, accepts_less=less)
    )
    task.refused = 0 if done else task.refused + 1
    return "runs", _piece(work.terms.ends_at, now, chance) if done else hours(chance, 3, 9)


def run(task: Task, platform: Platform, chance: Random, work: Running) -> Look:
    """Go on from where it stands: end a stop, or open one, correct, report a piece, finish."""
    now, by = platform.now(), task.me.principal
    if work.stoppage_id:
        task.do(
            platform,
            f"stoppages/{work.stoppage_id}/end",
            lambda desk: desk.production.close_stoppage(task.work_id, work.stoppage_id, by, None),
        )
        return "goes on", minutes(chance, 20, 120)
    lot = chance.random()
    if lot < 0.08:
        return _stop(task, platform, chance)
    if lot < 0.14 and work.reports:
        return _correct(task, platform, chance, work)
    if _is_through(work):
        if task.do(platform, "finish", lambda desk: desk.production.finish(task.work_id, by, None)):
            return "finishes", minutes(chance, 5, 90)
        return "cannot finish", hours(chance, 1, 3)
    return _report(task, platform, chance, work, now)


def _said(now: datetime, due: datetime, chance: Random) -> datetime | None:
    """Records are made at once, or told a little later than they happened."""
    if chance.random() < 0.7:
        return None
    return max(due, now - timedelta(minutes=chance.randint(1, 90)))


def _piece(ends_at: datetime, now: datetime, chance: Random) -> timedelta:
    """A part of the time that is left until *ends_at*."""
    left = max((ends_at - now).total_seconds(), 600.0)
    return timedelta(seconds=int(left * (1.0 if chance.random() < 0.5 else chance.uniform(0.2, 0.6))))


def _is_through(work: Running) -> bool:
    """Enough good pieces are there, or all that was begun is used up."""
    totals, terms = totals_of(work.reports), work.terms
    return bool(work.reports) and (
        totals.good >= terms.quantity_net or totals.good + totals.scrap >= min(terms.quantity_gross, _begun(work))
    )


def _begun(work: Running) -> int:
    """How many pieces the material that came is enough for."""
    found = work.terms.quantity_gross
    for one in work.terms.inputs:
        if one.source != "pooled":
            came = sum(lot.received for lot in work.stock.values() if lot.item == one.item)
            found = min(found, came * one.ratio_den // one.ratio_num)
    return found


def _stop(task: Task, platform: Platform, chance: Random) -> Look:
    stoppage_id, by, reason = platform.house.ids.new("stp"), task.me.principal, chance.choice(_STOPS)
    stop = Stop(reason, "", None)
    task.do(platform, "stoppages", lambda desk: desk.production.open_stoppage(task.work_id, stoppage_id, by, stop))
    return f"stops: {reason}", minutes(chance, 5, 180)


def _report(task: Task, platform: Platform, chance: Random, work: Running, now: datetime) -> Look:
    """The rest at the end, a part of it before."""
    terms, totals = work.terms, totals_of(work.reports)
    begun = _begun(work) - totals.good - totals.scrap
    wanted = max(terms.quantity_net - totals.good, 0)
    is_end = now >= terms.ends_at or chance.random() < 0.5
    part = begun if is_end else begun * chance.randint(20, 60) // 100
    if part <= 0:
        task.refused += 1
        return "has nothing to report", hours(chance, 2, 6) if task.refused < _REFUSED_MAX else None
    good = min(part, wanted + wanted // 200) if is_end else min(part, wanted * part // max(begun, 1))
    scrap = 0 if terms.capability == _LABORATORY else min(part - good, good // 30)
    if chance.random() < 0.05:
        scrap = min(part - good, scrap + good // 10)
    return _tell(task, platform, chance, terms.unit, _output(work, good, scrap, chance, now))


def _output(work: Running, good: int, scrap: int, chance: Random, now: datetime) -> Output:
    """As one lot by the recipe mostly; at times in two lots, with rework, with lots named, or told late."""
    halves: Sequence[LotOut] = ()
    if good > 1 and chance.random() < 0.15:
        halves = (LotOut("A", good // 2), LotOut("B", good - good // 2))
    named: list[LotIn] | None = None
    if chance.random() < 0.08:
        named = [
            LotIn(one.item, 100, one.unit, supplier_lot="L-77") for one in work.terms.inputs if one.source == "pooled"
        ]
        named += [
            LotIn(lot.item, lot.left * 3 // 4, lot.unit, lot_id=lot.lot_id)
            for lot in work.stock.values()
            if lot.left > 4
        ]
    at = _said(now, now - timedelta(minutes=5), chance) if chance.random() < 0.3 else None
    rework = good // 50 if chance.random() < 0.1 else 0
    return Output(good, scrap, rework, work.terms.unit, named, halves, None, at)


def _tell(task: Task, platform: Platform, chance: Random, unit: str, output: Output) -> Look:
    report_id, by = platform.house.ids.new("rpt"), task.me.principal
    done = task.do(platform, "reports", lambda desk: desk.production.report(task.work_id, report_id, by, output))
    if not done:
        task.refused += 1
        return "reports in vain", hours(chance, 1, 3) if task.refused < _REFUSED_MAX else timedelta(days=2)
    task.refused = 0
    return f"reports {output.good} {unit}", minutes(chance, 5, 90)


def _correct(task: Task, platform: Platform, chance: Random, work: Running) -> Look:
    by, correction_id = task.me.principal, platform.house.ids.new("cor")
    report_id = chance.choice(list(work.reports))
    before = work.reports[report_id]
    moved = min(before.good // 20, chance.randint(0, 500))
    restated = Restated(correction_id, before.good - moved, before.scrap + moved, 0, None, "计数有误")
    done = task.do(
        platform,
        f"reports/{report_id}/corrections",
        lambda desk: desk.production.correct(task.work_id, report_id, by, restated),
    )
    return "corrects a report" if done else "corrects in vain", minutes(chance, 5, 60)
