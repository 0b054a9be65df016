"""Plans, options and reasons as their buyer may see them: plants by name and place, no lines, no slots, no rivals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.order.domain.situations import Failure, Order, Quote, Running
from services.order.domain.standing import open_quote
from shared.contracts.planning import PlannedStep, PlannedTrip, PlanOption
from shared.contracts.reason_words import reason_detail, reason_title, relaxation_text
from shared.contracts.reasons import PlanReason, Relaxation
from shared.kernel.money import Money
from shared.kernel.refusal import Language
from shared.kernel.units import Quantity

Shown = dict[str, Any]


def step_shown(step: PlannedStep) -> Shown:
    return {
        "process_id": step.process_id,
        "order_line_id": step.order_line_id,
        "part": step.part,
        "variant": step.variant,
        "step": step.step,
        "capability": step.capability,
        "plant": step.plant_name,
        "plant_id": step.plant_id,
        "district": step.district,
        "quantity_net": Quantity(step.quantity_net, step.unit),
        "quantity_gross": Quantity(step.quantity_gross, step.unit),
        "setup_seconds": step.setup_seconds,
        "starts_at": step.starts_at,
        "ends_at": step.ends_at,
        "price": Money(step.price_fen),
        "feeds_from": list(step.feeds_from),
    }


def trip_shown(trip: PlannedTrip) -> Shown:
    return {
        "process_id": trip.process_id,
        "to_process_id": trip.to_process_id or None,
        "from_district": trip.from_district,
        "to_district": trip.to_district,
        "departs_at": trip.departs_at,
        "arrives_at": trip.arrives_at,
        "distance_km": trip.distance_km,
        "price": Money(trip.price_fen),
        "cold_band": trip.cold_band or None,
    }


def relaxation_shown(relaxation: Relaxation | None) -> Shown | None:
    if relaxation is None:
        return None
    return {
        "kind": relaxation.kind,
        "to": relaxation.to,
        "unit": relaxation.unit,
        "text": {"zh": relaxation_text(relaxation, "zh"), "en": relaxation_text(relaxation, "en")},
    }


def reason_shown(reason: PlanReason) -> Shown:
    return {
        "code": reason.code.value,
        "title": {"zh": reason_title(reason.code, "zh"), "en": reason_title(reason.code, "en")},
        "detail": {"zh": _detail(reason, "zh"), "en": _detail(reason, "en")},
        "step": reason.step,
        "capability": reason.capability,
        "variant": reason.variant,
        "plant": reason.plant_name,
        "facts": dict(reason.facts),
        "relaxation": relaxation_shown(reason.relaxation),
    }


def _detail(reason: PlanReason, language: Language) -> str:
    return reason_detail(reason, language) or reason_title(reason.code, language)


def reasons_shown(reasons: Iterable[PlanReason]) -> list[Shown]:
    """What several lines of one plant say alike is told once."""
    found: list[Shown] = []
    for row in map(reason_shown, reasons):
        if row not in found:
            found.append(row)
    return found


def option_shown(option: PlanOption, requested_from: datetime | None = None) -> Shown:
    """*before_window*: the goods would be ready before the window the buyer asked for begins."""
    return {
        "option_id": option.option_id,
        "labels": list(option.labels),
        "price": Money(option.price_fen),
        "vat": Money(option.vat_fen),
        "promise_at": option.promise_at,
        "slack_minutes": option.slack_minutes,
        "before_window": requested_from is not None and option.promise_at < requested_from,
        "plants": option.plants,
        "variants": sorted({one.variant for one in option.steps}),
        "steps": [step_shown(one) for one in option.steps],
        "trips": [trip_shown(one) for one in option.trips],
        "binding": None if option.binding is None else reason_shown(option.binding),
        "better_if": relaxation_shown(option.better_if),
    }


def quote_shown(
    quote: Quote, order: Order, attempt: int, at: datetime, *, order_id: str, begins: datetime | None
) -> Shown:
    """*attempt*: the plan asked for that it answers; *begins*: start of the window the buyer asked for."""
    current = open_quote(order, at)
    if current is not None and current.quote_id == quote.quote_id:
        state = "open"
    elif isinstance(order, Running) and order.promise.quote_id == quote.quote_id:
        state = "confirmed"
    elif not quote.is_open(at):
        state = "expired"
    else:
        state = "closed"
    return {
        "id": quote.quote_id,
        "object": "quote",
        "order_id": order_id,
        "created_at": quote.offered_at,
        "state": state,
        "attempt": attempt,
        "offered_at": quote.offered_at,
        "expires_at": quote.expires_at,
        "options": [option_shown(one, begins) for one in quote.options],
        "refusals": reasons_shown(quote.refusals),
    }


def failure_shown(failure: Failure) -> Shown:
    return {
        "reasons": reasons_shown(failure.reasons),
        "relaxation": relaxation_shown(failure.relaxation),
        "failed_at": failure.failed_at,
    }


def price_span(options: Sequence[PlanOption]) -> Mapping[str, Any]:
    """Earliest date and price range of a menu; all None when it is empty."""
    if not options:
        return {"earliest_promise_at": None, "price_from": None, "price_to": None}
    prices = [one.price_fen for one in options]
    return {
        "earliest_promise_at": min(one.promise_at for one in options),
        "price_from": Money(min(prices)),
        "price_to": Money(max(prices)),
    }
