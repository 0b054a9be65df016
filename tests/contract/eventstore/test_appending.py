"""What every engine of the event log promises to writers."""

from datetime import timedelta

import pytest

from shared.clock import StoryClock
from shared.eventstore.port import (
    ANY_VERSION,
    EVENT_BYTES_MAX,
    AlreadyClaimed,
    Claim,
    NotAhead,
    Progress,
    StreamAppend,
    WrongVersion,
)
from shared.eventstore.projecting import LogWithViews
from tests.support.notes import START, NoteTaken, note_cause, taken


def test_an_empty_log_has_position_zero_and_no_streams(log: LogWithViews) -> None:
    assert log.head().position == 0
    assert log.stream_version("a") == 0
    assert log.read_stream("a") == []
    assert log.read_all() == []
    assert log.read_events("a") == ([], 0)


def test_several_streams_are_written_in_one_transaction_with_contiguous_positions(log: LogWithViews) -> None:
    done = log.append([taken("a", 0, "one", "two"), taken("b", 0, "three")], note_cause())
    assert done.position == 3
    assert done.versions == {"a": 2, "b": 1}
    assert [(one.position, one.stream, one.version) for one in log.read_all()] == [
        (1, "a", 1),
        (2, "a", 2),
        (3, "b", 1),
    ]


def test_a_recorded_event_carries_its_cause_its_instant_and_an_id(log: LogWithViews) -> None:
    log.append([taken("a", 0, "one")], note_cause("cor_7"))
    (one,) = log.read_stream("a")
    assert one.event == NoteTaken(text="one")
    assert one.type == "note-taken.v1"
    assert one.cause == note_cause("cor_7")
    assert one.recorded_at == START
    assert one.event_id == "a@1"


@pytest.mark.parametrize("expected", [0, 1, 3, 7])
def test_another_version_than_expected_is_refused_with_both_numbers(log: LogWithViews, expected: int) -> None:
    log.append([taken("a", 0, "one", "two")], note_cause())
    with pytest.raises(WrongVersion) as refused:
        log.append([taken("b", 0, "x"), taken("a", expected, "three")], note_cause())
    assert (refused.value.stream, refused.value.expected, refused.value.found) == ("a", expected, 2)
    assert log.head().position == 2
    assert log.stream_version("b") == 0


def test_a_stream_that_was_only_read_must_still_stand_where_it_was_read(log: LogWithViews) -> None:
    log.append([taken("read", 0, "one")], note_cause())
    with pytest.raises(WrongVersion) as refused:
        log.append([taken("a", 0, "x"), taken("read", 0)], note_cause())
    assert (refused.value.stream, refused.value.expected, refused.value.found) == ("read", 0, 1)
    assert log.head().position == 1
    done = log.append([taken("a", 0, "x"), taken("read", 1), taken("absent", 0)], note_cause())
    assert done.position == 2
    assert (log.stream_version("read"), log.stream_version("absent")) == (1, 0)


def test_any_version_is_written_wherever_the_stream_stands(log: LogWithViews) -> None:
    for text in ("one", "two"):
        log.append([taken("a", ANY_VERSION, text)], note_cause())
    assert log.stream_version("a") == 2


def test_the_same_event_ids_at_the_same_versions_return_the_first_result(log: LogWithViews) -> None:
    first = log.append([taken("a", 0, "one", "two", ids=["e1", "e2"])], note_cause())
    log.append([taken("a", 2, "three"), taken("b", 0, "x")], note_cause())
    again = log.append([taken("a", 0, "one", "two", ids=["e1", "e2"])], note_cause())
    assert again == first
    assert log.head().position == 4
    assert [one.event_id for one in log.read_stream("a")] == ["e1", "e2", "a@3"]


def test_other_event_ids_at_taken_versions_are_refused(log: LogWithViews) -> None:
    log.append([taken("a", 0, "one", ids=["e1"])], note_cause())
    with pytest.raises(WrongVersion):
        log.append([taken("a", 0, "one", ids=["e2"])], note_cause())
    with pytest.raises(WrongVersion):
        log.append([taken("a", 0, "one", "two", ids=["e1", "e2"])], note_cause())


def test_a_mark_is_stored_with_its_effect_and_must_rise(log: LogWithViews) -> None:
    log.append([taken("a", 0, "one")], note_cause(), [Progress("capacity", "order/0", 5)])
    assert log.progress("capacity", "order/0") == 5
    assert log.progress("ledger", "order/0") == 0
    for mark in (4, 5):
        with pytest.raises(NotAhead):
            log.append([taken("a", 1, "again")], note_cause(), [Progress("capacity", "order/0", mark)])
    assert log.stream_version("a") == 1
    log.append([], note_cause(), [Progress("capacity", "order/0", 6)])
    assert log.progress("capacity", "order/0") == 6


def test_a_mark_with_a_predecessor_is_stored_only_on_top_of_it(log: LogWithViews) -> None:
    log.append([], note_cause(), [Progress("ledger", "order/0", 5, after=0)])
    with pytest.raises(NotAhead):
        log.append([taken("a", 0, "x")], note_cause(), [Progress("ledger", "order/0", 9, after=4)])
    log.append([taken("a", 0, "x")], note_cause(), [Progress("ledger", "order/0", 9, after=5)])
    assert log.progress("ledger", "order/0") == 9


def test_a_repeated_delivery_hears_that_it_was_seen_before_it_hears_of_versions(log: LogWithViews) -> None:
    log.append([taken("a", 0, "one")], note_cause(), [Progress("capacity", "order/0", 5)])
    with pytest.raises(NotAhead):
        log.append([taken("a", 0, "one")], note_cause(), [Progress("capacity", "order/0", 5)])


def test_an_idempotency_key_is_claimed_once_with_its_answer(log: LogWithViews, clock: StoryClock) -> None:
    claim = Claim("org/route", "key-1", "print", b"answer", START + timedelta(hours=24))
    log.append([taken("a", 0, "one")], note_cause(), [claim])
    assert log.claim("org/route", "key-1", START) == claim
    assert log.claim("org/other", "key-1", START) is None
    with pytest.raises(AlreadyClaimed) as refused:
        log.append([taken("b", 0, "two")], note_cause(), [claim])
    assert refused.value.claim.answer == b"answer"
    assert log.stream_version("b") == 0
    clock.set(START + timedelta(hours=24))
    assert log.claim("org/route", "key-1", clock.now()) is None
    log.append([taken("b", 0, "two")], note_cause(), [Claim("org/route", "key-1", "p2", b"a2", START + timedelta(2))])
    assert log.stream_version("b") == 1


def test_limits_are_refused_before_anything_is_written(log: LogWithViews) -> None:
    with pytest.raises(ValueError, match="bytes an event"):
        log.append([taken("a", 0, "x" * EVENT_BYTES_MAX)], note_cause())
    with pytest.raises(ValueError, match="events an append"):
        log.append([StreamAppend("a", 0, [NoteTaken(text="x")] * 10_001)], note_cause())
    with pytest.raises(ValueError, match="at most once"):
        log.append([taken("a", 0, "x"), taken("a", 1, "y")], note_cause())
    with pytest.raises(ValueError, match="event ids"):
        log.append([taken("a", 0, "x", "y", ids=["one"])], note_cause())
    with pytest.raises(ValueError, match="stream name"):
        log.append([taken("", 0, "x")], note_cause())
    assert log.head().position == 0


def test_an_append_of_nothing_says_where_the_head_is(log: LogWithViews) -> None:
    log.append([taken("a", 0, "one")], note_cause())
    assert log.append([], note_cause()).position == 1


def test_the_digest_chains_every_event_and_verifies(log: LogWithViews) -> None:
    digests = [log.head().digest]
    for index in range(5):
        log.append([taken("a", index, f"note {index}")], note_cause())
        digests.append(log.head().digest)
    assert len(set(digests)) == 6
    assert log.verify() == log.head()
