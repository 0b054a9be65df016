"""What every engine of the event log promises to readers: ranges, pages, earlier states, waiting."""

from datetime import timedelta
from threading import Thread

from shared.clock import StoryClock
from shared.eventstore.port import Recorded, StreamAppend
from shared.eventstore.projecting import LogWithViews
from tests.support.notes import START, NoteStruck, NoteTaken, note_cause, taken


def test_a_stream_is_read_by_version_from_after_up_to(log: LogWithViews) -> None:
    log.append([taken("a", 0, "1", "2", "3", "4")], note_cause())
    assert [one.version for one in log.read_stream("a", 1, 3)] == [2, 3]
    assert [one.version for one in log.read_stream("a", 3)] == [4]
    assert log.read_stream("a", 4) == []
    events, version = log.read_events("a", 2)
    assert events == [NoteTaken(text="3"), NoteTaken(text="4")]
    assert version == 4
    assert log.read_events("a", 0, 1) == ([NoteTaken(text="1")], 1)


def test_all_is_read_in_pages_without_gaps(log: LogWithViews) -> None:
    for index in range(5):
        log.append([taken(f"s{index}", 0, "x", "y")], note_cause())
    seen: list[Recorded] = []
    while page := log.read_all(len(seen), 3):
        seen += page
    assert [one.position for one in seen] == list(range(1, 11))


def test_earlier_versions_and_positions_are_found_by_time(log: LogWithViews, clock: StoryClock) -> None:
    for hour, text in enumerate(("one", "two", "three")):
        clock.set(START + timedelta(hours=hour))
        log.append([taken("a", hour, text), taken(f"b{hour}", 0, text)], note_cause())
    assert [log.position_as_of(START + timedelta(minutes=minute)) for minute in (-1, 0, 59, 60, 500)] == [0, 2, 2, 4, 6]
    assert [log.version_as_of("a", position) for position in range(7)] == [0, 1, 1, 2, 2, 3, 3]
    assert log.version_as_of("nobody", 6) == 0


def test_recorded_instants_never_fall_even_when_the_clock_does(log: LogWithViews, clock: StoryClock) -> None:
    clock.set(START + timedelta(hours=1))
    log.append([taken("a", 0, "late")], note_cause())
    clock._now = START
    log.append([taken("a", 1, "early")], note_cause())
    late, early = log.read_all()
    assert late.recorded_at == early.recorded_at == START + timedelta(hours=1)


def test_a_waiter_is_woken_by_the_append(log: LogWithViews) -> None:
    assert not log.wait_beyond(0, 0.0)
    answers: list[bool] = []
    waiter = Thread(target=lambda: answers.append(log.wait_beyond(0, 30)))
    waiter.start()
    log.append([taken("a", 0, "one")], note_cause())
    waiter.join(10)
    assert answers == [True]
    assert log.wait_beyond(0, 0.0)
    assert not log.wait_beyond(1, 0.01)


def test_a_nudge_ends_a_wait_without_an_append(log: LogWithViews) -> None:
    answers: list[bool] = []
    waiter = Thread(target=lambda: answers.append(log.wait_beyond(0, 60)))
    waiter.start()
    while waiter.is_alive():  # the nudge may come before the wait has begun: then the next one ends it
        log.nudge()
        waiter.join(0.01)
    assert answers == [False]


def test_text_of_any_language_and_every_event_type_read_back_as_written(log: LogWithViews) -> None:
    events = [NoteTaken(text="香城功能饮料 ☕ \u0000 \"quoted\" 'single'", weight=2**53), NoteStruck(reason="误")]
    log.append([StreamAppend("订单-1", 0, events)], note_cause())
    assert [one.event for one in log.read_stream("订单-1")] == events
    assert log.verify().position == 2
