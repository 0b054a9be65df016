"""Facts are numbered without gaps, and whoever takes them in order stands still where one is missing: omission shows."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bus.memory import InProcessBroker
from shared.bus.numbering import STORED_EVERY
from shared.bus.ordered import OrderedConsumer
from shared.bus.port import Backlog, Broker, BrokerAway, Delivery, Outgoing, Publish, mark_of
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.contracts.envelope import CloudEvent
from shared.eventstore.handling import Prepared
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import ANY_VERSION, LogUnavailable, NotAhead, Recorded, StreamAppend
from tests.support.copying import copied
from tests.support.notes import (
    NOTE_FACTS,
    NOTE_TYPES,
    START,
    NotePublished,
    NoteTaken,
    note_cause,
    publish_notes,
    taken,
)


class Book:
    """A log that takes notes in order: what it took, with their numbers, and what it cannot take just now."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.cannot: set[str] = set()

    def next_of(self, source: str) -> int:
        return self.log.stream_version(f"book-{source}") + 1

    def react(self, page: Sequence[Delivery]) -> Prepared[None]:
        by_source: dict[str, list[NoteTaken]] = {}
        for one in page:
            assert isinstance(one.fact, NotePublished)
            if one.fact.text in self.cannot:
                raise ValueError(f"cannot take {one.fact.text}")
            told = f"{one.envelope.sequence}:{one.fact.text}"
            by_source.setdefault(one.envelope.source, []).append(NoteTaken(text=told))
        return Prepared([StreamAppend(f"book-{name}", ANY_VERSION, events) for name, events in by_source.items()], None)

    def of(self, source: str = "/gongfang/notes") -> list[str]:
        found = [one.event for one in self.log.read_stream(f"book-{source}")]
        return [one.text for one in found if isinstance(one, NoteTaken)]

    def reader(self, broker: Broker, *topics: str) -> OrderedConsumer:
        return OrderedConsumer(
            "book",
            self.log,
            broker,
            topics or ("notes",),
            react_page=self.react,
            next_of=self.next_of,
            clock=StoryClock(START),
        )


@pytest.fixture
def book(copies: MemoryLog) -> Book:
    return Book(copies)


def relay_of(log: MemoryLog, broker: Broker, publish: Publish = publish_notes, **more: int) -> Relay:
    return Relay(log, publish, broker, log.name, NOTE_FACTS, **more)  # type: ignore[arg-type] # page_max alone


def drain(*steps: Relay | OrderedConsumer) -> None:
    for _ in range(1_000):
        if not sum(one.run_once() for one in steps):
            return
    raise AssertionError("facts go round and round")


def mended(recorded: Recorded) -> list[Outgoing]:
    """Publishes "poison" too, as two facts."""
    if isinstance(recorded.event, NoteTaken) and recorded.event.text == "poison":
        note = recorded.stream
        return [Outgoing(note, NotePublished(note=note, text=text)) for text in ("poi", "son")]
    return publish_notes(recorded)


@settings(max_examples=40)
@given(data=st.data())
def test_a_fact_has_the_same_number_whenever_and_wherever_from_it_is_published(data: st.DataObject) -> None:
    """Events of none, one or several facts, read in pages of any size from any position, with counts stored or not."""
    log = MemoryLog("notes", NOTE_TYPES, StoryClock(START))
    texts = data.draw(st.lists(st.sampled_from(["one", "two,three", "a,b,c"]), max_size=30))
    for version, text in enumerate(texts):
        log.append([taken("a", version, text)], note_cause())
    expected = {
        mark_of(one): number for number, one in enumerate(relay_of(log, InProcessBroker(NOTE_FACTS)).facts_after(0), 1)
    }
    assert sorted(expected.values()) == list(range(1, len(expected) + 1))
    relay = relay_of(log, InProcessBroker(NOTE_FACTS))
    for _ in range(5):
        position = data.draw(st.integers(0, len(texts)))
        assert all(one.sequence == expected[mark_of(one)] for one in relay.facts_after(position))
        if data.draw(st.booleans()):
            relay._numbering._stored = None
            relay._numbering.store()
        if data.draw(st.booleans()):
            relay._numbering.forget()


def test_counts_are_stored_so_that_a_restart_does_not_count_from_the_beginning(clock: StoryClock) -> None:
    log, counted = MemoryLog("notes", NOTE_TYPES, clock), list[int]()
    for _ in range(3):
        version = log.stream_version("a")
        log.append([taken("a", version, *["x,y"] * STORED_EVERY)], note_cause())

    def publish(recorded: Recorded) -> list[Outgoing]:
        counted.append(recorded.position)
        return publish_notes(recorded)

    broker = InProcessBroker(NOTE_FACTS)
    broker.subscribe("watcher", ["notes"], {})
    relay = relay_of(log, broker)
    while relay.run_once():
        pass
    relay.stop()
    counted.clear()
    again = relay_of(log, InProcessBroker(NOTE_FACTS), publish)
    assert again.facts_of(2 * STORED_EVERY + 3)[0].sequence == 2 * (2 * STORED_EVERY + 2) + 1
    assert min(counted) > 2 * STORED_EVERY


def test_facts_are_taken_in_order_with_their_numbers(notes: MemoryLog, book: Book, broker: Broker) -> None:
    reader = book.reader(broker)
    reader.subscribe()
    notes.append([taken("a", 0, "one", "two,three"), taken("b", 0, "four")], note_cause())
    drain(relay_of(notes, broker), reader)
    assert book.of() == ["1:one", "2:two", "3:three", "4:four"]
    assert reader.held == []


def test_a_fact_that_cannot_be_taken_holds_its_log_and_no_other(book: Book, clock: StoryClock) -> None:
    broker = InProcessBroker(NOTE_FACTS)
    notes, others = MemoryLog("notes", NOTE_TYPES, clock), MemoryLog("others", NOTE_TYPES, clock)
    reader = book.reader(broker, "notes", "others")
    reader.subscribe()
    book.cannot = {"bad"}
    notes.append([taken("a", 0, "one", "bad", "two")], note_cause())
    others.append([taken("a", 0, "x", "y")], note_cause())
    relays = relay_of(notes, broker), relay_of(others, broker)
    drain(*relays, reader)
    assert (book.of(), book.of("/gongfang/others")) == (["1:one"], ["1:x", "2:y"])
    (held,) = reader.held
    assert (held.source, held.sequence) == ("/gongfang/notes", 2)
    assert str(held).startswith("starved at /gongfang/notes 2 because notes/2/0 (notes.note-published.v1): ValueError")
    assert reader.parked() == []
    others.append([taken("a", 2, "z")], note_cause())
    drain(*relays, reader)
    assert book.of("/gongfang/others") == ["1:x", "2:y", "3:z"]
    book.cannot = set()
    drain(*relays, reader)
    assert book.of() == ["1:one", "2:bad", "3:two"]
    assert reader.held == []


def test_a_held_log_with_many_facts_waiting_leaves_the_others_their_pages(book: Book, clock: StoryClock) -> None:
    broker = InProcessBroker(NOTE_FACTS)
    notes, others = MemoryLog("notes", NOTE_TYPES, clock), MemoryLog("others", NOTE_TYPES, clock)
    reader = book.reader(broker, "notes", "others")
    reader.subscribe()
    book.cannot = {"bad"}
    notes.append([taken("a", 0, "bad", *["x"] * 1_200)], note_cause())
    others.append([taken("a", 0, "x")], note_cause())
    drain(relay_of(notes, broker), relay_of(others, broker), reader)
    assert book.of("/gongfang/others") == ["1:x"]


def test_a_full_disk_holds_nothing(notes: MemoryLog, book: Book) -> None:
    broker = InProcessBroker(NOTE_FACTS)
    reader = book.reader(broker)
    reader.subscribe()
    notes.append([taken("a", 0, "one")], note_cause())
    relay_of(notes, broker).run_once()
    react, reader._react = reader._react, full
    with pytest.raises(LogUnavailable):
        reader.run_once()
    reader._react = react
    reader.run_once()
    assert book.of() == ["1:one"]


def full(page: Sequence[Delivery]) -> Prepared[None]:
    raise LogUnavailable(f"disk full at {len(page)} facts")


def test_an_event_that_cannot_be_published_holds_who_takes_in_order_until_it_is_mended(
    notes: MemoryLog, book: Book, clock: StoryClock
) -> None:
    """Its number is held back for it; mended, it may publish any number of facts, and they stand in their place."""
    broker = InProcessBroker(NOTE_FACTS)
    reader = book.reader(broker)
    reader.subscribe()
    notes.append([taken("a", 0, "one", "poison", "two")], note_cause())
    relay = relay_of(notes, broker)
    drain(relay, reader)
    assert book.of() == ["1:one"]
    (held,) = reader.held
    assert (held.sequence, held.why) == (2, "it has not come, and 3 (notes/3/0) waits behind it")
    relay.stop()
    later = InProcessBroker(NOTE_FACTS)
    after_restart = book.reader(later)
    after_restart.subscribe()
    drain(relay_of(notes, later, mended), after_restart)
    assert book.of() == ["1:one", "2:poi", "3:son", "4:two"]
    assert copied(book.log) == []


def test_no_count_is_stored_behind_an_event_that_could_not_be_published(clock: StoryClock) -> None:
    log = MemoryLog("notes", NOTE_TYPES, clock)
    log.append([taken("a", 0, "poison", *["x"] * (2 * STORED_EVERY))], note_cause())
    broker = InProcessBroker(NOTE_FACTS)
    broker.subscribe("watcher", ["notes"], {})
    relay = relay_of(log, broker)
    while relay.run_once():
        pass
    relay.stop()
    assert relay_of(log, InProcessBroker(NOTE_FACTS), mended).facts_of(STORED_EVERY)[0].sequence == STORED_EVERY + 1


class TwoPartitions:
    """A topic in two partitions, each in its own order, read in whatever order they come."""

    forgets = True

    def __init__(self, *pages: Sequence[Delivery]) -> None:
        self._pages = list(pages)

    def subscribe(self, group: str, topics: Sequence[str], marks: Mapping[str, int]) -> None:
        del group, topics, marks

    def publish(self, topic: str, envelopes: Sequence[CloudEvent]) -> None:
        del topic, envelopes

    def resume_after(self, topic: str, published: int) -> int:
        del topic
        return published

    def poll(self, group: str, topics: Sequence[str], limit: int, timeout_s: float) -> list[Delivery]:
        del group, topics, limit, timeout_s
        return [one for page in self._pages for one in page]

    def commit(self, group: str, deliveries: Sequence[Delivery]) -> None:
        del group
        self._pages = [[one for one in page if one not in deliveries] for page in self._pages]

    def arrive(self, *page: Delivery) -> None:
        self._pages.append(list(page))

    def backlog(self, group: str) -> Backlog:
        del group
        return Backlog(sum(map(len, self._pages)), None)

    def nudge(self) -> None: ...

    def close(self) -> None: ...


def test_what_another_partition_brings_too_early_waits_for_its_turn(notes: MemoryLog, book: Book) -> None:
    notes.append([taken("a", 0, *map(str, range(1, 7)))], note_cause())
    facts = list(relay_of(notes, InProcessBroker(NOTE_FACTS)).facts_after(0))

    def delivery(number: int) -> Delivery:
        one = facts[number - 1]
        partition = f"notes/{number % 2}"
        return Delivery(partition, mark_of(one), one, NOTE_FACTS.decode(one.type, one.data))

    broker = TwoPartitions([delivery(2), delivery(4), delivery(6)])
    reader = book.reader(broker)
    reader.run_once()
    assert book.of() == []
    assert [str(one) for one in reader.held] == [
        "starved at /gongfang/notes 1 because it has not come, and 2 (notes/2/0) waits behind it"
    ]
    broker.arrive(delivery(1), delivery(3))
    assert reader.run_once() == 4
    assert book.of() == ["1:1", "2:2", "3:3", "4:4"]
    assert [one.sequence for one in reader.held] == [5]
    broker.arrive(delivery(5))
    assert reader.run_once() == 2
    assert book.of() == [f"{number}:{number}" for number in range(1, 7)]
    assert {(one.source, one.mark) for one in book.log.marks()} == {("notes/0", 6 * 1024), ("notes/1", 5 * 1024)}
    assert reader.held == []


class Keeping(InProcessBroker):
    """Keeps what it was given, as far as the relay can tell, and counts it."""

    forgets = False
    sent = 0

    def publish(self, topic: str, envelopes: Sequence[CloudEvent]) -> None:
        self.sent += len(envelopes)
        super().publish(topic, envelopes)

    def resume_after(self, topic: str, published: int) -> int:
        super().resume_after(topic, published)
        return published


class HalfDeaf(InProcessBroker):
    """Takes the first *takes* facts of a page and never answers; then hears again."""

    takes: int | None = None

    def publish(self, topic: str, envelopes: Sequence[CloudEvent]) -> None:
        takes, self.takes = self.takes, None
        super().publish(topic, envelopes[:takes])
        if takes is not None:
            raise BrokerAway("the answer never came")


@pytest.mark.parametrize("takes", range(6))
def test_a_page_whose_answer_never_came_is_handed_over_whole_wherever_it_was_cut(
    notes: MemoryLog, book: Book, takes: int
) -> None:
    broker = HalfDeaf(NOTE_FACTS)
    relay, reader = relay_of(notes, broker), book.reader(broker)
    notes.append([taken("a", 0, "one")], note_cause())
    drain(relay, reader)
    notes.append([taken("a", 1, "two,three", "four,five,six")], note_cause())
    broker.takes = takes
    with pytest.raises(BrokerAway):
        relay.run_once()
    drain(reader)  # what has come has its effect before the rest does
    drain(relay, reader)
    assert book.of() == ["1:one", "2:two", "3:three", "4:four", "5:five", "6:six"]
    assert reader.held == []


def test_a_relay_that_stood_by_goes_on_where_the_other_stopped(notes: MemoryLog) -> None:
    broker = Keeping(NOTE_FACTS)
    first, standby = relay_of(notes, broker, page_max=100), relay_of(notes, broker, page_max=100)
    notes.append([taken("a", 0, *["x"] * 1_000)], note_cause())
    while first.run_once():
        pass
    first.stop()
    notes.append([taken("a", 1_000, "y")], note_cause())
    broker.sent = 0
    try:
        assert standby.run_once() == 1
    except NotAhead:
        pytest.fail("it stored progress that was stored before")
    assert (broker.sent, standby.position) == (1, 1_001)
    assert msgspec.structs.asdict(standby.facts_of(1_001)[0])["sequence"] == 1_001
