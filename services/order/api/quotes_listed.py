"""The quotes of an order as its buyer and the office see them, read from the order's own story."""

from typing import Any

from services.order.api.doors import OrderApi, doors
from services.order.api.plans_shown import Wanted, quote_shown
from services.order.api.reasons_shown import Shown
from services.order.domain.acting import PERMISSIONS, quote_notes
from services.order.domain.changing import body_of
from services.order.domain.events import QuoteReceived
from services.order.domain.order import stream_of
from services.order.domain.situations import Order, Quote
from shared.web.access import current_principal
from shared.web.actions import actions_shown


def _quote_of(event: QuoteReceived) -> Quote:
    return Quote(event.quote_id, tuple(event.options), tuple(event.refusals), event.offered_at, event.expires_at)


def quote_of_event(api: OrderApi, event: QuoteReceived, order: Order) -> Shown:
    body, at, may = body_of(order), api.now(), current_principal().may
    wanted = Wanted(body.requested_from, body.requested_by)
    shown = quote_shown(_quote_of(event), order, event.attempt, at, order_id=event.order_id, wanted=wanted)
    can = actions_shown(quote_notes(order, event.quote_id, at), lambda action: may(PERMISSIONS[action]))
    return {**shown, **can}


def quotes_of(order_id: str) -> dict[str, Any]:
    """All quotes, the latest first; an order has few, so the page is whole. Raises Refused UNKNOWN_ORDER."""
    api = doors()
    loaded = api.ordering.find(order_id, current_principal())
    story = api.log.read_stream(stream_of(order_id))
    found = [quote_of_event(api, one.event, loaded.state) for one in story if isinstance(one.event, QuoteReceived)]
    return {"items": found[::-1], "next_cursor": None}
