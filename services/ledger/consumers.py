"""What the ledger listens to: every fact of every topic in the order of its number, a page at a time, in one append."""

from collections.abc import Callable, Sequence

from services.ledger import policies
from services.ledger.handlers.recording import Recording
from shared.bus.ordered import OrderedConsumer
from shared.bus.port import Broker, Delivery
from shared.contracts import capacity, order, portal
from shared.eventstore.handling import Prepared
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock

TOPICS = (portal.TOPIC, capacity.TOPIC, order.TOPIC)


def build(
    recording: Recording, log: LogWithViews, broker: Broker, clock: Clock, new_salt: Callable[[], bytes]
) -> list[OrderedConsumer]:
    """One consumer for all topics, each log's facts in order. *new_salt* makes 32 fresh random bytes."""

    def record(page: Sequence[Delivery]) -> Prepared[None]:
        return recording.record(policies.on_facts([(one.envelope, new_salt()) for one in page], clock.now()))

    taking = recording.next_number
    return [OrderedConsumer("ledger", log, broker, TOPICS, react_page=record, next_of=taking, clock=clock)]
