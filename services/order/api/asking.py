"""What callers send: the schemas of request bodies and queries, and how they become commands."""

from collections.abc import Mapping
from typing import Any

from services.order.api.doors import doors
from services.order.domain.values import Window
from services.order.handlers.snapshot import Asked, AskedLine, AskedSupply
from services.order.projections.order_overview import SORTS, STANDINGS
from shared.contracts.planning import Limits, Place
from shared.kernel.money import Money
from shared.web.access import current_principal
from shared.web.cursors import PageQuery
from shared.web.fields import (
    BaseSchema,
    Choice,
    Choices,
    Flag,
    Given,
    Id,
    Instant,
    Many,
    MoneyField,
    Part,
    QuantityField,
    Record,
    Text,
    Whole,
)
from shared.web.said import fault

LINES_MAX = 20
SUPPLIES_MAX = 20
PLANTS_MAX = 20
DELTA_E_TENTHS_MAX = 100
INQUIRY_STATES = ("asked", "answered", "impossible")
QUOTE_STATES = ("open", "confirmed", "expired", "closed")
DELIVERY_STATES = ("arrived", "confirmed", "disputed")


class ContactBody(BaseSchema):
    """Whom to call where the goods go."""

    name = Text(required=True, high=80)
    phone = Text(required=True, low=3, high=30, pattern=r"[0-9+ ()-]*")


class PlaceBody(BaseSchema):
    """Where to: a district code of the programme's map, an address, and whom to call there. The last two are kept under
    seal, and shown to whoever ships there once the work is agreed.
    """

    district = Text(high=6, required=True, pattern=r"[0-9]{6}")
    address = Text(high=200, load_default="")
    contact = Part(ContactBody, load_default=None, allow_none=True)


class WindowBody(BaseSchema):
    """Half-open delivery window."""

    from_ = Instant(data_key="from", attribute="from", required=True)
    to = Instant(required=True)


class LimitsBody(BaseSchema):
    """The buyer's own limits; what is left out is no limit. ΔE is in tenths: 20 means ΔE 2.0."""

    price_max = MoneyField(load_default=None)
    partial_ok = Flag(load_default=False)
    split_ok = Flag(load_default=True)
    one_plant_only = Flag(load_default=False)
    plants_max = Whole(low=1, high=PLANTS_MAX, load_default=None)
    exclude_plants = Many(Id("plt"), high=PLANTS_MAX, load_default=list)
    delta_e_tenths_max = Whole(low=1, high=DELTA_E_TENTHS_MAX, load_default=None)


class OrderLineBody(BaseSchema):
    """*requested_by*, *requested_window* and *deliver_to* are the line's own; left out: those of the order."""

    product = Text(high=60, required=True)
    options = Record(keys=Text(high=40), values=Text(high=60), high=20, load_default=dict)
    quantity = QuantityField(required=True)
    requested_by = Instant(load_default=None)
    requested_window = Part(WindowBody, load_default=None)
    deliver_to = Part(PlaceBody, load_default=None)
    label = Text(low=0, high=80, load_default="")


class SupplyBody(BaseSchema):
    """Material the buyer brings (来料)."""

    item = Text(high=60, required=True)
    quantity = QuantityField(required=True)
    arrives_at = Instant(required=True)


class InquiryBody(BaseSchema):
    lines = Many(Part(OrderLineBody), low=1, high=LINES_MAX, required=True)
    deliver_to = Part(PlaceBody, required=True)
    requested_by = Instant(load_default=None)
    requested_window = Part(WindowBody, load_default=None)
    limits = Part(LimitsBody, load_default=None)
    supplies = Many(Part(SupplyBody), high=SUPPLIES_MAX, load_default=list)


class OrderBody(InquiryBody):
    reference = Text(high=80, load_default="")


class LineAgain(BaseSchema):
    """How much of an earlier line this time; lines that are not named come as they were."""

    order_line_id = Id("orl", required=True)
    quantity = QuantityField(required=True)


class AgainBody(BaseSchema):
    """What is other this time; the rest is as it was. Lines wanted at dates of their own are wanted when the order is.

    *supplies*: the buyer's material this time, with new dates; what was brought before is used up.
    """

    reference = Text(low=0, high=80, load_default="")
    lines = Many(Part(LineAgain), high=LINES_MAX, load_default=list)
    deliver_to = Part(PlaceBody, load_default=None)
    requested_by = Instant(load_default=None)
    requested_window = Part(WindowBody, load_default=None)
    limits = Part(LimitsBody, load_default=None)
    supplies = Many(Part(SupplyBody), high=SUPPLIES_MAX, load_default=list)


class FromInquiryBody(BaseSchema):
    """An inquiry is ordered as it was asked."""

    reference = Text(low=0, high=80, load_default="")


class AcceptBody(BaseSchema):
    option_id = Id("opt", required=True)


class LineChange(BaseSchema):
    """What changes of one line; the rest of it stays. *artwork*: the reference of the new artwork."""

    order_line_id = Id("orl", required=True)
    quantity = QuantityField(load_default=None)
    artwork = Text(high=60, load_default=None)
    requested_by = Instant(load_default=None)
    requested_window = Part(WindowBody, load_default=None)
    deliver_to = Part(PlaceBody, load_default=None)


class ChangeBody(BaseSchema):
    """What changes; the rest stays. *agreed_fee* is the fee the preview showed."""

    lines = Many(Part(LineChange), high=LINES_MAX, load_default=list)
    requested_by = Instant(load_default=None)
    requested_window = Part(WindowBody, load_default=None)
    deliver_to = Part(PlaceBody, load_default=None)
    limits = Part(LimitsBody, load_default=None)
    agreed_fee = MoneyField(load_default=None)


class CancelBody(BaseSchema):
    agreed_fee = MoneyField(load_default=None)


class AnswerBody(BaseSchema):
    choice = Choice(["accept", "keep_terms", "take_less", "cancel"], required=True)


class ArrivalBody(BaseSchema):
    item = Text(high=60, required=True)
    quantity = QuantityField(required=True)
    arrived_at = Instant(load_default=None)


class ConfirmBody(BaseSchema):
    """*quantity*: how much arrived in order; left out: all of it. *accept_over*: what of it lies beyond the tolerance is
    taken and paid for too; otherwise it stays the factory's.
    """

    quantity = QuantityField(zero=True, load_default=None)
    accept_over = Flag(load_default=False)


class DisputeBody(BaseSchema):
    grounds = Text(high=1_000, required=True)


class SignBody(BaseSchema):
    """*licence_number* is the factory's; a buyer leaves it out."""

    licence_number = Text(high=20, load_default="")


class PreviewQuery(BaseSchema):
    preview = Flag(load_default=False)


class OrdersQuery(PageQuery):
    """*state*: one or several, joined by commas. *q*: words that all stand in reference, products or line labels."""

    state = Choices(STANDINGS, load_default=None)
    reference = Text(high=80, load_default=None)
    q = Text(high=120, load_default=None)
    product = Text(high=60, load_default=None)
    placed_from = Instant(load_default=None)
    placed_until = Instant(load_default=None)
    requested_from = Instant(load_default=None)
    requested_until = Instant(load_default=None)
    promised_from = Instant(load_default=None)
    promised_until = Instant(load_default=None)
    sort = Choice(SORTS, load_default="-created_at")


class InquiriesQuery(PageQuery):
    state = Choice(INQUIRY_STATES, load_default=None)
    since = Instant(load_default=None)
    until = Instant(load_default=None)
    preview_of = Id("ord", load_default=None)


class QuotesQuery(PageQuery):
    state = Choice(QUOTE_STATES, load_default=None)
    since = Instant(load_default=None)
    until = Instant(load_default=None)
    order_id = Id("ord", load_default=None)


class DeliveriesQuery(PageQuery):
    state = Choice(DELIVERY_STATES, load_default=None)
    since = Instant(load_default=None)
    until = Instant(load_default=None)
    order_id = Id("ord", load_default=None)


class ExpandQuery(BaseSchema):
    """What of the order comes along in the same answer; deliveries always do."""

    expand = Choices(("quotes", "processes", "plan", "timeline", "deliveries"), load_default=list)


class ProductsQuery(PageQuery):
    kind = Choice(["packaging", "drink", "service"], load_default=None)


def asked_from(body: Mapping[str, Any]) -> Asked:
    """The order or inquiry in *body*. Raises ValidationError when both date and window are given, or neither though a
    line has none of its own.
    """
    lines = [_line(one) for one in body["lines"]]
    window = window_from(body)
    if window is None:
        own = [one.window.by for one in lines if one.window is not None]
        if len(own) < len(lines):
            raise _date_or_window()
        window = Window(None, max(own))
    return Asked(
        lines=lines,
        deliver_to=place_from(body["deliver_to"]),
        requested_from=window.since,
        requested_by=window.by,
        limits=limits_from(body["limits"]) or Limits(),
        supplies=[_supply(one) for one in body["supplies"]],
        reference=body.get("reference", ""),
    )


def _date_or_window() -> Exception:
    return fault(
        "date_or_window",
        "应给出 requested_by 或 requested_window 之一。",
        "Give one of requested_by and requested_window.",
    )


def window_from(body: Mapping[str, Any]) -> Window | None:
    """The date or window in *body*, None without. Raises ValidationError when both are given."""
    by, window = body["requested_by"], body["requested_window"]
    if by is not None and window is not None:
        raise _date_or_window()
    if window is not None:
        return Window(window["from"], window["to"])
    return None if by is None else Window(None, by)


def place_from(body: Mapping[str, Any]) -> Place:
    """Where to, address and contact under seal from here on."""
    contact = body["contact"]
    called = "" if contact is None else f"{contact['name']}\n{contact['phone']}"
    place = Place(district=body["district"], address=body["address"], contact=called)
    return doors().addresses.sealed(place, current_principal().org_id)


def _line(body: Mapping[str, Any]) -> AskedLine:
    quantity: Given = body["quantity"]
    place = body["deliver_to"]
    return AskedLine(
        body["product"],
        body["options"],
        quantity.value,
        quantity.unit,
        window_from(body),
        None if place is None else place_from(place),
        body["label"],
    )


def supplies_from(body: Mapping[str, Any]) -> list[AskedSupply]:
    return [_supply(one) for one in body["supplies"]]


def _supply(body: Mapping[str, Any]) -> AskedSupply:
    quantity: Given = body["quantity"]
    return AskedSupply(body["item"], quantity.value, quantity.unit, body["arrives_at"])


def limits_from(body: Mapping[str, Any] | None) -> Limits | None:
    if body is None:
        return None
    price: Money | None = body["price_max"]
    return Limits(
        price_fen_max=None if price is None else price.fen,
        partial_ok=body["partial_ok"],
        split_ok=body["split_ok"],
        one_plant_only=body["one_plant_only"],
        plants_max=body["plants_max"],
        exclude_plants=list(body["exclude_plants"]),
        delta_e_tenths_max=body["delta_e_tenths_max"],
    )
