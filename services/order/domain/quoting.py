"""Quotes: received, accepted, confirmed or lost, for a new order and for the change of a confirmed one."""

from collections.abc import Sequence

from services.order.domain.asking import planning_requested, set_aside
from services.order.domain.commands import (
    AcceptQuote,
    ReceiveConfirmation,
    ReceiveLoss,
    ReceivePlantAnswer,
    ReceiveQuote,
    ReceiveRefusal,
)
from services.order.domain.events import (
    AnyOrderEvent,
    OrderConfirmed,
    PlanningFailed,
    PlantAnswered,
    QuoteAccepted,
    QuoteLost,
    QuoteReceived,
    QuoteSetAside,
)
from services.order.domain.refusals import Why
from services.order.domain.situations import (
    Accepted,
    Awaited,
    Body,
    Order,
    Planning,
    Quote,
    Quoted,
    Revision,
    Running,
    Taken,
)
from services.order.domain.standing import standing_of
from shared.kernel.refusal import Refused


def _awaits(order: Order) -> int | None:
    """The attempt whose answer is awaited, None when none is: once work has begun, a change comes too late."""
    match order:
        case Planning(body=body):
            return body.attempt
        case Running(revision=Revision(target=target, answer=Awaited()), is_in_production=False):
            return target.attempt
        case _:
            return None


def _stands(order: Order, quote_id: str) -> bool:
    """Whether the quote lies before the buyer, is accepted or booked: told again, it says nothing new."""
    match order:
        case Quoted(quote=quote) | Accepted(taken=Taken(quote=quote)):
            return quote.quote_id == quote_id
        case Running(revision=Revision(answer=Quote() as quote)) if quote.quote_id == quote_id:
            return True
        case Running(revision=Revision(answer=Taken(quote=quote))) if quote.quote_id == quote_id:
            return True
        case Running(promise=promise):
            return promise.quote_id == quote_id
        case _:
            return False


def receive_quote(command: ReceiveQuote, order: Order) -> Sequence[AnyOrderEvent]:
    """An answer to an older question is out of date: its holds are given back at once."""
    fact = command.fact
    if _stands(order, fact.quote_id):
        return []
    if fact.attempt != _awaits(order):
        return [
            QuoteSetAside(
                order_id=fact.order_id,
                buyer_org_id=fact.buyer_org_id,
                quote_id=fact.quote_id,
                why="outdated",
                set_aside_at=fact.offered_at,
            )
        ]
    return [
        QuoteReceived(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            attempt=fact.attempt,
            quote_id=fact.quote_id,
            options=fact.options,
            refusals=fact.refusals,
            offered_at=fact.offered_at,
            expires_at=fact.expires_at,
        )
    ]


def receive_refusal(command: ReceiveRefusal, order: Order) -> Sequence[AnyOrderEvent]:
    fact = command.fact
    if fact.attempt != _awaits(order):
        return []
    return [
        PlanningFailed(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            attempt=fact.attempt,
            reasons=fact.reasons,
            relaxation=fact.relaxation,
            failed_at=fact.refused_at,
        )
    ]


def accept(command: AcceptQuote, order: Order) -> Sequence[AnyOrderEvent]:
    """Accept one option. A quote that has expired is set aside and a fresh one asked for: the caller answers 409."""
    match order:
        case Quoted(body=body, quote=quote):
            return _accept(command, body, quote, replaces_quote_id="")
        case Running(revision=Revision(answer=Quote()), is_in_production=True):
            raise Refused(Why.CHANGE_TOO_LATE, state=standing_of(order, command.at))
        case Running(revision=Revision(target=target, answer=Quote() as quote)):
            return _accept(command, target, quote, replaces_quote_id=order.promise.quote_id)
        case Accepted(taken=taken) | Running(revision=Revision(answer=Taken() as taken)):
            why = Why.ACCEPTED_ALREADY if taken.quote.quote_id == command.quote_id else Why.QUOTE_OUTDATED
            raise Refused(why, quote_id=command.quote_id)
        case Running(promise=promise) if promise.quote_id == command.quote_id:
            raise Refused(Why.ACCEPTED_ALREADY, quote_id=command.quote_id)
        case Planning() | Running():
            raise Refused(Why.QUOTE_OUTDATED, quote_id=command.quote_id)
        case _:
            raise Refused(Why.NOT_NOW, action="accept", state=standing_of(order, command.at))


def _accept(command: AcceptQuote, body: Body, quote: Quote, replaces_quote_id: str) -> Sequence[AnyOrderEvent]:
    if quote.quote_id != command.quote_id:
        raise Refused(Why.QUOTE_OUTDATED, quote_id=command.quote_id)
    if quote.option(command.option_id) is None:
        known = ", ".join(one.option_id for one in quote.options)
        raise Refused(Why.OPTION_NOT_IN_QUOTE, pointer="/option_id", found=command.option_id, known=known)
    if not quote.is_open(command.at):
        return [
            set_aside(body, quote.quote_id, "expired", command.at),
            planning_requested(body, body.attempt + 1, "expired", command.at, replaces_quote_id),
        ]
    return [
        QuoteAccepted(
            order_id=body.order_id,
            buyer_org_id=body.buyer_org_id,
            quote_id=quote.quote_id,
            option_id=command.option_id,
            replaces_quote_id=replaces_quote_id,
            accepted_at=command.at,
        )
    ]


def _taken(order: Order, quote_id: str) -> Body | None:
    """What was asked for with the accepted quote *quote_id*, None when that quote is not the accepted one."""
    match order:
        case Accepted(body=body, taken=taken) if taken.quote.quote_id == quote_id:
            return body
        case Running(revision=Revision(target=target, answer=Taken(quote=quote))) if quote.quote_id == quote_id:
            return target
        case _:
            return None


def receive_confirmation(command: ReceiveConfirmation, order: Order) -> Sequence[AnyOrderEvent]:
    fact = command.fact
    if _taken(order, fact.quote_id) is None:
        return []
    return [
        OrderConfirmed(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            quote_id=fact.quote_id,
            option=fact.option,
            work_ids=fact.work_ids,
            confirmed_at=fact.confirmed_at,
        )
    ]


def receive_loss(command: ReceiveLoss, order: Order) -> Sequence[AnyOrderEvent]:
    """The accepted quote could not be confirmed: ask again at once, so that the buyer sees a fresh one. A change whose
    order is being made by now is over instead.
    """
    fact = command.fact
    body = _taken(order, fact.quote_id)
    if body is None:
        return []
    lost = QuoteLost(
        order_id=fact.order_id,
        buyer_org_id=fact.buyer_org_id,
        quote_id=fact.quote_id,
        reasons=fact.reasons,
        lost_at=fact.lost_at,
    )
    if isinstance(order, Running) and order.is_in_production:
        return [lost]
    replaces = order.promise.quote_id if isinstance(order, Running) else ""
    return [
        lost,
        planning_requested(body, body.attempt + 1, "lost", fact.lost_at, replaces),
    ]


def receive_plant_answer(command: ReceivePlantAnswer, order: Order) -> Sequence[AnyOrderEvent]:
    """Told to the buyer; what follows from it comes as a changed plan of its own."""
    fact = command.fact
    if not isinstance(order, Running):
        return []
    return [
        PlantAnswered(
            order_id=fact.order_id,
            buyer_org_id=fact.buyer_org_id,
            work_id=fact.work_id,
            process_id=fact.process_id,
            plant_name=fact.plant_name,
            answer=fact.answer,
            automatic=fact.automatic,
            answered_at=fact.answered_at,
        )
    ]
