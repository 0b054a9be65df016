"""What an order's state is called, and what its buyer can do next: both follow from situation and clock."""

from datetime import datetime
from typing import Literal, assert_never

from services.order.domain.situations import (
    Absent,
    Accepted,
    Cancelled,
    Closed,
    Order,
    Planning,
    Quote,
    Quoted,
    Running,
    Unplannable,
)

Standing = Literal[
    "absent",
    "planning",
    "unplannable",
    "quoted",
    "quote_expired",
    "accepted",
    "confirmed",
    "in_production",
    "delivered",
    "closed",
    "cancelled",
]


def standing_of(order: Order, at: datetime) -> Standing:
    """The state's name at *at*: a quote expires by the clock, nobody has to say so."""
    match order:
        case Absent():
            return "absent"
        case Planning():
            return "planning"
        case Unplannable():
            return "unplannable"
        case Quoted(quote=quote):
            return "quoted" if quote.is_open(at) else "quote_expired"
        case Accepted():
            return "accepted"
        case Running():
            if order.delivered_at is not None:
                return "delivered"
            return "in_production" if order.is_in_production else "confirmed"
        case Cancelled():
            return "cancelled"
        case Closed():
            return "closed"
        case _:
            assert_never(order)


def open_quote(order: Order, at: datetime) -> Quote | None:
    """The quote that could be accepted at *at*."""
    match order:
        case Quoted(quote=quote):
            return quote if quote.is_open(at) else None
        case Running(revision=revision, is_in_production=False) if revision is not None and isinstance(
            revision.answer, Quote
        ):
            return revision.answer if revision.answer.is_open(at) else None
        case _:
            return None


def actions(order: Order, at: datetime) -> list[str]:
    """What the buyer can do at *at*, in the words of the API."""
    match order:
        case Planning():
            return ["change", "cancel"]
        case Unplannable():
            return ["requote", "change", "cancel"]
        case Quoted(quote=quote):
            return [*(["accept"] if quote.is_open(at) else []), "requote", "change", "cancel"]
        case Accepted():
            return ["cancel"]
        case Running():
            return _running_actions(order, at)
        case Absent() | Cancelled() | Closed():
            return []
        case _:
            assert_never(order)


def _running_actions(order: Running, at: datetime) -> list[str]:
    found = []
    if order.asked is not None and at < order.asked.answer_by:
        found.append("answer_replan")
    if open_quote(order, at) is not None:
        found.append("accept")
    if order.revision is not None and not order.is_in_production:
        found.append("requote")
    if not order.is_in_production:
        found.append("change")
    if order.body.supplies:
        found.append("report_supply")
    if any(one.confirmed is None for one in order.deliveries.values()):
        found += ["confirm_delivery", "dispute_delivery"]
    if order.deliveries and all(one.confirmed is not None for one in order.deliveries.values()):
        found.append("close")
    if order.delivered_at is None:
        found.append("cancel")
    return found
