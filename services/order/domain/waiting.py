"""What an order waits for, until when, and what holds when nobody says anything: no state is without its line here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from services.order.domain.situations import (
    Absent,
    Accepted,
    Asked,
    Body,
    Cancelled,
    Closed,
    Order,
    Planning,
    Quote,
    Quoted,
    Revision,
    Running,
    Unplannable,
)
from services.order.domain.terms import Terms

WaitsFor = Literal["plan", "quote", "order", "booking", "change", "replan", "supply", "goods", "receipt", "dispute"]
Default = Literal["cancel", "expire", "accept", "keep_terms", "take_less", "confirm", "confirm_none"]


@dataclass(frozen=True, slots=True)
class Wait:
    """*subject*: the quote, question or delivery it is about, "" for the order. From *answer_by* on *default* holds:
    `expire` and `keep_terms` of a change by the clock alone, the others by a job.
    """

    waits_for: WaitsFor
    subject: str
    answer_by: datetime
    default: Default


def waits(order: Order, terms: Terms) -> Sequence[Wait]:
    match order:
        case Planning(body=body):
            return [_unbooked("plan", body, terms)]
        case Unplannable(body=body):
            return [_unbooked("order", body, terms)]
        case Quoted(body=body, quote=quote):
            return [Wait("quote", quote.quote_id, quote.expires_at, "expire"), _unbooked("order", body, terms)]
        case Accepted(body=body):
            return [_unbooked("booking", body, terms)]
        case Running():
            return [*_asked(order), *_goods(order, terms), *_receipts(order, terms)]
        case Cancelled(running=Running() as running):
            return list(_receipts(running, terms))
        case Absent() | Cancelled() | Closed():
            return []
        case _:
            assert_never(order)


def _unbooked(waits_for: WaitsFor, body: Body, terms: Terms) -> Wait:
    """An order of which nothing is booked ends some time after the goods were wanted; it never cost anything."""
    return Wait(waits_for, "", body.requested_by + terms.waiting.unbooked, "cancel")


def _asked(order: Running) -> Iterator[Wait]:
    if isinstance(order.asked, Asked):
        yield Wait("replan", order.asked.replan_id, order.asked.answer_by, order.asked.default_choice)
    for short in order.shortfalls.values():
        if short.answer_by is not None:
            yield Wait("supply", short.question_id, short.answer_by, short.default_choice)
    if isinstance(order.revision, Revision) and not order.is_in_production:
        first_at = min((one.starts_at for one in order.promise.steps), default=order.promise.promise_at)
        answer = order.revision.answer
        yield Wait("change", "", answer.expires_at if isinstance(answer, Quote) else first_at, "keep_terms")


def _goods(order: Running, terms: Terms) -> Iterator[Wait]:
    if order.delivered_at is None:
        yield Wait("goods", "", order.promise.promise_at + terms.waiting.overdue, "cancel")


def _receipts(order: Running, terms: Terms) -> Iterator[Wait]:
    """Goods nobody says anything about are taken as they are; those that are disputed and not settled are not."""
    for one in order.deliveries.values():
        if one.confirmed is not None:
            continue
        if one.grounds:
            since = one.delivered_at if one.disputed_at is None else one.disputed_at
            yield Wait("dispute", one.delivery_id, since + terms.waiting.dispute, "confirm_none")
        else:
            yield Wait("receipt", one.delivery_id, one.delivered_at + terms.waiting.receipt, "confirm")
