"""What leaves the house: private event -> public facts, pure, one event at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.capacity.domain import floor, master_events, plan_events, work_events
from services.capacity.domain import slots as slot_events
from services.capacity.publishing import masters, offers, planning, production, progress
from services.capacity.publishing import slots as slot_facts
from shared.bus.port import Outgoing
from shared.contracts.envelope import Fact
from shared.contracts.line_time import LineFact
from shared.eventstore.port import Recorded
from shared.kernel.event import Event

_FACTS: Mapping[type[Event], Callable[[Any], list[Fact]]] = {
    master_events.PlantRegistered: masters.plant_registered,
    master_events.LineRegistered: masters.line_registered,
    master_events.CapabilitiesSet: masters.capabilities_set,
    master_events.CalendarDeclared: masters.calendar_declared,
    master_events.CapacityPublished: masters.capacity_published,
    master_events.CapacityWithdrawn: masters.capacity_withdrawn,
    plan_events.InquiryAnswered: planning.inquiry_answered,
    plan_events.QuoteOffered: planning.quote_offered,
    plan_events.PlanRefused: planning.plan_refused,
    plan_events.PlanConfirmed: planning.plan_confirmed,
    plan_events.QuoteLost: planning.quote_lost,
    plan_events.PlanChanged: planning.plan_changed,
    plan_events.PlanChangeProposed: planning.plan_change_proposed,
    slot_events.SlotsHeld: slot_facts.slots_held,
    slot_events.SlotsConfirmed: slot_facts.slots_confirmed,
    slot_events.SlotsReleased: slot_facts.slots_released,
    floor.LineBroke: production.line_broke,
    floor.LineMended: production.line_mended,
    work_events.OfferAccepted: offers.offer_accepted,
    work_events.OfferDeclined: offers.offer_declined,
    work_events.OfferCountered: offers.offer_countered,
    work_events.WorkWithdrawn: offers.work_withdrawn,
    work_events.SlotMissed: offers.slot_missed,
    work_events.SetupStarted: production.setup_started,
    work_events.SetupFinished: production.setup_finished,
    work_events.RunStarted: production.run_started,
    work_events.ProductionReported: production.production_reported,
    work_events.ReportCorrected: production.report_corrected,
    work_events.StoppageOpened: production.stoppage_opened,
    work_events.StoppageClosed: production.stoppage_closed,
    work_events.RunFinished: production.run_finished,
    work_events.InspectionDispositioned: production.inspection_dispositioned,
    work_events.GoodsShipped: progress.goods_shipped,
    work_events.GoodsDelivered: progress.goods_delivered,
    work_events.ShipmentCorrected: progress.shipment_corrected,
}


def facts_of(event: Event) -> list[Fact]:
    """The public facts in *event*: none for what is nobody else's business."""
    tell = _FACTS.get(type(event))
    return [] if tell is None else tell(event)


def publish(recorded: Recorded) -> Sequence[Outgoing]:
    """Facts with their keys: line facts by line, plants by plant, everything else by order."""
    return [Outgoing(_key(fact), fact) for fact in facts_of(recorded.event)]


def _key(fact: Fact) -> str:
    if isinstance(fact, LineFact):
        return fact.line_id
    return str(getattr(fact, "order_id", "") or getattr(fact, "plant_id", ""))
