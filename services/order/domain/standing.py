"""What an order's state is called, and which quote is open: both follow from situation and clock."""

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
