"""Plans, options and reasons as their buyer may see them.

Before anything is booked an answer is coarse: a day, the price of the whole, number and districts of the plants. What
is booked is the buyer's own and shown whole. Nothing here names a line, a slot, or what another's order does to a plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from services.order.api.reasons_shown import Shown, reasons_shown, relaxation_shown
from services.order.domain.situations import Failure, Order, Quote, Running
from services.order.domain.standing import open_quote
from shared.contracts.planning import PlannedStep, PlannedTrip, PlanOption
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.clock import LOCAL_ZONE, instant_text, parse_instant
from shared.kernel.local_days import end_of_local_day, local_day_of
from shared.kernel.money import Money
from shared.kernel.units import Quantity

_DAY_MINUTES = 24 * 60
_MINUTE = timedelta(minutes=1)


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """When the buyer wants the goods at the door. *since* None: as early as can be."""

    since: datetime | None
    by: datetime

    def slack_days(self, promise_at: datetime) -> int:
        """Whole days between the promised day and the last one wanted; negative: late."""
        return (local_day_of(self.by) - local_day_of(promise_at)).days

    def late_minutes(self, promise_at: datetime) -> int:
        """From the instant asked for to the end of the promised day, which is all that is promised; 0 when in time."""
        return max(0, (end_of_local_day(promise_at) - self.by) // _MINUTE)

    def days_before(self, promise_at: datetime) -> int:
        """Whole days between the promised day and the one on which the window begins; 0 when it is not before."""
        return 0 if self.since is None else max(0, (_begin_day(self.since) - local_day_of(promise_at)).days)

    def is_before(self, promise_at: datetime) -> bool:
        """Whether the goods would be there on a day before the window begins."""
        return self.since is not None and local_day_of(promise_at) < _begin_day(self.since)


def _begin_day(since: datetime) -> date:
    return since.astimezone(LOCAL_ZONE).date()


def option_shown(option: PlanOption, wanted: Wanted) -> Shown:
    """*option* before it is booked: nothing in it is finer than a day, and nothing tells what stands on a line."""
    slack, late = wanted.slack_days(option.promise_at), wanted.late_minutes(option.promise_at)
    return {
        "option_id": option.option_id,
        "labels": list(option.labels),
        "price": Money(option.price_fen),
        "vat": Money(option.vat_fen),
        "promise_at": end_of_local_day(option.promise_at),
        "promise_on": local_day_of(option.promise_at),
        "slack_minutes": slack * _DAY_MINUTES,
        "late": late > 0,
        "late_by_minutes": late,
        "late_by_days": max(0, -slack),
        "before_window": wanted.is_before(option.promise_at),
        "before_window_by_days": wanted.days_before(option.promise_at),
        "plants": option.plants,
        "districts": districts_of(option),
        "named_plants": sorted({one.plant_name for one in option.steps if one.named} | set(option.named_plants)),
        "variants": variants_of(option),
        "steps": [],
        "trips": [],
        "binding": binding_shown(option, is_late=slack < 0),
        "better_if": relaxation_shown(_in_days(option.better_if)),
    }


def districts_of(option: PlanOption) -> list[str]:
    """Where the plants are, each place once."""
    return sorted({one.district for one in option.steps} | set(option.districts))


def variants_of(option: PlanOption) -> list[str]:
    return sorted({one.variant for one in option.steps} | set(option.variants))


def binding_shown(option: PlanOption, *, is_late: bool) -> Shown | None:
    """What keeps it from being earlier, as far as it is the asker's own matter.

    An indicative option (without steps) was bound on lines free of everybody's orders and says so itself. What binds a
    plan among others' orders would tell of them, so a quote says only that the day asked for is too early.
    """
    if not option.steps:
        return None if option.binding is None else reasons_shown([_relaxed_in_days(option.binding)])[0]
    if not is_late:
        return None
    date_wanted = Relaxation("date", instant_text(end_of_local_day(option.promise_at)))
    return reasons_shown([PlanReason(ReasonCode.DATE_TOO_EARLY, relaxation=date_wanted)])[0]


def _relaxed_in_days(reason: PlanReason) -> PlanReason:
    return msgspec.structs.replace(reason, relaxation=_in_days(reason.relaxation))


def _in_days(relaxation: Relaxation | None) -> Relaxation | None:
    """A date that would do, as the end of its day; any other change as it is."""
    if relaxation is None or relaxation.kind != "date":
        return relaxation
    return Relaxation("date", instant_text(end_of_local_day(parse_instant(relaxation.to))), relaxation.unit)


def quote_shown(quote: Quote, order: Order, attempt: int, at: datetime, *, order_id: str, wanted: Wanted) -> Shown:
    """*attempt*: the plan asked for that it answers."""
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
        "options": [option_shown(one, wanted) for one in quote.options],
        "refusals": reasons_shown(quote.refusals),
    }


def failure_shown(failure: Failure) -> Shown:
    return {
        "reasons": reasons_shown(failure.reasons),
        "relaxation": relaxation_shown(_in_days(failure.relaxation)),
        "failed_at": failure.failed_at,
    }


def price_span(options: Sequence[PlanOption], earliest_at: datetime | None = None) -> Mapping[str, Any]:
    """Earliest day and price range of a menu; all None when it is empty. *earliest_at*: known to come sooner yet."""
    if not options:
        return {"earliest_promise_at": None, "earliest_promise_on": None, "price_from": None, "price_to": None}
    earliest = min([one.promise_at for one in options] + ([] if earliest_at is None else [earliest_at]))
    prices = [one.price_fen for one in options]
    return {
        "earliest_promise_at": end_of_local_day(earliest),
        "earliest_promise_on": local_day_of(earliest),
        "price_from": Money(min(prices)),
        "price_to": Money(max(prices)),
    }
