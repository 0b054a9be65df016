"""Topic -> policy -> handler: what the order service listens to."""

from services.order.domain.inquiry import ReceiveAnswer
from services.order.handlers.inquiring import Inquiring
from services.order.handlers.ordering import Ordering
from services.order.policies import HEARD, INQUIRY_PREFIX, reaction_to
from shared.bus.consumer import Consumer
from shared.bus.port import Broker, Delivery, React
from shared.contracts import capacity
from shared.eventstore.handling import Prepared
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock

GROUP = "order"


def react_with(ordering: Ordering, inquiring: Inquiring) -> React:
    """The answer to one delivery: decided on the stream as it is now."""

    def react(delivery: Delivery) -> Prepared[None]:
        command = reaction_to(delivery.fact, ordering.terms)
        owner_id: str = getattr(delivery.fact, "order_id", "")
        if command is None:
            return Prepared((), None)
        if isinstance(command, ReceiveAnswer):
            return inquiring.receive(owner_id, command)
        return Prepared((), None) if owner_id.startswith(INQUIRY_PREFIX) else ordering.receive(owner_id, command)

    return react


def capacity_consumer(
    log: LogWithViews, broker: Broker, ordering: Ordering, inquiring: Inquiring, clock: Clock
) -> Consumer:
    react = react_with(ordering, inquiring)
    return Consumer(GROUP, log, broker, [capacity.TOPIC], react, clock=clock, handles=HEARD)
