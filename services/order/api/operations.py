"""Operations: what goes on after a 202, with its state. Read from the order's own story; nothing more is stored.

An id is opaque to callers. Within: `opn_` and the quote's own characters for an acceptance; those of the order and the
number of the attempt for a plan.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.order.api.doors import doors
from services.order.api.orders import show_planned_order
from services.order.api.plan_views import ReasonView
from services.order.api.reasons_shown import reasons_shown
from services.order.domain import events
from services.order.domain.order import stream_of
from services.order.domain.refusals import Why
from shared.contracts.reasons import PlanReason
from shared.eventstore.port import Recorded
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.etags import etag
from shared.web.fields import BaseSchema, Choice, Id, Instant, Many, Part, Text, Whole
from shared.web.operations import Manner
from shared.web.prefer import wait_for, wait_seconds
from shared.web.refusals import WebWhy
from shared.web.routes import Answer, Routes

routes = Routes("operations", description="What goes on after a 202 受理后继续进行的操作")
_ID = re.compile(r"opn_([0-9A-HJKMNP-TV-Z]{26})(?:_([1-9][0-9]{0,5}))?")


class ProgressView(BaseSchema):
    """Steps that are done, of how many."""

    done = Whole()
    total = Whole()


class OperationView(BaseSchema):
    """*result_url*: what to read now; *code*: why it failed, where it did."""

    id = Text()
    object = Choice(("operation",))
    kind = Choice(("planning", "acceptance"))
    state = Choice(("running", "succeeded", "failed"))
    version = Whole()
    created_at = Instant()
    finished_at = Instant(allow_none=True)
    progress = Part(ProgressView)
    order_id = Id("ord")
    result_url = Text()
    code = Text(allow_none=True)
    reasons = Many(Part(ReasonView))


@dataclass(frozen=True, slots=True)
class Going:
    """How far an operation is. *result*: the id of the quote it led to; *code*: why it failed."""

    since: datetime
    until: datetime | None = None
    result: str = ""
    code: str = ""
    reasons: Sequence[PlanReason] = ()


def planning_url(order_id: str, attempt: int) -> str:
    """Where the plan asked for as *attempt* is followed."""
    return f"/v1/operations/opn_{order_id.removeprefix('ord_')}_{attempt}"


def acceptance_url(quote_id: str) -> str:
    """Where the acceptance of a quote is followed."""
    return f"/v1/operations/opn_{quote_id.removeprefix('quo_')}"


def show_going(order_id: str) -> Answer:
    """The order as `show_planned_order` does, with the address of its planning."""
    shown, status, headers = show_planned_order(order_id)
    return shown, status, {**headers, "Location": planning_url(order_id, shown["attempt"])}


@routes.get("/operations/<operation_id>", operation_id="getOperation", manner=Manner(waits=True), answer=OperationView)
@permits("order:read")
def read_operation(operation_id: str) -> Answer:
    """How far a plan or an acceptance is; `Prefer: wait=N` waits for its end. A 202 names it in `Location`."""
    found = _ID.fullmatch(operation_id)
    if found is None:
        raise Refused(WebWhy.NOT_FOUND)
    api, attempt = doors(), found[2]
    quote_id = "" if attempt else f"quo_{found[1]}"
    order_id = f"ord_{found[1]}" if attempt else api.order_of(quote_id, Why.UNKNOWN_QUOTE, current_principal())
    api.ordering.find(order_id, current_principal())

    def look(_: int = 0) -> Going | None:
        story = api.log.read_stream(stream_of(order_id))
        return _planning(story, int(attempt)) if attempt else _acceptance(story, quote_id)

    def ended(_: int) -> Going | None:
        going = look()
        return going if going is None or going.until is not None else None

    going = wait_for(api.log, ended, wait_seconds(), current_principal().org_id) or look()
    if going is None:
        raise Refused(WebWhy.NOT_FOUND)
    version = api.ordering.find(order_id, current_principal()).version
    return _shown(operation_id, order_id, going, version, is_planning=bool(attempt)), None, etag(version)


def _planning(story: Sequence[Recorded], attempt: int) -> Going | None:
    going: Going | None = None
    for recorded in story:
        match recorded.event:
            case events.OrderPlaced(placed_at=at) if attempt == 1:
                going = Going(at)
            case events.PlanningRequested(attempt=number, requested_at=at):
                if number == attempt:
                    going = Going(at)
                elif going is not None and going.until is None and number > attempt:
                    going = Going(going.since, at, code=Why.QUOTE_OUTDATED.value)  # a later plan took its place
            case events.QuoteReceived(attempt=number, quote_id=quote_id, offered_at=at) if number == attempt and going:
                going = Going(going.since, at, result=quote_id)
            case events.PlanningFailed(attempt=number, failed_at=at) as failed if number == attempt and going:
                going = Going(going.since, at, code="UNPLANNABLE", reasons=failed.reasons)
            case events.OrderCancelled(cancelled_at=at) if going and going.until is None:
                going = Going(going.since, at, code=Why.NOT_NOW.value)
            case _:
                continue
    return going


def _acceptance(story: Sequence[Recorded], quote_id: str) -> Going | None:
    going: Going | None = None
    for recorded in story:
        match recorded.event:
            case events.QuoteAccepted(quote_id=found, accepted_at=at) if found == quote_id:
                going = Going(at)
            case events.OrderConfirmed(quote_id=found, confirmed_at=at) if found == quote_id and going:
                going = Going(going.since, at, result=quote_id)
            case events.QuoteLost(quote_id=found, lost_at=at) as lost if found == quote_id and going:
                going = Going(going.since, at, code=Why.QUOTE_LOST.value, reasons=lost.reasons)
            case events.QuoteSetAside(quote_id=found, set_aside_at=at) if found == quote_id and going:
                going = Going(going.since, at, code=Why.QUOTE_EXPIRED.value)
            case events.OrderCancelled(cancelled_at=at) if going and going.until is None:
                going = Going(going.since, at, code=Why.NOT_NOW.value)
            case _:
                continue
    return going


def _shown(operation_id: str, order_id: str, going: Going, version: int, *, is_planning: bool) -> dict[str, Any]:
    is_over = going.until is not None
    made = f"/v1/quotes/{going.result}" if is_planning and going.result else f"/v1/orders/{order_id}"
    return {
        "id": operation_id,
        "object": "operation",
        "kind": "planning" if is_planning else "acceptance",
        "state": "running" if not is_over else "failed" if going.code else "succeeded",
        "version": version,
        "created_at": going.since,
        "finished_at": going.until,
        "progress": {"done": int(is_over), "total": 1},
        "order_id": order_id,
        "result_url": made,
        "code": going.code or None,
        "reasons": reasons_shown(going.reasons),
    }
