"""The seam of the bus: outgoing facts, deliveries and what a broker adapter offers (in process now, Kafka later)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from shared.contracts.envelope import CloudEvent, Fact
from shared.eventstore.handling import Prepared
from shared.eventstore.identity import Proof
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


ReactPage = Callable[[Sequence[Delivery]], Prepared[None]]
"""The same for a page of deliveries from one source, ascending: one append covers them all."""


class Backlog(msgspec.Struct, frozen=True):
    """What waits for a consumer: how many facts, and when the oldest of them happened (None: unknown or nothing).

    *begun_again* counts how often the broker had facts published anew that it no longer held.
    """

    count: int
    oldest_at: datetime | None
    begun_again: int = 0


class BrokerAway(Exception):
    """The broker cannot take or give facts now. Nothing is lost: relay and consumers try again."""


class Broker(Protocol):
    """What carries facts. The in-process broker and (later) Kafka pass one conformance suite.

    *forgets* says that its facts end with the process: the relay then stores no checkpoint, since consumers' marks
    say what must be published again.
    """

    forgets: bool

    def subscribe(self, group: str, topics: Sequence[str], marks: Mapping[str, int]) -> None:
        """*group* wants everything of *topics* above its stored *marks* (source -> mark; absent: from the start)."""
        ...

    def publish(self, topic: str, envelopes: Sequence[CloudEvent]) -> None:
        """Hand over a page in order; returns when the broker has it. May deliver twice, never lose."""
        ...

    def resume_after(self, topic: str, published: int) -> int:
        """The log position after which the relay shall go on, given that it has *published* up to there.

        A broker that keeps facts says *published*; one that forgets says where its neediest group stands.
        """
        ...

    def poll(self, group: str, topics: Sequence[str], limit: int, timeout_s: float) -> Sequence[Delivery]:
        """Next deliveries for *group*, ascending within each source; empty at the time-out."""
        ...

    def commit(self, group: str, deliveries: Sequence[Delivery]) -> None:
        """These deliveries' effects are stored; the broker need not send them again."""
        ...

    def backlog(self, group: str) -> Backlog:
        """What the broker holds for *group* and has not had committed."""
        ...

    def nudge(self) -> None:
        """End all waits in `poll` now, so that a thread that was told to stop notices at once."""
        ...

    def close(self) -> None: ...


def mark_of(envelope: CloudEvent) -> int:
    """The mark of a fact within its source: rises with position, then part."""
    return envelope.position * FACTS_PER_EVENT_MAX + envelope.part


def position_of(mark: int) -> int:
    """The log position that *mark* points at."""
    return mark // FACTS_PER_EVENT_MAX


def end_of(position: int) -> int:
    """The mark behind all that the event at *position* can publish."""
    return position * FACTS_PER_EVENT_MAX + FACTS_PER_EVENT_MAX - 1 if position else 0


def proof_of(envelope: CloudEvent) -> Proof | None:
    """What proves the fact's position in its log; None where the publisher did not say."""
    if not envelope.logid:
        return None
    return Proof(envelope.logid, envelope.epoch, bytes.fromhex(envelope.logdigest))
