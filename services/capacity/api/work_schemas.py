"""What offers, work orders, lots and boards look like on the wire."""

from services.capacity.domain.work_events import DECLINE_REASONS
from services.capacity.projections.offers import ANSWERS
from services.capacity.projections.work import STATES
from shared.web.actions import ActionNoteView
from shared.web.cursors import PageQuery
from shared.web.fields import (
    BaseSchema,
    Choice,
    Flag,
    Id,
    Instant,
    LanguageText,
    Many,
    MoneyField,
    Part,
    QuantityField,
    Record,
    Text,
    Whole,
)

_LABEL = r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}"


class OfferQuery(PageQuery):
    state = Choice(list(ANSWERS), load_default=None)


class WorkQuery(PageQuery):
    state = Choice(STATES, load_default=None)
    line_id = Id("lin", load_default=None)


class OfferView(BaseSchema):
    id = Id("off")
    object = Text()
    state = Text()
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
    actions = Many(Text())
    action_notes = Many(Part(ActionNoteView))


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
    object = Text()
    state = Text()
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
    inputs = Many(Record())
    reports = Many(Record())
    lots = Many(Record())
    inspections = Many(Record())
    destinations = Many(Record())
    shipments = Many(Record())
    actions = Many(Text())
    action_notes = Many(Part(ActionNoteView))


class MomentBody(BaseSchema):
    """*at*: when it happened, now when absent."""

    at = Instant(load_default=None)


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
    to_process_id = Id("pro", load_default=None)
    at = Instant(load_default=None)


class DeliverBody(BaseSchema):
    delivery_id = Id("dlv", load_default=None)
    at = Instant(load_default=None)


class DispositionBody(BaseSchema):
    disposition = Choice(("released", "blocked"), required=True)
    grounds = Text(low=0, high=500, load_default="")


class LotView(BaseSchema):
    id = Id("lot")
    object = Text()
    state = Text()
    item = Text()
    origin = Text()
    quantity = QuantityField(zero=True)
    work_order_id = Text(allow_none=True)
    order_id = Text(allow_none=True)
    inspection_lot_id = Text(allow_none=True)
    made_from = Many(Record())
    used_in = Many(Record())
    actions = Many(Text())
    action_notes = Many(Part(ActionNoteView))


class SpanQuery(BaseSchema):
    """[from, to); two weeks from now when absent."""

    from_at = Instant(load_default=None, data_key="from")
    to_at = Instant(load_default=None, data_key="to")


class IntervalView(BaseSchema):
    starts_at = Instant(data_key="from")
    ends_at = Instant(data_key="to")


class BoardView(BaseSchema):
    line_id = Id("lin")
    object = Text()
    from_at = Instant(data_key="from")
    to_at = Instant(data_key="to")
    offered = Many(Part(IntervalView), high=1_000)
    slots = Many(Record(), high=1_000)
    down_until = Instant(allow_none=True)


class FreeHoursView(BaseSchema):
    line_id = Id("lin")
    object = Text()
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
    object = Text()
    line_id = Id("lin")
    replanned_orders = Whole()
    down_until = Instant(allow_none=True)


class StopReasonView(BaseSchema):
    code = Text()
    family = Text()
    parent = Text(allow_none=True)
    name = LanguageText()


class StopReasons(BaseSchema):
    items = Many(Part(StopReasonView), high=200)
