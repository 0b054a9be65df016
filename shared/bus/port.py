"""The seam of the bus: outgoing facts, deliveries and what a broker adapter offers (in process now, Kafka later)."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from shared.contracts.envelope import CloudEvent, Fact
from shared.eventstore.handling import Prepared
from shared.eventstore.port import Recorded

FACTS_PER_EVENT_MAX = 1_024  # a delivery's mark is position * FACTS_PER_EVENT_MAX + part


class Outgoing(msgspec.Struct, frozen=True):
    """A fact to publish. *key* (order id or line id) keeps its order among facts with the same key."""

    key: str
    fact: Fact


Publish = Callable[[Recorded], Sequence[Outgoing]]
"""A service's pure `publishing.publish`: private event -> public facts, possibly none."""


class Delivery(msgspec.Struct, frozen=True):
    """One fact as it arrives. *mark* rises within *source* (log and partition) and never repeats after its effect."""

    source: str
    mark: int
    envelope: CloudEvent
    fact: Fact


React = Callable[[Delivery], Prepared[None]]
"""A consumer's answer to a delivery: what to append in the transaction that also stores the delivery's mark."""


class Broker(Protocol):
    """What carries facts. The in-process broker and (later) Kafka pass one conformance suite."""

    def publish(self, topic: str, envelopes: Sequence[CloudEvent]) -> None:
        """Hand over a page in order; returns when the broker has it. May deliver twice, never lose."""
        ...

    def poll(self, group: str, topics: Sequence[str], limit: int, timeout_s: float) -> Sequence[Delivery]:
        """Next deliveries for *group*, ascending within each source; empty at the time-out."""
        ...

    def commit(self, group: str, deliveries: Sequence[Delivery]) -> None:
        """These deliveries' effects are stored; the broker need not send them again."""
        ...

    def close(self) -> None: ...
