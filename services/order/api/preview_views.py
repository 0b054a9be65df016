"""What callers see before they change or cancel an order: what it would cost and leave. The schemas of previews."""

from services.order.api.asking import INQUIRY_STATES
from services.order.api.plan_views import (
    ROWS_MAX,
    ReasonView,
)
from services.order.api.views import OrderLineView, PlaceView
from services.order.domain.terms import FeeRow
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
    QuantityField,
    Text,
    codes_of,
)


class ChangePreviewView(BaseSchema):
    """*fee* falls due once the new quote is accepted. What the change would cost and when it would come is asked of the
    plants without holding anything: *state* is `asked` until `/v1/inquiries/{inquiry_id}` or this answer tells it.
    """

    preview = Flag()
    fee = MoneyField()
    old_price = MoneyField(allow_none=True)
    old_promise_at = Instant(allow_none=True)
    lines = Many(Part(OrderLineView))
    requested_from = Instant(allow_none=True)
    requested_by = Instant()
    deliver_to = Part(PlaceView)
    inquiry_id = Id("inq")
    state = Choice(INQUIRY_STATES)
    new_promise_at = Instant(allow_none=True)
    new_promise_on = Day(allow_none=True)
    new_price_from = MoneyField(allow_none=True)
    new_price_to = MoneyField(allow_none=True)
    refusals = Many(Part(ReasonView))


class FeePartView(BaseSchema):
    """One step's part of a cancellation fee: *why* is booked, near (within the fence), begun, broken (a question about it
    is open: no fee) or made (it is made to its end and paid as it comes: no fee).
    """

    process_id = Id("pro")
    step = Text()
    capability = Text()
    plant = Text()
    starts_at = Instant()
    why = Choice(codes_of(FeeRow, "why"))
    price = MoneyField()
    fee = MoneyField()


class LineLeftView(BaseSchema):
    """What cancelling does to one line: *ends* is not made any more, *stays* is or will be made and comes, of which
    *delivered* has come.
    """

    order_line_id = Id("orl")
    product = Text()
    quantity = QuantityField(zero=True)
    ends = QuantityField(zero=True)
    stays = QuantityField(zero=True)
    delivered = QuantityField(zero=True)
    fee = MoneyField()


class CancelPreviewView(BaseSchema):
    preview = Flag()
    fee = MoneyField()
    price = MoneyField(allow_none=True)
    parts = Many(Part(FeePartView), high=ROWS_MAX)
    lines = Many(Part(LineLeftView))
