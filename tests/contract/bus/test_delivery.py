"""At least once on the wire, exactly once in effect: what relay, broker and consumer promise together."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shared.bus.consumer import Consumer
from shared.bus.port import FACTS_PER_EVENT_MAX, Broker, BrokerAway, Delivery
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.contracts.envelope import CloudEvent
from shared.eventstore.handling import Prepared
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import Appended, LogUnavailable, Mark, Progress, StreamAppend
from shared.kernel.event import Cause
from tests.support.copying import broken_on, copied, copy, copy_page, refusing, text_of
from tests.support.notes import NOTE_FACTS, NOTE_TYPES, NoteStruck, note_cause, outcome, publish_notes, taken


def relay_of(log: MemoryLog, broker: Broker) -> Relay:
    return Relay(log, publish_notes, broker, "notes", NOTE_FACTS)


def test_every_fact_arrives_once_in_order_with_its_thread(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    relay = relay_of(notes, broker)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    notes.append([taken("a", 0, "one", "two,three"), taken("b", 0, "four")], note_cause("cor_9"))
    notes.append([StreamAppend("a", 2, [NoteStruck(reason="x")])], note_cause())
    consumer.subscribe()
    assert relay.run_once() == 4
    assert consumer.run_once() == 4
    assert consumer.run_once() == 0
    assert copied(copies) == ["one", "two", "three", "four"]
    last = copies.read_stream("copies")[-1].cause
    assert (last.correlation_id, last.causation_id) == ("cor_9", "notes/3/0")
    assert (last.org_id, last.subject) == ("org_test", "system:copier")


def test_facts_of_different_streams_arrive_in_the_order_of_the_log(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    for text, stream in enumerate("baab"):
        notes.append([taken(stream, notes.stream_version(stream), str(text))], note_cause())
    relay_of(notes, broker).run_once()
    consumer.run_once()
    assert copied(copies) == ["0", "1", "2", "3"]


def test_the_envelope_says_where_when_and_by_whom(notes: MemoryLog, broker: Broker) -> None:
    broker.subscribe("watcher", ["notes"], {})
    notes.append([taken("a", 0, "one,two")], note_cause("cor_9"))
    relay_of(notes, broker).run_once()
    first, second = broker.poll("watcher", ["notes"], 10, 0)
    assert (first.source, first.mark, second.mark) == ("notes/0", FACTS_PER_EVENT_MAX, FACTS_PER_EVENT_MAX + 1)
    assert first.envelope == CloudEvent(
        id="notes/1/0",
        source="/gongfang/notes",
        type="notes.note-published.v1",
        time=note_cause().at,
        subject="a",
        data=first.envelope.data,
        position=1,
        part=0,
        sequence=1,
        logid=notes.identity.log_id,
        epoch=1,
        logdigest=notes.head().digest.hex(),
        correlationid="cor_9",
        actor="org_test",
    )
    assert bytes(first.envelope.data) == b'{"note":"a","text":"one"}'
    assert (second.envelope.sequence, second.envelope.logdigest) == (2, first.envelope.logdigest)


def test_uncommitted_facts_come_again_and_committed_ones_do_not(notes: MemoryLog, broker: Broker) -> None:
    broker.subscribe("watcher", ["notes"], {})
    notes.append([taken("a", 0, "one", "two", "three")], note_cause())
    relay_of(notes, broker).run_once()
    page = broker.poll("watcher", ["notes"], 2, 0)
    assert broker.poll("watcher", ["notes"], 2, 0) == page
    broker.commit("watcher", page)
    assert [one.envelope.position for one in broker.poll("watcher", ["notes"], 2, 0)] == [3]


def test_a_page_handed_over_twice_has_its_effect_once(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one", "two", "three")], note_cause())
    first, second = relay_of(notes, broker), relay_of(notes, broker)
    first.run_once()
    consumer.run_once()
    first.stop()
    assert second.run_once() in {0, 3}
    consumer.run_once()
    assert copied(copies) == ["one", "two", "three"]


def test_an_effect_whose_commit_was_lost_is_not_repeated(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    """The crash between effect and commit: the mark was stored with the effect, so the same fact is dropped."""
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one", "two")], note_cause())
    relay_of(notes, broker).run_once()
    copies.append([taken("copies", 0, "one")], note_cause(), [Progress("copier", "notes/0", FACTS_PER_EVENT_MAX)])
    consumer.run_once()
    assert copied(copies) == ["one", "two"]
    twin = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    twin.run_once()
    assert copied(copies) == ["one", "two"]


@pytest.mark.parametrize("reaction", ["one by one", "page"])
def test_two_readers_of_one_group_have_one_effect(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock, reaction: str
) -> None:
    """A rebalance in the middle of a page: both hold the same deliveries, and the marks decide."""

    def reader() -> Consumer:
        if reaction == "page":
            return Consumer("copier", copies, broker, ["notes"], clock=clock, react_page=copy_page)
        return Consumer("copier", copies, broker, ["notes"], copy, clock=clock)

    early, late = reader(), reader()
    early.subscribe()
    notes.append([taken("a", 0, "1", "2", "3")], note_cause())
    relay_of(notes, broker).run_once()
    page = broker.poll("copier", ["notes"], 10, 0)
    late._marks["notes/0"] = 0  # it has read its mark before the other one writes
    early._take_source("notes/0", page[:2])
    late._take_source("notes/0", page)
    assert copied(copies) == ["1", "2", "3"]


@pytest.mark.parametrize("reaction", ["one by one", "page"])
def test_a_page_that_repeats_its_own_facts_has_each_effect_once(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock, reaction: str
) -> None:
    """A relay that never heard the broker's answer hands its page over again, and both come in one poll."""
    if reaction == "page":
        consumer = Consumer("copier", copies, broker, ["notes"], clock=clock, react_page=copy_page)
    else:
        consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "1", "2", "3")], note_cause())
    relay_of(notes, broker).run_once()
    page = broker.poll("copier", ["notes"], 10, 0)
    consumer._take_source("notes/0", [*page[:2], *page])
    assert copied(copies) == ["1", "2", "3"]


def test_a_refusal_passes_and_the_next_fact_is_taken(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    consumer = Consumer("copier", copies, broker, ["notes"], refusing("no"), clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "yes", "no", "yes")], note_cause())
    relay_of(notes, broker).run_once()
    consumer.run_once()
    assert copied(copies) == ["yes", "yes"]
    assert consumer.parked() == []
    assert copies.progress("copier", "notes/0") == 3 * FACTS_PER_EVENT_MAX


@pytest.mark.parametrize("reaction", ["one by one", "page"])
def test_poison_is_parked_with_its_key_after_bounded_tries(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock, reaction: str
) -> None:
    tries: list[str] = []
    if reaction == "page":
        consumer = Consumer("copier", copies, broker, ["notes"], clock=clock, react_page=broken_on("bad", tries))
    else:
        react_page = broken_on("bad", tries)
        consumer = Consumer("copier", copies, broker, ["notes"], lambda one: react_page([one]), clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one"), taken("b", 0, "bad"), taken("c", 0, "two")], note_cause())
    relay_of(notes, broker).run_once()
    consumer.run_once()
    assert copied(copies) == ["one", "two"]
    (parked,) = consumer.parked()
    assert (parked.owner, parked.source, parked.key) == ("consumer:copier", "notes/0", "b")
    assert "cannot copy bad" in parked.reason
    assert tries.count("bad") in {3, 4}
    assert copies.progress("copier", "notes/0") == 3 * FACTS_PER_EVENT_MAX
    assert consumer.run_once() == 0


def test_a_database_that_is_ill_makes_no_poison(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    ill = sqlite3.OperationalError("disk I/O error")
    ill.sqlite_errorname = "SQLITE_IOERR_READ"
    failures: list[Exception] = [sa.exc.OperationalError("SELECT", {}, ill)]

    def react(delivery: Delivery) -> Prepared[None]:
        if failures:
            raise failures.pop()
        return copy(delivery)

    consumer = Consumer("copier", copies, broker, ["notes"], react, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one")], note_cause())
    relay_of(notes, broker).run_once()
    with pytest.raises(LogUnavailable, match="disk I/O error"):
        consumer.run_once()
    assert consumer.parked() == []
    assert consumer.run_once() == 1
    assert copied(copies) == ["one"]


class Full(MemoryLog):
    """A log whose disk is full for the next *refusals* appends."""

    refusals = 0

    def append(self, appends: Sequence[StreamAppend], cause: Cause, marks: Sequence[Mark] = ()) -> Appended:
        if self.refusals:
            self.refusals -= 1
            raise LogUnavailable("disk full")
        return super().append(appends, cause, marks)


@pytest.mark.parametrize("reaction", ["one by one", "page"])
def test_a_full_disk_makes_no_poison_and_the_facts_come_again(
    notes: MemoryLog, broker: Broker, clock: StoryClock, reaction: str
) -> None:
    copies = Full("copies", NOTE_TYPES, clock)
    if reaction == "page":
        consumer = Consumer("copier", copies, broker, ["notes"], clock=clock, react_page=copy_page)
    else:
        consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one", "two")], note_cause())
    relay_of(notes, broker).run_once()
    copies.refusals = 4
    while copies.refusals:
        with pytest.raises(LogUnavailable):
            consumer.run_once()
    consumer.run_once()
    assert copied(copies) == ["one", "two"]
    assert consumer.parked() == []


def test_a_race_lost_for_a_while_is_won_in_the_end_and_one_lost_for_ever_is_parked(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    copies.append([taken("copies", 0, "first")], note_cause())
    right_from_round, rounds = [4], [0]

    def react(delivery: Delivery) -> Prepared[None]:
        expected = copies.stream_version("copies") if rounds[0] >= right_from_round[0] else 0
        return Prepared([taken("copies", expected, text_of(delivery))], None)

    def step() -> int:
        rounds[0] += 1
        found = outcome(lambda: Appended(consumer.run_once(), {}))
        return found.position if isinstance(found, Appended) else -1

    consumer = Consumer("copier", copies, broker, ["notes"], react, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "late")], note_cause())
    relay = relay_of(notes, broker)
    relay.run_once()
    assert [step() for _ in range(4)] == [-1, -1, -1, 1]
    assert copied(copies) == ["first", "late"]
    notes.append([taken("a", 1, "never")], note_cause())
    relay.run_once()
    right_from_round[0] = 10_000
    while step() < 0:
        assert rounds[0] < 100
    assert "rounds of races" in consumer.parked()[0].reason
    assert copied(copies) == ["first", "late"]


def test_facts_without_effect_cost_one_mark_a_page(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    consumer = Consumer(
        "bystander",
        copies,
        broker,
        ["notes"],
        lambda _: Prepared([], None),
        clock=clock,
        handles=frozenset({"other.v1"}),
    )
    consumer.subscribe()
    notes.append([taken("a", 0, *map(str, range(20)))], note_cause())
    relay_of(notes, broker).run_once()
    consumer.run_once()
    assert copies.head().position == 0
    assert copies.progress("bystander", "notes/0") == 20 * FACTS_PER_EVENT_MAX


def test_a_page_has_one_append_and_one_mark(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    consumer = Consumer("ledger", copies, broker, ["notes"], clock=clock, react_page=copy_page)
    consumer.subscribe()
    notes.append([taken("a", 0, *map(str, range(50)))], note_cause())
    relay_of(notes, broker).run_once()
    assert consumer.run_once() == 50
    assert copied(copies) == [str(index) for index in range(50)]
    assert {one.cause.causation_id for one in copies.read_stream("copies")} == {"notes/50/0"}


def test_lag_is_told_as_count_and_seconds(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    relay, consumer = relay_of(notes, broker), Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one", "two")], note_cause(at=clock.now()))
    assert relay.lag() == 2
    relay.run_once()
    clock.advance(timedelta(seconds=90))
    assert relay.lag() == 0
    assert (consumer.lag().count, consumer.lag().seconds) == (2, 90)
    consumer.run_once()
    assert (consumer.lag().count, consumer.lag().seconds) == (0, 0)


def test_threads_carry_facts_without_being_stepped(
    notes: MemoryLog, copies: MemoryLog, broker: Broker, clock: StoryClock
) -> None:
    relay, consumer = relay_of(notes, broker), Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.start()
    relay.start()
    try:
        for index in range(20):
            notes.append([taken("a", index, str(index))], note_cause())
        seen = 0
        while seen < 20:
            assert copies.wait_beyond(seen, 30)
            seen = copies.head().position
    finally:
        relay.stop()
        consumer.stop()
    assert copied(copies) == [str(index) for index in range(20)]
    assert relay.is_well
    assert consumer.is_well


def test_a_closed_broker_takes_and_gives_nothing(notes: MemoryLog, broker: Broker) -> None:
    notes.append([taken("a", 0, "one")], note_cause())
    relay = relay_of(notes, broker)
    broker.subscribe("watcher", ["notes"], {})
    broker.close()
    with pytest.raises(BrokerAway):
        relay.run_once()
    with pytest.raises(BrokerAway):
        broker.poll("watcher", ["notes"], 1, 0)
    assert relay.lag() == 1
