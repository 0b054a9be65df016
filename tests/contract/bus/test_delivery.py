"""At least once on the wire, exactly once in effect: what relay, broker and consumer promise together."""

from collections.abc import Sequence

from shared.bus.consumer import Consumer
from shared.bus.port import Broker, Delivery
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.eventstore.handling import Prepared
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import ANY_VERSION, Progress, StreamAppend
from tests.support.notes import NOTE_FACTS, NotePublished, NoteTaken, note_cause, publish_notes, taken


def copy(delivery: Delivery) -> Prepared[None]:
    assert isinstance(delivery.fact, NotePublished)
    return Prepared([StreamAppend("copies", ANY_VERSION, [NoteTaken(text=delivery.fact.text)])], None)


def copy_page(page: Sequence[Delivery]) -> Prepared[None]:
    return Prepared([one for delivery in page for one in copy(delivery).appends][:1], None)


def texts(log: MemoryLog) -> list[str]:
    return [one.event.text for one in log.read_stream("copies") if isinstance(one.event, NoteTaken)]


def test_every_fact_arrives_once_in_order_with_its_thread(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    relay = Relay(notes, publish_notes, broker, "notes", NOTE_FACTS)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one", "two,three"), taken("b", 0, "four")], note_cause("cor_9"))
    assert relay.run_once() == 3
    assert consumer.run_once() == 4
    assert consumer.run_once() == 0
    assert texts(copies) == ["one", "two", "three", "four"]
    last = copies.read_stream("copies")[-1].cause
    assert (last.correlation_id, last.causation_id) == ("cor_9", "notes/3/0")
    assert (last.org_id, last.subject) == ("org_test", "system:copier")


def test_nothing_is_lost_or_doubled_when_the_process_restarts(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    relay = Relay(notes, publish_notes, broker, "notes", NOTE_FACTS)
    Consumer("copier", copies, broker, ["notes"], copy, clock=clock, page_max=2).run_once()
    notes.append([taken("a", 0, "1", "2,3", "4", "5")], note_cause())
    relay.run_once()
    Consumer("copier", copies, broker, ["notes"], copy, clock=clock, page_max=2).run_once()
    assert texts(copies) == ["1", "2"]
    assert copies.progress("copier", "notes/0") == 2 * 1024


def test_an_effect_whose_commit_was_lost_is_not_repeated(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    relay = Relay(notes, publish_notes, broker, "notes", NOTE_FACTS)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one")], note_cause())
    relay.run_once()
    copies.append([taken("copies", 0, "one")], note_cause(), [Progress("copier", "notes/0", 1024)])
    consumer.run_once()
    assert texts(copies) == ["one"]
