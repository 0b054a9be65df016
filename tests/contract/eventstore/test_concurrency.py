"""Many writers at once: one order, no gap, no loss, and a reader that follows never misses an event."""

from collections import Counter
from threading import Thread

from shared.eventstore.port import Recorded, WrongVersion
from shared.eventstore.projecting import LogWithViews
from tests.support.notes import NoteTaken, note_cause, outcome, taken

WRITERS, EACH = 8, 30


def _write(log: LogWithViews, writer: int) -> None:
    """Every note goes to a stream of one's own and to one that all writers share, in one append."""
    for index in range(EACH):
        while True:
            shared = log.stream_version("shared")
            try:
                log.append(
                    [taken(f"own{writer}", index, "x"), taken("shared", shared, f"{writer}/{index}")], note_cause()
                )
                break
            except WrongVersion:
                continue


def test_writers_racing_for_one_stream_lose_nothing_and_a_tail_reader_sees_it_all(log: LogWithViews) -> None:
    seen: list[Recorded] = []
    total = WRITERS * EACH * 2

    def follow() -> None:
        while len(seen) < total and log.wait_beyond(len(seen), 30):
            seen.extend(log.read_all(len(seen), 7))

    threads = [Thread(target=follow), *(Thread(target=_write, args=(log, writer)) for writer in range(WRITERS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [one.position for one in seen] == list(range(1, total + 1))
    assert seen == log.read_all(0, total + 1)
    versions: Counter[str] = Counter()
    for one in seen:
        versions[one.stream] += 1
        assert one.version == versions[one.stream]
    texts = {one.event.text for one in seen if one.stream == "shared" and isinstance(one.event, NoteTaken)}
    assert texts == {f"{writer}/{index}" for writer in range(WRITERS) for index in range(EACH)}
    assert log.verify().position == total


def test_a_loser_never_sinks_those_who_were_committed_with_it(log: LogWithViews) -> None:
    """All writers expect version 0 of one stream, and each also has a stream of its own to write afterwards."""
    lost: list[tuple[int, int]] = []

    def write(writer: int) -> None:
        found = outcome(lambda: log.append([taken("prize", 0, str(writer))], note_cause()))
        if isinstance(found, WrongVersion):
            lost.append((found.expected, found.found))
        log.append([taken(f"own{writer}", 0, "x")], note_cause())

    threads = [Thread(target=write, args=(writer,)) for writer in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert lost == [(0, 1)] * 11
    assert log.stream_version("prize") == 1
    assert log.verify().position == 13
