"""Waiting for capacity's answers: how a call that may wait learns that it has come (`Prefer: wait=N`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.order.domain import events
from services.order.domain.order import stream_of
from services.order.domain.situations import Accepted, Awaited, Order, Planning, Revision, Running, Taken
from shared.eventstore.port import EventLog, Recorded

Fate = Literal["pending", "confirmed", "lost", "expired"]


def is_planned(order: Order) -> bool:
    """Whether the plan asked for last has been answered."""
    match order:
        case Planning() | Running(revision=Revision(answer=Awaited())):
            return False
        case _:
            return True


def is_confirmed_or_not(order: Order) -> bool:
    """Whether capacity has answered an acceptance."""
    match order:
        case Accepted() | Running(revision=Revision(answer=Taken())):
            return False
        case _:
            return True


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of an accepted quote. *fresh*: the quote that came in its place; *is_over*: nothing is awaited."""

    fate: Fate
    fresh: events.QuoteReceived | None
    failed: events.PlanningFailed | None
    lost: events.QuoteLost | None
    expires_at: str

    @property
    def is_over(self) -> bool:
        if self.fate == "pending":
            return False
        return self.fate == "confirmed" or self.fresh is not None or self.failed is not None


def acceptance_of(log: EventLog, order_id: str, quote_id: str) -> Acceptance:
    """Read from the order's own story: the last word on *quote_id*, and what was offered after it."""
    return acceptance_in(log.read_stream(stream_of(order_id)), quote_id)


def acceptance_in(story: Sequence[Recorded], quote_id: str) -> Acceptance:
    fate: Fate = "pending"
    fresh: events.QuoteReceived | None = None
    failed: events.PlanningFailed | None = None
    lost: events.QuoteLost | None = None
    expires_at = "?"
    for recorded in story:
        event = recorded.event
        match event:
            case events.QuoteReceived(quote_id=found) if found == quote_id:
                expires_at = f"{event.expires_at:%FT%TZ}"
            case events.OrderConfirmed(quote_id=found) if found == quote_id:
                fate = "confirmed"
            case events.QuoteLost(quote_id=found) if found == quote_id:
                fate, lost = "lost", event
            case events.QuoteSetAside(quote_id=found, why="expired") if found == quote_id:
                fate = "expired"
            case events.QuoteReceived() if fate in {"lost", "expired"}:
                fresh = event
            case events.PlanningFailed() if fate in {"lost", "expired"}:
                failed = event
            case _:
                continue
    return Acceptance(fate, fresh, failed, lost, expires_at)
