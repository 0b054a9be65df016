"""Routes of outages: a line breaks down or loses its power, and runs again. Orders on it are planned anew at once."""

from typing import Any

from services.capacity.api.doors import doors
from services.capacity.api.work_schemas import BreakdownBody, BreakdownView
from services.capacity.domain.line import line_stream
from services.capacity.handlers.access import own_line
from services.capacity.handlers.breakdowns import Outage
from shared.eventstore.handling import transact
from shared.web.access import current_principal, permits
from shared.web.idempotency import Command, Outcome, perform
from shared.web.routes import Answer, Routes

BREAKDOWN_ROUTES = Routes("breakdowns", description="Outages of lines")


@BREAKDOWN_ROUTES.post(
    "/lines/<line_id>/breakdowns", operation_id="reportBreakdown", body=BreakdownBody, answer=BreakdownView, status=201
)
@permits("breakdown:report")
def break_line(line_id: str, body: dict[str, Any]) -> Answer:
    """The line will not run in [from, expected_until). Buyers whose promise slips are asked."""
    api = doors()
    outage = Outage(body["from_at"] or api.now(), body["expected_until"], body["reason"])
    struck: list[int] = []

    def act(command: Command) -> None:
        done = transact(
            api.log,
            lambda: api.breakdowns.break_line(line_id, command.resource, command.principal, outage),
            command.cause,
            command.marks,
        )
        struck.append(len(done.result.orders))

    def show(outcome: Outcome) -> Answer:
        return _outage(line_id, outcome.resource, struck[0] if struck else 0)

    return perform(act, show, resource=api.ids.new("stp"), status=201, about=line_stream(line_id))


def _outage(line_id: str, stoppage_id: str, orders: int) -> Answer:
    api = doors()
    own_line(api.desk.board.caught_up(), line_id, current_principal())
    down = api.desk.draft().floor_of(line_id).down
    return {
        "id": stoppage_id,
        "object": "breakdown",
        "line_id": line_id,
        "replanned_orders": orders,
        "down_until": None if down is None else down.expected_until,
    }


@BREAKDOWN_ROUTES.post(
    "/lines/<line_id>/breakdowns/<stoppage_id>/end", operation_id="endBreakdown", answer=BreakdownView
)
@permits("breakdown:report")
def mend_line(line_id: str, stoppage_id: str) -> Answer:
    """The line runs again: what it withdrew beyond now is offered again."""
    api = doors()

    def act(command: Command) -> None:
        transact(
            api.log,
            lambda: api.breakdowns.mend_line(line_id, stoppage_id, command.principal),
            command.cause,
            command.marks,
        )

    def show(outcome: Outcome) -> Answer:
        return _outage(line_id, outcome.resource, 0)

    return perform(act, show, resource=stoppage_id, about=line_stream(line_id))
