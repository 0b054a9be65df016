"""How the promise of a running order follows its plan: moved, asked about, or of what is left when parts are given up."""

from collections.abc import Mapping
from dataclasses import replace

from services.order.domain.events import PartsCancelled, PlanMoved, ReplanAsked
from services.order.domain.situations import Asked, Promise, Running
from shared.contracts.remaining import Agreed, part_of, without


def given_up(order: Running, event: PartsCancelled) -> Running:
    """The promise is that of the rest. What was asked about the whole is asked anew where it still has to be."""
    gone = [one for one in order.promise.steps if one.process_id in event.process_ids]
    rest = without(_agreed(order.promise), event.process_ids)
    terms = replace(rest, price_fen=event.price_fen, promise_at=event.promise_at)
    promise = _with_terms(order.promise, terms, order.promise.work_ids)
    given_up, fee_fen = (*order.given_up, *gone), order.charged_fen + event.fee_fen
    return replace(order, promise=promise, given_up=given_up, charged_fen=fee_fen, asked=None, before=None)


def _agreed(promise: Promise) -> Agreed:
    return Agreed(promise.steps, promise.trips, promise.price_fen, promise.promise_at)


def moved(order: Running, promise: Promise, event: PlanMoved | ReplanAsked) -> Promise:
    """The promise with a plan's new steps. Parts that were given up while it was on its way stay given up."""
    parts = order.given_up_parts
    gone = {one.process_id for one in event.steps if part_of(one) in parts}
    plan = Agreed(event.steps, event.trips, event.new_price_fen, event.new_promise_at)
    return _with_terms(promise, without(plan, gone), event.work_ids)


def _with_terms(promise: Promise, plan: Agreed, work_ids: Mapping[str, str]) -> Promise:
    """VAT keeps its share of the price, rounded half up."""
    vat_fen = promise.vat_fen if promise.price_fen == 0 else _share(promise.vat_fen, plan.price_fen, promise.price_fen)
    planned = {one.process_id for one in plan.steps}
    return replace(
        promise,
        steps=tuple(plan.steps),
        trips=tuple(plan.trips),
        work_ids={name: work_id for name, work_id in work_ids.items() if name in planned},
        promise_at=plan.promise_at,
        price_fen=plan.price_fen,
        vat_fen=vat_fen,
    )


def _share(part: int, whole: int, of: int) -> int:
    return (2 * part * whole + of) // (2 * of)


def standing(order: Running, event: ReplanAsked) -> Promise:
    """What is booked when *event* asks: a question about the plan before the accepted one says that this one was lost."""
    before = order.before
    is_lost = before is not None and (before.promise_at, before.price_fen) == (
        event.old_promise_at,
        event.old_price_fen,
    )
    return before if before is not None and is_lost else order.promise


def asked(order: Running, promise: Promise, event: ReplanAsked) -> Asked:
    return Asked(
        replan_id=event.replan_id,
        cause=event.cause,
        promise=moved(order, promise, event),
        old_promise_at=event.old_promise_at,
        old_price_fen=event.old_price_fen,
        reasons=tuple(event.reasons),
        default_choice=event.default_choice,
        answer_by=event.answer_by,
        asked_at=event.asked_at,
        asked_about=frozenset(event.asked_about),
    )
