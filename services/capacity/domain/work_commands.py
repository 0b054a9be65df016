"""What may be asked of a work order. Ids, time and the state of neighbours come along: the rule asks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.capacity.domain.execution import ExecutionLimits
from services.capacity.domain.work_events import Destination, Disposition, WorkOffered
from shared.contracts.capacity import LotInDelivery
from shared.contracts.line_time import LotMove, StopFamily


@dataclass(frozen=True, slots=True)
class OfferWork:
    """Ask the plant; *is_automatic*: its own rules accept at once."""

    offer: WorkOffered
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    at: datetime


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    reason: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """Other terms: *price_fen* and the slot [starts_at, ends_at) as they would be."""

    replan_id: str
    price_fen: int
    starts_at: datetime
    ends_at: datetime
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AgreeCounter:
    """The buyer took the plant's terms, booked as *slot_id*."""

    slot_id: str
    setup_seconds: int
    destinations: list[Destination]
    at: datetime


@dataclass(frozen=True, slots=True)
class RenewOffer:
    """The buyer did not take the plant's terms: the offer stands as it was, until *answer_by*."""

    answer_by: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class MoveWork:
    """Another slot on the same line."""

    slot_id: str
    starts_at: datetime
    ends_at: datetime
    setup_seconds: int
    price_fen: int
    destinations: list[Destination]
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawWork:
    """Not wanted here any more; passed over when it has ended already."""

    reason: Literal["cancelled", "replanned", "replaced"]
    at: datetime


@dataclass(frozen=True, slots=True)
class MissSlot:
    """Time has passed: take the work away if its plant could have begun long enough ago. *floor_free_since*: None: ever."""

    floor_free_since: datetime | None
    limits: ExecutionLimits
    at: datetime


@dataclass(frozen=True, slots=True)
class ReceiveMaterial:
    item: str
    from_work_id: str
    lots: list[LotMove]
    at: datetime


@dataclass(frozen=True, slots=True)
class BlockMaterial:
    """A lot that came for this work was found bad; passed over where none of it came, or it is blocked already."""

    lot_id: str
    grounds: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClearMaterial:
    """The lot is good after all; passed over unless it is blocked here."""

    lot_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is said to have happened, and when it was said."""

    at: datetime
    now: datetime
    limits: ExecutionLimits


@dataclass(frozen=True, slots=True)
class StartWork:
    """Set-up first where the plan has one, else the run. *accepts_less*: begin although less came than planned."""

    when: Moment
    accepts_less: bool = False


@dataclass(frozen=True, slots=True)
class FinishSetup:
    """The line is changed over; the run begins. *accepts_less* as for `StartWork`."""

    when: Moment
    accepts_less: bool = False


@dataclass(frozen=True, slots=True)
class ReportOutput:
    """Output since the last report up to `when.at`. *lots_in* None: taken from what arrived, oldest first.

    *from_at* None: from the last report, or the start of the run. *lots_out*: lots of the good output.
    """

    report_id: str
    good: int
    scrap: int
    rework: int
    lots_in: list[LotMove] | None
    lots_out: list[LotMove]
    from_at: datetime | None
    when: Moment


@dataclass(frozen=True, slots=True)
class CorrectReport:
    """Restate a report. Its lots follow the new figures: inputs as given or by the recipe, outputs in proportion."""

    correction_id: str
    report_id: str
    good: int
    scrap: int
    rework: int
    lots_in: list[LotMove] | None
    grounds: str
    corrected_by: str
    limits: ExecutionLimits
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenStoppage:
    stoppage_id: str
    family: StopFamily
    reason: str
    note: str
    when: Moment


@dataclass(frozen=True, slots=True)
class CloseStoppage:
    stoppage_id: str
    when: Moment


@dataclass(frozen=True, slots=True)
class FinishRun:
    when: Moment


@dataclass(frozen=True, slots=True)
class DispositionLot:
    """Release or block a lot, for the first time or anew. *by_org_id* must be its inspector; its maker may block it too.
    *to_buyer*: where the lot is that has left for the buyer.
    """

    inspection_lot_id: str
    disposition: Disposition
    grounds: str
    by_org_id: str
    at: datetime
    to_buyer: tuple[LotInDelivery, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmGoods:
    """The buyer confirmed *quantity* of a shipment; passed over where it is known."""

    delivery_id: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ShipGoods:
    """Send output to *to_process_id*, or to the next destination that got none when None.

    *to_work_ids*: process -> work order there now. *waiting_lots*: lots this work handles whose release by it is due.
    *quantity*: a part of what is there for it, None for all. *in_parts*: whether the buyer takes parts.
    """

    delivery_id: str
    to_process_id: str | None
    to_work_ids: dict[str, str]
    waiting_lots: list[str]
    when: Moment
    quantity: int | None = None
    in_parts: bool = False


@dataclass(frozen=True, slots=True)
class DeliverGoods:
    """The shipment arrived; *delivery_id* None: the only one under way. *to_work_ids*: process -> work order there now;
    replanning may have moved it while the lorry was on the road.
    """

    delivery_id: str | None
    to_work_ids: Mapping[str, str]
    when: Moment


@dataclass(frozen=True, slots=True)
class ForwardGoods:
    """A shipment that had arrived is fetched where it lies and taken to *to_work_id*, at another plant."""

    delivery_id: str
    to_work_id: str
    at: datetime


Bargaining = OfferWork | AcceptOffer | DeclineOffer | CounterOffer | AgreeCounter | RenewOffer | MoveWork | WithdrawWork
Making = StartWork | FinishSetup | ReportOutput | CorrectReport | OpenStoppage | CloseStoppage | FinishRun
Leaving = DispositionLot | ShipGoods | DeliverGoods | ForwardGoods | ConfirmGoods
Material = ReceiveMaterial | BlockMaterial | ClearMaterial
WorkCommand = Bargaining | Making | Leaving | Material | MissSlot
