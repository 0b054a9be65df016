"""A reader that stands where its log does not reach is refused by name, and never reads on from there."""

import pytest

from shared.bus.consumer import Consumer
from shared.bus.memory import InProcessBroker
from shared.bus.places import PlaceLost, lost_place
from shared.bus.port import Broker, Delivery, end_of
from shared.bus.relay import Relay
from shared.clock import StoryClock
from shared.eventstore.handling import Prepared
from shared.eventstore.identity import Identity
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import LogUnavailable, Progress
from tests.support.copying import copied, copy
from tests.support.notes import NOTE_FACTS, NOTE_TYPES, START, note_cause, publish_notes, taken


def relay_of(log: MemoryLog, broker: Broker) -> Relay:
    return Relay(log, publish_notes, broker, "notes", NOTE_FACTS)


def written(*texts: str, like: MemoryLog | None = None) -> MemoryLog:
    """A log of notes; with *like*, one that says it is the same log."""
    log = MemoryLog("notes", NOTE_TYPES, StoryClock(START))
    if like is not None:
        log._identity = like.identity
    for text in texts:
        log.append([taken("a", log.stream_version("a"), text)], note_cause())
    return log


def mark_at(log: MemoryLog, position: int) -> Progress:
    return Progress("reader", "notes/0", end_of(position), proof=log.proof_at(position))


def test_a_mark_stands_in_its_own_log_however_far_that_has_grown() -> None:
    log = written("one", "two")
    mark = mark_at(log, 2)
    assert lost_place(log, mark) is None
    log.append([taken("a", 2, "three")], note_cause())
    assert lost_place(log, mark) is None
    assert lost_place(log, Progress("reader", "notes/0", end_of(3))) is None, "an old mark without proof"


@pytest.mark.parametrize(
    ("back", "wrong"),
    [
        (["one"], "ahead"),
        ([], "ahead"),
        (["one", "another"], "parted"),
        (["one", "another", "more"], "parted"),
    ],
)
def test_a_log_that_went_back_is_told_even_after_it_grew_past_the_mark(back: list[str], wrong: str) -> None:
    whole = written("one", "two")
    found = lost_place(written(*back, like=whole), mark_at(whole, 2))
    assert found is not None
    assert (found.wrong, found.position, found.head) == (wrong, 2, len(back))
    assert "reader stands in notes/0 at position 2" in str(found)
    assert "went back in time" in str(found)


def test_a_mark_without_proof_beyond_the_end_is_told() -> None:
    found = lost_place(written("one"), Progress("reader", "notes/0", end_of(2)))
    assert found is not None
    assert found.wrong == "ahead"


def test_a_foreign_log_is_told_though_it_holds_the_very_same_events() -> None:
    found = lost_place(written("one", "two"), mark_at(written("one", "two"), 2))
    assert found is not None
    assert found.wrong == "foreign"


def test_a_mark_of_a_history_that_was_given_up_is_told_by_its_epoch() -> None:
    log = written("one", "two")
    mark = mark_at(log, 2)
    log.begin_epoch(1)
    found = lost_place(log, mark)
    assert found is not None
    assert found.wrong == "parted"
    assert lost_place(log, mark_at(log, 1)) is None


def test_a_relay_refuses_a_group_that_stands_beyond_its_log(notes: MemoryLog) -> None:
    notes.append([taken("a", 0, "one")], note_cause())
    broker = InProcessBroker(NOTE_FACTS)
    broker.subscribe("copier", ["notes"], {"notes/0": end_of(9)})
    with pytest.raises(PlaceLost, match=r"a reader of notes stands in .* but log notes ends at 1"):
        relay_of(notes, broker).run_once()


@pytest.mark.parametrize("wrong", ["foreign", "parted"])
def test_a_consumer_takes_nothing_of_another_log_or_of_a_history_before_its_own(
    copies: MemoryLog, clock: StoryClock, wrong: str
) -> None:
    known = written("one")
    if wrong == "parted":
        known.begin_epoch(0)
    copies.append([], note_cause(), [mark_at(known, 1)])
    copies.put_mark(Progress("copier", "notes/0", end_of(1), proof=known.proof_at(1)))
    other = written("one", "two", like=known if wrong == "parted" else None)
    if wrong == "parted":
        other._identity = Identity(known.identity.log_id)
    broker = InProcessBroker(NOTE_FACTS)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    relay_of(other, broker).run_once()
    with pytest.raises(PlaceLost) as refused:
        consumer.run_once()
    assert refused.value.wrong == wrong
    assert copied(copies) == []
    assert copies.progress("copier", "notes/0") == end_of(1)


def test_a_consumer_stores_what_proves_its_place(notes: MemoryLog, copies: MemoryLog, clock: StoryClock) -> None:
    broker = InProcessBroker(NOTE_FACTS)
    consumer = Consumer("copier", copies, broker, ["notes"], copy, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "one", "two")], note_cause())
    relay_of(notes, broker).run_once()
    consumer.run_once()
    (mark,) = copies.marks()
    assert mark.proof == notes.proof_at(2)
    assert lost_place(notes, mark) is None


def test_a_fact_that_was_parked_is_not_taken_again_when_the_next_of_its_page_failed(
    notes: MemoryLog, copies: MemoryLog, clock: StoryClock
) -> None:
    """It is passed in the transaction that sets it aside, so that retrying it is its one effect."""
    is_broken = [True]

    def react(delivery: Delivery) -> Prepared[None]:
        text = bytes(delivery.envelope.data)
        if is_broken[0] and b"bad" in text:
            raise ValueError("bad for now")
        if is_broken[0] and b"later" in text:
            raise LogUnavailable("the disk was full while the next fact was decided")
        return copy(delivery)

    broker = InProcessBroker(NOTE_FACTS)
    relay = relay_of(notes, broker)
    consumer = Consumer("copier", copies, broker, ["notes"], react, clock=clock)
    consumer.subscribe()
    notes.append([taken("a", 0, "bad"), taken("b", 0, "later")], note_cause())
    relay.run_once()
    with pytest.raises(LogUnavailable):
        consumer.run_once()
    is_broken[0] = False
    consumer.run_once()
    assert copied(copies) == ["later"]
    (parked,) = consumer.parked()
    assert consumer.retry(relay.published_again(parked.source, parked.mark))
    assert copied(copies) == ["later", "bad"]
