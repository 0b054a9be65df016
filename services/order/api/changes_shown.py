"""What a change would lead to, as a resource: its fee, and the price and date that the plants could keep."""

from services.order.api.orders_shown import line_shown, place_shown
from services.order.api.plans_shown import price_span
from services.order.api.reasons_shown import Shown, reasons_shown
from services.order.domain.changing import ChangePreview
from services.order.domain.inquiry import Answered, Asked
from services.order.domain.situations import Running
from services.order.domain.terms import Terms
from shared.kernel.money import Money


def change_preview_shown(
    preview: ChangePreview, running: Running | None, inquiry: Asked | Answered, terms: Terms
) -> Shown:
    """*running*: what is booked now, None before anything is."""
    target, answer = preview.target, inquiry.answer if isinstance(inquiry, Answered) else None
    options = [] if answer is None else answer.options
    span = price_span(options, None if answer is None else answer.earliest_at)
    return {
        "preview": True,
        "fee": Money(preview.fee_fen),
        "old_price": None if running is None else Money(running.promise.price_fen),
        "old_promise_at": None if running is None else running.promise.promise_at,
        "lines": [line_shown(one, None, terms) for one in target.lines],
        "requested_from": target.requested_from,
        "requested_by": target.requested_by,
        "deliver_to": place_shown(target.deliver_to),
        "inquiry_id": inquiry.made.inquiry_id,
        "state": "asked" if answer is None else "answered" if options else "impossible",
        "new_promise_at": span["earliest_promise_at"],
        "new_promise_on": span["earliest_promise_on"],
        "new_price_from": span["price_from"],
        "new_price_to": span["price_to"],
        "refusals": [] if answer is None else reasons_shown(answer.refusals),
    }
