"""What callers see of plans and quotes. Plants are shown by name, place and kind of line, never by their lines."""

from services.order.projections.order_overview import STANDINGS
from shared.contracts.capacity import WorkProgressed
from shared.contracts.reasons import ReasonCode
from shared.web.actions import ActionNoteView
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

LABELS = ("fastest", "cheapest", "balanced", "fewest_plants")
ROWS_MAX = 10_000


class RelaxationView(BaseSchema):
    """The smallest change that would make it possible."""

    kind = Text()
    to = Text()
    unit = Text(low=0)
    text = LanguageText()


class ReasonView(BaseSchema):
    """One typed no; figures are the asker's own or limits over all plants, never one plant's and never another's order.

    `plant` is always empty: the number and districts of plants are told, and who they are once they are booked.
    """

    code = Choice([one.value for one in ReasonCode])
    title = LanguageText()
    detail = LanguageText()
    step = Text()
    capability = Text()
    variant = Text()
    plant = Text()
    facts = Record()
    relaxation = Part(RelaxationView, allow_none=True)


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
    """An option before it is booked: `promise_at` is the end of the local day `promise_on`, slack is in whole days, and
    `steps` and `trips` are empty; the plan of the order shows them once it is booked. `named_plants`: those plants that
    let themselves be named before. `late`: the promised day ends after what was asked for, by so many minutes and whole
    days; `before_window`: it comes before the window begins, by so many days.
    """

    option_id = Id("opt")
    labels = Many(Choice(LABELS))
    price = MoneyField()
    vat = MoneyField()
    promise_at = Instant()
    promise_on = Day()
    slack_minutes = Whole()
    late = Flag()
    late_by_minutes = Whole()
    late_by_days = Whole()
    before_window = Flag()
    before_window_by_days = Whole()
    plants = Whole()
    districts = Many(Text())
    named_plants = Many(Text())
    variants = Many(Text())
    steps = Many(Part(PlanStepView))
    trips = Many(Part(TripView))
    binding = Part(ReasonView, allow_none=True)
    better_if = Part(RelaxationView, allow_none=True)


class QuoteView(BaseSchema):
    id = Id("quo")
    object = Choice(("quote",))
    order_id = Id("ord")
    created_at = Instant()
    state = Choice(("open", "confirmed", "expired", "closed"))
    attempt = Whole()
    offered_at = Instant()
    expires_at = Instant()
    options = Many(Part(QuoteOptionView))
    refusals = Many(Part(ReasonView))
    actions = Many(Choice(("accept",)))
    action_notes = Many(Part(ActionNoteView))


class QuotesPage(BaseSchema):
    items = Many(Part(QuoteView))
    next_cursor = Text(allow_none=True)


class PlanView(BaseSchema):
    order_id = Id("ord")
    object = Choice(("plan",))
    state = Choice(STANDINGS)
    promise_at = Instant(allow_none=True)
    steps = Many(Part(PlanStepView), high=ROWS_MAX)
    trips = Many(Part(TripView), high=ROWS_MAX)


class FailureView(BaseSchema):
    reasons = Many(Part(ReasonView))
    relaxation = Part(RelaxationView, allow_none=True)
    failed_at = Instant()


class PromiseView(BaseSchema):
    quote_id = Id("quo")
    promise_at = Instant()
    price = MoneyField()
    vat = MoneyField()
    confirmed_at = Instant()
    plants = Many(Text())


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
    state = Choice(("proposed", *codes_of(WorkProgressed, "state")))
    plant = Text(allow_none=True)
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)
    good = QuantityField(zero=True)
    scrap = QuantityField(zero=True)
    rework = QuantityField(zero=True)


class ProcessesView(BaseSchema):
    order_id = Id("ord")
    object = Choice(("processes",))
    items = Many(Part(ProcessView), high=ROWS_MAX)
