"""Routes of orders: place, list, read, and what an order consists of."""

from collections.abc import Callable, Mapping
from typing import Any

from services.order.api.asking import ExpandQuery, OrderBody, OrdersQuery, asked_from
from services.order.api.doors import doors
from services.order.api.orders_shown import order_shown, row_shown, running_of
from services.order.api.plan_views import PlanView, ProcessesView
from services.order.api.plans_shown import step_shown, trip_shown
from services.order.api.processes_shown import processes_shown
from services.order.api.quotes_listed import quotes_of
from services.order.api.quotes_waited import is_planned
from services.order.api.views import EventsPage, OrdersPage, OrderView, TimelineView
from services.order.domain.order import stream_of
from services.order.domain.standing import standing_of
from services.order.handlers.snapshot import Asked
from services.order.projections import order_overview, timeline
from services.order.projections.story_names import Names
from shared.eventstore.handling import transact
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text
from shared.kernel.refusal import Refused
from shared.web import streaming
from shared.web.access import current_principal, permits
from shared.web.cursors import after, page
from shared.web.etags import etag
from shared.web.idempotency import Command, perform
from shared.web.operations import STREAM, Manner
from shared.web.prefer import wait_for, wait_seconds
from shared.web.refusals import WebWhy
from shared.web.routes import Answer, Routes

routes = Routes("orders", description="Orders of brands")


def show_order(order_id: str) -> Answer:
    """The order as the caller may see it, with its version as ETag."""
    api = doors()
    principal = current_principal()
    loaded = api.ordering.find(order_id, principal)
    shown = order_shown(loaded.state, loaded.version, api.catalogue, api.ordering.terms, api.now(), principal.may)
    return shown, None, etag(loaded.version)


def show_planned_order(order_id: str) -> Answer:
    """The same, once the plan asked for last is answered or the caller has waited long enough."""
    api = doors()
    wait_for(
        api.log, lambda _: is_planned(api.read(order_id).state) or None, wait_seconds(), current_principal().org_id
    )
    return show_order(order_id)


@routes.post(
    "/orders", operation_id="placeOrder", manner=Manner(waits=True), body=OrderBody, answer=OrderView, status=201
)
@permits("order:place")
def place_order(body: dict[str, Any]) -> Answer:
    """Place an order. `Prefer: wait=N` waits for its quote."""
    return place_asked(asked_from(body))


def place_asked(asked: Asked) -> Answer:
    """Place what is asked. A reference that the buyer has used before is no reason to refuse, but is told."""
    api = doors()

    def act(command: Command) -> None:
        api.check_room(command.principal, command.cause.at)
        earlier = _same_reference(asked.reference, command.principal.org_id)
        transact(
            api.log,
            lambda: api.ordering.place(command.resource, asked, command.principal, command.cause.at, earlier),
            command.cause,
            command.marks,
        )

    return perform(act, lambda outcome: show_planned_order(outcome.resource), resource=api.ids.new("ord"), status=201)


def _same_reference(reference: str, buyer_org_id: str) -> list[str]:
    api = doors()
    if not reference:
        return []
    api.wait_for_view(order_overview.NAME)
    return order_overview.same_reference(api.log.views, buyer_org_id, reference)


@routes.get("/orders", operation_id="listOrders", query=OrdersQuery, answer=OrdersPage)
@permits("order:read")
def list_orders(query: dict[str, Any]) -> Answer:
    """Orders, newest first unless sorted otherwise: a buyer's own, all of them for the office."""
    api = doors()
    api.wait_for_view(order_overview.NAME)
    behind = after(query)
    wanted = order_overview.Filter(
        states=query["state"] or (),
        reference=query["reference"],
        q=query["q"],
        product=query["product"],
        placed=(query["placed_from"], query["placed_until"]),
        requested=(query["requested_from"], query["requested_until"]),
        promised=(query["promised_from"], query["promised_until"]),
    )
    sort = query["sort"]
    rows = order_overview.list_orders(
        api.log.views,
        current_principal(),
        at=api.now(),
        wanted=wanted,
        sort=sort,
        after=behind,
        limit=query["limit"] + 1,
    )
    found = page(query, rows, lambda row: order_overview.place_of(row, sort))
    return {**found, "items": [row_shown(one) for one in found["items"]]}


@routes.get("/orders/<order_id>", operation_id="getOrder", query=ExpandQuery, answer=OrderView)
@permits("order:read")
def read_order(order_id: str, query: dict[str, Any]) -> Answer:
    """An order: state, promise, questions to its buyer and what can be done next.

    `expand=quotes,processes,plan,timeline` brings along what else a screen needs, all of the same version.
    """
    for _ in range(EXPANDING_TRIES_MAX):
        shown, status, headers = show_order(order_id)
        more = {name: _EXPANSIONS[name](order_id) for name in query["expand"] if name in _EXPANSIONS}
        if doors().ordering.find(order_id, current_principal()).version == shown["version"]:
            return {**shown, **more}, status, headers
    raise Refused(WebWhy.CHANGED_MEANWHILE)


EXPANDING_TRIES_MAX = 5


@routes.get("/orders/<order_id>/processes", operation_id="getOrderProcesses", answer=ProcessesView)
@permits("order:read")
def read_processes(order_id: str) -> Answer:
    """The process tree with quantities and states."""
    loaded = doors().ordering.find(order_id, current_principal())
    return {"order_id": order_id, "object": "processes", "items": processes_shown(loaded.state)}


@routes.get("/orders/<order_id>/plan", operation_id="getOrderPlan", answer=PlanView)
@permits("order:read")
def read_plan(order_id: str) -> Answer:
    """Who makes what when, as booked; empty before an order is confirmed."""
    api = doors()
    loaded = api.ordering.find(order_id, current_principal())
    running = running_of(loaded.state)
    return {
        "order_id": order_id,
        "object": "plan",
        "state": standing_of(loaded.state, api.now()),
        "promise_at": None if running is None else running.promise.promise_at,
        "steps": [] if running is None else [step_shown(one) for one in running.promise.steps],
        "trips": [] if running is None else [trip_shown(one) for one in running.promise.trips],
    }


@routes.get("/orders/<order_id>/timeline", operation_id="getOrderTimeline", answer=TimelineView)
@permits("order:read")
def read_timeline(order_id: str) -> Answer:
    """What has happened, in words."""
    api = doors()
    api.ordering.find(order_id, current_principal())
    story = api.log.read_stream(stream_of(order_id))
    items = [_entry_shown(one) for one in timeline.list_entries(story, Names(api.catalogue))]
    return {"order_id": order_id, "object": "timeline", "items": items}


_EXPANSIONS: Mapping[str, Callable[[str], Any]] = {
    "quotes": lambda order_id: quotes_of(order_id)["items"],
    "processes": lambda order_id: read_processes(order_id)["items"],
    "plan": read_plan,
    "timeline": lambda order_id: read_timeline(order_id)["items"],
}
"""What `expand` may ask for, and how it is read; deliveries are part of every order."""


def _entry_shown(entry: timeline.Entry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "at": entry.at,
        "what": entry.what,
        "by": entry.by,
        "text": {"zh": entry.zh, "en": entry.en},
    }


@routes.get(
    "/orders/<order_id>/events",
    operation_id="followOrder",
    answer=EventsPage,
    manner=Manner(resumes=True, gives=STREAM),
)
@permits("order:read")
def follow_order(order_id: str) -> Answer:
    """The timeline as it happens (text/event-stream, resumes by Last-Event-ID), or one page of it as JSON."""
    api = doors()
    api.ordering.find(order_id, current_principal())

    names, begun = Names(api.catalogue), streaming.last_seen()
    for one in api.log.read_stream(stream_of(order_id)):
        if one.version <= begun:
            names.learn(one.event)

    def select(recorded: Recorded) -> dict[str, object] | None:
        entry = timeline.entry_of(recorded, names)
        if entry is None:
            return None
        return {"at": instant_text(entry.at), "what": entry.what, "by": entry.by, "zh": entry.zh, "en": entry.en}

    return streaming.events(api.log, streaming.of_stream(api.log, stream_of(order_id)), select)
