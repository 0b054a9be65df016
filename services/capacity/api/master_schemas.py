"""What plants and lines look like on the wire."""

from shared.kernel.money import Money
from shared.web.answer_shapes import sometimes
from shared.web.cursors import PageQuery
from shared.web.fields import (
    BaseSchema,
    Choice,
    Day,
    Flag,
    Id,
    Instant,
    Many,
    MoneyField,
    Part,
    Record,
    Text,
    Whole,
)

_CODE = r"[A-Z][A-Z0-9-]{0,19}"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"


class CapabilityBody(BaseSchema):
    code = Text(high=40, required=True)
    unit = Text(high=20, required=True)
    formats = Many(Text(high=40), low=1, high=50, required=True)
    rate_per_hour = Whole(low=1, required=True)
    efficiency_ppm = Whole(low=1, high=1_000_000, load_default=800_000)
    batch_min = Whole(low=1, load_default=1)
    batch_max = Whole(load_default=0)
    multiple = Whole(low=1, load_default=1)


class ChangeoverBody(BaseSchema):
    feature = Text(high=40, required=True)
    from_value = Text(high=40, required=True, data_key="from")
    to_value = Text(high=40, required=True, data_key="to")
    minutes = Whole(required=True, allow_none=True)
    same_day_only = Flag(load_default=False)


class PriceBody(BaseSchema):
    capability = Text(high=40, required=True)
    setup = MoneyField(required=True)
    per_thousand = MoneyField(required=True)
    minimum = MoneyField(required=True)


class ShiftBody(BaseSchema):
    weekday = Whole(low=1, high=7, required=True)
    start = Text(pattern=_CLOCK, required=True)
    minutes = Whole(low=1, high=1440, required=True)


class ClosedDayBody(BaseSchema):
    on = Day(required=True)
    reason = Text(high=60, required=True)


class MaintenanceBody(BaseSchema):
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    reason = Text(high=60, required=True)


class CalendarBody(BaseSchema):
    valid_from = Day(required=True)
    valid_until = Day(required=True)  # the first day after it
    shifts = Many(Part(ShiftBody), low=1, high=168, required=True)
    closed_days = Many(Part(ClosedDayBody), high=200, load_default=list)
    maintenance = Many(Part(MaintenanceBody), high=200, load_default=list)
    offered = Choice(["all", "shifts"], load_default="all")
    offered_shifts = Many(Part(ShiftBody), high=168, load_default=list)


class LicenceBody(BaseSchema):
    number = Text(high=40, required=True)
    categories = Many(Text(high=10), low=1, high=50, required=True)
    valid_from = Day(required=True)
    valid_until = Day(required=True)


class ProofBody(BaseSchema):
    standard = Text(high=60, required=True)
    certificate = Text(high=60, required=True)
    valid_from = Day(required=True)
    valid_until = Day(required=True)


class EndingBody(BaseSchema):
    """*plan_anew*: give up booked work that needs the paper; its orders are planned elsewhere at once."""

    ends_on = Day(required=True)
    reason = Text(required=True)
    plan_anew = Flag(load_default=False)


class IntervalBody(BaseSchema):
    starts_at = Instant(required=True, data_key="from")
    ends_at = Instant(required=True, data_key="to")


class AutoAcceptBody(BaseSchema):
    capabilities = Many(Text(high=40), high=20, load_default=list)
    quantity_max = Whole(load_default=0)
    price_min = MoneyField(load_default=Money(0))
    lead_hours_min = Whole(load_default=0)


class PlantBody(BaseSchema):
    code = Text(pattern=_CODE, required=True)
    name = Text(high=60, required=True)
    district = Text(pattern="[0-9]{6}", required=True)
    demo = Flag(load_default=False)
    named_before_booking = Flag(load_default=False)


class LineBody(BaseSchema):
    code = Text(pattern=_CODE, required=True)
    name = Text(high=60, required=True)
    capabilities = Many(Part(CapabilityBody), low=1, high=20, required=True)


class CapabilitiesBody(BaseSchema):
    name = Text(high=60)
    capabilities = Many(Part(CapabilityBody), low=1, high=20, required=True)


class ChangeoversBody(BaseSchema):
    rules = Many(Part(ChangeoverBody), high=200, required=True)


class PricesBody(BaseSchema):
    prices = Many(Part(PriceBody), high=20, required=True)


class PlanningLimitsBody(BaseSchema):
    load_cap_hours_per_week = Whole(high=168, required=True)
    frozen_fence_hours = Whole(high=1440, required=True)


class AutoAcceptRulesBody(BaseSchema):
    rules = Many(Part(AutoAcceptBody), high=20, required=True)


class OfferBody(BaseSchema):
    intervals = Many(Part(IntervalBody), low=1, high=500, required=True)


class WithdrawBody(OfferBody):
    reason = Text(high=60, required=True)


class PlantView(BaseSchema):
    id = Id("plt")
    object = Choice(("plant",))
    state = Choice(("registered",))
    version = Whole()
    created_at = Instant()
    organisation_id = Id("org")
    code = Text()
    name = Text()
    district = Text()
    demo = Flag()
    named_before_booking = Flag()
    lines = Many(Id("lin"))
    licences = Many(Part(LicenceBody))
    food_contact_proofs = Many(Part(ProofBody))


class PlantItem(BaseSchema):
    id = Id("plt")
    object = Choice(("plant",))
    state = Choice(("registered",))
    version = Whole()
    created_at = Instant()
    organisation_id = Id("org")
    code = Text()
    name = Text()
    district = Text()
    demo = Flag()
    lines = Whole()


class PlantPage(BaseSchema):
    items = Many(Part(PlantItem))
    next_cursor = Text(allow_none=True)


class LineItem(BaseSchema):
    id = Id("lin")
    object = Choice(("line",))
    state = Choice(("registered", "published"))
    version = Whole()
    created_at = Instant()
    plant_id = Id("plt")
    plant_name = Text()
    organisation_id = Id("org")
    district = Text()
    code = Text()
    name = Text()
    capability_codes = Many(Text())


class LinePage(BaseSchema):
    items = Many(Part(LineItem))
    next_cursor = Text(allow_none=True)


class LineView(LineItem):
    capabilities = Many(Part(CapabilityBody))
    calendar = Part(CalendarBody, allow_none=True)
    changeovers = Many(Part(ChangeoverBody))
    prices = Many(Part(PriceBody))
    load_cap_hours_per_week = Whole()
    frozen_fence_hours = Whole()
    auto_accept_rules = Many(Part(AutoAcceptBody))


class HoursView(BaseSchema):
    line_id = Id("lin")
    object = Choice(("offered-hours",))
    version = Whole()
    intervals = Many(Part(IntervalBody))
    offered_seconds = Whole()


class PlantQuery(PageQuery):
    district = Text(high=6, load_default=None)


class LineQuery(PageQuery):
    plant_id = Id("plt", load_default=None)
    capability = Text(high=40, load_default=None)


class HoursQuery(BaseSchema):
    starts_at = Instant(required=True, data_key="from")
    ends_at = Instant(required=True, data_key="to")


class WorkbookQuery(BaseSchema):
    preview = Flag(load_default=False)


class ChangeView(BaseSchema):
    sheet = Text()
    change = Text()  # `goes` or `comes`; a changed row does both
    row = Record()


class UnlikelyView(BaseSchema):
    sheet = Text()
    code = Text()
    title = Text()
    detail = Text(high=400)


class WorkbookView(BaseSchema):
    """*warnings*: what is sound and yet hardly meant; nothing is refused for it."""

    object = Choice(("workbook",))
    plant_id = Id("plt")
    imported = Flag()
    version = Whole()
    lines = Whole()
    changes_count = Whole(metadata=sometimes)
    changes = Many(Part(ChangeView), metadata=sometimes)
    untouched = Record(metadata=sometimes)
    warnings = Many(Part(UnlikelyView))
