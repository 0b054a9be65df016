"""The job ticket on the wire: one serializer for work orders, offers and whatever prints them."""

from typing import Any

from services.capacity.api.doors import FloorApi
from services.capacity.domain.plan import PLAN
from services.capacity.domain.plan_state import Plan
from services.capacity.domain.ticket import HandOver, standard_policy, ticket_of
from services.capacity.domain.work_state import Closed, Live
from services.capacity.handlers.draft import plan_stream
from shared.eventstore.handling import load
from shared.kernel.units import Quantity
from shared.web.fields import BaseSchema, Flag, Instant, LanguageText, Many, Part, QuantityField, Text, Whole


class ChosenView(BaseSchema):
    """What was chosen, or what a run is told apart by."""

    code = Text()
    value = Text()


class CallView(BaseSchema):
    """Whom to call at the other end."""

    name = Text()
    phone = Text()


class HandOverView(BaseSchema):
    """The other end of a hand-over; *to_buyer* for the buyer's door: its address and whom to call are told once the work
    is agreed.
    """

    item = Text()
    plant_name = Text(allow_none=True)
    district = Text(allow_none=True)
    address = Text(allow_none=True)
    contact = Part(CallView, allow_none=True)
    to_buyer = Flag()
    quantity = QuantityField(zero=True)
    departs_at = Instant(allow_none=True)
    arrives_at = Instant(allow_none=True)
    cold_band = Text()


class TicketView(BaseSchema):
    """What whoever makes the step has to know: no price of another step, and no maker beyond the next hand-over."""

    product_id = Text()
    product = LanguageText()
    operation = LanguageText()
    includes = Many(LanguageText())
    format = Text()
    options = Many(Part(ChosenView))
    features = Many(Part(ChosenView))
    artwork = Text(allow_none=True)
    sampling_plan = Text()
    licence_category = Text(allow_none=True)
    food_contact = Flag()
    quarantine_minutes = Whole()
    quantity = QuantityField(zero=True)
    quantity_gross = QuantityField(zero=True)
    material_from = Many(Part(HandOverView))
    goods_to = Many(Part(HandOverView))
    buyer_org_id = Text(allow_none=True)


def ticket_shown(api: FloorApi, work: Live | Closed) -> dict[str, Any] | None:
    """The ticket as it stands in the plan now; None when the plan has gone on without this work."""
    terms = work.terms
    plan: Plan = load(api.log, PLAN, plan_stream(terms.order_id)).state
    found = ticket_of(work, plan, standard_policy())
    if found is None:
        return None
    return {
        "product_id": found.product_id,
        "product": {"zh": found.product_zh, "en": found.product_en},
        "operation": {"zh": terms.name_zh, "en": terms.name_en},
        "includes": [{"zh": zh, "en": en} for zh, en in zip(found.includes_zh, found.includes_en, strict=False)],
        "format": found.format,
        "options": [{"code": code, "value": value} for code, value in sorted(found.options.items())],
        "features": [{"code": code, "value": value} for code, value in sorted(found.features.items())],
        "artwork": found.artwork or None,
        "sampling_plan": found.sampling_plan,
        "licence_category": found.licence_category or None,
        "food_contact": found.food_contact,
        "quarantine_minutes": found.quarantine_minutes,
        "quantity": Quantity(terms.quantity_net, terms.unit),
        "quantity_gross": Quantity(terms.quantity_gross, terms.unit),
        "material_from": [_hand_over(api, one, to_buyer=False) for one in found.coming],
        "goods_to": [_hand_over(api, one, to_buyer=not one.process_id) for one in found.going],
        "buyer_org_id": found.buyer_org_id or None,
    }


def _hand_over(api: FloorApi, one: HandOver, *, to_buyer: bool) -> dict[str, Any]:
    """Address and contact travel sealed and are opened here, for whoever ships there."""
    name, _, phone = api.open_address(one.contact).partition("\n")
    return {
        "item": one.item,
        "plant_name": one.plant_name or None,
        "district": one.district or None,
        "address": api.open_address(one.address) or None,
        "contact": {"name": name, "phone": phone} if name else None,
        "to_buyer": to_buyer,
        "quantity": Quantity(one.quantity, one.unit),
        "departs_at": one.departs_at,
        "arrives_at": one.arrives_at,
        "cold_band": one.cold_band,
    }
