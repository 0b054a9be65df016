"""Processes end and begin again, relays change hands, groups come late: no fact is lost and none takes effect twice."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bus.consumer import Consumer
from shared.bus.memory import InProcessBroker
from shared.bus.port import Broker
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.parking import list_parked
from shared.eventstore.port import Progress
from tests.support.copying import copied, copy, copy_page
from tests.support.notes import NOTE_FACTS, NOTE_TYPES, START, note_cause, publish_notes, taken


def relay_of(log: MemoryLog, broker: Broker, clock: StoryClock | None = None, page_max: int = 1_000) -> Relay:
    return Relay(
        log,
        publish_notes,
        broker,
        "notes",
        NOTE_FACTS,
        lease_clock=clock,
        lease_lasts_for=timedelta(seconds=10),
        page_max=page_max,
    )


def drain(relay: Relay, *consumers: Consumer) -> None:
    for _ in range(2_000):
        if not relay.run_once() + sum(consumer.run_once() for consumer in consumers):
            return
    raise AssertionError("facts go round and round")


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_ends_and_begins_again_every_note_is_copied_once(data: st.DataObject) -> None:
    """Appends, relay steps, consumer steps, lost commits and whole restarts in any order; in the end all is drained."""
    clock = StoryClock(START)
    notes, copies = MemoryLog("notes", NOTE_TYPES, clock), MemoryLog("copies", NOTE_TYPES, clock)
    written: list[str] = []

    def begin() -> tuple[InProcessBroker, Relay, Consumer]:
        broker = InProcessBroker(NOTE_FACTS, window_facts_max=data.draw(st.integers(1, 4)))
        relay = relay_of(notes, broker, clock, page_max=data.draw(st.integers(1, 4)))
        limit = data.draw(st.integers(1, 4))
        if data.draw(st.booleans()):
            consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock, page_max=limit)
        else:
            consumer = Consumer("copier", copies, broker, ["notes"], clock=clock, react_page=copy_page, page_max=limit)
        return broker, relay, consumer

    _, relay, consumer = begin()
    for step in data.draw(st.lists(st.sampled_from("aaarrrcclx"), max_size=40)):
        match step:
            case "a":
                texts = [f"{len(written) + part}" for part in range(data.draw(st.integers(1, 3)))]
                stream = data.draw(st.sampled_from("ab"))
                notes.append([taken(stream, notes.stream_version(stream), ",".join(texts))], note_cause())
                written += texts
            case "r":
                relay.run_once()
            case "c":
                consumer.run_once()
            case "l":  # an effect is stored and the process dies before it tells the broker
                mark = copies.progress("copier", "notes/0")
                broker = InProcessBroker(NOTE_FACTS)
                lost = Consumer("copier", copies, broker, ["notes"], copy, clock=clock, page_max=1)
                lost.subscribe()
                relay.stop()
                drain(relay_of(notes, broker, clock))
                for delivery in broker.poll("copier", ["notes"], 1, 0):
                    assert delivery.mark > mark
                    lost._take_one(delivery)
                clock.advance(timedelta(minutes=1))
                _, relay, consumer = begin()
            case _:
                relay.stop()
                _, relay, consumer = begin()
    drain(relay, consumer)
    assert copied(copies) == written
    assert consumer.parked() == []


def test_a_group_that_comes_late_gets_everything_and_the_others_nothing_twice(
    notes: MemoryLog, copies: MemoryLog, clock: StoryClock
) -> None:
    broker = InProcessBroker(NOTE_FACTS)
    relay = relay_of(notes, broker)
    early = Consumer("early", copies, broker, ["notes"], copy, clock=clock)
    early.subscribe()
    notes.append([taken("a", 0, "1", "2", "3")], note_cause())
    drain(relay, early)
    late = Consumer("late", copies, broker, ["notes"], copy, clock=clock)
    late.subscribe()
    drain(relay, early, late)
    assert copied(copies) == ["1", "2", "3", "1", "2", "3"]
    notes.append([taken("a", 3, "4")], note_cause())
    drain(relay, early, late)
    assert copied(copies)[6:] == ["4", "4"]


def test_a_slow_group_beyond_the_window_is_served_from_the_log_again(
    notes: MemoryLog, copies: MemoryLog, clock: StoryClock
) -> None:
    broker = InProcessBroker(NOTE_FACTS, window_facts_max=5)
    relay = relay_of(notes, broker, page_max=4)
    fast = Consumer("fast", MemoryLog("fast", NOTE_TYPES, clock), broker, ["notes"], copy, clock=clock)
    slow = Consumer("slow", copies, broker, ["notes"], copy, clock=clock, page_max=2)
    fast.subscribe()
    slow.subscribe()
    notes.append([taken("a", 0, *map(str, range(30)))], note_cause())
    while relay.run_once():
        fast.run_once()
    drain(relay, fast, slow)
    assert copied(copies) == [str(index) for index in range(30)]


def test_a_restarted_relay_begins_where_the_neediest_group_stands(
    notes: MemoryLog, copies: MemoryLog, clock: StoryClock
) -> None:
    notes.append([taken("a", 0, *map(str, range(10)))], note_cause())
    copies.append([], note_cause(), [Progress("copier", "notes/0", 7 * 1024)])
    broker = InProcessBroker(NOTE_FACTS)
    relay = relay_of(notes, broker)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    assert relay.run_once() == 4
    consumer.run_once()
    assert copied(copies) == ["7", "8", "9"]


def test_a_second_relay_stands_by_until_the_first_lets_go_or_its_lease_ends(notes: MemoryLog) -> None:
    clock, broker = StoryClock(START), InProcessBroker(NOTE_FACTS)
    broker.subscribe("watcher", ["notes"], {})
    first, second, third = (relay_of(notes, broker, clock) for _ in range(3))
    notes.append([taken("a", 0, "one")], note_cause())
    assert (first.run_once(), second.run_once()) == (1, 0)
    assert (first.epoch, second.epoch) == (1, 0)
    clock.advance(timedelta(seconds=9))
    notes.append([taken("a", 1, "two")], note_cause())
    assert (second.run_once(), first.run_once()) == (0, 1)
    clock.advance(timedelta(seconds=11))
    notes.append([taken("a", 2, "three")], note_cause())
    assert second.run_once() == 1
    assert (first.run_once(), first.epoch, second.epoch) == (0, 0, 2)
    second.stop()
    third.run_once()
    assert third.epoch == 3
    page = broker.poll("watcher", ["notes"], 10, 0)
    assert [one.envelope.position for one in page] == [1, 2, 3]


def test_an_event_that_cannot_be_published_is_parked_and_the_rest_goes_on(
    notes: MemoryLog, copies: MemoryLog, clock: StoryClock
) -> None:
    broker = InProcessBroker(NOTE_FACTS)
    relay = relay_of(notes, broker, clock)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one", "poison", "two")], note_cause())
    drain(relay, consumer)
    assert copied(copies) == ["one", "two"]
    (parked,) = list_parked(notes.views, "relay:notes")
    assert (parked.key, parked.mark) == ("a", 2)


class KeepingBroker(InProcessBroker):
    """Behaves as Kafka does towards the relay: what it was given is kept, so the relay stores a checkpoint."""

    forgets = False

    def resume_after(self, topic: str, published: int) -> int:
        super().resume_after(topic, published)
        return published


def test_a_relay_of_a_broker_that_keeps_facts_goes_on_from_its_checkpoint(notes: MemoryLog) -> None:
    clock, broker = StoryClock(START), KeepingBroker(NOTE_FACTS)
    notes.append([taken("a", 0, "one", "two")], note_cause())
    first = relay_of(notes, broker, clock)
    assert first.run_once() == 2
    first.stop()
    notes.append([taken("a", 2, "three")], note_cause())
    assert relay_of(notes, broker, clock).run_once() == 1
