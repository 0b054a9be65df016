"""How each event changes the row of an order in the overview."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from services.order.domain import events
from services.order.domain.events import EVENT_TYPES, OrderEvent
from services.order.domain.situations import BEGUN
from services.order.domain.values import OrderLine
from shared.eventstore.codec import microseconds
from shared.eventstore.port import Recorded
from shared.kernel.event import Event

HANDLED = frozenset(name for name in EVENT_TYPES.names if issubclass(EVENT_TYPES.class_of(name), OrderEvent))
UNBOOKED = frozenset({"planning", "unplannable", "quoted", "accepted"})

Row = dict[str, Any]


def order_id_of(event: Event) -> str:
    return event.order_id if isinstance(event, OrderEvent) else ""


def fold(rows: dict[str, Row], recorded: Recorded) -> None:
    """Move the row of the event's order on; *rows* holds every order of the page that was placed before it."""
    event = recorded.event
    if isinstance(event, events.OrderPlaced):
        rows[event.order_id] = _placed(event)
    row = rows[order_id_of(event)]
    if row["state"] in UNBOOKED:
        _before_booking(row, event)
    else:
        _running(row, event)
    _anywhere(row, event)
    row["version"] = recorded.version


def _placed(event: events.OrderPlaced) -> Row:
    first = event.lines[0].demand
    return {
        "order_id": event.order_id,
        "buyer_org_id": event.buyer_org_id,
        "reference": event.reference,
        "state": "planning",
        "product_id": first.product_id,
        "quantity": _quantity(event.lines),
        "unit": first.unit,
        "lines": len(event.lines),
        "placed_us": microseconds(event.placed_at),
        "requested_us": microseconds(event.requested_by),
        "expires_us": None,
        "promise_us": None,
        "price_fen": None,
        "needs_answer": False,
        "version": 0,
        "next_requested_us": None,
        "next_quantity": None,
        "next_promise_us": None,
        "next_price_fen": None,
        "before_promise_us": None,
        "before_price_fen": None,
        "products": _products(event.lines),
        "search": search_text(event),
    }


def _products(lines: Sequence[OrderLine]) -> str:
    """Every product once, between bars, so that one is found whole."""
    return "|" + "".join(f"{one}|" for one in sorted({line.demand.product_id for line in lines}))


def search_text(event: events.OrderPlaced) -> str:
    """What free text looks in: reference, products by code and name, and what the buyer calls the lines."""
    lines = [(one.demand.product_id, one.product_zh, one.product_en, one.label) for one in event.lines]
    return folded("\n".join([event.reference, *(text for line in lines for text in line)]))


def folded(text: str) -> str:
    """*text* in one form: width, case and composition make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


def _quantity(lines: Sequence[OrderLine]) -> int:
    unit = lines[0].demand.unit
    return sum(one.demand.quantity_net for one in lines if one.demand.unit == unit)


def _before_booking(row: Row, event: Event) -> None:
    match event:
        case events.PlanningRequested():
            row.update(state="planning", expires_us=None)
        case events.QuoteReceived():
            row.update(state="quoted", expires_us=microseconds(event.expires_at))
        case events.PlanningFailed():
            row.update(state="unplannable", expires_us=None)
        case events.QuoteAccepted():
            row.update(state="accepted")
        case events.OrderChanged():
            row.update(state="planning", requested_us=microseconds(event.requested_by), quantity=_quantity(event.lines))
        case events.OrderConfirmed():
            row.update(state="confirmed", expires_us=None, **_booked(event))


def _running(row: Row, event: Event) -> None:
    match event:
        case events.OrderChanged():
            row.update(next_requested_us=microseconds(event.requested_by), next_quantity=_quantity(event.lines))
        case events.OrderConfirmed():
            row.update(needs_answer=False, **_booked(event))
            if row["next_requested_us"] is not None:
                row.update(requested_us=row["next_requested_us"], quantity=row["next_quantity"])
            row.update(next_requested_us=None, next_quantity=None)
        case events.PlanMoved():
            row.update(promise_us=microseconds(event.new_promise_at), price_fen=event.new_price_fen)
            row.update(needs_answer=False, next_promise_us=None, next_price_fen=None, **_NOTHING_BEFORE)
        case events.ReplanAsked():
            stands = microseconds(event.old_promise_at), event.old_price_fen
            if (row["before_promise_us"], row["before_price_fen"]) == stands:  # what was accepted last was lost
                row.update(promise_us=stands[0], price_fen=stands[1])
            row.update(
                **_NOTHING_BEFORE,
                needs_answer=True,
                next_promise_us=microseconds(event.new_promise_at),
                next_price_fen=event.new_price_fen,
            )
        case events.ReplanAnswered():
            if event.choice == "accept" and row["needs_answer"]:
                row.update(before_promise_us=row["promise_us"], before_price_fen=row["price_fen"])
                row.update(promise_us=row["next_promise_us"], price_fen=row["next_price_fen"])
            row.update(needs_answer=False, next_promise_us=None, next_price_fen=None)
        case events.PartsCancelled():
            row.update(promise_us=microseconds(event.promise_at), price_fen=event.price_fen)
            row.update(needs_answer=False, next_promise_us=None, next_price_fen=None, **_NOTHING_BEFORE)


_NOTHING_BEFORE = {"before_promise_us": None, "before_price_fen": None}


def _booked(event: events.OrderConfirmed) -> Row:
    return {"promise_us": microseconds(event.option.promise_at), "price_fen": event.option.price_fen}


def _anywhere(row: Row, event: Event) -> None:
    match event:
        case events.WorkMoved(state=state) if state in BEGUN:
            _begin(row)
        case events.DeliveryArrived():
            _begin(row)
        case events.OrderDelivered():
            row.update(state="delivered")
        case events.OrderCancelled():
            row.update(state="cancelled", needs_answer=False)
        case events.OrderClosed():
            row.update(state="closed", needs_answer=False)


def _begin(row: Row) -> None:
    if row["state"] == "confirmed":
        row.update(state="in_production")
