"""Two writers on one file who remember head and versions: what one remembers never overrules what the other wrote."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import StoryClock
from shared.eventstore.port import Appended, NotAhead, Progress, WrongVersion
from shared.eventstore.sqlite import SqliteLog
from tests.support.notes import NOTE_TYPES, START, note_cause, outcome, taken


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[SqliteLog, SqliteLog]]:
    clock, path = StoryClock(START), tmp_path / "notes.db"
    with (
        closing(SqliteLog("notes", NOTE_TYPES, clock, path)) as one,
        closing(SqliteLog("notes", NOTE_TYPES, clock, path)) as other,
    ):
        yield one, other


def test_an_append_on_what_the_other_wrote_is_taken(two: tuple[SqliteLog, SqliteLog]) -> None:
    one, other = two
    one.append([taken("a", 0, "1")], note_cause())
    other.append([taken("a", 1, "2")], note_cause())
    assert one.append([taken("a", 2, "3"), taken("b", 0, "x")], note_cause()) == Appended(4, {"a": 3, "b": 1})
    assert other.verify() == one.head()


def test_a_refusal_tells_the_version_that_the_other_wrote(two: tuple[SqliteLog, SqliteLog]) -> None:
    one, other = two
    one.append([taken("a", 0, "1")], note_cause())
    other.append([taken("a", 1, "2", "3")], note_cause())
    with pytest.raises(WrongVersion) as refused:
        one.append([taken("a", 1, "late")], note_cause())
    assert (refused.value.expected, refused.value.found) == (1, 3)


def test_event_ids_and_marks_of_the_other_are_known(two: tuple[SqliteLog, SqliteLog]) -> None:
    one, other = two
    one.append([taken("b", 0, "x")], note_cause())
    first = other.append([taken("a", 0, "1", ids=["e1"])], note_cause(), [Progress("reader", "x/0", 5)])
    assert one.append([taken("a", 0, "1", ids=["e1"])], note_cause()) == first
    with pytest.raises(NotAhead):
        one.append([taken("a", 1, "2")], note_cause(), [Progress("reader", "x/0", 5)])


def test_views_written_by_the_other_cost_nothing_but_a_look(two: tuple[SqliteLog, SqliteLog]) -> None:
    """A commit that appended nothing moves data_version; what is remembered stays right."""
    one, other = two
    one.append([taken("a", 0, "1")], note_cause())
    with other.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE beside (x)")
    assert one.append([taken("a", 1, "2")], note_cause()).position == 2
    with pytest.raises(WrongVersion):
        one.append([taken("a", 1, "2")], note_cause())


def test_appending_inside_a_transaction_of_views_is_refused_at_once(two: tuple[SqliteLog, SqliteLog]) -> None:
    one, _ = two
    with pytest.raises(RuntimeError, match="already writing"), one.writing():
        one.append([taken("a", 0, "1")], note_cause())
    assert one.append([taken("a", 0, "1")], note_cause()).position == 1


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from("ab"), st.integers(-1, 1)), max_size=25))
def test_in_any_order_of_writers_the_versions_decide(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, str, int]]
) -> None:
    clock, path = StoryClock(START), tmp_path_factory.mktemp("two") / "notes.db"
    versions = {"a": 0, "b": 0}
    with (
        closing(SqliteLog("notes", NOTE_TYPES, clock, path)) as one,
        closing(SqliteLog("notes", NOTE_TYPES, clock, path)) as other,
    ):
        for is_one, stream, offset in steps:
            log, expected = one if is_one else other, max(0, versions[stream] + offset)
            found = outcome(partial(log.append, [taken(stream, expected, "x")], note_cause()))
            if expected == versions[stream]:
                versions[stream] += 1
                assert found == Appended(sum(versions.values()), {stream: versions[stream]})
            else:
                assert isinstance(found, WrongVersion)
                assert found.found == versions[stream]
        assert one.verify() == other.verify()


def test_a_stream_that_the_other_began_is_not_begun_again(two: tuple[SqliteLog, SqliteLog]) -> None:
    """Of a stream never heard of only the unique index knows."""
    ours, other = two
    ours.append([taken("mine", 0, "one")], note_cause())
    other.append([taken("theirs", 0, "one")], note_cause())
    with pytest.raises(WrongVersion) as refused:
        ours.append([taken("theirs", 0, "again")], note_cause())
    assert (refused.value.expected, refused.value.found) == (0, 1)
    assert ours.append([taken("new", 0, "one")], note_cause()).position == 3
    assert other.append([taken("new", 1, "two")], note_cause()).position == 4
