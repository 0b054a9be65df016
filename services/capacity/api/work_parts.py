"""What a work order, a lot and a board consist of, on the wire: every member with its type."""

from services.capacity.domain.work_events import WorkInput
from services.capacity.projections.work import STATES
from shared.web.answer_shapes import sometimes
from shared.web.fields import (
    BaseSchema,
    Choice,
    Flag,
    Id,
    Instant,
    LanguageText,
    Many,
    Part,
    QuantityField,
    Text,
    Whole,
    codes_of,
)

VERDICTS = ("released", "blocked")


class InputLotView(BaseSchema):
    """A lot that lies there for this work, with what is *left* of it."""

    id = Text()
    label = Text(allow_none=True)
    left = QuantityField(zero=True)
    state = Choice(("usable", "blocked"))
    grounds = Text()


class InputView(BaseSchema):
    """Material the work eats: what is *needed* in all and *needed_to_start*, what has come and been eaten."""

    item = Text()
    source = Choice(codes_of(WorkInput, "source"))
    needed = QuantityField(zero=True)
    needed_to_start = QuantityField(zero=True)
    received = QuantityField(zero=True)
    consumed = QuantityField(zero=True)
    lots = Many(Part(InputLotView))


class ReportView(BaseSchema):
    """One report as it stands after corrections, in *unit*."""

    id = Id("rpt")
    good = Text()
    scrap = Text()
    rework = Text()
    unit = Text()


def _lot_view() -> BaseSchema:
    from services.capacity.api.work_schemas import LotView  # it is made of parts that stand here

    return LotView()


class MadeLotView(BaseSchema):
    """*lot*: the lot itself, where `expand=lots` asks for it."""

    lot = Part(_lot_view, metadata=sometimes)
    id = Id("lot")
    label = Text(allow_none=True)
    item = Text()
    quantity = QuantityField(zero=True)


class InspectionView(BaseSchema):
    """*lot*: the lot that is inspected, where `expand=inspections` asks for it."""

    lot = Part(_lot_view, metadata=sometimes)
    id = Id("ins")
    lot_id = Id("lot")
    state = Choice(("pending", *VERDICTS))
    quantity = QuantityField(zero=True)
    grounds = Text()
    judged_at = Instant(allow_none=True)


class ShipmentView(BaseSchema):
    """What left: to a next work order, or to the buyer where there is none."""

    id = Id("dlv")
    to_process_id = Text()
    to_work_order_id = Text()
    quantity = QuantityField(zero=True)
    lots = Many(Text())
    shipped_at = Instant()
    delivered_at = Instant(allow_none=True)
    confirmed = QuantityField(zero=True, allow_none=True)


class DestinationView(BaseSchema):
    """Where what is made goes: *within_plant* without a lorry."""

    to_process_id = Text()
    to_district = Text()
    within_plant = Flag()
    departs_at = Instant(allow_none=True)
    arrives_at = Instant(allow_none=True)
    cold_band = Text()


class LotMoveView(BaseSchema):
    """How much of a lot went in or out, in that lot's own unit."""

    lot_id = Id("lot")
    quantity = Text()
    unit = Text()
    label = Text(allow_none=True)


class SlotView(BaseSchema):
    """A taken span of a line; a hold shows its time only."""

    id = Text()
    state = Choice(("held", "booked"))
    starts_at = Instant(data_key="from")
    ends_at = Instant(data_key="to")
    setup_seconds = Whole()
    work_order_id = Id("wrk", metadata=sometimes)
    order_id = Id("ord", metadata=sometimes)
    capability = Text(metadata=sometimes)
    name = LanguageText(metadata=sometimes)
    work_state = Choice(STATES, metadata=sometimes)
