"""An order as a resource: what it is, what state it is in, what it asks of its buyer and what can be done next."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import assert_never

from services.order.api.doors import doors
from services.order.api.plans_shown import failure_shown
from services.order.api.products_shown import named
from services.order.api.reasons_shown import Shown, reasons_shown
from services.order.domain.acting import PERMISSIONS, delivery_notes, notes
from services.order.domain.catalogue import Catalogue
from services.order.domain.changing import body_of
from services.order.domain.judging import blocked_in, blocked_lots_in
from services.order.domain.over_delivery import beyond_tolerance, payable_units
from services.order.domain.situations import (
    Absent,
    Accepted,
    Asked,
    Awaited,
    Body,
    Cancelled,
    Closed,
    Delivery,
    Failure,
    Order,
    Planning,
    Promise,
    Quote,
    Quoted,
    Revision,
    Running,
    Shortfall,
    Taken,
    Unplannable,
)
from services.order.domain.standing import standing_of
from services.order.domain.terms import Terms
from services.order.domain.values import OrderLine
from services.order.domain.waiting import Wait, waits
from services.order.projections.order_overview import OverviewRow
from shared.contracts.planning import Limits, Place, Supply
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.local_days import end_of_local_day, local_day_of
from shared.kernel.money import Money
from shared.kernel.units import Quantity
from shared.web.actions import actions_shown


def order_shown(  # noqa: PLR0917 - an order, and the eyes that look at it
    order: Order, version: int, catalogue: Catalogue, terms: Terms, at: datetime, may: Callable[[str], bool]
) -> Shown:
    """*may*: whether the caller holds a permission; what is not his to do is not listed."""
    body, running = body_of(order), running_of(order)
    quote = _quote_of(order)
    return {
        "id": body.order_id,
        "object": "order",
        "created_at": body.placed_at,
        "state": standing_of(order, at),
        "version": version,
        **actions_shown(notes(order, at, terms), lambda action: may(PERMISSIONS[action])),
        "reference": body.reference,
        "made_from": body.made_from or None,
        "warnings": _warnings_shown(body),
        "buyer_org_id": body.buyer_org_id,
        "lines": [line_shown(one, running, terms) for one in body.lines],
        "deliver_to": place_shown(body.deliver_to),
        "requested_from": body.requested_from,
        "requested_by": body.requested_by,
        "limits": limits_shown(body.limits),
        "supplies": [_supply_shown(one, body) for one in body.supplies],
        "attempt": running.attempt if running is not None else body.attempt,
        "quote_id": None if quote is None else quote.quote_id,
        "quote_expires_at": None if quote is None else quote.expires_at,
        "failure": failure_shown(order.failure) if isinstance(order, Unplannable) else None,
        "promise": None if running is None else promise_shown(running.promise),
        "questions": questions_shown(order) if isinstance(order, Running) else [],
        "change": _revision_shown(order.revision, terms) if isinstance(order, Running) and order.revision else None,
        "deliveries": []
        if running is None
        else [delivery_shown(one, order, terms, at, may) for one in running.deliveries.values()],
        "charged": Money(charged_fen(order)),
        "cancellation": _cancellation_shown(order),
        "closed_at": order.closed_at if isinstance(order, Closed) else None,
        "waits": [waits_shown(one) for one in waits(order, terms)],
        "label_rules": _label_rules_shown(body, running, catalogue),
    }


def waits_shown(wait: Wait) -> Shown:
    return {
        "waits_for": wait.waits_for,
        "subject": wait.subject or None,
        "answer_by": wait.answer_by,
        "default_choice": wait.default,
    }


def _warnings_shown(body: Body) -> list[Shown]:
    """What the buyer should look at, though nothing was refused for it."""
    if not body.same_reference:
        return []
    number, ids = len(body.same_reference), ", ".join(body.same_reference)
    zh = f"您已有 {number} 张订单用了单号 {body.reference}：{ids}。"
    en = f"You have {number} order(s) with the reference {body.reference} already: {ids}."
    return [{"code": "REFERENCE_USED", "text": {"zh": zh, "en": en}, "order_ids": list(body.same_reference)}]


def running_of(order: Order) -> Running | None:
    """What was or is booked, in whatever way the order ended."""
    match order:
        case Running():
            return order
        case Cancelled(running=running):
            return running
        case Closed(running=running):
            return running
        case Absent() | Planning() | Unplannable() | Quoted() | Accepted():
            return None
        case _:
            assert_never(order)


def charged_fen(order: Order) -> int:
    """Fees so far: changes and cancellation, not the goods."""
    running = running_of(order)
    fee = 0 if running is None else running.charged_fen
    cancelled = _cancelled(order)
    return fee + (0 if cancelled is None else cancelled.fee_fen)


def _cancelled(order: Order) -> Cancelled | None:
    """Its cancellation, be it settled and closed since."""
    match order:
        case Cancelled():
            return order
        case Closed(cancelled=cancelled):
            return cancelled
        case _:
            return None


def _quote_of(order: Order) -> Quote | None:
    match order:
        case Quoted(quote=quote) | Running(revision=Revision(answer=Quote() as quote)):
            return quote
        case Accepted(taken=taken) | Running(revision=Revision(answer=Taken() as taken)):
            return taken.quote
        case _:
            return None


def line_shown(line: OrderLine, running: Running | None, terms: Terms) -> Shown:
    demand = line.demand
    deliveries: Sequence[Delivery] = [] if running is None else list(running.deliveries.values())
    mine = [one for one in deliveries if one.order_line_id == demand.order_line_id]
    confirmed = sum(one.confirmed or 0 for one in mine)
    payable = payable_units(mine, demand.quantity_net, terms)
    return {
        "id": demand.order_line_id,
        "label": line.label,
        "product": demand.product_id,
        "name": {"zh": line.product_zh, "en": line.product_en},
        "quantity": Quantity(demand.quantity_net, demand.unit),
        "options": dict(line.options),
        "pack_version": f"{line.pack}@{line.pack_version}",
        "requested_from": demand.requested_from,
        "requested_by": demand.requested_by,
        "deliver_to": None if demand.deliver_to is None else place_shown(demand.deliver_to),
        "promise_at": None if running is None else running.promise.line_promise_at(demand.order_line_id),
        "delivered": Quantity(sum(one.quantity for one in mine), demand.unit),
        "confirmed": Quantity(confirmed, demand.unit),
        "payable": Quantity(payable, demand.unit),
        "beyond_tolerance": Quantity(confirmed - payable, demand.unit),
        "cancelled": Quantity(0 if running is None else running.given_up_units(demand.order_line_id), demand.unit),
    }


def place_shown(place: Place) -> Shown:
    opened = doors().addresses.opened
    name, _, phone = opened(place.contact).partition("\n")
    contact = {"name": name, "phone": phone} if name else None
    return {"district": place.district, "address": opened(place.address), "contact": contact}


def limits_shown(limits: Limits) -> Shown:
    return {
        "price_max": None if limits.price_fen_max is None else Money(limits.price_fen_max),
        "partial_ok": limits.partial_ok,
        "split_ok": limits.split_ok,
        "one_plant_only": limits.one_plant_only,
        "plants_max": limits.plants_max,
        "exclude_plants": list(limits.exclude_plants),
        "delta_e_tenths_max": limits.delta_e_tenths_max,
    }


def _supply_shown(supply: Supply, body: Body) -> Shown:
    return {
        "item": supply.item,
        "quantity": Quantity(supply.quantity, supply.unit),
        "arrives_at": supply.arrives_at,
        "arrived": Quantity(body.arrived.get(supply.item, 0), supply.unit),
    }


def promise_shown(promise: Promise) -> Shown:
    return {
        "quote_id": promise.quote_id,
        "promise_at": promise.promise_at,
        "price": Money(promise.price_fen),
        "vat": Money(promise.vat_fen),
        "confirmed_at": promise.confirmed_at,
        "plants": sorted({one.plant_name for one in promise.steps}),
    }


def questions_shown(running: Running) -> list[Shown]:
    asked = [] if running.asked is None else [_replan_shown(running.asked, running)]
    choices = [*([] if running.is_in_production else ["change"]), "report_supply", "take_less", "cancel"]
    return asked + [_shortfall_shown(one, choices) for one in running.shortfalls.values()]


def _replan_shown(asked: Asked, running: Running) -> Shown:
    return {
        "kind": "replan",
        "id": asked.replan_id,
        "cause": asked.cause,
        "old_promise_at": asked.old_promise_at,
        "new_promise_at": end_of_local_day(asked.promise.promise_at),
        "new_promise_on": local_day_of(asked.promise.promise_at),
        "old_price": Money(asked.old_price_fen),
        "new_price": Money(asked.promise.price_fen),
        "choices": asked.choices,
        "default_choice": asked.default_choice,
        "answer_by": asked.answer_by,
        "order_line_ids": sorted({line_id for line_id, _ in running.parts_asked_about}),
        "item": None,
        "arrived": None,
        "expected": None,
        "makeable": [],
        "reasons": reasons_shown(asked.reasons),
    }


def _shortfall_shown(shortfall: Shortfall, choices: list[str]) -> Shown:
    return {
        "kind": "short_supply",
        "id": shortfall.question_id or None,
        "cause": "short_supply",
        "old_promise_at": None,
        "new_promise_at": None,
        "new_promise_on": None,
        "old_price": None,
        "new_price": None,
        "choices": choices,
        "default_choice": shortfall.default_choice if shortfall.answer_by else None,
        "answer_by": shortfall.answer_by,
        "order_line_ids": sorted({one.order_line_id for one in shortfall.makeable}),
        "item": shortfall.item,
        "arrived": Quantity(shortfall.quantity, shortfall.unit),
        "expected": Quantity(shortfall.expected, shortfall.unit),
        "makeable": [
            {"order_line_id": one.order_line_id, "quantity": Quantity(one.quantity, one.unit)}
            for one in shortfall.makeable
        ],
        "reasons": [],
    }


def _revision_shown(revision: Revision, terms: Terms) -> Shown:
    answer = revision.answer
    quote = answer.quote if isinstance(answer, Taken) else answer if isinstance(answer, Quote) else None
    match answer:
        case Awaited():
            state = "planning"
        case Quote():
            state = "quoted"
        case Failure():
            state = "unplannable"
        case Taken():
            state = "accepted"
        case _:
            assert_never(answer)
    return {
        "state": state,
        "attempt": revision.target.attempt,
        "quote_id": None if quote is None else quote.quote_id,
        "expires_at": None if quote is None else quote.expires_at,
        "requested_by": revision.target.requested_by,
        "lines": [line_shown(one, None, terms) for one in revision.target.lines],
        "fee": Money(revision.fee_fen),
        "failure": failure_shown(answer) if isinstance(answer, Failure) else None,
    }


def delivery_shown(delivery: Delivery, order: Order, terms: Terms, at: datetime, may: Callable[[str], bool]) -> Shown:
    running = running_of(order)
    beyond = 0 if running is None else beyond_tolerance(running, delivery, terms)
    state = "disputed" if delivery.grounds else "arrived" if delivery.confirmed is None else "confirmed"
    confirmed = None if delivery.confirmed is None else Quantity(delivery.confirmed, delivery.unit)
    return {
        "id": delivery.delivery_id,
        "object": "delivery",
        "order_id": body_of(order).order_id,
        "order_line_id": delivery.order_line_id,
        "created_at": delivery.delivered_at,
        "state": state,
        "quantity": Quantity(delivery.quantity, delivery.unit),
        "confirmed": confirmed,
        "beyond_tolerance": Quantity(beyond, delivery.unit),
        "over_accepted": Quantity(delivery.over_accepted, delivery.unit),
        "grounds": delivery.grounds or None,
        "lots": list(delivery.lots),
        "blocked": Quantity(0 if running is None else blocked_in(running, delivery), delivery.unit),
        "blocked_lots": [] if running is None else blocked_lots_in(running, delivery),
        "delivered_at": delivery.delivered_at,
        **actions_shown(delivery_notes(order, delivery, at), lambda action: may(PERMISSIONS[action])),
    }


def _cancellation_shown(order: Order) -> Shown | None:
    cancelled = _cancelled(order)
    if cancelled is None:
        return None
    return {"fee": Money(cancelled.fee_fen), "why": cancelled.why, "cancelled_at": cancelled.cancelled_at}


def _label_rules_shown(body: Body, running: Running | None, catalogue: Catalogue) -> list[Shown]:
    """Label standards on the day the drink is made: the promise's last step, else the day asked for."""
    if not any(one.kind == "drink" for one in body.lines):
        return []
    steps = () if running is None else running.promise.steps
    made_at = max((one.ends_at for one in steps), default=body.requested_by)
    return [
        {"code": one.code, "from_on": one.from_on, "until_on": one.until_on, "name": named(one.name)}
        for one in catalogue.label_rules_on(made_at.astimezone(LOCAL_ZONE).date())
    ]


def row_shown(row: OverviewRow) -> Shown:
    return {
        "id": row.order_id,
        "object": "order",
        "created_at": row.placed_at,
        "state": row.state,
        "version": row.version,
        "reference": row.reference,
        "buyer_org_id": row.buyer_org_id,
        "product": row.product_id,
        "quantity": Quantity(row.quantity, row.unit),
        "lines": row.lines,
        "requested_by": row.requested_by,
        "quote_expires_at": row.expires_at,
        "promise_at": row.promise_at,
        "price": None if row.price_fen is None else Money(row.price_fen),
        "needs_answer": row.needs_answer,
    }
