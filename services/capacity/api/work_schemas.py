"""What offers, work orders, lots and boards look like on the wire."""

from typing import get_args

from services.capacity.api.tickets import TicketView
from services.capacity.api.work_actions import PERMISSIONS as ACTIONS
from services.capacity.api.work_parts import (
    VERDICTS,
    DestinationView,
    InputView,
    InspectionView,
    LotMoveView,
    MadeLotView,
    ReportView,
    ShipmentView,
    SlotView,
)
from services.capacity.domain.work_events import DECLINE_REASONS
from services.capacity.projections.offers import ANSWERS
from services.capacity.projections.work import STATES
from shared.contracts.line_time import StopFamily
from shared.web.actions import ActionNoteView
from shared.web.cursors import PageQuery
from shared.web.fields import (
    BaseSchema,
    Choice,
    Choices,
    Flag,
    Id,
    Instant,
    LanguageText,
    Many,
    MoneyField,
    Part,
    QuantityField,
    Text,
    Whole,
)

_LABEL = r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}"


class OfferQuery(PageQuery):
    state = Choice(list(ANSWERS), load_default=None)


class WorkQuery(PageQuery):
    state = Choice(STATES, load_default=None)
    line_id = Id("lin", load_default=None)


class ExpandQuery(BaseSchema):
    """What of a work order comes along in the same answer."""

    expand = Choices(("lots", "inspections"), load_default=list)


class OfferView(BaseSchema):
    id = Id("off")
    object = Choice(("offer",))
    state = Choice(list(ANSWERS))
    version = Whole()
    created_at = Instant()
    work_order_id = Id("wrk")
    order_id = Id("ord")
    plant_id = Id("plt")
    line_id = Id("lin")
    capability = Text()
    name = LanguageText()
    quantity = QuantityField(zero=True)
    quantity_gross = QuantityField(zero=True)
    price = MoneyField()
    starts_at = Instant()
    ends_at = Instant()
    answer_by = Instant()
    actions = Many(Choice(("accept", "decline", "counter")))
    action_notes = Many(Part(ActionNoteView))


class OfferDetail(OfferView):
    """An offer with its job ticket, as far as it takes to decide."""

    ticket = Part(TicketView, allow_none=True)


class OfferPage(BaseSchema):
    items = Many(Part(OfferView))
    next_cursor = Text(allow_none=True)


class DeclineBody(BaseSchema):
    reason = Choice([one for one in DECLINE_REASONS if one != "no_answer"], required=True)
    note = Text(low=0, high=500, load_default="")


class CounterBody(BaseSchema):
    price = MoneyField(load_default=None)
    starts_at = Instant(load_default=None)
    note = Text(low=0, high=500, load_default="")


class WorkItem(BaseSchema):
    id = Id("wrk")
    object = Choice(("work-order",))
    state = Choice(STATES)
    version = Whole()
    created_at = Instant()
    offer_id = Id("off")
    order_id = Id("ord")
    plant_id = Id("plt")
    line_id = Id("lin")
    capability = Text()
    name = LanguageText()
    quantity = QuantityField(zero=True)
    quantity_gross = QuantityField(zero=True)
    price = MoneyField()
    starts_at = Instant()
    ends_at = Instant()
    good = QuantityField(zero=True)
    scrap = QuantityField(zero=True)
    rework = QuantityField(zero=True)


class WorkPage(BaseSchema):
    items = Many(Part(WorkItem))
    next_cursor = Text(allow_none=True)


class WorkView(WorkItem):
    process_id = Id("pro")
    answer_by = Instant()
    setup_seconds = Whole()
    started_at = Instant(allow_none=True)
    finished_at = Instant(allow_none=True)
    stoppage_id = Text(allow_none=True)
    sampling_plan = Text()
    inputs = Many(Part(InputView))
    reports = Many(Part(ReportView))
    lots = Many(Part(MadeLotView))
    inspections = Many(Part(InspectionView))
    destinations = Many(Part(DestinationView))
    shipments = Many(Part(ShipmentView))
    ticket = Part(TicketView, allow_none=True)
    actions = Many(Choice(tuple(ACTIONS)))
    action_notes = Many(Part(ActionNoteView))


class MomentBody(BaseSchema):
    """*at*: when it happened, now when absent."""

    at = Instant(load_default=None)


class MoveBody(BaseSchema):
    """*starts_at*: when the work is to begin instead, on its own line."""

    starts_at = Instant(required=True)


class StartBody(MomentBody):
    """*accept_less*: run although clearly less material came than planned."""

    accept_less = Flag(load_default=False)


class LotInBody(BaseSchema):
    item = Text(high=60, required=True)
    quantity = QuantityField(required=True)
    lot_id = Id("lot", load_default=None)
    supplier_lot = Text(high=60, load_default=None)


class LotOutBody(BaseSchema):
    label = Text(high=40, pattern=_LABEL, required=True)
    quantity = QuantityField(required=True)


class ReportBody(BaseSchema):
    good = QuantityField(zero=True, required=True)
    scrap = QuantityField(zero=True, load_default=None)
    rework = QuantityField(zero=True, load_default=None)
    lots_in = Many(Part(LotInBody), high=50, load_default=None)
    lots_out = Many(Part(LotOutBody), high=50, load_default=None)
    from_at = Instant(load_default=None, data_key="from")
    at = Instant(load_default=None)


class CorrectionBody(BaseSchema):
    good = QuantityField(zero=True, required=True)
    scrap = QuantityField(zero=True, load_default=None)
    rework = QuantityField(zero=True, load_default=None)
    lots_in = Many(Part(LotInBody), high=50, load_default=None)
    grounds = Text(high=500, required=True)


class StoppageBody(BaseSchema):
    reason = Text(high=40, required=True)
    note = Text(low=0, high=500, load_default="")
    at = Instant(load_default=None)


class ShipBody(BaseSchema):
    """*quantity*: a part of what can leave for there; left out: all of it."""

    to_process_id = Id("pro", load_default=None)
    quantity = QuantityField(load_default=None)
    at = Instant(load_default=None)


class DeliverBody(BaseSchema):
    delivery_id = Id("dlv", load_default=None)
    at = Instant(load_default=None)


class DispositionBody(BaseSchema):
    disposition = Choice(VERDICTS, required=True)
    grounds = Text(low=0, high=500, load_default="")


class LotView(BaseSchema):
    id = Id("lot")
    object = Choice(("lot",))
    state = Choice((*VERDICTS, "pending", "made", "supplied", "bought"))
    item = Text()
    origin = Choice(("made", "supplied", "bought"))
    quantity = QuantityField(zero=True)
    work_order_id = Text(allow_none=True)
    order_id = Text(allow_none=True)
    inspection_lot_id = Text(allow_none=True)
    label = Text(allow_none=True)
    supplier_lot = Text(allow_none=True)
    made_from = Many(Part(LotMoveView))
    used_in = Many(Part(LotMoveView))
    actions = Many(Choice(("disposition",)))
    action_notes = Many(Part(ActionNoteView))


class LotQuery(PageQuery):
    """*label*, *supplier_lot*: what is printed on the lot, by its maker or by whom it was bought from."""

    label = Text(high=60, load_default=None)
    supplier_lot = Text(high=60, load_default=None)
    item = Text(high=60, load_default=None)
    state = Choice(("pending", *VERDICTS), load_default=None)
    work_order_id = Id("wrk", load_default=None)
    order_id = Id("ord", load_default=None)


class LotItem(BaseSchema):
    id = Id("lot")
    object = Choice(("lot",))
    state = Choice((*VERDICTS, "pending", "made", "supplied", "bought"))
    label = Text(allow_none=True)
    supplier_lot = Text(allow_none=True)
    item = Text()
    origin = Choice(("made", "supplied", "bought"))
    quantity = QuantityField(zero=True)
    work_order_id = Text(allow_none=True)
    order_id = Text(allow_none=True)
    inspection_lot_id = Text(allow_none=True)


class LotPage(BaseSchema):
    items = Many(Part(LotItem))
    next_cursor = Text(allow_none=True)


class InspectionItem(BaseSchema):
    """An inspection lot: *is_mine* where the caller judges it."""

    id = Id("ins")
    object = Choice(("inspection-lot",))
    state = Choice(("pending", *VERDICTS))
    lot_id = Id("lot")
    label = Text(allow_none=True)
    item = Text()
    quantity = QuantityField(zero=True)
    work_order_id = Text()
    order_id = Text()
    sampling_plan = Text()
    sample_size = QuantityField(zero=True)
    is_mine = Flag()
    opened_at = Instant()
    judged_at = Instant(allow_none=True)
    grounds = Text()


class InspectionPage(BaseSchema):
    items = Many(Part(InspectionItem))
    next_cursor = Text(allow_none=True)


class SpanQuery(BaseSchema):
    """[from, to); two weeks from now when absent."""

    from_at = Instant(load_default=None, data_key="from")
    to_at = Instant(load_default=None, data_key="to")


class IntervalView(BaseSchema):
    starts_at = Instant(data_key="from")
    ends_at = Instant(data_key="to")


class BoardView(BaseSchema):
    line_id = Id("lin")
    object = Choice(("schedule",))
    from_at = Instant(data_key="from")
    to_at = Instant(data_key="to")
    offered = Many(Part(IntervalView), high=1_000)
    slots = Many(Part(SlotView), high=1_000)
    down_until = Instant(allow_none=True)


class FreeHoursView(BaseSchema):
    line_id = Id("lin")
    object = Choice(("free-hours",))
    from_at = Instant(data_key="from")
    to_at = Instant(data_key="to")
    free = Many(Part(IntervalView), high=1_000)
    free_seconds = Whole()


class BreakdownBody(BaseSchema):
    from_at = Instant(load_default=None, data_key="from")
    expected_until = Instant(required=True)
    reason = Text(high=40, load_default="breakdown")


class BreakdownView(BaseSchema):
    id = Id("stp")
    object = Choice(("breakdown",))
    line_id = Id("lin")
    replanned_orders = Whole()
    down_until = Instant(allow_none=True)


class StopReasonView(BaseSchema):
    code = Text()
    family = Choice(get_args(StopFamily))
    parent = Text(allow_none=True)
    name = LanguageText()


class StopReasons(BaseSchema):
    items = Many(Part(StopReasonView), high=200)
