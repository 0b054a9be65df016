"""Waiting writers are written for together, nobody is forgotten, and an error reaches exactly those it concerns."""

from collections.abc import Sequence
from threading import Event, Thread

import pytest

from shared.eventstore.admission import Request
from shared.eventstore.combiner import Combiner
from shared.eventstore.port import Appended, LogUnavailable
from tests.support.notes import NOTE_TYPES, note_cause, taken


def request(stream: str = "a") -> Request:
    return Request(NOTE_TYPES, [taken(stream, 0, "x")], note_cause(), ())


def settle(batch: Sequence[Request]) -> None:
    for one in batch:
        one.appended = Appended(1, {one.appends[0].stream: 1})


class Recording:
    """Settles every batch and remembers it."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Request]] = []

    def write(self, batch: Sequence[Request]) -> None:
        self.batches.append(batch)
        settle(batch)


def test_a_lone_writer_is_written_alone() -> None:
    writer = Recording()
    combiner = Combiner(writer.write)
    for _ in range(3):
        assert combiner.submit(request()).versions == {"a": 1}
    assert [len(batch) for batch in writer.batches] == [1, 1, 1]


def test_those_who_wait_are_written_together_and_each_gets_his_own_answer() -> None:
    batches: list[list[str]] = []
    first_is_in, may_go_on = Event(), Event()

    def write(batch: Sequence[Request]) -> None:
        batches.append([one.appends[0].stream for one in batch])
        if len(batches) == 1:
            first_is_in.set()
            assert may_go_on.wait(10)
        settle(batch)

    combiner, answers = Combiner(write), dict[str, Appended]()

    def submit(stream: str) -> None:
        answers[stream] = combiner.submit(request(stream))

    threads = [Thread(target=submit, args=("leader",))]
    threads[0].start()
    assert first_is_in.wait(10)
    threads += [Thread(target=submit, args=(f"w{index}",)) for index in range(5)]
    for thread in threads[1:]:
        thread.start()
    while len(combiner._queue) < 5:
        pass
    may_go_on.set()
    for thread in threads:
        thread.join(10)
    assert batches[0] == ["leader"]
    assert sorted(batches[1]) == [f"w{index}" for index in range(5)]
    assert {stream: one.versions for stream, one in answers.items()} == {stream: {stream: 1} for stream in answers}
    assert len(answers) == 6


def test_an_error_of_the_write_reaches_all_of_the_batch_and_the_next_is_written() -> None:
    broken = [True]

    def write(batch: Sequence[Request]) -> None:
        if broken.pop():
            raise LogUnavailable("disk full")
        settle(batch)

    combiner = Combiner(write)
    with pytest.raises(LogUnavailable, match="disk full"):
        combiner.submit(request())
    broken.append(False)
    assert combiner.submit(request()).position == 1


def test_an_interrupt_leaves_the_combiner_usable() -> None:
    answers = [KeyboardInterrupt(), None]

    def write(batch: Sequence[Request]) -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        settle(batch)

    combiner = Combiner(write)
    with pytest.raises(KeyboardInterrupt):
        combiner.submit(request())
    assert combiner.submit(request()).position == 1


def test_many_threads_are_all_answered() -> None:
    writer = Recording()
    combiner = Combiner(writer.write)
    threads = [Thread(target=lambda: [combiner.submit(request()) for _ in range(50)]) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    written = [one for batch in writer.batches for one in batch]
    assert len(written) == 600
    assert len(set(map(id, written))) == 600
