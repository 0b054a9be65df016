"""The book of one work order's units: reported, inspected, delivered; each unit in exactly one account.

What stands where is a function of all that is known of the work order, so late facts and corrections only post the
difference; a correction first reverses its report exactly and then posts anew. Inspection and delivery never take more
than was reported good: an excess waits until reports explain it.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from services.ledger.domain.accounts import UnitAccount
from services.ledger.domain.line_book import LineBook
from shared.contracts import line_time as facts
from shared.contracts.envelope import Fact

_VERDICTS = {"released": UnitAccount.RELEASED, "blocked": UnitAccount.BLOCKED}


class Report(msgspec.Struct, frozen=True):
    """A report as it stands after corrections. *ideal_rate*: units an hour as registered then, 0 when unknown."""

    day: int
    capability: str
    unit: str
    ideal_rate: int
    good: int
    scrap: int
    rework: int
    lots: dict[str, int]


class Disposition(msgspec.Struct, frozen=True):
    """An inspection's verdict over *quantity* of a lot."""

    lot: str
    verdict: str
    quantity: int


class WorkRegister(msgspec.Struct):
    """All that is known of a work order's units, keyed by the ids the facts carry."""

    line_id: str = ""
    reports: dict[str, Report] = msgspec.field(default_factory=dict)
    dispositions: dict[str, Disposition] = msgspec.field(default_factory=dict)
    deliveries: dict[str, int] = msgspec.field(default_factory=dict)


class Batch(NamedTuple):
    """Units that are counted together: made on one production day by one capability at one registered rate."""

    day: int
    capability: str
    unit: str
    ideal_rate: int


class UnitPosting(NamedTuple):
    """*quantity* units of a batch moved between accounts."""

    batch: Batch
    from_account: UnitAccount
    to_account: UnitAccount
    quantity: int


Stand = dict[tuple[Batch, UnitAccount], int]
"""Units by batch and account, all but the source `wip`; never negative."""


class WorkBook:
    """One work order. The facts of its line are posted through here as far as they speak of units."""

    def __init__(self, register: WorkRegister) -> None:
        self.register = register

    def apply(self, fact: Fact, line: LineBook) -> list[UnitPosting]:
        """Post what *fact* says about units; *line* knows production days and registered rates."""
        match fact:
            case facts.ProductionReported():
                return self._posting(lambda: self._report(fact, line))
            case facts.ReportCorrected():
                return self._correct(fact)
            case facts.InspectionDispositioned():
                verdict = Disposition(fact.lot_id, fact.disposition, fact.quantity)
                return self._posting(lambda: self.register.dispositions.update({fact.inspection_lot_id: verdict}))
            case _:
                return []

    def confirm_delivery(self, delivery_id: str, quantity: int) -> list[UnitPosting]:
        """The receiving party confirms *quantity*; only now do delivered units count."""
        return self._posting(lambda: self.register.deliveries.update({delivery_id: quantity}))

    def _posting(self, change: Callable[[], None]) -> list[UnitPosting]:
        before = stand_of(self.register)
        change()
        return list(_difference(before, stand_of(self.register)))

    def _report(self, fact: facts.ProductionReported, line: LineBook) -> None:
        if fact.report_id in self.register.reports:
            return
        self.register.line_id = self.register.line_id or fact.line_id
        self.register.reports[fact.report_id] = Report(
            day=line.production_day(fact.from_at),
            capability=fact.capability,
            unit=fact.unit,
            ideal_rate=line.register.ideal_rates.get(fact.capability, 0),
            good=fact.good,
            scrap=fact.scrap,
            rework=fact.rework,
            lots={one.lot_id: one.quantity for one in fact.lots_out},
        )

    def _correct(self, fact: facts.ReportCorrected) -> list[UnitPosting]:
        wrong = self.register.reports.get(fact.report_id)
        if wrong is None:
            return []
        lots = {one.lot_id: one.quantity for one in fact.lots_out} or wrong.lots
        right = msgspec.structs.replace(wrong, good=fact.good, scrap=fact.scrap, rework=fact.rework, lots=lots)
        reversal = self._posting(lambda: self._set(fact.report_id, None))
        return reversal + self._posting(lambda: self._set(fact.report_id, right))

    def _set(self, report_id: str, report: Report | None) -> None:
        if report is None:
            del self.register.reports[report_id]
        else:
            self.register.reports[report_id] = report


class _Pile:
    """What one report put out, while inspections and deliveries take their share."""

    def __init__(self, report: Report) -> None:
        self.batch = Batch(report.day, report.capability, report.unit, report.ideal_rate)
        self.lots = report.lots
        self.units = {UnitAccount.GOOD: report.good, UnitAccount.SCRAP: report.scrap, UnitAccount.REWORK: report.rework}
        self.verdicts: dict[tuple[str, UnitAccount], int] = {}

    def judge(self, lot: str, verdict: UnitAccount, quantity: int, source: UnitAccount) -> int:
        """Move at most *quantity* of *lot* from *source* to *verdict*; returns how much was moved."""
        if source is UnitAccount.GOOD:
            judged = sum(units for (name, _), units in self.verdicts.items() if name == lot)
            room = self.lots.get(lot, 0) - judged if self.lots else self.units[source]
        else:
            room = self.verdicts.get((lot, source), 0)
        moved = self.move(source, verdict, min(quantity, max(0, room)))
        self.verdicts[lot, verdict] = self.verdicts.get((lot, verdict), 0) + moved
        if source is not UnitAccount.GOOD:
            self.verdicts[lot, source] = room - moved
        return moved

    def move(self, source: UnitAccount, target: UnitAccount, quantity: int) -> int:
        moved = min(quantity, self.units.get(source, 0))
        self.units[source] = self.units.get(source, 0) - moved
        self.units[target] = self.units.get(target, 0) + moved
        return moved


def stand_of(register: WorkRegister) -> Stand:
    """Where all units of the work order stand. Earlier production days are inspected and delivered first."""
    piles = [_Pile(one) for _, one in sorted(register.reports.items(), key=lambda item: (item[1].day, item[0]))]
    for one in register.dispositions.values():
        verdict = _VERDICTS[one.verdict]
        other = UnitAccount.BLOCKED if verdict is UnitAccount.RELEASED else UnitAccount.RELEASED
        left = one.quantity
        for source in (UnitAccount.GOOD, other):  # a second verdict on the same lot turns the first one round
            for pile in piles:
                left -= pile.judge(one.lot, verdict, left, source)
    left = sum(register.deliveries.values())
    for source in (UnitAccount.RELEASED, UnitAccount.GOOD):
        for pile in piles:
            left -= pile.move(source, UnitAccount.DELIVERED, left)
    stand: Stand = {}
    for pile in piles:
        for account, units in pile.units.items():
            if units:
                stand[pile.batch, account] = stand.get((pile.batch, account), 0) + units
    return stand


def _difference(before: Stand, after: Stand) -> Iterator[UnitPosting]:
    """The fewest postings that lead from *before* to *after*, batch by batch, in a fixed order."""
    for batch in sorted({batch for batch, _ in before.keys() | after.keys()}):
        change = {one: after.get((batch, one), 0) - before.get((batch, one), 0) for one in UnitAccount}
        change[UnitAccount.WIP] = -sum(change.values())
        takers = [(one, units) for one, units in change.items() if units > 0]
        for giver, units in change.items():
            left = -units
            while left > 0:
                taker, wanted = takers.pop()
                moved = min(left, wanted)
                yield UnitPosting(batch, giver, taker, moved)
                left -= moved
                if wanted > moved:
                    takers.append((taker, wanted - moved))
