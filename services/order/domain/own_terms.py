"""A line's own date, window, place and artwork: given when ordered, and changed later, beside those of the order."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from services.order.domain.line_change import LineChange
from services.order.domain.placing import check_dates, check_quantity
from services.order.domain.refusals import Why
from services.order.domain.tailoring import with_artwork
from services.order.domain.terms import Terms
from services.order.domain.values import OrderLine, Window
from shared.contracts.planning import Place
from shared.kernel.refusal import Refused


def with_own_terms(line: OrderLine, window: Window | None, deliver_to: Place | None) -> OrderLine:
    """*line* wanted within *window* and at *deliver_to*, where they are given."""
    demand = line.demand
    if window is not None:
        demand = msgspec.structs.replace(demand, requested_from=window.since, requested_by=window.by)
    if deliver_to is not None:
        demand = msgspec.structs.replace(demand, deliver_to=deliver_to)
    return line if demand is line.demand else msgspec.structs.replace(line, demand=demand)


def changed_lines(
    lines: Sequence[OrderLine], changes: Mapping[str, LineChange], buyer_org_id: str, terms: Terms
) -> tuple[OrderLine, ...]:
    """*lines* with *changes* (order line id -> change). Raises Refused: UNKNOWN_LINE, QUANTITY_RANGE, OPTION_UNKNOWN,
    OPTION_VALUE.
    """
    found = {one.demand.order_line_id: one for one in lines}
    for index, (line_id, change) in enumerate(changes.items()):
        pointer = f"/lines/{index}"
        if line_id not in found:
            raise Refused(Why.UNKNOWN_LINE, pointer=f"{pointer}/order_line_id", order_line_id=line_id)
        line = with_own_terms(found[line_id], change.window, change.deliver_to)
        if change.quantity is not None:
            check_quantity(change.quantity, f"{pointer}/quantity", line.demand.unit, terms)
            demand = msgspec.structs.replace(line.demand, quantity_net=change.quantity)
            line = msgspec.structs.replace(line, demand=demand)
        if change.artwork is not None:
            line = with_artwork(line, change.artwork, buyer_org_id, f"{pointer}/artwork")
        found[line_id] = line
    return tuple(found.values())


def check_changed_dates(changes: Mapping[str, LineChange], at: datetime, terms: Terms) -> None:
    """Raises Refused as `check_dates`, with a pointer to the line."""
    for index, change in enumerate(changes.values()):
        if change.window is not None:
            check_dates(change.window.since, change.window.by, at, terms, f"/lines/{index}")
