"""What callers see of orders, inquiries, deliveries and reports: the schemas of answers."""

from services.order.api.plan_views import (
    ROWS_MAX,
    FailureView,
    PlanView,
    ProcessView,
    PromiseView,
    QuoteOptionView,
    QuoteView,
    ReasonView,
    RelaxationView,
)
from services.order.domain.acting import PERMISSIONS as ACTIONS
from services.order.domain.events import OrderCancelled
from services.order.domain.waiting import Wait
from services.order.projections.order_overview import STANDINGS
from services.order.projections.timeline import TOLD
from shared.contracts.capacity import PlanChanged
from shared.web.actions import ActionNoteView
from shared.web.answer_shapes import sometimes
from shared.web.fields import (
    BaseSchema,
    Choice,
    Day,
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
    codes_of,
)

CHOICES = ("accept", "keep_terms", "take_less", "cancel", "change", "wait", "report_supply")
"""What a question may be answered by: the choices of a replan, or the command that settles it."""
ACTORS = ("buyer", "plant", "platform")


class ContactView(BaseSchema):
    name = Text()
    phone = Text()


class PlaceView(BaseSchema):
    district = Text()
    address = Text()
    contact = Part(ContactView, allow_none=True)


class LimitsView(BaseSchema):
    price_max = MoneyField(allow_none=True)
    partial_ok = Flag()
    split_ok = Flag()
    one_plant_only = Flag()
    plants_max = Whole(allow_none=True)
    exclude_plants = Many(Text())
    delta_e_tenths_max = Whole(allow_none=True)


class OrderLineView(BaseSchema):
    """Date, window and place are the line's own, null where those of the order hold. *promise_at*: as booked."""

    id = Id("orl")
    label = Text(low=0)
    product = Text()
    name = LanguageText()
    quantity = QuantityField()
    options = Record()
    pack_version = Text()
    requested_from = Instant(allow_none=True)
    requested_by = Instant(allow_none=True)
    deliver_to = Part(PlaceView, allow_none=True)
    promise_at = Instant(allow_none=True)
    delivered = QuantityField(zero=True)
    confirmed = QuantityField(zero=True)
    payable = QuantityField(zero=True)
    cancelled = QuantityField(zero=True)
    beyond_tolerance = QuantityField(zero=True)


class SupplyView(BaseSchema):
    item = Text()
    quantity = QuantityField()
    arrives_at = Instant()
    arrived = QuantityField(zero=True)


class MakeableView(BaseSchema):
    order_line_id = Id("orl")
    quantity = QuantityField(zero=True)


class QuestionView(BaseSchema):
    """Something the buyer is asked: `replan` (answer, or the default holds) or `short_supply`: bring the rest, change,
    or answer; from `answer_by` on the default holds.
    """

    kind = Choice(("replan", "short_supply"))
    id = Text(allow_none=True)
    cause = Choice(codes_of(PlanChanged, "cause"), allow_none=True)
    old_promise_at = Instant(allow_none=True)
    new_promise_at = Instant(allow_none=True)
    new_promise_on = Day(allow_none=True)
    old_price = MoneyField(allow_none=True)
    new_price = MoneyField(allow_none=True)
    choices = Many(Choice(CHOICES))
    default_choice = Choice(CHOICES, allow_none=True)
    answer_by = Instant(allow_none=True)
    order_line_ids = Many(Id("orl"))
    item = Text(allow_none=True)
    arrived = QuantityField(zero=True, allow_none=True)
    expected = QuantityField(allow_none=True)
    makeable = Many(Part(MakeableView))
    reasons = Many(Part(ReasonView))


class WaitView(BaseSchema):
    """What the order waits for, until when, and what holds from then on when nobody says anything."""

    waits_for = Choice(codes_of(Wait, "waits_for"))
    subject = Text(allow_none=True)
    answer_by = Instant()
    default_choice = Choice(codes_of(Wait, "default"))


class RevisionView(BaseSchema):
    """A change of a confirmed order under way: the old promise holds until its quote is confirmed."""

    state = Choice(("planning", "quoted", "unplannable", "accepted"))
    attempt = Whole()
    quote_id = Text(allow_none=True)
    expires_at = Instant(allow_none=True)
    requested_by = Instant()
    lines = Many(Part(OrderLineView))
    fee = MoneyField()
    failure = Part(FailureView, allow_none=True)


class DeliveryView(BaseSchema):
    id = Id("dlv")
    object = Choice(("delivery",))
    order_id = Id("ord")
    order_line_id = Text()
    created_at = Instant()
    state = Choice(("arrived", "confirmed", "disputed"))
    quantity = QuantityField()
    confirmed = QuantityField(zero=True, allow_none=True)
    beyond_tolerance = QuantityField(zero=True)
    over_accepted = QuantityField(zero=True)
    grounds = Text(allow_none=True)
    lots = Many(Text())
    blocked = QuantityField(zero=True)
    blocked_lots = Many(Text())
    delivered_at = Instant()
    actions = Many(Choice(("confirm", "dispute")))
    action_notes = Many(Part(ActionNoteView))


class CancellationView(BaseSchema):
    fee = MoneyField()
    why = Choice(codes_of(OrderCancelled, "why"))
    cancelled_at = Instant()


class LabelRuleView(BaseSchema):
    """A label standard in force when the goods are made."""

    code = Text()
    from_on = Day()
    until_on = Day(allow_none=True)
    name = LanguageText()


class WarningView(BaseSchema):
    """Nothing was refused for it; somebody should look at it."""

    code = Choice(["REFERENCE_USED"])
    text = LanguageText()
    order_ids = Many(Id("ord"))


class TimelineEntry(BaseSchema):
    """*position* counts the events of this order alone."""

    position = Whole()
    at = Instant()
    what = Choice(TOLD)
    by = Choice(ACTORS)
    text = LanguageText()


class OrderView(BaseSchema):
    """*quotes* to *timeline* are there where `expand` asks for them."""

    id = Id("ord")
    object = Choice(("order",))
    created_at = Instant()
    state = Choice(STANDINGS)
    version = Whole()
    actions = Many(Choice(tuple(ACTIONS)))
    action_notes = Many(Part(ActionNoteView))
    reference = Text()
    made_from = Text(allow_none=True)
    warnings = Many(Part(WarningView))
    buyer_org_id = Text()
    lines = Many(Part(OrderLineView))
    deliver_to = Part(PlaceView)
    requested_from = Instant(allow_none=True)
    requested_by = Instant()
    limits = Part(LimitsView)
    supplies = Many(Part(SupplyView))
    attempt = Whole()
    quote_id = Text(allow_none=True)
    quote_expires_at = Instant(allow_none=True)
    failure = Part(FailureView, allow_none=True)
    promise = Part(PromiseView, allow_none=True)
    questions = Many(Part(QuestionView))
    waits = Many(Part(WaitView))
    change = Part(RevisionView, allow_none=True)
    deliveries = Many(Part(DeliveryView))
    charged = MoneyField()
    cancellation = Part(CancellationView, allow_none=True)
    closed_at = Instant(allow_none=True)
    label_rules = Many(Part(LabelRuleView))
    quotes = Many(Part(QuoteView), metadata=sometimes)
    processes = Many(Part(ProcessView), high=ROWS_MAX, metadata=sometimes)
    plan = Part(PlanView, metadata=sometimes)
    timeline = Many(Part(TimelineEntry), high=ROWS_MAX, metadata=sometimes)


class OrderSummary(BaseSchema):
    id = Id("ord")
    object = Choice(("order",))
    created_at = Instant()
    state = Choice(STANDINGS)
    version = Whole()
    reference = Text()
    buyer_org_id = Text()
    product = Text()
    quantity = QuantityField()
    lines = Whole()
    requested_by = Instant()
    quote_expires_at = Instant(allow_none=True)
    promise_at = Instant(allow_none=True)
    price = MoneyField(allow_none=True)
    needs_answer = Flag()


class OrdersPage(BaseSchema):
    items = Many(Part(OrderSummary))
    next_cursor = Text(allow_none=True)


class EventView(BaseSchema):
    """What happened, as a stream tells it."""

    position = Whole()
    at = Instant()
    what = Choice(TOLD)
    by = Choice(ACTORS)
    zh = Text()
    en = Text()


class EventsPage(BaseSchema):
    """*next*: where to go on, by `?after=`."""

    items = Many(Part(EventView))
    next = Whole()


class TimelineView(BaseSchema):
    order_id = Id("ord")
    object = Choice(("timeline",))
    items = Many(Part(TimelineEntry), high=ROWS_MAX)


class InquiryView(BaseSchema):
    id = Id("inq")
    object = Choice(("inquiry",))
    created_at = Instant()
    state = Choice(("asked", "answered", "impossible"))
    version = Whole()
    lines = Many(Part(OrderLineView))
    deliver_to = Part(PlaceView)
    requested_by = Instant()
    preview_of = Text(allow_none=True)
    answered_at = Instant(allow_none=True)
    earliest_promise_at = Instant(allow_none=True)
    earliest_promise_on = Day(allow_none=True)
    price_from = MoneyField(allow_none=True)
    price_to = MoneyField(allow_none=True)
    options = Many(Part(QuoteOptionView))
    refusals = Many(Part(ReasonView))
    relaxation = Part(RelaxationView, allow_none=True)


class InquiriesPage(BaseSchema):
    items = Many(Part(InquiryView))
    next_cursor = Text(allow_none=True)


class DeliveriesPage(BaseSchema):
    items = Many(Part(DeliveryView))
    next_cursor = Text(allow_none=True)
