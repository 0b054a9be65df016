"""Topic -> policy -> handler: what capacity listens to."""

from services.capacity.handlers.deliveries import DeliveriesHandler
from services.capacity.handlers.planning import PlanningHandler
from services.capacity.handlers.replanning import Replanner
from services.capacity.policies import on_order_cancelled, on_planning_requested
from shared.bus.consumer import Consumer
from shared.bus.port import Broker, Delivery, React
from shared.contracts import order
from shared.eventstore.handling import Prepared
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock

GROUP = "capacity"
HEARD = frozenset(
    {
        "order.planning-requested.v1",
        "order.quote-accepted.v1",
        "order.quote-dropped.v1",
        "order.cancelled.v1",
        "order.parts-cancelled.v1",
        "order.supply-arrived.v1",
        "order.replan-answered.v1",
        "order.delivery-confirmed.v1",
    }
)


def react_with(planning: PlanningHandler, replanner: Replanner, deliveries: DeliveriesHandler, clock: Clock) -> React:
    """The answer to one delivery: decided on the board and the streams as they are now."""

    def react(delivery: Delivery) -> Prepared[None]:
        match delivery.fact:
            case order.PlanningRequested() as fact:
                asked = on_planning_requested(fact, clock.now())
                return planning.inquire(asked) if fact.purpose == "inquiry" else planning.plan(asked)
            case order.QuoteAccepted() as fact:
                return planning.confirm(fact)
            case order.QuoteDropped() as fact:
                return planning.drop(fact.order_id, fact.quote_id)
            case order.OrderCancelled() as fact:
                return planning.cancel(on_order_cancelled(fact))
            case order.PartsCancelled() as fact:
                return replanner.drop_parts(fact)
            case order.SupplyArrived() as fact:
                return planning.receive_supply(fact)
            case order.ReplanAnswered() as fact:
                return replanner.answer(fact)
            case order.DeliveryConfirmed() as fact:
                return deliveries.confirmed(fact)
            case _:
                return Prepared((), None)

    return react


def order_consumer(log: LogWithViews, broker: Broker, react: React, clock: Clock) -> Consumer:
    return Consumer(GROUP, log, broker, [order.TOPIC], react, clock=clock, handles=HEARD)
