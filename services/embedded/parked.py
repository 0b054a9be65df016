"""Facts that a consumer set aside: which they are, and what becomes of them once the cause is mended."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.embedded.house import House
from shared.bus.consumer import Consumer
from shared.bus.port import Delivery
from shared.bus.relay import Relay
from shared.eventstore.parking import Parked


@dataclass(frozen=True, slots=True)
class SetAside:
    """A parked fact of the house. *id* names it on the command line."""

    consumer: Consumer
    parked: Parked

    @property
    def id(self) -> str:
        return f"{self.consumer.name}:{self.parked.source}:{self.parked.mark}"


def set_aside(house: House) -> Iterator[SetAside]:
    """All of them, a service after the other, the oldest first: so are they retried."""
    for service in house.services.values():
        for consumer in service.consumers:
            for parked in consumer.parked():
                yield SetAside(consumer, parked)


def retry(house: House, one: SetAside) -> bool:
    """Let the fact have its effect now; False: it had it before. Raises whatever the consumer raises: it stays parked."""
    return one.consumer.retry(_delivery(house, one.parked))


def _delivery(house: House, parked: Parked) -> Delivery:
    topic = parked.source.rpartition("/")[0]
    relays: list[Relay] = [one.relay for one in house.services.values() if one.relay is not None]
    relay = next((one for one in relays if one.topic == topic), None)
    if relay is None:
        raise LookupError(f"nobody in this house publishes {topic!r}")
    return relay.published_again(parked.source, parked.mark)
