"""Routes of offers: work that plants are asked to make, and their answers. An answer names the version it saw."""

from collections.abc import Callable
from typing import Any

from services.capacity.api.doors import doors
from services.capacity.api.tickets import ticket_shown
from services.capacity.api.work_actions import may_act, offer_notes
from services.capacity.api.work_schemas import CounterBody, DeclineBody, OfferDetail, OfferPage, OfferQuery
from services.capacity.api.work_views import offer_item, offer_view
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_identity import work_id_of
from services.capacity.handlers.offers import Counter
from services.capacity.projections import work
from services.capacity.projections.offers import list_offers
from shared.eventstore.handling import Prepared
from shared.kernel.clock import instant_text
from shared.kernel.principal import Principal
from shared.web.access import current_principal, permits
from shared.web.actions import actions_shown
from shared.web.cursors import after, page
from shared.web.etags import etag
from shared.web.idempotency import CHECKED_BY_ACT, Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.routes import Answer, Routes

OFFER_ROUTES = Routes("offers", description="Offers of work: accept, decline, counter")


@OFFER_ROUTES.get("/offers", operation_id="listOffers", query=OfferQuery, answer=OfferPage)
@permits("offer:read")
def list_all(query: dict[str, Any]) -> Answer:
    """Offers by the start of their work: a plant's own, or all for the office."""
    api = doors()
    api.wait_for_view(work.NAME)
    rows = list_offers(
        api.log.views,
        current_principal(),
        limit=query["limit"] + 1,
        after=after(query),
        standing=query["state"],
    )
    found = page(query, rows, lambda row: [instant_text(row.starts_at), row.work_id])
    return {**found, "items": [{**offer_item(row), **_can(row.work_id)} for row in found["items"]]}


def _can(work_id: str) -> dict[str, Any]:
    """What the caller can do with the offer now: asked of the work order itself, which a list may lag behind."""
    api, principal = doors(), current_principal()
    work = api.read(work_id, principal, Why.UNKNOWN_OFFER).state
    return actions_shown(offer_notes(api, work, principal), may_act(principal, work))


@OFFER_ROUTES.get("/offers/<offer_id>", operation_id="getOffer", answer=OfferDetail)
@permits("offer:read")
def read_one(offer_id: str) -> Answer:
    """An offer."""
    work_id = work_id_of(offer_id)
    found = doors().read(work_id, current_principal(), Why.UNKNOWN_OFFER)
    ticket = ticket_shown(doors(), found.state)
    return {**offer_view(found.state, found.version), "ticket": ticket, **_can(work_id)}, None, etag(found.version)


def _answer(offer_id: str, prepare: Callable[[Principal, str], Prepared[int]]) -> Answer:
    api = doors()
    replan_id = api.ids.new("rpl")

    def act(command: Command) -> None:
        api.run_on_version(command, lambda: prepare(command.principal, replan_id))

    def show(outcome: Outcome) -> Answer:
        return read_one(outcome.resource)

    return perform(act, show, resource=offer_id, about=CHECKED_BY_ACT)


@OFFER_ROUTES.post(
    "/offers/<offer_id>/accept", operation_id="acceptOffer", manner=Manner(needs_version=True), answer=OfferDetail
)
@permits("offer:answer")
def accept(offer_id: str) -> Answer:
    """Make it, as offered."""
    return _answer(offer_id, lambda principal, _: doors().offers.accept(offer_id, principal))


@OFFER_ROUTES.post(
    "/offers/<offer_id>/decline",
    operation_id="declineOffer",
    manner=Manner(needs_version=True),
    body=DeclineBody,
    answer=OfferDetail,
)
@permits("offer:answer")
def decline(offer_id: str, body: dict[str, Any]) -> Answer:
    """Do not make it: the second best plant is asked at once."""
    return _answer(
        offer_id,
        lambda principal, replan_id: doors().offers.decline(
            offer_id, principal, body["reason"], body["note"], replan_id
        ),
    )


@OFFER_ROUTES.post(
    "/offers/<offer_id>/counter",
    operation_id="counterOffer",
    manner=Manner(needs_version=True),
    body=CounterBody,
    answer=OfferDetail,
)
@permits("offer:answer")
def counter(offer_id: str, body: dict[str, Any]) -> Answer:
    """Make it at another price or time: taken at once when it costs the buyer nothing, else the buyer is asked."""
    price = body["price"]
    wanted = Counter(None if price is None else price.fen, body["starts_at"], body["note"])
    return _answer(
        offer_id, lambda principal, replan_id: doors().offers.counter(offer_id, principal, wanted, replan_id)
    )
