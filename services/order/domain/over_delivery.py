"""More than ordered: what came beyond the tolerance is told, and paid for only where the receiving party says so."""

from collections.abc import Iterable

from services.order.domain.situations import Delivery, Running
from services.order.domain.terms import Terms


def payable_units(deliveries: Iterable[Delivery], ordered: int, terms: Terms) -> int:
    """Units of one line to pay for: what was confirmed, up to the tolerance and what was taken beyond it."""
    rows = list(deliveries)
    confirmed, taken = sum(one.confirmed or 0 for one in rows), sum(one.over_accepted for one in rows)
    return min(confirmed, terms.payable(confirmed, ordered) + taken)


def beyond_tolerance(running: Running, delivery: Delivery, terms: Terms) -> int:
    """Units of *delivery* beyond the tolerance of its line, after all that came before it."""
    line = running.body.line(delivery.order_line_id)
    if line is None:
        return 0
    limit, before = terms.payable(terms.quantity_max, line.demand.quantity_net), 0
    for one in running.deliveries.values():
        if one.delivery_id == delivery.delivery_id:
            return max(0, before + _counted(delivery) - max(limit, before))
        if one.order_line_id == delivery.order_line_id:
            before += _counted(one)
    return 0


def _counted(delivery: Delivery) -> int:
    return delivery.quantity if delivery.confirmed is None else delivery.confirmed
