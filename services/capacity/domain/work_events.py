"""What happened to one work order, from offer to delivery: events of streams `work-…` with their stored names.

Every event carries line, plant, owner, order and client: publishing is a pure function of one event.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from shared.contracts.capacity import LotInDelivery
from shared.contracts.line_time import LotMove, StopFamily
from shared.kernel.event import Event

Disposition = Literal["released", "blocked"]
NO_ANSWER = "no_answer"
DECLINE_REASONS = ("no_capacity", "price", "quality", "material", "equipment", NO_ANSWER, "other")


class WorkInput(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the step eats: output of process *from_process_id*, or an *item* that is bought or brought by the buyer.
    *ratio_num / ratio_den* units a unit of the step's gross quantity. *quantity_to_start* must be there before the
    line may start: a transfer batch, or the planned need less the tolerance.
    """

    item: str
    unit: str
    source: Literal["made", "pooled", "buyer"]
    quantity: int
    quantity_to_start: int
    ratio_num: int = 1
    ratio_den: int = 1
    from_process_id: str = ""


class Destination(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where the output goes: to the step *to_process_id* (or to the buyer when empty), *share* of it by quantity.
    *is_internal*: within the same plant, no lorry. *before_release*: the receiver is the laboratory that decides on
    the release, so it may be sent there before.
    """

    to_process_id: str
    to_district: str
    share: int
    is_internal: bool = False
    before_release: bool = False
    departs_at: datetime | None = None
    arrives_at: datetime | None = None
    cold_band: str = ""


class Totals(msgspec.Struct, frozen=True, gc=False):
    """Output of a work order so far, after corrections."""

    good: int = 0
    scrap: int = 0
    rework: int = 0


class WorkEvent(Event):
    """Base: which work it is, for whom, on which line of whom."""

    work_id: str
    order_id: str
    buyer_org_id: str
    process_id: str
    line_id: str
    plant_id: str
    factory_org_id: str
    district: str
    slot_id: str
    capability: str
    unit: str


class WorkOffered(WorkEvent, frozen=True, omit_defaults=True):
    """A plant is asked to make one step on one line at one time for one price."""

    offer_id: str
    plant_name: str
    order_line_id: str
    part: int
    step: str
    name_zh: str
    name_en: str
    quantity_net: int
    quantity_gross: int
    setup_seconds: int
    starts_at: datetime
    ends_at: datetime
    price_fen: int
    inputs: list[WorkInput]
    destinations: list[Destination]
    sampling_plan: str
    inspector_org_id: str
    output_item: str
    offered_at: datetime
    answer_by: datetime
    product_unit: str = ""
    product_units: dict[str, int] = msgspec.field(
        default_factory=dict
    )  # other units of the product -> *product_unit* in one

    def units_of(self, unit: str) -> dict[str, int]:
        """The product's other units for what is counted in *unit*."""
        return self.product_units if unit == self.product_unit else {}


class OfferAccepted(WorkEvent):
    plant_name: str
    automatic: bool
    accepted_at: datetime


class OfferDeclined(WorkEvent):
    """The plant will not make it. *reason* is one of DECLINE_REASONS; `no_answer` when it stayed silent."""

    plant_name: str
    reason: str
    note: str
    declined_at: datetime

    @property
    def is_silence(self) -> bool:
        """Whether the clock said so, and not the plant."""
        return self.reason == NO_ANSWER


class OfferCountered(WorkEvent):
    """The plant would make it at another price or time; the buyer is asked under *replan_id*."""

    plant_name: str
    replan_id: str
    price_fen: int
    starts_at: datetime
    ends_at: datetime
    note: str
    countered_at: datetime


class OfferRenewed(WorkEvent):
    """The buyer keeps the agreed terms and nobody else would: the plant is asked once more, as offered at first."""

    answer_by: datetime
    renewed_at: datetime


class WorkMoved(WorkEvent):
    """The work stays on its line and moves to another slot or price: *slot_id* is the new one."""

    starts_at: datetime
    ends_at: datetime
    setup_seconds: int
    price_fen: int
    destinations: list[Destination]
    moved_at: datetime


class WorkWithdrawn(WorkEvent):
    """The work is not wanted here any more: cancelled, or planned elsewhere. Nothing had been started."""

    reason: Literal["cancelled", "replanned", "replaced"]
    withdrawn_at: datetime


class MaterialReceived(WorkEvent):
    """Lots of *item* came for this work, from *from_work_id* or "" the buyer. Below zero: counted too much before."""

    item: str
    from_work_id: str
    lots: list[LotMove]
    received_at: datetime


class MaterialBlocked(WorkEvent):
    """A lot that came for this work was found bad by whoever judges it: what is left of it may not be eaten."""

    lot_id: str
    grounds: str
    blocked_at: datetime


class MaterialCleared(WorkEvent):
    """A blocked lot that came for this work was released after all."""

    lot_id: str
    cleared_at: datetime


class SlotMissed(WorkEvent):
    """The plant could have begun at *ready_at* and had not when its grace was over: the work is taken away."""

    plant_name: str
    ready_at: datetime
    missed_at: datetime


class SetupStarted(WorkEvent):
    at: datetime


class SetupFinished(WorkEvent):
    at: datetime


class RunStarted(WorkEvent):
    at: datetime


class ProductionReported(WorkEvent):
    """Output of a span of time, from lots to lots; *totals* are the work order's after it."""

    report_id: str
    good: int
    scrap: int
    rework: int
    lots_in: list[LotMove]
    lots_out: list[LotMove]
    from_at: datetime
    to_at: datetime
    totals: Totals
    reported_at: datetime


class ReportCorrected(WorkEvent):
    """Report *report_id* was wrong: it is reversed and restated with these figures and lots."""

    correction_id: str
    report_id: str
    good: int
    scrap: int
    rework: int
    lots_in: list[LotMove]
    lots_out: list[LotMove]
    grounds: str
    corrected_by: str
    state: Literal["in_progress", "completed", "released", "blocked", "shipped"]
    totals: Totals
    corrected_at: datetime


class StoppageOpened(WorkEvent):
    stoppage_id: str
    family: StopFamily
    reason: str
    note: str
    at: datetime


class StoppageClosed(WorkEvent):
    stoppage_id: str
    at: datetime


class RunFinished(WorkEvent):
    totals: Totals
    at: datetime


class InspectionOpened(WorkEvent):
    """An output lot waits for its inspection: *sample_size* pieces after *sampling_plan*."""

    inspection_lot_id: str
    lot_id: str
    quantity: int
    sampling_plan: str
    sample_size: int
    inspector_org_id: str
    opened_at: datetime


class InspectionDispositioned(WorkEvent, omit_defaults=True):
    """A verdict, first or anew. *is_last*: no lot waits. *stage*: the work's state after it, "" in old logs."""

    inspection_lot_id: str
    lot_id: str
    disposition: Disposition
    quantity: int
    automatic: bool
    grounds: str
    by_org_id: str
    is_last: bool
    any_released: bool
    totals: Totals
    dispositioned_at: datetime
    before: Disposition | Literal[""] = ""
    stage: str = ""
    to_buyer: tuple[LotInDelivery, ...] = ()


class GoodsShipped(WorkEvent):
    """Output left for *to_process_id* (or the buyer when empty). *is_last*: nothing more will leave."""

    delivery_id: str
    to_process_id: str
    to_work_id: str
    lots: list[LotMove]
    quantity: int
    is_last: bool
    totals: Totals
    at: datetime


class GoodsDelivered(WorkEvent):
    """Shipment *delivery_id* arrived at *to_work_id*. *at_door*: at the buyer's, who now confirms."""

    delivery_id: str
    to_process_id: str
    to_work_id: str
    lots: list[LotMove]
    quantity: int
    at_door: bool
    at: datetime


class ShipmentCorrected(WorkEvent):
    """What left in shipment *delivery_id*, counted anew: a report of its lots was corrected."""

    delivery_id: str
    to_process_id: str
    lots: list[LotMove]
    quantity: int
    grounds: str
    corrected_at: datetime


class GoodsConfirmed(WorkEvent):
    """The buyer found *quantity* of shipment *delivery_id* in order: what was said of it stays said."""

    delivery_id: str
    quantity: int
    confirmed_at: datetime


class GoodsForwarded(WorkEvent):
    """Shipment *delivery_id* lay at a plant that will not make the next step: it is on the road again, to *to_work_id*."""

    delivery_id: str
    to_work_id: str
    at: datetime


WorkOrderEvent = (
    WorkOffered
    | OfferAccepted
    | OfferDeclined
    | OfferCountered
    | OfferRenewed
    | WorkMoved
    | WorkWithdrawn
    | SlotMissed
    | MaterialReceived
    | MaterialBlocked
    | MaterialCleared
    | SetupStarted
    | SetupFinished
    | RunStarted
    | ProductionReported
    | ReportCorrected
    | StoppageOpened
    | StoppageClosed
    | RunFinished
    | InspectionOpened
    | InspectionDispositioned
    | GoodsShipped
    | GoodsDelivered
    | GoodsForwarded
    | GoodsConfirmed
    | ShipmentCorrected
)

WORK_EVENTS: Mapping[str, type[Event]] = {
    "work-offered.v1": WorkOffered,
    "offer-accepted.v1": OfferAccepted,
    "offer-declined.v1": OfferDeclined,
    "offer-countered.v1": OfferCountered,
    "offer-renewed.v1": OfferRenewed,
    "work-moved.v1": WorkMoved,
    "work-withdrawn.v1": WorkWithdrawn,
    "slot-missed.v1": SlotMissed,
    "material-received.v1": MaterialReceived,
    "material-blocked.v1": MaterialBlocked,
    "material-cleared.v1": MaterialCleared,
    "setup-started.v1": SetupStarted,
    "setup-finished.v1": SetupFinished,
    "run-started.v1": RunStarted,
    "production-reported.v1": ProductionReported,
    "report-corrected.v1": ReportCorrected,
    "stoppage-opened.v1": StoppageOpened,
    "stoppage-closed.v1": StoppageClosed,
    "run-finished.v1": RunFinished,
    "inspection-opened.v1": InspectionOpened,
    "inspection-dispositioned.v1": InspectionDispositioned,
    "goods-shipped.v1": GoodsShipped,
    "goods-delivered.v1": GoodsDelivered,
    "goods-forwarded.v1": GoodsForwarded,
    "goods-confirmed.v1": GoodsConfirmed,
    "shipment-corrected.v1": ShipmentCorrected,
}
