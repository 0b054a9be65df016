"""A fact that was set aside has its effect when it is retried, exactly once, or never when it is dropped."""

from collections.abc import Sequence

import pytest

from shared.bus.consumer import Consumer
from shared.bus.port import Broker, Delivery
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.eventstore.handling import Prepared
from shared.eventstore.memory import MemoryLog
from tests.support.copying import copied, copy, copy_page
from tests.support.notes import NOTE_FACTS, note_cause, publish_notes, taken


class Mendable:
    """Copies a page, but for what is "bad" while it is broken."""

    def __init__(self) -> None:
        self.is_broken = True

    def one(self, delivery: Delivery) -> Prepared[None]:
        self._check([delivery])
        return copy(delivery)

    def page(self, page: Sequence[Delivery]) -> Prepared[None]:
        self._check(page)
        return copy_page(page)

    def _check(self, page: Sequence[Delivery]) -> None:
        if self.is_broken and any(b"bad" in bytes(one.envelope.data) for one in page):
            raise ValueError("cannot copy bad")


@pytest.fixture(params=["one by one", "page"])
def mendable(
    request: pytest.FixtureRequest, notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> tuple[Mendable, Consumer, Relay]:
    """A reaction that has parked the second of three facts."""
    reaction, relay = Mendable(), Relay(notes, publish_notes, broker, "notes", NOTE_FACTS)
    if request.param == "page":
        consumer = Consumer("copier", copies, broker, ["notes"], clock=clock, react_page=reaction.page)
    else:
        consumer = Consumer("copier", copies, broker, ["notes"], reaction.one, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one"), taken("b", 0, "bad"), taken("c", 0, "two")], note_cause("cor_9"))
    relay.run_once()
    consumer.run_once()
    assert copied(copies) == ["one", "two"]
    return reaction, consumer, relay


def parked_fact(consumer: Consumer, relay: Relay) -> Delivery:
    (parked,) = consumer.parked()
    return relay.published_again(parked.source, parked.mark)


def test_a_parked_fact_is_retried_once_its_cause_is_mended(
    mendable: tuple[Mendable, Consumer, Relay], copies: MemoryLog
) -> None:
    reaction, consumer, relay = mendable
    fact = parked_fact(consumer, relay)
    reaction.is_broken = False
    assert consumer.retry(fact)
    assert copied(copies) == ["one", "two", "bad"]
    assert consumer.parked() == []
    last = copies.read_stream("copies")[-1].cause
    assert (last.correlation_id, last.causation_id) == ("cor_9", "notes/2/0"), "the thread is the fact's own"


def test_a_second_retry_has_no_effect_even_when_the_first_was_killed_before_it_forgot(
    mendable: tuple[Mendable, Consumer, Relay], copies: MemoryLog
) -> None:
    reaction, consumer, relay = mendable
    fact = parked_fact(consumer, relay)
    reaction.is_broken = False
    assert consumer.retry(fact)
    assert not consumer.retry(fact)
    assert copied(copies) == ["one", "two", "bad"]
    assert consumer.run_once() == 0, "what came after it is not taken again either"


def test_what_still_fails_stays_parked(mendable: tuple[Mendable, Consumer, Relay], copies: MemoryLog) -> None:
    _, consumer, relay = mendable
    with pytest.raises(ValueError, match="cannot copy bad"):
        consumer.retry(parked_fact(consumer, relay))
    assert len(consumer.parked()) == 1
    assert copied(copies) == ["one", "two"]


def test_a_dropped_fact_never_has_its_effect(mendable: tuple[Mendable, Consumer, Relay], copies: MemoryLog) -> None:
    _, consumer, relay = mendable
    fact = parked_fact(consumer, relay)
    consumer.drop(fact.source, fact.mark)
    assert consumer.parked() == []
    assert copied(copies) == ["one", "two"]


def test_a_mark_that_no_fact_bears_is_an_error(mendable: tuple[Mendable, Consumer, Relay]) -> None:
    _, __, relay = mendable
    with pytest.raises(LookupError, match="no fact 7 at position 2"):
        relay.published_again("notes/0", 2 * 1_024 + 7)
