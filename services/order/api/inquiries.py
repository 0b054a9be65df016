"""Routes of inquiries: who could, when, for about how much. Nothing is reserved."""

from typing import Any

from services.order.api.asking import InquiriesQuery, InquiryBody, asked_from
from services.order.api.doors import doors
from services.order.api.inquiries_shown import inquiry_shown
from services.order.api.paper_lists import page_of_papers
from services.order.api.reasons_shown import Shown
from services.order.api.views import InquiriesPage, InquiryView
from services.order.domain.inquiry import Answered, Asked
from services.order.projections import papers
from shared.eventstore.handling import Loaded, transact
from shared.web.access import current_principal, permits
from shared.web.etags import etag
from shared.web.idempotency import Command, perform
from shared.web.operations import Manner
from shared.web.prefer import wait_for, wait_seconds
from shared.web.routes import Answer, Routes

routes = Routes("inquiries", description="Dates and prices without obligation")


@routes.post(
    "/inquiries",
    operation_id="makeInquiry",
    manner=Manner(waits=True),
    body=InquiryBody,
    answer=InquiryView,
    status=201,
)
@permits("order:place")
def make_inquiry(body: dict[str, Any]) -> Answer:
    """Ask who could make this, when and for about how much. `Prefer: wait=N` waits for the answer."""
    api = doors()
    asked = asked_from(body)

    def act(command: Command) -> None:
        transact(
            api.log,
            lambda: api.inquiring.make(command.resource, asked, command.principal, command.cause.at),
            command.cause,
            command.marks,
        )

    def show(inquiry_id: str) -> Answer:
        answered_inquiry(inquiry_id)
        return inquiry_of(inquiry_id)

    return perform(act, lambda outcome: show(outcome.resource), resource=api.ids.new("inq"), status=201)


def answered_inquiry(inquiry_id: str) -> Loaded[Asked | Answered]:
    """The inquiry once it is answered, or the caller has waited long enough."""
    api = doors()
    wait_for(
        api.log, lambda _: api.inquiring.is_answered(inquiry_id) or None, wait_seconds(), current_principal().org_id
    )
    return api.inquiring.find(inquiry_id, current_principal())


@routes.get("/inquiries", operation_id="listInquiries", query=InquiriesQuery, answer=InquiriesPage)
@permits("order:read")
def list_inquiries(query: dict[str, Any]) -> Answer:
    """Inquiries and their answers, the latest first: a buyer's own, all of them for the office."""
    wanted = papers.Wanted("inquiry", query["state"], query["preview_of"], query["since"], query["until"])
    return page_of_papers(query, wanted, lambda row: inquiry_of(row.paper_id)[0])


@routes.get("/inquiries/<inquiry_id>", operation_id="getInquiry", answer=InquiryView)
@permits("order:read")
def read_inquiry(inquiry_id: str) -> Answer:
    """An inquiry and its answer."""
    return inquiry_of(inquiry_id)


def inquiry_of(inquiry_id: str) -> tuple[Shown, None, dict[str, str]]:
    api = doors()
    loaded = api.inquiring.find(inquiry_id, current_principal())
    return inquiry_shown(loaded.state, loaded.version, api.ordering.terms), None, etag(loaded.version)
