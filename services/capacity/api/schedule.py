"""Routes of a line's own board: what is booked on it, and what is free. Clients' names and rivals' holds stay away."""

from datetime import datetime, timedelta
from typing import Any

from services.capacity.api.doors import FloorApi, doors
from services.capacity.api.work_schemas import BoardView, FreeHoursView, SpanQuery
from services.capacity.domain.bookings import Booking
from services.capacity.domain.hours import instant_of, microseconds_of, seconds_of
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.refusals import Why
from services.capacity.domain.spans import between, merged, minus, seconds
from services.capacity.projections import work
from shared.contracts.planning import Interval
from shared.kernel.clock import instant_text
from shared.kernel.principal import Role
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.routes import Answer, Routes

SCHEDULE_ROUTES = Routes("schedule", description="A line's board: booked and free time")
USUAL_SPAN = timedelta(days=14)
ROWS_MAX = 1_000


@SCHEDULE_ROUTES.get("/lines/<line_id>/schedule", operation_id="getLineSchedule", query=SpanQuery, answer=BoardView)
@permits("schedule:read")
def read_schedule(line_id: str, query: dict[str, Any]) -> Answer:
    """Firm and held slots of the line within [from, to), with their work orders."""
    api, since, until = doors(), *_span(doors(), query)
    line = _line(api, line_id)
    found = _standing(line, since, until, api.now())[:ROWS_MAX]
    api.wait_for_view(work.NAME)
    works = work.by_slot(api.log.views, line_id, [one.slot_id for one in found])
    return {
        "line_id": line_id,
        "object": "schedule",
        "from_at": since,
        "to_at": until,
        "offered": between(line.master.offered, since, until)[:ROWS_MAX],
        "slots": [_slot(one, works.get(one.slot_id)) for one in found],
        "down_until": _down_until(api, line_id),
    }


@SCHEDULE_ROUTES.get("/lines/<line_id>/free-hours", operation_id="getFreeHours", query=SpanQuery, answer=FreeHoursView)
@permits("schedule:read")
def read_free_hours(line_id: str, query: dict[str, Any]) -> Answer:
    """Offered hours within [from, to) that nothing holds or books now."""
    api, since, until = doors(), *_span(doors(), query)
    line = _line(api, line_id)
    taken = merged(
        Interval(instant_of(one.starts), instant_of(one.ends)) for one in _standing(line, since, until, api.now())
    )
    free = minus(between(line.master.offered, since, until), taken)
    return {
        "line_id": line_id,
        "object": "free-hours",
        "from_at": since,
        "to_at": until,
        "free": free[:ROWS_MAX],
        "free_seconds": seconds(free),
    }


def _span(api: FloorApi, query: dict[str, Any]) -> tuple[datetime, datetime]:
    since = api.now() if query["from_at"] is None else query["from_at"]
    until = since + USUAL_SPAN if query["to_at"] is None else query["to_at"]
    if since >= until:
        raise Refused(Why.SPAN_EMPTY, pointer="/to", from_at=instant_text(since), to_at=instant_text(until))
    return since, until


def _line(api: FloorApi, line_id: str) -> LineOnBoard:
    """The caller's own line, any line for the office. Raises Refused: UNKNOWN_LINE."""
    principal = current_principal()
    try:
        line = api.desk.board.caught_up().line(line_id)
    except KeyError:
        raise Refused(Why.UNKNOWN_LINE, id=line_id) from None
    if principal.role is not Role.OFFICE and not principal.owns(line.master.factory_org_id):
        raise Refused(Why.UNKNOWN_LINE, id=line_id)
    return line


def _standing(line: LineOnBoard, since: datetime, until: datetime, now: datetime) -> list[Booking]:
    first, last, now_us = seconds_of(since), seconds_of(until), microseconds_of(now)
    return [one for one in line.bookings if one.ends > first and one.starts < last and one.stands(now_us)]


def _slot(one: Booking, row: work.WorkRow | None) -> dict[str, Any]:
    """A hold shows its time only: it may never become work."""
    slot: dict[str, Any] = {
        "id": one.slot_id,
        "state": "held" if one.expires_us else "booked",
        "starts_at": instant_of(one.starts),
        "ends_at": instant_of(one.ends),
        "setup_seconds": one.setup,
    }
    if row is not None and not one.expires_us:
        slot |= {
            "work_order_id": row.work_id,
            "order_id": row.order_id,
            "capability": row.capability,
            "name": {"zh": row.name_zh, "en": row.name_en},
            "work_state": row.state,
        }
    return slot


def _down_until(api: FloorApi, line_id: str) -> datetime | None:
    down = api.desk.draft().floor_of(line_id).down
    return None if down is None else down.expected_until
