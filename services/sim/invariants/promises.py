"""Orders keep to their ladder, every no has a typed reason, and nothing a buyer reads names another tenant."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from services.order.domain import events as orders
from services.order.domain.inquiry_events import InquiryAnswered
from services.sim.invariants.book import Book, Past
from services.sim.life.world import Cast
from shared.eventstore.port import Recorded

_BEFORE_BOOKING = frozenset({"planning", "unplannable", "quoted", "accepted"})
_BOOKED = frozenset({"confirmed", "delivered"})
_LIVE = _BEFORE_BOOKING | _BOOKED
_COMING = _BOOKED | {"cancelled"}  # what had begun is made, comes and is settled
LADDER: Mapping[type, tuple[frozenset[str], str]] = {
    orders.OrderPlaced: (frozenset({""}), "planning"),
    orders.PlanningRequested: (_BEFORE_BOOKING | {"confirmed"}, "planning"),
    orders.QuoteReceived: (frozenset({"planning", "confirmed"}), "quoted"),
    orders.PlanningFailed: (frozenset({"planning", "confirmed"}), "unplannable"),
    orders.QuoteSetAside: (
        _LIVE | {"cancelled", "closed"},
        "",
    ),  # a late answer is given back whatever became of the order
    orders.QuoteAccepted: (frozenset({"quoted", "confirmed"}), "accepted"),
    orders.QuoteLost: (_BOOKED | {"accepted"}, ""),
    orders.OrderConfirmed: (frozenset({"accepted", "confirmed"}), "confirmed"),
    orders.OrderChanged: (_BEFORE_BOOKING | {"confirmed"}, ""),
    orders.OrderCancelled: (_LIVE - {"delivered"}, "cancelled"),
    orders.PartsCancelled: (frozenset({"confirmed"}), ""),
    orders.PlantAnswered: (_BOOKED, ""),
    orders.PlanMoved: (_BOOKED, ""),
    orders.ReplanAsked: (_BOOKED, ""),
    orders.ReplanAnswered: (_BOOKED, ""),
    orders.SupplyArrived: (frozenset({"confirmed"}), ""),
    orders.SupplyFellShort: (frozenset({"confirmed"}), ""),
    orders.ShortfallAnswered: (_BOOKED, ""),
    orders.WorkMoved: (_COMING, ""),
    orders.DeliveryArrived: (_COMING, ""),
    orders.DeliveryCorrected: (_BOOKED | {"cancelled"}, ""),
    orders.LotRejudged: (_BOOKED | {"cancelled", "closed"}, ""),
    orders.OrderDelivered: (frozenset({"confirmed"}), "delivered"),
    orders.DeliveryConfirmed: (_COMING, ""),
    orders.DeliveryDisputed: (_COMING, ""),
    orders.OrderClosed: (_COMING, "closed"),
}
"""event -> (situations it may happen in, the one after it; "": as before). A booked order stays so while it is revised."""
_REVISES = frozenset({orders.PlanningRequested, orders.QuoteReceived, orders.PlanningFailed, orders.QuoteAccepted})
_OTHERS = re.compile(rb"(?:ord|inq|org)_[0-7][0-9A-HJKMNP-TV-Z]{25}")


class Promises(Book):
    """Every order by its situation, its deliveries, and what may be named to its buyer."""

    name = "orders keep to their ladder"

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self.standing: dict[str, str] = {}
        self._deliveries: dict[str, str] = {}
        self.entries = dict.fromkeys(LADDER, self._happened)

    def _happened(self, event: orders.OrderEvent, recorded: Recorded) -> Iterator[str]:
        kind, order_id = type(event), event.order_id
        before, (allowed, after) = self.standing.get(order_id, ""), LADDER[kind]
        if before not in allowed:
            yield f"order/{recorded.position}: {kind.__name__} of {order_id}, which is {before or 'unknown'}"
        if after and not (kind in _REVISES and before in _BOOKED):
            self.standing[order_id] = after
        yield from self._details(event, recorded)

    def _details(self, event: orders.OrderEvent, recorded: Recorded) -> Iterator[str]:
        match event:
            case orders.PlanningFailed() if not event.reasons:
                yield f"order/{recorded.position}: {event.order_id} has no plan and no reason why"
            case orders.QuoteReceived() if not event.options:
                yield f"order/{recorded.position}: {event.quote_id} offers nothing"
            case orders.DeliveryArrived():
                if event.delivery_id in self._deliveries:
                    yield f"order/{recorded.position}: {event.delivery_id} arrives twice"
                self._deliveries[event.delivery_id] = "arrived"
            case orders.DeliveryConfirmed() | orders.DeliveryDisputed():
                if self._deliveries.get(event.delivery_id) not in {"arrived", "disputed"}:
                    yield f"order/{recorded.position}: {event.delivery_id} is judged that did not arrive"
                is_confirmed = isinstance(event, orders.DeliveryConfirmed)
                self._deliveries[event.delivery_id] = "confirmed" if is_confirmed else "disputed"
            case _:
                return


class NobodyElse(Book):
    """What the events of an order or inquiry name: its own ids, earlier orders of the same buyer that it repeats, and the
    organisations that work for it.
    """

    name = "nobody else is named"

    def __init__(self, past: Past, cast: Cast) -> None:
        super().__init__(past)
        self._factories = {one.org_id.encode() for one in cast.factories}
        self._names = {one.org_id: one.name.encode() for one in cast.brands}
        self._buyers: dict[str, str] = {}
        self.entries = dict.fromkeys((*LADDER, InquiryAnswered), self._looked_at)

    def _looked_at(self, event: orders.OrderEvent | InquiryAnswered, recorded: Recorded) -> Iterator[str]:
        raw = msgspec.json.encode(event)
        own = event.inquiry_id if isinstance(event, InquiryAnswered) else event.order_id
        known = {own.encode(), event.buyer_org_id.encode(), *self._repeated(event)}
        for found in set(_OTHERS.findall(raw)) - known - self._factories:
            yield f"order/{recorded.position}: {type(event).__name__} of {own} names {found.decode()}"
        self._buyers[own] = event.buyer_org_id
        for org_id, name in self._names.items():
            if org_id != event.buyer_org_id and name in raw:
                yield f"order/{recorded.position}: {type(event).__name__} of {own} names {name.decode()}"

    def _repeated(self, event: orders.OrderEvent | InquiryAnswered) -> Iterator[bytes]:
        if isinstance(event, orders.OrderPlaced):
            for one in (event.made_from, *event.same_reference):
                if self._buyers.get(one) == event.buyer_org_id:
                    yield one.encode()
