"""Routes that change an order: changes, cancellation, answers to replans, arrivals of material, closing."""

from collections.abc import Callable
from typing import Any

from flask import jsonify

from services.order.api.asking import (
    AnswerBody,
    ArrivalBody,
    CancelBody,
    ChangeBody,
    PreviewQuery,
    limits_from,
    place_from,
    window_from,
)
from services.order.api.changes_shown import change_preview_shown
from services.order.api.doors import OrderApi, doors
from services.order.api.inquiries import answered_inquiry
from services.order.api.operations import show_going
from services.order.api.orders import show_order, show_planned_order
from services.order.api.orders_shown import running_of
from services.order.api.preview_views import CancelPreviewView, ChangePreviewView
from services.order.api.views import OrderView
from services.order.domain.changing import body_of
from services.order.domain.commands import (
    AnswerReplan,
    BuyerCommand,
    CancelOrder,
    ChangeOrder,
    CloseOrder,
    ReportSupply,
)
from services.order.domain.line_change import LineChange
from services.order.domain.order import stream_of
from services.order.domain.refusals import Why
from services.order.domain.situations import Order, Running
from services.order.domain.tailoring import supply_of, supply_units, whole_units
from services.order.domain.terms import FeeRow
from services.order.handlers.ordering import any_version
from services.order.handlers.snapshot import check_district
from shared.contracts.remaining import last_steps
from shared.eventstore.handling import transact
from shared.kernel.money import Money
from shared.kernel.refusal import Refused
from shared.kernel.units import Quantity
from shared.web.access import current_principal, permits
from shared.web.etags import check_preview, check_version
from shared.web.fields import Given
from shared.web.idempotency import CHECKED_BY_ACT, Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.routes import Answer, Routes

routes = Routes("order changes", description="What can still be changed, at a cost shown first")


def _perform(
    order_id: str,
    make: Callable[[Command], BuyerCommand],
    show: Callable[[str], Answer],
    *,
    needs_version: bool,
    status: int = 200,
) -> Answer:
    """Run a buyer's command on an order; *needs_version*: only on the version the caller has seen (If-Match)."""
    api = doors()

    def act(command: Command) -> None:
        asked = make(command)
        expected = command.expected_version if needs_version else 0

        def check(found: int) -> None:
            check_version(expected, found)

        transact(
            api.log,
            lambda: api.ordering.act(order_id, asked, command.principal, check if needs_version else any_version),
            command.cause,
            command.marks,
        )

    return perform(
        act, lambda outcome: show(outcome.resource), resource=order_id, status=status, about=stream_of(order_id)
    )


@routes.post(
    "/orders/<order_id>/changes",
    operation_id="changeOrder",
    manner=Manner(waits=True, needs_version=True, unless_preview=True),
    body=ChangeBody,
    query=PreviewQuery,
    answer=OrderView,
    status=202,
    documents={200: ChangePreviewView},
)
@permits("order:change")
def change_order(order_id: str, body: dict[str, Any], query: dict[str, Any]) -> Answer:
    """Change quantities, artwork, dates, places or limits: a new quote follows. `?preview=true` changes nothing and shows
    the fee, and with `Prefer: wait=N` the new price and date.
    """
    api = doors()
    agreed: Money | None = body["agreed_fee"]
    loaded = api.ordering.find(order_id, current_principal())
    order = loaded.state
    lines = _line_changes(order, body["lines"], api)
    place = None if body["deliver_to"] is None else place_from(body["deliver_to"])
    if place is not None:
        check_district(place.district, "/deliver_to/district")
    window = window_from(body)

    def make(at: Any) -> ChangeOrder:
        return ChangeOrder(
            quantities={},
            requested_by=body["requested_by"],
            limits=limits_from(body["limits"]),
            agreed_fee_fen=None if agreed is None else agreed.fen,
            terms=api.ordering.terms,
            at=at,
            window=window if body["requested_by"] is None else None,
            deliver_to=place,
            lines=lines,
        )

    if query["preview"]:
        check_preview(loaded.version)
        return _change_preview(api, order_id, make)
    return _perform(order_id, lambda command: make(command.cause.at), show_going, needs_version=True, status=202)


def _change_preview(api: OrderApi, order_id: str, make: Callable[[Any], ChangeOrder]) -> Answer:
    """The fee, and an inquiry about the order as it would be: its answer is the new price and date."""
    may_cost = api.ordering.preview_change(order_id, make(api.now()), current_principal())

    def act(command: Command) -> None:
        preview = api.ordering.preview_change(order_id, make(command.cause.at), command.principal)
        transact(
            api.log,
            lambda: api.inquiring.ask_about(command.resource, preview.target, command.principal, command.cause.at),
            command.cause,
            command.marks,
        )

    def show(outcome: Outcome) -> Answer:
        inquiry = answered_inquiry(outcome.resource).state
        running = running_of(api.read(order_id).state)
        shown = change_preview_shown(may_cost, running, inquiry, api.ordering.terms)
        return _dumped(ChangePreviewView, shown)

    return perform(act, show, resource=api.ids.new("inq"), about=CHECKED_BY_ACT)


def _line_changes(order: Order, lines: list[dict[str, Any]], api: OrderApi) -> dict[str, LineChange]:
    """Order line id -> what changes of it. Raises Refused: UNKNOWN_LINE, QUANTITY_UNIT, DISTRICT_UNKNOWN."""
    found = {}
    for index, one in enumerate(lines):
        pointer, place = f"/lines/{index}", one["deliver_to"]
        if place is not None:
            check_district(place["district"], f"{pointer}/deliver_to/district")
        found[one["order_line_id"]] = LineChange(
            quantity=_quantity(order, one, pointer, api),
            window=window_from(one),
            deliver_to=None if place is None else place_from(place),
            artwork=one["artwork"],
        )
    return found


def _quantity(order: Order, change: dict[str, Any], pointer: str, api: OrderApi) -> int | None:
    """In base units, by the units the order snapshotted; an older order goes by the product's of today."""
    given: Given | None = change["quantity"]
    line = body_of(order).line(change["order_line_id"])
    if line is None:
        raise Refused(Why.UNKNOWN_LINE, pointer=f"{pointer}/order_line_id", order_line_id=change["order_line_id"])
    if given is None:
        return None
    product = api.catalogue.products.get(line.demand.product_id)
    today = product.units if product is not None and product.unit == line.demand.unit else {}
    units, most = line.demand.units or today, api.ordering.terms.quantity_max
    return whole_units(given.value, given.unit, line.demand.unit, units, f"{pointer}/quantity", most).value


@routes.post(
    "/orders/<order_id>/cancellation",
    operation_id="cancelOrder",
    manner=Manner(needs_version=True, unless_preview=True),
    body=CancelBody,
    query=PreviewQuery,
    answer=OrderView,
    status=202,
    documents={200: CancelPreviewView},
)
@permits("order:cancel")
def cancel_order(order_id: str, body: dict[str, Any], query: dict[str, Any]) -> Answer:
    """Cancel. What is being made to its end still comes, and goods that have come are confirmed or disputed as ever.
    `?preview=true` shows the fee, line by line what ends and what stays, and changes nothing.
    """
    api = doors()
    agreed: Money | None = body["agreed_fee"]

    def make(at: Any) -> CancelOrder:
        return CancelOrder(None if agreed is None else agreed.fen, api.ordering.terms, at)

    if query["preview"]:
        check_preview(api.ordering.find(order_id, current_principal()).version)
        fee_fen, rows = api.ordering.preview_cancellation(order_id, make(api.now()), current_principal())
        running = running_of(api.read(order_id).state)
        price = None if running is None else Money(running.promise.price_fen)
        return _dumped(
            CancelPreviewView,
            {
                "preview": True,
                "fee": Money(fee_fen),
                "price": price,
                "parts": [_part_shown(one) for one in rows],
                "lines": [] if running is None else _lines_left(running, rows),
            },
        )
    return _perform(
        order_id, lambda command: make(command.cause.at), _show_with_address, needs_version=True, status=202
    )


def _lines_left(running: Running, rows: list[FeeRow]) -> list[dict[str, Any]]:
    """Line by line: what ends and for what fee, what comes all the same, what has come."""
    shown = []
    for line in running.body.lines:
        demand = line.demand
        mine = [one for one in rows if one.step.order_line_id == demand.order_line_id]
        stays = sum(one.quantity_net for one in last_steps([row.step for row in mine if row.why == "made"]))
        ordered = running.wanted(demand.order_line_id)
        shown.append(
            {
                "order_line_id": demand.order_line_id,
                "product": demand.product_id,
                "quantity": Quantity(ordered, demand.unit),
                "ends": Quantity(max(0, ordered - stays), demand.unit),
                "stays": Quantity(min(stays, ordered), demand.unit),
                "delivered": Quantity(running.delivered(demand.order_line_id), demand.unit),
                "fee": Money(sum(one.fee_fen for one in mine)),
            }
        )
    return shown


def _show_with_address(order_id: str) -> Answer:
    """The order, which is cancelled already; what it held is given back behind it."""
    shown, status, headers = show_order(order_id)
    return shown, status, {**headers, "Location": f"/v1/orders/{order_id}"}


def _part_shown(row: FeeRow) -> dict[str, Any]:
    step = row.step
    return {
        "process_id": step.process_id,
        "step": step.step,
        "capability": step.capability,
        "plant": step.plant_name,
        "starts_at": step.starts_at,
        "why": row.why,
        "price": Money(step.price_fen),
        "fee": Money(row.fee_fen),
    }


def _dumped(schema: Any, shown: dict[str, Any]) -> Answer:
    """An answer of another shape than the route's usual one."""
    return jsonify(schema().dump(shown))


@routes.post(
    "/orders/<order_id>/replans/<replan_id>/answer", operation_id="answerReplan", body=AnswerBody, answer=OrderView
)
@permits("order:accept")
def answer_replan(order_id: str, replan_id: str, body: dict[str, Any]) -> Answer:
    """Accept the changed plan, or end what is asked about without a fee: the rest of the order goes on. Silence means the
    stated default.
    """
    return _perform(
        order_id,
        lambda command: AnswerReplan(replan_id, body["choice"], command.cause.at, doors().ordering.terms),
        show_order,
        needs_version=False,
    )


@routes.post(
    "/orders/<order_id>/supplies/arrivals",
    operation_id="reportSupplyArrival",
    manner=Manner(waits=True),
    body=ArrivalBody,
    answer=OrderView,
)
@permits("order:change")
def report_supply(order_id: str, body: dict[str, Any]) -> Answer:
    """Material of the buyer arrived; when it is short, less is planned or the buyer is asked."""
    api = doors()
    given: Given = body["quantity"]
    lines = body_of(api.ordering.find(order_id, current_principal()).state).lines
    known = api.catalogue.items.get(body["item"])
    units = {} if known is None else supply_units(lines, body["item"], known.unit)
    quantity = supply_of(api.catalogue, body["item"], given.value, given.unit, pointer="", units=units)

    def make(command: Command) -> ReportSupply:
        at = command.cause.at
        return ReportSupply(
            item=body["item"],
            quantity=quantity.value,
            unit=quantity.unit,
            arrived_at=body["arrived_at"] or at,
            terms=api.ordering.terms,
            at=at,
        )

    return _perform(order_id, make, show_planned_order, needs_version=False)


@routes.post("/orders/<order_id>/close", operation_id="closeOrder", manner=Manner(needs_version=True), answer=OrderView)
@permits("delivery:confirm")
def close_order(order_id: str) -> Answer:
    """Be content with what arrived, though it is less than ordered."""
    return _perform(order_id, lambda command: CloseOrder(command.cause.at), show_order, needs_version=True)
