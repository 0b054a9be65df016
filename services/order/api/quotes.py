"""Routes of quotes: the menus an order was offered, a fresh one asked for, and one option accepted."""

from typing import Any

from services.order.api.asking import AcceptBody, QuotesQuery
from services.order.api.doors import doors
from services.order.api.operations import acceptance_url, show_going
from services.order.api.orders import show_order
from services.order.api.paper_lists import page_of_papers
from services.order.api.plan_views import QuotesPage, QuoteView
from services.order.api.quotes_listed import quote_of_event, quotes_of
from services.order.api.quotes_waited import Acceptance, acceptance_of
from services.order.api.reasons_shown import Shown, reasons_shown, relaxation_shown
from services.order.api.views import OrderView
from services.order.domain.commands import AcceptQuote, RequestQuote
from services.order.domain.events import QuoteReceived
from services.order.domain.order import stream_of
from services.order.domain.refusals import Why
from services.order.projections import papers
from shared.eventstore.handling import transact
from shared.web.access import current_principal, permits
from shared.web.etags import etag
from shared.web.idempotency import Command, perform
from shared.web.operations import Manner
from shared.web.prefer import wait_for, wait_seconds
from shared.web.problems import refusal
from shared.web.routes import Answer, Routes

routes = Routes("quotes", description="Menus of plans, held until they expire")


@routes.get("/orders/<order_id>/quotes", operation_id="listQuotes", answer=QuotesPage)
@permits("order:read")
def list_quotes(order_id: str) -> Answer:
    """All quotes of an order, the latest first; an order has few, so the page is whole."""
    return quotes_of(order_id)


@routes.post(
    "/orders/<order_id>/quotes", operation_id="requestQuote", manner=Manner(waits=True), answer=OrderView, status=202
)
@permits("order:place")
def request_quote(order_id: str) -> Answer:
    """Ask for a fresh quote: after one expired, after a refusal, or for another look."""
    api = doors()

    def act(command: Command) -> None:
        api.check_room(command.principal, command.cause.at, order_id)
        asked = RequestQuote(api.ordering.terms, command.cause.at)
        transact(api.log, lambda: api.ordering.act(order_id, asked, command.principal), command.cause, command.marks)

    return perform(
        act,
        lambda outcome: show_going(outcome.resource),
        resource=order_id,
        status=202,
        about=stream_of(order_id),
    )


@routes.get("/quotes", operation_id="listAllQuotes", query=QuotesQuery, answer=QuotesPage)
@permits("order:read")
def list_all_quotes(query: dict[str, Any]) -> Answer:
    """Quotes of all orders, the latest first: a buyer's own, all of them for the office."""
    wanted = papers.Wanted("quote", query["state"], query["order_id"], query["since"], query["until"])
    return page_of_papers(query, wanted, lambda row: _quote_shown(row.order_id, row.paper_id)[0])


@routes.get("/quotes/<quote_id>", operation_id="getQuote", answer=QuoteView)
@permits("order:read")
def read_quote(quote_id: str) -> Answer:
    """One quote."""
    return _quote_shown(doors().order_of(quote_id, Why.UNKNOWN_QUOTE, current_principal()), quote_id)


def _quote_shown(order_id: str, quote_id: str) -> tuple[Shown, None, dict[str, str]]:
    api = doors()
    loaded = api.ordering.find(order_id, current_principal())
    for recorded in api.log.read_stream(stream_of(order_id)):
        if isinstance(recorded.event, QuoteReceived) and recorded.event.quote_id == quote_id:
            return quote_of_event(api, recorded.event, loaded.state), None, etag(loaded.version)
    raise AssertionError("unreachable: the view named the order that received the quote")


@routes.post(
    "/quotes/<quote_id>/accept",
    operation_id="acceptQuote",
    manner=Manner(waits=True),
    body=AcceptBody,
    answer=OrderView,
    status=202,
)
@permits("order:accept")
def accept_quote(quote_id: str, body: dict[str, Any]) -> Answer:
    """Accept one option. With `Prefer: wait=N`: 202 and the confirmed order, or 409 with a fresh quote."""
    api = doors()
    order_id = api.order_of(quote_id, Why.UNKNOWN_QUOTE, current_principal())

    def act(command: Command) -> None:
        accepted = AcceptQuote(quote_id, body["option_id"], command.cause.at)
        transact(api.log, lambda: api.ordering.act(order_id, accepted, command.principal), command.cause, command.marks)

    return perform(
        act,
        lambda outcome: _accepted(outcome.resource, quote_id),
        resource=order_id,
        status=202,
        about=stream_of(order_id),
    )


def _accepted(order_id: str, quote_id: str) -> Answer:
    api = doors()

    def probe(_: int) -> Acceptance | None:
        found = acceptance_of(api.log, order_id, quote_id)
        return found if found.is_over else None

    found = wait_for(api.log, probe, wait_seconds(), current_principal().org_id) or acceptance_of(
        api.log, order_id, quote_id
    )
    if found.fate in {"pending", "confirmed"}:
        shown, status, headers = show_order(order_id)
        return shown, status, {**headers, "Location": acceptance_url(quote_id)}
    loaded = api.ordering.find(order_id, current_principal())
    fresh = None if found.fresh is None else QuoteView().dump(quote_of_event(api, found.fresh, loaded.state))
    lost = [] if found.lost is None else reasons_shown(found.lost.reasons)
    failed = [] if found.failed is None else reasons_shown(found.failed.reasons)
    why = Why.QUOTE_LOST if found.fate == "lost" else Why.QUOTE_EXPIRED
    return refusal(
        why,
        {"quote_id": quote_id, "expires_at": found.expires_at},
        etag(loaded.version),
        order_id=order_id,
        quote=fresh,
        reasons=lost + failed or None,
        relaxation=None if found.failed is None else relaxation_shown(found.failed.relaxation),
    )
