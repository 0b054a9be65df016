"""Which private event becomes which public fact: a pure function of one event, keyed by order id."""

from collections.abc import Sequence

from services.order.domain import events
from services.order.domain.inquiry_events import InquiryMade, InquirySent
from shared.bus.port import Outgoing
from shared.contracts import order as facts
from shared.contracts.envelope import Fact
from shared.eventstore.port import Recorded
from shared.kernel.event import Event


def publish(recorded: Recorded) -> Sequence[Outgoing]:
    found = fact_of(recorded.event)
    return () if found is None else (Outgoing(*found),)


def fact_of(event: Event) -> tuple[str, Fact] | None:
    """Key and fact for *event*, None when it concerns nobody else."""
    match event:
        case InquiryMade(waits=True):
            return None
        case InquirySent():
            return event.inquiry_id, planning_requested(event.made)
        case events.OrderPlaced() | events.PlanningRequested() | InquiryMade():
            fact = planning_requested(event)
            return fact.order_id, fact
        case events.QuoteAccepted():
            return event.order_id, facts.QuoteAccepted(
                order_id=event.order_id,
                buyer_org_id=event.buyer_org_id,
                quote_id=event.quote_id,
                option_id=event.option_id,
                accepted_at=event.accepted_at,
                replaces_quote_id=event.replaces_quote_id,
            )
        case events.QuoteSetAside():
            return event.order_id, facts.QuoteDropped(order_id=event.order_id, quote_id=event.quote_id)
        case events.OrderCancelled():
            return event.order_id, facts.OrderCancelled(
                order_id=event.order_id,
                buyer_org_id=event.buyer_org_id,
                fee_fen=event.fee_fen,
                cancelled_at=event.cancelled_at,
                by_default=event.by_default,
            )
        case events.PartsCancelled():
            return event.order_id, facts.PartsCancelled(
                order_id=event.order_id,
                buyer_org_id=event.buyer_org_id,
                process_ids=event.process_ids,
                fee_fen=event.fee_fen,
                by_default=event.by_default,
                cancelled_at=event.cancelled_at,
            )
        case events.ReplanAnswered():
            return event.order_id, facts.ReplanAnswered(
                order_id=event.order_id,
                buyer_org_id=event.buyer_org_id,
                replan_id=event.replan_id,
                choice=event.choice,
                by_default=event.by_default,
                answered_at=event.answered_at,
            )
        case events.OrderEvent():
            return _delivery_fact(event)
        case _:
            return None


def planning_requested(event: events.OrderPlaced | events.PlanningRequested | InquiryMade) -> facts.PlanningRequested:
    """An order's first plan is asked for by placing it; later ones by events of their own."""
    match event:
        case events.OrderPlaced():
            attempt, purpose, replaces, order_id = 1, "quote", "", event.order_id
            lines = [one.demand for one in event.lines]
        case events.PlanningRequested():
            attempt, purpose, replaces, order_id = event.attempt, "quote", event.replaces_quote_id, event.order_id
            lines = event.lines
        case InquiryMade():
            attempt, purpose, replaces, order_id = 1, "inquiry", "", event.inquiry_id
            lines = [one.demand for one in event.lines]
    return facts.PlanningRequested(
        order_id=order_id,
        buyer_org_id=event.buyer_org_id,
        attempt=attempt,
        purpose="inquiry" if purpose == "inquiry" else "quote",
        lines=lines,
        deliver_to=event.deliver_to,
        earliest_start_at=event.earliest_start_at,
        requested_by=event.requested_by,
        limits=event.limits,
        supplies=event.supplies,
        replaces_quote_id=replaces,
        deliver_from=event.requested_from,
    )


def _delivery_fact(event: events.OrderEvent) -> tuple[str, Fact] | None:
    match event:
        case events.SupplyArrived():
            return event.order_id, facts.SupplyArrived(
                order_id=event.order_id,
                buyer_org_id=event.buyer_org_id,
                item=event.item,
                quantity=event.quantity,
                expected=event.expected,
                unit=event.unit,
                arrived_at=event.arrived_at,
            )
        case events.DeliveryConfirmed():
            return event.order_id, facts.DeliveryConfirmed(
                order_id=event.order_id,
                buyer_org_id=event.buyer_org_id,
                delivery_id=event.delivery_id,
                quantity=event.quantity,
                unit=event.unit,
                confirmed_at=event.confirmed_at,
                by_default=event.by_default,
            )
        case events.DeliveryDisputed():
            return event.order_id, facts.DeliveryDisputed(
                order_id=event.order_id,
                buyer_org_id=event.buyer_org_id,
                delivery_id=event.delivery_id,
                grounds=event.grounds,
                disputed_at=event.disputed_at,
            )
        case events.OrderClosed():
            return event.order_id, facts.OrderClosed(
                order_id=event.order_id, buyer_org_id=event.buyer_org_id, closed_at=event.closed_at
            )
        case _:
            return None
