"""Lists of inquiries, quotes and deliveries: which ones by the view, what they say by the log."""

from collections.abc import Callable
from typing import Any

from services.order.api.doors import doors
from services.order.api.reasons_shown import Shown
from services.order.projections import papers
from shared.web.access import current_principal
from shared.web.cursors import after, page


def page_of_papers(
    query: dict[str, Any], wanted: papers.Wanted, show: Callable[[papers.PaperRow], Shown]
) -> dict[str, Any]:
    """One page of the papers *wanted*, each as `show` tells it."""
    api = doors()
    api.wait_for_view(papers.NAME)
    rows = papers.list_papers(
        api.log.views, current_principal(), wanted, at=api.now(), after=after(query), limit=query["limit"] + 1
    )
    found = page(query, rows, lambda row: [row.at_us, row.paper_id])
    return {**found, "items": [show(row) for row in found["items"]]}
