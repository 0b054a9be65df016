"""What was set aside, facts by consumers and events by relays: which they are, and what becomes of them once mended."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.embedded.house import House
from shared.bus.consumer import Consumer
from shared.bus.memory import source_of
from shared.bus.port import Delivery, mark_of
from shared.bus.relay import Relay
from shared.eventstore.parking import Parked


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something parked in the house: a fact by a *consumer*, or an event by a *relay*. *id* names it on the command line."""

    parked: Parked
    consumer: Consumer | None = None
    relay: Relay | None = None

    @property
    def id(self) -> str:
        if self.consumer is None:
            return f"{self.parked.owner}:{self.parked.mark}"
        return f"{self.consumer.name}:{self.parked.source}:{self.parked.mark}"


def set_aside(house: House) -> Iterator[SetAside]:
    """All of them, a service after the other, the oldest first: so are they retried. Events come before facts."""
    for service in house.services.values():
        if service.relay is not None:
            for parked in service.relay.parked():
                yield SetAside(parked, relay=service.relay)
    for service in house.services.values():
        for consumer in service.consumers:
            for parked in consumer.parked():
                yield SetAside(parked, consumer=consumer)


def retry(house: House, one: SetAside) -> bool:
    """Let the fact or event have its effects now; False: it had them before. Raises what stops it: it stays parked."""
    if one.consumer is not None:
        return one.consumer.retry(_delivery(house, one.parked))
    if one.relay is not None:
        return _publish_late(house, one.relay, one.parked.mark)
    raise AssertionError("what is parked was parked by somebody")


def drop(one: SetAside) -> None:
    """Forget a fact without its effect. Raises ValueError for an event: others would never learn that it happened."""
    if one.consumer is None:
        raise ValueError(f"{one.id} is an event that could not be published: mend publishing and retry it")
    one.consumer.drop(one.parked.source, one.parked.mark)


def _publish_late(house: House, relay: Relay, position: int) -> bool:
    """Every consumer that has passed the event's place takes its facts now; the others will meet them there."""
    source = source_of(relay.topic)
    facts = [relay.published_again(source, mark_of(one)) for one in relay.facts_of(position)]
    for service in house.services.values():
        for consumer in service.consumers:
            if relay.topic in consumer.topics:
                for fact in facts:
                    consumer.late(fact)
    relay.unpark(position)
    return True


def _delivery(house: House, parked: Parked) -> Delivery:
    topic = parked.source.rpartition("/")[0]
    relays: list[Relay] = [one.relay for one in house.services.values() if one.relay is not None]
    relay = next((one for one in relays if one.topic == topic), None)
    if relay is None:
        raise LookupError(f"nobody in this house publishes {topic!r}")
    return relay.published_again(parked.source, parked.mark)
