"""Routes of production lines: list, read, and publish by parts: capabilities, calendar, changeovers, prices, limits,
offered hours, rules of automatic acceptance. A replacement names the version it is based on (If-Match).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.capacity.api.master_api import MasterApi, tagged
from services.capacity.api.master_schemas import (
    AutoAcceptRulesBody,
    CalendarBody,
    CapabilitiesBody,
    ChangeoversBody,
    HoursQuery,
    HoursView,
    LinePage,
    LineQuery,
    LineView,
    OfferBody,
    PlanningLimitsBody,
    PricesBody,
    WithdrawBody,
)
from services.capacity.api.master_views import (
    auto_accept_from,
    calendar_from,
    capabilities_from,
    changeovers_from,
    line_view,
    prices_from,
)
from services.capacity.domain.line import line_stream
from services.capacity.domain.line_commands import (
    DeclareCalendar,
    LineCommand,
    PublishHours,
    SetAutoAcceptRules,
    SetCapabilities,
    SetChangeovers,
    SetPlanningLimits,
    SetPrices,
    WithdrawHours,
)
from services.capacity.domain.line_state import Line
from services.capacity.domain.spans import between, seconds
from services.capacity.projections import lines as line_list
from shared.contracts.planning import Interval
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import after, page
from shared.web.idempotency import Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.routes import Answer, Routes

LINE_ROUTES = Routes("lines", description="Production lines: what they can do, when, at what price")
Make = Callable[[Line, datetime], LineCommand]


@LINE_ROUTES.get("/lines", operation_id="listLines", query=LineQuery, answer=LinePage)
@permits("plant:read")
def list_lines(query: dict[str, Any]) -> Answer:
    """Lines by code: a factory's own, or all for the office."""
    api = provided(MasterApi)
    api.wait_for_view(line_list.NAME)
    rows = line_list.list_lines(
        api.views,
        current_principal(),
        limit=query["limit"] + 1,
        after=after(query),
        plant_id=query["plant_id"],
        capability=query["capability"],
    )
    found = page(query, rows, lambda row: [row.code, row.line_id])
    return {**found, "items": [_item(row) for row in found["items"]]}


def _item(row: line_list.LineRow) -> dict[str, Any]:
    return {
        "id": row.line_id,
        "object": "line",
        "state": row.state,
        "version": row.version,
        "created_at": row.created_at,
        "plant_id": row.plant_id,
        "plant_name": row.plant_name,
        "organisation_id": row.factory_org_id,
        "district": row.district,
        "code": row.code,
        "name": row.name,
        "capability_codes": row.capabilities,
    }


@LINE_ROUTES.get("/lines/<line_id>", operation_id="getLine", answer=LineView)
@permits("plant:read")
def read_line(line_id: str) -> Answer:
    """A line with everything it publishes."""
    return _line(line_id)


def _line(line_id: str) -> Answer:
    found = provided(MasterApi).masters.line(line_id, current_principal())
    return tagged(line_view(found.state, found.version))


def _replace(line_id: str, make: Make) -> Answer:
    """A change of what stands: based on the version in If-Match."""
    api = provided(MasterApi)

    def act(command: Command) -> None:
        at = command.cause.at
        api.run_on_version(
            command,
            line_stream(line_id),
            lambda: api.masters.change_line(line_id, lambda line: make(line, at), command.principal, at),
        )

    return perform(act, _shown, resource=line_id, about=line_stream(line_id))


def _shown(outcome: Outcome) -> Answer:
    return _line(outcome.resource)


@LINE_ROUTES.put(
    "/lines/<line_id>/capabilities",
    operation_id="setLineCapabilities",
    manner=Manner(needs_version=True),
    body=CapabilitiesBody,
    answer=LineView,
)
@permits("line:publish")
def set_capabilities(line_id: str, body: dict[str, Any]) -> Answer:
    """Replace what the line can do, and its name where one is given."""
    return _replace(line_id, lambda line, at: SetCapabilities(body.get("name", line.name), capabilities_from(body), at))


@LINE_ROUTES.put(
    "/lines/<line_id>/calendar",
    operation_id="declareLineCalendar",
    manner=Manner(needs_version=True),
    body=CalendarBody,
    answer=LineView,
)
@permits("line:publish")
def declare_calendar(line_id: str, body: dict[str, Any]) -> Answer:
    """Declare planned operation from now on; offered hours follow, booked ones cannot be taken away."""
    return _replace(line_id, lambda _, at: DeclareCalendar(calendar_from(body), at))


@LINE_ROUTES.put(
    "/lines/<line_id>/changeovers",
    operation_id="setLineChangeovers",
    manner=Manner(needs_version=True),
    body=ChangeoversBody,
    answer=LineView,
)
@permits("line:publish")
def set_changeovers(line_id: str, body: dict[str, Any]) -> Answer:
    """Replace the changeover matrix."""
    return _replace(line_id, lambda _, at: SetChangeovers(changeovers_from(body), at))


@LINE_ROUTES.put(
    "/lines/<line_id>/prices",
    operation_id="setLinePrices",
    manner=Manner(needs_version=True),
    body=PricesBody,
    answer=LineView,
)
@permits("line:publish")
def set_prices(line_id: str, body: dict[str, Any]) -> Answer:
    """Replace the prices, before VAT."""
    return _replace(line_id, lambda _, at: SetPrices(prices_from(body), at))


@LINE_ROUTES.put(
    "/lines/<line_id>/planning-limits",
    operation_id="setLinePlanningLimits",
    manner=Manner(needs_version=True),
    body=PlanningLimitsBody,
    answer=LineView,
)
@permits("line:publish")
def set_limits(line_id: str, body: dict[str, Any]) -> Answer:
    """Set the weekly load cap (0: none) and the frozen fence."""
    return _replace(
        line_id,
        lambda _, at: SetPlanningLimits(body["load_cap_hours_per_week"], body["frozen_fence_hours"], at),
    )


@LINE_ROUTES.put(
    "/lines/<line_id>/auto-accept-rules",
    operation_id="setLineAutoAcceptRules",
    manner=Manner(needs_version=True),
    body=AutoAcceptRulesBody,
    answer=LineView,
)
@permits("line:publish")
def set_auto_accept_rules(line_id: str, body: dict[str, Any]) -> Answer:
    """Replace the rules by which offers are accepted at once; an empty list asks for each."""
    return _replace(line_id, lambda _, at: SetAutoAcceptRules(auto_accept_from(body), at))


@LINE_ROUTES.get("/lines/<line_id>/offered-hours", operation_id="getOfferedHours", query=HoursQuery, answer=HoursView)
@permits("plant:read")
def read_offered_hours(line_id: str, query: dict[str, Any]) -> Answer:
    """Hours the line offers within a span of time, booked or not."""
    return _hours(line_id, query["starts_at"], query["ends_at"])


def _hours(line_id: str, since: datetime, until: datetime) -> Answer:
    found = provided(MasterApi).masters.line(line_id, current_principal())
    spans = between(found.state.offered, since, until)
    view = {
        "line_id": line_id,
        "object": "offered-hours",
        "version": found.version,
        "intervals": spans[:HOURS_SHOWN_MAX],
        "offered_seconds": seconds(spans),
    }
    return tagged(view)


HOURS_SHOWN_MAX = 2_000


def _change_hours(line_id: str, body: dict[str, Any], make: Make) -> Answer:
    """Publishing and withdrawing add to what stands and need no If-Match; repeated, they say the same."""
    api = provided(MasterApi)
    intervals = [Interval(**one) for one in body["intervals"]]

    def act(command: Command) -> None:
        at = command.cause.at
        api.run(command, lambda: api.masters.change_line(line_id, lambda line: make(line, at), command.principal, at))

    since = min(one.starts_at for one in intervals)
    until = max(one.ends_at for one in intervals)
    return perform(
        act, lambda outcome: _hours(outcome.resource, since, until), resource=line_id, about=line_stream(line_id)
    )


@LINE_ROUTES.post("/lines/<line_id>/offered-hours", operation_id="offerHours", body=OfferBody, answer=HoursView)
@permits("line:publish")
def publish_hours(line_id: str, body: dict[str, Any]) -> Answer:
    """Offer hours of planned operation to the programme; answers with what is offered around them."""
    return _change_hours(line_id, body, lambda _, at: PublishHours([Interval(**one) for one in body["intervals"]], at))


@LINE_ROUTES.post(
    "/lines/<line_id>/offered-hours/withdraw", operation_id="withdrawHours", body=WithdrawBody, answer=HoursView
)
@permits("line:publish")
def withdraw_hours(line_id: str, body: dict[str, Any]) -> Answer:
    """Take offered hours back, never held or booked ones; answers with what is still offered around them."""
    intervals = [Interval(**one) for one in body["intervals"]]
    return _change_hours(line_id, body, lambda _, at: WithdrawHours(intervals, body["reason"], at))
