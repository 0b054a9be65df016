"""A fact arrived from capacity: which command of ours follows. Pure; the consumer hands it to the handler."""

from collections.abc import Callable, Mapping

from services.order.domain import commands
from services.order.domain.inquiry import ReceiveAnswer
from services.order.domain.terms import Terms
from shared.contracts import capacity
from shared.contracts.envelope import Fact

INQUIRY_PREFIX = "inq_"

Reaction = commands.Report | ReceiveAnswer


def on_inquiry_answered(fact: capacity.InquiryAnswered) -> Reaction:
    return ReceiveAnswer(tuple(fact.options), tuple(fact.refusals), None, fact.answered_at, fact.earliest_at)


def on_quote_offered(fact: capacity.QuoteOffered) -> Reaction:
    return commands.ReceiveQuote(fact)


def on_plan_refused(fact: capacity.PlanRefused) -> Reaction:
    """Nobody could: the answer to an inquiry as well as to an order."""
    if fact.order_id.startswith(INQUIRY_PREFIX):
        return ReceiveAnswer((), tuple(fact.reasons), fact.relaxation, fact.refused_at)
    return commands.ReceiveRefusal(fact)


def on_quote_confirmed(fact: capacity.QuoteConfirmed) -> Reaction:
    return commands.ReceiveConfirmation(fact)


def on_quote_lost(fact: capacity.QuoteLost) -> Reaction:
    return commands.ReceiveLoss(fact)


def on_offer_answered(fact: capacity.OfferAnswered) -> Reaction:
    return commands.ReceivePlantAnswer(fact)


def on_plan_changed(fact: capacity.PlanChanged) -> Reaction:
    return commands.ReceivePlanChange(fact)


def reaction_to(fact: Fact, terms: Terms) -> Reaction | None:
    """The command that *fact* leads to, None when it is not for us."""
    match fact:
        case capacity.WorkProgressed():
            return commands.ReceiveProgress(fact, terms)
        case capacity.ShipmentDelivered():
            return commands.ReceiveDelivery(fact, terms)
        case _:
            react = _REACTIONS.get(type(fact))
            return None if react is None else react(fact)


def on_lot_rejudged(fact: capacity.LotRejudged | capacity.ShipmentCorrected) -> Reaction:
    return commands.ReceiveVerdict(fact)


_REACTIONS: Mapping[type[Fact], Callable[..., Reaction]] = {
    capacity.InquiryAnswered: on_inquiry_answered,
    capacity.QuoteOffered: on_quote_offered,
    capacity.PlanRefused: on_plan_refused,
    capacity.QuoteConfirmed: on_quote_confirmed,
    capacity.QuoteLost: on_quote_lost,
    capacity.OfferAnswered: on_offer_answered,
    capacity.PlanChanged: on_plan_changed,
    capacity.LotRejudged: on_lot_rejudged,
    capacity.ShipmentCorrected: on_lot_rejudged,
}

HEARD = frozenset(
    name
    for name, kind in capacity.FACTS.items()
    if kind in _REACTIONS or kind in {capacity.WorkProgressed, capacity.ShipmentDelivered}
)
"""Wire names of the facts that concern us."""
