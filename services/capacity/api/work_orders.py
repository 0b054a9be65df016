"""Routes of production: work orders from start to delivery, in a few taps. If-Match is kept where it is sent; only a
correction, which rests on what was read, must send it.
"""

from collections.abc import Callable
from typing import Any

from services.capacity.api.doors import doors
from services.capacity.api.lots import read_lot
from services.capacity.api.tickets import ticket_shown
from services.capacity.api.work_actions import may_act, work_notes
from services.capacity.api.work_schemas import (
    CorrectionBody,
    DeliverBody,
    ExpandQuery,
    MomentBody,
    MoveBody,
    ReportBody,
    ShipBody,
    StartBody,
    StoppageBody,
    StopReasons,
    WorkPage,
    WorkQuery,
    WorkView,
)
from services.capacity.api.work_units import eaten_units, output_units
from services.capacity.api.work_views import work_item, work_view
from services.capacity.domain.stoppages import stop_reasons
from services.capacity.domain.work_events import WorkOffered
from services.capacity.domain.work_identity import work_stream
from services.capacity.handlers.production import LotIn, LotOut, Output, Restated, Stop
from services.capacity.projections import work
from shared.eventstore.handling import Prepared
from shared.kernel.clock import instant_text
from shared.kernel.principal import Principal
from shared.web.access import current_principal, permits
from shared.web.actions import actions_shown
from shared.web.cursors import after, page
from shared.web.etags import etag
from shared.web.idempotency import Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.routes import Answer, Routes

WORK_ROUTES = Routes("work-orders", description="Production: start, report, stop, finish, ship, deliver")
Prepare = Callable[[Principal], Prepared[int]]


@WORK_ROUTES.get("/work-orders", operation_id="listWorkOrders", query=WorkQuery, answer=WorkPage)
@permits("work:read")
def list_all(query: dict[str, Any]) -> Answer:
    """Work orders by their start: a plant's own, or all for the office."""
    api = doors()
    api.wait_for_view(work.NAME)
    rows = work.list_work(
        api.log.views,
        current_principal(),
        limit=query["limit"] + 1,
        after=after(query),
        states=() if query["state"] is None else (query["state"],),
        line_id=query["line_id"],
    )
    found = page(query, rows, lambda row: [instant_text(row.starts_at), row.work_id])
    return {**found, "items": [work_item(row) for row in found["items"]]}


@WORK_ROUTES.get("/work-orders/<work_id>", operation_id="getWorkOrder", query=ExpandQuery, answer=WorkView)
@permits("work:read")
def read_one(work_id: str, query: dict[str, Any]) -> Answer:
    """A work order with what fed it, what came out and what can be done next.

    `expand=lots,inspections` brings along the lots themselves, with what they were made of and where they went.
    """
    shown, status, headers = _show(work_id)
    for name, lot_of in (("lots", "id"), ("inspections", "lot_id")):
        if name in query["expand"]:
            shown = {**shown, name: [{**one, "lot": read_lot(one[lot_of])} for one in shown[name]]}
    return shown, status, headers


def _show(work_id: str) -> Answer:
    api, principal = doors(), current_principal()
    found = api.read(work_id, principal)
    can = actions_shown(work_notes(api, found.state, principal), may_act(principal, found.state))
    ticket = ticket_shown(doors(), found.state)
    return {**work_view(found.state, found.version), "ticket": ticket, **can}, None, etag(found.version)


def _do(work_id: str, prepare: Prepare, *, needs_version: bool = False, status: int = 200) -> Answer:
    api = doors()

    def act(command: Command) -> None:
        run = api.run_on_version if needs_version else api.run
        run(command, lambda: prepare(command.principal))

    def show(outcome: Outcome) -> Answer:
        return _show(outcome.resource)

    return perform(act, show, resource=work_id, status=status, about=work_stream(work_id))


@WORK_ROUTES.post("/work-orders/<work_id>/start", operation_id="startWork", body=StartBody, answer=WorkView)
@permits("work:report")
def start(work_id: str, body: dict[str, Any]) -> Answer:
    """Begin the set-up, or the run where none is planned."""
    less = body["accept_less"]
    return _do(work_id, lambda principal: doors().production.start(work_id, principal, body["at"], accepts_less=less))


@WORK_ROUTES.post("/work-orders/<work_id>/move", operation_id="moveWork", body=MoveBody, answer=WorkView)
@permits("work:report")
def move(work_id: str, body: dict[str, Any]) -> Answer:
    """Begin agreed work at another time on its line. The buyer is asked only where its date or price would change."""
    replan_id = doors().ids.new("rpl")
    return _do(work_id, lambda principal: doors().moving.move(work_id, principal, body["starts_at"], replan_id))


@WORK_ROUTES.post("/work-orders/<work_id>/setup-finished", operation_id="finishSetup", body=StartBody, answer=WorkView)
@permits("work:report")
def finish_setup(work_id: str, body: dict[str, Any]) -> Answer:
    """The line is changed over; the run begins."""
    less = body["accept_less"]
    return _do(
        work_id,
        lambda principal: doors().production.finish_setup(work_id, principal, body["at"], accepts_less=less),
    )


@WORK_ROUTES.post(
    "/work-orders/<work_id>/reports", operation_id="reportProduction", body=ReportBody, answer=WorkView, status=201
)
@permits("work:report")
def report(work_id: str, body: dict[str, Any]) -> Answer:
    """Output since the last report: good, scrap, rework, and the lots it came from and went into."""
    terms = doors().read(work_id, current_principal()).state.terms
    output = Output(
        good=output_units(terms, body["good"], "/good"),
        scrap=output_units(terms, body["scrap"], "/scrap"),
        rework=output_units(terms, body["rework"], "/rework"),
        unit=terms.unit,
        lots_in=_lots_in(terms, body["lots_in"]),
        lots_out=[
            LotOut(one["label"], output_units(terms, one["quantity"], f"/lots_out/{index}/quantity"))
            for index, one in enumerate(body["lots_out"] or [])
        ],
        from_at=body["from_at"],
        at=body["at"],
    )
    report_id = doors().ids.new("rpt")
    return _do(work_id, lambda principal: doors().production.report(work_id, report_id, principal, output), status=201)


@WORK_ROUTES.post(
    "/work-orders/<work_id>/reports/<report_id>/correction",
    operation_id="correctReport",
    manner=Manner(needs_version=True),
    body=CorrectionBody,
    answer=WorkView,
)
@permits("work:report")
def correct(work_id: str, report_id: str, body: dict[str, Any]) -> Answer:
    """Restate a report: it is reversed and posted anew, and both stay visible."""
    terms = doors().read(work_id, current_principal()).state.terms
    restated = Restated(
        correction_id=doors().ids.new("cor"),
        good=output_units(terms, body["good"], "/good"),
        scrap=output_units(terms, body["scrap"], "/scrap"),
        rework=output_units(terms, body["rework"], "/rework"),
        lots_in=_lots_in(terms, body["lots_in"]),
        grounds=body["grounds"],
    )
    return _do(
        work_id,
        lambda principal: doors().production.correct(work_id, report_id, principal, restated),
        needs_version=True,
    )


@WORK_ROUTES.post(
    "/work-orders/<work_id>/stoppages", operation_id="reportStoppage", body=StoppageBody, answer=WorkView, status=201
)
@permits("stoppage:report")
def open_stoppage(work_id: str, body: dict[str, Any]) -> Answer:
    """The line stopped, and why."""
    stoppage_id = doors().ids.new("stp")
    stop = Stop(body["reason"], body["note"], body["at"])
    return _do(
        work_id,
        lambda principal: doors().production.open_stoppage(work_id, stoppage_id, principal, stop),
        status=201,
    )


@WORK_ROUTES.post(
    "/work-orders/<work_id>/stoppages/<stoppage_id>/end", operation_id="endStoppage", body=MomentBody, answer=WorkView
)
@permits("stoppage:report")
def close_stoppage(work_id: str, stoppage_id: str, body: dict[str, Any]) -> Answer:
    """The line runs again."""
    return _do(
        work_id, lambda principal: doors().production.close_stoppage(work_id, stoppage_id, principal, body["at"])
    )


@WORK_ROUTES.post("/work-orders/<work_id>/finish", operation_id="finishWork", body=MomentBody, answer=WorkView)
@permits("work:report")
def finish(work_id: str, body: dict[str, Any]) -> Answer:
    """The run ended: its lots go to inspection, the rest of its slot is free."""
    return _do(work_id, lambda principal: doors().production.finish(work_id, principal, body["at"]))


@WORK_ROUTES.post("/work-orders/<work_id>/ship", operation_id="shipWork", body=ShipBody, answer=WorkView)
@permits("work:report")
def ship(work_id: str, body: dict[str, Any]) -> Answer:
    """Released lots leave for the next step or the buyer; within one plant they arrive at once."""
    delivery_id, given = doors().ids.new("dlv"), body["quantity"]
    terms = doors().read(work_id, current_principal()).state.terms
    quantity = None if given is None else output_units(terms, given, "/quantity")
    return _do(
        work_id,
        lambda principal: doors().deliveries.ship(
            work_id, delivery_id, principal, body["to_process_id"], body["at"], quantity
        ),
    )


@WORK_ROUTES.post("/work-orders/<work_id>/deliver", operation_id="deliverWork", body=DeliverBody, answer=WorkView)
@permits("work:report")
def deliver(work_id: str, body: dict[str, Any]) -> Answer:
    """The shipment arrived; at the buyer's door, the buyer now confirms."""
    return _do(
        work_id,
        lambda principal: doors().deliveries.deliver(work_id, principal, body["delivery_id"], body["at"]),
    )


@WORK_ROUTES.get("/stoppage-reasons", operation_id="listStoppageReasons", answer=StopReasons)
@permits("work:read")
def list_reasons() -> Answer:
    """The tree of downtime reasons."""
    rows = stop_reasons().values()
    items = [
        {"code": one.code, "family": one.family, "parent": one.parent or None, "name": {"zh": one.zh, "en": one.en}}
        for one in rows
    ]
    return {"items": items}


def _lots_in(terms: WorkOffered, rows: list[dict[str, Any]] | None) -> list[LotIn] | None:
    if rows is None:
        return None
    found = []
    for index, one in enumerate(rows):
        eaten = eaten_units(terms, one["item"], one["quantity"], f"/lots_in/{index}/quantity")
        found.append(
            LotIn(
                item=one["item"],
                quantity=eaten.value,
                unit=eaten.unit,
                lot_id=one["lot_id"] or "",
                supplier_lot=one["supplier_lot"] or "",
            )
        )
    return found
