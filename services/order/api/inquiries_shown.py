"""An inquiry as a resource."""

from services.order.api.orders_shown import line_shown, place_shown
from services.order.api.plans_shown import Wanted, option_shown, price_span
from services.order.api.reasons_shown import Shown, reasons_shown, relaxation_shown
from services.order.domain.inquiry import Answered, Inquiry, Unasked
from services.order.domain.terms import Terms


def inquiry_shown(inquiry: Inquiry, version: int, terms: Terms) -> Shown:
    """Raises ValueError for an inquiry never made."""
    if isinstance(inquiry, Unasked):
        raise ValueError("expected an inquiry that was made")  # noqa: TRY004 - not a type the caller chose
    made = inquiry.made
    answer = inquiry.answer if isinstance(inquiry, Answered) else None
    options = [] if answer is None else answer.options
    state = "asked" if answer is None else "answered" if options else "impossible"
    wanted = Wanted(made.requested_from, made.requested_by)
    return {
        "id": made.inquiry_id,
        "object": "inquiry",
        "created_at": made.made_at,
        "state": state,
        "version": version,
        "lines": [line_shown(one, None, terms) for one in made.lines],
        "deliver_to": place_shown(made.deliver_to),
        "requested_by": made.requested_by,
        "preview_of": made.preview_of or None,
        "answered_at": None if answer is None else answer.answered_at,
        **price_span(options, None if answer is None else answer.earliest_at),
        "options": [option_shown(one, wanted) for one in options],
        "refusals": [] if answer is None else reasons_shown(answer.refusals),
        "relaxation": None if answer is None else relaxation_shown(answer.relaxation),
    }
