"""Facts about line time and output that the capacity service publishes for the ledger, keyed by line id."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from shared.contracts.envelope import Fact
from shared.contracts.planning import Interval

StopFamily = Literal["held", "suspended", "aborted", "planned", "no_order"]


class PlannedDowntime(msgspec.Struct, frozen=True, gc=False):
    """Downtime the calendar declared before the period (maintenance, CIP/SIP, breaks)."""

    starts_at: datetime
    ends_at: datetime
    reason: str


class LotMove(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A traceability lot and how much of it, in base units. *label*, *supplier_lot*: what is printed on it by its maker,
    or by whom it was bought from; "" where nothing was said.
    """

    lot_id: str
    item: str
    quantity: int
    unit: str
    label: str = ""
    supplier_lot: str = ""


class LineFact(Fact):
    """Base: every fact about a line names it, its plant, the plant's owner and district (county)."""

    line_id: str
    plant_id: str
    factory_org_id: str
    district: str


class PlantRegistered(Fact):
    """A plant is on the platform."""

    plant_id: str
    factory_org_id: str
    name: str
    district: str
    registered_at: datetime


class LineRegistered(LineFact):
    """A production line is on the platform; ideal rates are registered before they are used.

    *ideal_rates*: capability -> units an hour (design speed), the PRI base of effectiveness.
    """

    name: str
    ideal_rates: dict[str, int]
    registered_at: datetime


class OperationInterval(Interval, frozen=True, gc=False, omit_defaults=True):
    """Planned operation of one production *day*: the local date on which its shift began, although it may run on into
    the next. None in facts that were published before shifts were told apart.
    """

    day: date | None = None


class CalendarDeclared(LineFact):
    """Planned operation time (POT) of a period, declared before it starts. Replaces an earlier declaration of the
    same period only for its future part. Intervals ascend, do not overlap, lie within [period_from, period_to); those
    of different days may touch.
    """

    period_from: datetime
    period_to: datetime
    operation: list[OperationInterval]
    planned_downtime: list[PlannedDowntime]
    declared_at: datetime


class CapacityPublished(LineFact):
    """Hours offered to the programme: a part of POT minus planned downtime."""

    intervals: list[Interval]
    published_at: datetime


class CapacityWithdrawn(LineFact):
    """Offered hours taken back (never booked ones)."""

    intervals: list[Interval]
    reason: str
    withdrawn_at: datetime


class SlotBooked(LineFact):
    """A slot became firm for a client's order."""

    slot_id: str
    order_id: str
    process_id: str
    client_org_id: str
    starts_at: datetime
    ends_at: datetime
    booked_at: datetime


class SlotReleased(LineFact):
    """A firm slot was given up before it was used (cancelled, declined, moved, replanned, no-show)."""

    slot_id: str
    order_id: str
    reason: str
    released_at: datetime


class SetupStarted(LineFact):
    work_id: str
    slot_id: str
    order_id: str
    client_org_id: str
    at: datetime


class SetupFinished(LineFact):
    work_id: str
    slot_id: str
    at: datetime


class RunStarted(LineFact):
    work_id: str
    slot_id: str
    order_id: str
    client_org_id: str
    capability: str
    at: datetime


class RunFinished(LineFact):
    """The run ended; the rest of the slot, if any, is free time again."""

    work_id: str
    slot_id: str
    at: datetime


class StoppageOpened(LineFact):
    """The line stopped. *family* after PackML: held (inside cause), suspended (outside cause), aborted, planned,
    no_order. *reason* is a code of the downtime reason tree.
    """

    stoppage_id: str
    work_id: str  # "" when no run was on
    family: StopFamily
    reason: str
    at: datetime


class StoppageClosed(LineFact):
    stoppage_id: str
    at: datetime


class ProductionReported(LineFact):
    """Output of a work order over a span of time; adds to earlier reports of the same work order."""

    report_id: str
    work_id: str
    order_id: str
    client_org_id: str
    capability: str
    unit: str
    good: int
    scrap: int
    rework: int
    lots_in: list[LotMove]
    lots_out: list[LotMove]
    from_at: datetime
    to_at: datetime
    reported_at: datetime


class ReportCorrected(LineFact):
    """*report_id* was wrong: the ledger reverses it exactly and posts *good*, *scrap*, *rework* anew. *lots_out*: the lots
    of its good output as they are now; empty in facts from before they were told.
    """

    correction_id: str
    report_id: str
    work_id: str
    good: int
    scrap: int
    rework: int
    grounds: str
    corrected_by: str
    corrected_at: datetime
    lots_out: list[LotMove] = msgspec.field(default_factory=list)


class InspectionDispositioned(LineFact):
    """Laboratory or line inspection released or blocked a lot; good output counts only from here.

    A lot may be judged anew, with *grounds*, before and after it left: its last verdict holds from then on. *before*:
    the verdict that stood until then, "" for the first one.
    """

    inspection_lot_id: str
    work_id: str
    lot_id: str
    disposition: Literal["released", "blocked"]
    quantity: int
    unit: str
    dispositioned_at: datetime
    before: str = ""
    grounds: str = ""


FACTS: Mapping[str, type[Fact]] = {
    "capacity.plant-registered.v1": PlantRegistered,
    "capacity.line-registered.v1": LineRegistered,
    "capacity.calendar-declared.v1": CalendarDeclared,
    "capacity.capacity-published.v1": CapacityPublished,
    "capacity.capacity-withdrawn.v1": CapacityWithdrawn,
    "capacity.slot-booked.v1": SlotBooked,
    "capacity.slot-released.v1": SlotReleased,
    "capacity.setup-started.v1": SetupStarted,
    "capacity.setup-finished.v1": SetupFinished,
    "capacity.run-started.v1": RunStarted,
    "capacity.run-finished.v1": RunFinished,
    "capacity.stoppage-opened.v1": StoppageOpened,
    "capacity.stoppage-closed.v1": StoppageClosed,
    "capacity.production-reported.v1": ProductionReported,
    "capacity.report-corrected.v1": ReportCorrected,
    "capacity.inspection-dispositioned.v1": InspectionDispositioned,
}
