"""What the ledger listens to: every fact of every topic, a page at a time, in one append."""

from collections.abc import Callable, Sequence

from services.ledger import policies
from services.ledger.handlers.recording import Recording
from shared.bus.consumer import Consumer
from shared.bus.port import Broker, Delivery
from shared.contracts import capacity, order, portal
from shared.eventstore.handling import Prepared
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock

TOPICS = (portal.TOPIC, capacity.TOPIC, order.TOPIC)


def build(
    recording: Recording, log: LogWithViews, broker: Broker, clock: Clock, new_salt: Callable[[], bytes]
) -> list[Consumer]:
    """One consumer for all topics. *new_salt* makes 32 fresh random bytes."""

    def record(page: Sequence[Delivery]) -> Prepared[None]:
        return recording.record(policies.on_facts([(one.envelope, new_salt()) for one in page], clock.now()))

    return [Consumer("ledger", log, broker, TOPICS, react_page=record, clock=clock)]
