"""What callers see: the schemas of answers. Plants are shown by name, place and kind of line, never by their lines."""

from shared.web.fields import (
    BaseSchema,
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
)

ROWS_MAX = 10_000


class RelaxationView(BaseSchema):
    """The smallest change that would make it possible."""

    kind = Text()
    to = Text()
    unit = Text()


class ReasonView(BaseSchema):
    """One typed no; figures are limits of a line or the asker's own, never another's order."""

    code = Text()
    step = Text()
    capability = Text()
    variant = Text()
    plant = Text()
    facts = Record()
    relaxation = Part(RelaxationView, allow_none=True)


class ChoiceView(BaseSchema):
    code = Text()
    name = LanguageText()


class OptionView(BaseSchema):
    code = Text()
    name = LanguageText()
    kind = Text()
    required = Flag()
    default = Text(allow_none=True)
    choices = Many(Part(ChoiceView))


class RoutingStepView(BaseSchema):
    step = Text()
    name = LanguageText()
    capability = Text()
    includes_zh = Many(Text())
    includes_en = Many(Text())


class VariantView(BaseSchema):
    code = Text()
    name = LanguageText()
    usual_minimum = QuantityField()
    routing = Many(Part(RoutingStepView))
    materials = Many(Text())


class UnitView(BaseSchema):
    code = Text()
    base_units = Whole()


class ProductSummary(BaseSchema):
    id = Text()
    object = Text()
    name = LanguageText()
    kind = Text()
    unit = Text()
    usual_minimum = QuantityField()
    lead_days_from = Whole()
    lead_days_to = Whole()


class ProductView(ProductSummary):
    pack = Text()
    pack_version = Text()
    licence_category = Text(allow_none=True)
    units = Many(Part(UnitView))
    options = Many(Part(OptionView))
    variants = Many(Part(VariantView))


class ProductsPage(BaseSchema):
    items = Many(Part(ProductSummary))
    next_cursor = Text(allow_none=True)


class PlaceView(BaseSchema):
    district = Text()
    address = Text()


class LimitsView(BaseSchema):
    price_max = MoneyField(allow_none=True)
    partial_ok = Flag()
    split_ok = Flag()
    one_plant_only = Flag()
    plants_max = Whole(allow_none=True)
    exclude_plants = Many(Text())
    delta_e_tenths_max = Whole(allow_none=True)


class LineView(BaseSchema):
    id = Id("orl")
    product = Text()
    name = LanguageText()
    quantity = QuantityField()
    options = Record()
    pack_version = Text()
    delivered = QuantityField(zero=True)
    confirmed = QuantityField(zero=True)
    payable = QuantityField(zero=True)


class SupplyView(BaseSchema):
    item = Text()
    quantity = QuantityField()
    arrives_at = Instant()
    arrived = QuantityField(zero=True)


class PlanStepView(BaseSchema):
    process_id = Id("pro")
    order_line_id = Id("orl")
    part = Whole()
    variant = Text()
    step = Text()
    capability = Text()
    plant = Text()
    plant_id = Id("plt")
    district = Text()
    quantity_net = QuantityField()
    quantity_gross = QuantityField()
    setup_seconds = Whole()
    starts_at = Instant()
    ends_at = Instant()
    price = MoneyField()
    feeds_from = Many(Text())


class TripView(BaseSchema):
    process_id = Id("pro")
    to_process_id = Text(allow_none=True)
    from_district = Text()
    to_district = Text()
    departs_at = Instant()
    arrives_at = Instant()
    distance_km = Whole()
    price = MoneyField()
    cold_band = Text(allow_none=True)


class QuoteOptionView(BaseSchema):
    option_id = Id("opt")
    labels = Many(Text())
    price = MoneyField()
    vat = MoneyField()
    promise_at = Instant()
    slack_minutes = Whole()
    before_window = Flag()
    plants = Whole()
    variants = Many(Text())
    steps = Many(Part(PlanStepView))
    trips = Many(Part(TripView))
    binding = Part(ReasonView, allow_none=True)
    better_if = Part(RelaxationView, allow_none=True)


class QuoteView(BaseSchema):
    id = Id("quo")
    object = Text()
    order_id = Id("ord")
    state = Text()
    attempt = Whole()
    offered_at = Instant()
    expires_at = Instant()
    options = Many(Part(QuoteOptionView))
    refusals = Many(Part(ReasonView))


class QuotesPage(BaseSchema):
    items = Many(Part(QuoteView))
    next_cursor = Text(allow_none=True)


class PromiseView(BaseSchema):
    quote_id = Id("quo")
    promise_at = Instant()
    price = MoneyField()
    vat = MoneyField()
    confirmed_at = Instant()
    plants = Many(Text())


class FailureView(BaseSchema):
    reasons = Many(Part(ReasonView))
    relaxation = Part(RelaxationView, allow_none=True)
    failed_at = Instant()


class MakeableView(BaseSchema):
    order_line_id = Id("orl")
    quantity = QuantityField(zero=True)


class QuestionView(BaseSchema):
    """Something the buyer is asked: `replan` (answer, or the default holds) or `short_supply` (change, wait, cancel)."""

    kind = Text()
    id = Text(allow_none=True)
    cause = Text(allow_none=True)
    old_promise_at = Instant(allow_none=True)
    new_promise_at = Instant(allow_none=True)
    old_price = MoneyField(allow_none=True)
    new_price = MoneyField(allow_none=True)
    choices = Many(Text())
    default_choice = Text(allow_none=True)
    answer_by = Instant(allow_none=True)
    item = Text(allow_none=True)
    arrived = QuantityField(zero=True, allow_none=True)
    expected = QuantityField(allow_none=True)
    makeable = Many(Part(MakeableView))
    reasons = Many(Part(ReasonView))


class RevisionView(BaseSchema):
    """A change of a confirmed order under way: the old promise holds until its quote is confirmed."""

    state = Text()
    attempt = Whole()
    quote_id = Text(allow_none=True)
    expires_at = Instant(allow_none=True)
    requested_by = Instant()
    lines = Many(Part(LineView))
    fee = MoneyField()
    failure = Part(FailureView, allow_none=True)


class DeliveryView(BaseSchema):
    id = Id("dlv")
    object = Text()
    order_id = Id("ord")
    order_line_id = Text()
    state = Text()
    quantity = QuantityField()
    confirmed = QuantityField(zero=True, allow_none=True)
    grounds = Text(allow_none=True)
    lots = Many(Text())
    delivered_at = Instant()


class CancellationView(BaseSchema):
    fee = MoneyField()
    why = Text()
    cancelled_at = Instant()


class LabelRuleView(BaseSchema):
    """A label standard in force when the goods are made."""

    code = Text()
    from_on = Day()
    until_on = Day(allow_none=True)
    name = LanguageText()


class OrderView(BaseSchema):
    id = Id("ord")
    object = Text()
    created_at = Instant()
    state = Text()
    version = Whole()
    actions = Many(Text())
    reference = Text()
    buyer_org_id = Text()
    lines = Many(Part(LineView))
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
    change = Part(RevisionView, allow_none=True)
    deliveries = Many(Part(DeliveryView))
    charged = MoneyField()
    cancellation = Part(CancellationView, allow_none=True)
    closed_at = Instant(allow_none=True)
    label_rules = Many(Part(LabelRuleView))


class OrderSummary(BaseSchema):
    id = Id("ord")
    object = Text()
    created_at = Instant()
    state = Text()
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


class PlanView(BaseSchema):
    order_id = Id("ord")
    object = Text()
    state = Text()
    promise_at = Instant(allow_none=True)
    steps = Many(Part(PlanStepView), high=ROWS_MAX)
    trips = Many(Part(TripView), high=ROWS_MAX)


class ProcessView(BaseSchema):
    """One step of one line: what it must yield and start with, and how far it is."""

    id = Text(allow_none=True)
    order_line_id = Id("orl")
    variant = Text()
    part = Whole()
    step = Text()
    name = LanguageText()
    capability = Text()
    quantity_net = QuantityField()
    quantity_gross = QuantityField()
    eats = Many(Text())
    includes_zh = Many(Text())
    includes_en = Many(Text())
    sampling_plan = Text(allow_none=True)
    state = Text()
    plant = Text(allow_none=True)
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)
    good = QuantityField(zero=True)
    scrap = QuantityField(zero=True)
    rework = QuantityField(zero=True)


class ProcessesView(BaseSchema):
    order_id = Id("ord")
    object = Text()
    items = Many(Part(ProcessView), high=ROWS_MAX)


class TimelineEntry(BaseSchema):
    position = Whole()
    at = Instant()
    what = Text()
    by = Text()
    text = LanguageText()


class TimelineView(BaseSchema):
    order_id = Id("ord")
    object = Text()
    items = Many(Part(TimelineEntry), high=ROWS_MAX)


class InquiryView(BaseSchema):
    id = Id("inq")
    object = Text()
    created_at = Instant()
    state = Text()
    version = Whole()
    lines = Many(Part(LineView))
    deliver_to = Part(PlaceView)
    requested_by = Instant()
    answered_at = Instant(allow_none=True)
    earliest_promise_at = Instant(allow_none=True)
    price_from = MoneyField(allow_none=True)
    price_to = MoneyField(allow_none=True)
    options = Many(Part(QuoteOptionView))
    refusals = Many(Part(ReasonView))
    relaxation = Part(RelaxationView, allow_none=True)


class ChangePreviewView(BaseSchema):
    """*fee* falls due once the new quote is accepted; its price comes with that quote."""

    preview = Flag()
    fee = MoneyField()
    old_price = MoneyField(allow_none=True)
    lines = Many(Part(LineView))
    requested_by = Instant()


class CancelPreviewView(BaseSchema):
    preview = Flag()
    fee = MoneyField()
    price = MoneyField(allow_none=True)


class FieldView(BaseSchema):
    code = Text()
    name = LanguageText()


class EntrustedPartView(BaseSchema):
    factory_org_id = Text(allow_none=True)
    plant = Text()
    district = Text()
    product = LanguageText()
    licence_category = Text()
    quantity = QuantityField()
    from_at = Instant()
    to_at = Instant()


class SignatureView(BaseSchema):
    org_id = Text()
    party = Text()
    licence_number = Text(allow_none=True)
    signed_at = Instant()
    holds = Flag()


class EntrustedReportView(BaseSchema):
    id = Id("ent")
    object = Text()
    order_id = Id("ord")
    state = Text()
    version = Whole()
    rule = Text()
    is_due = Flag()
    content_digest = Text()
    fields_of_form = Many(Part(FieldView), data_key="fields")
    entrusting_org_id = Text()
    parts = Many(Part(EntrustedPartView))
    signatures = Many(Part(SignatureView))
