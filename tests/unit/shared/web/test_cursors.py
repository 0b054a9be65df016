import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.kernel.refusal import Refused
from shared.web.cursors import Cursors
from tests.support.notes import NOTE_TYPES, START

CURSORS = Cursors(b"k" * 16)
KEYS = st.lists(st.text(max_size=20) | st.integers(-(2**53), 2**53) | st.none(), min_size=1, max_size=3)


@given(after=KEYS, scope=st.text(max_size=30))
def test_a_cursor_opens_to_what_was_sealed(after: list[object], scope: str) -> None:
    assert CURSORS.open(CURSORS.seal(after, scope), scope) == after


@given(after=KEYS, place=st.integers(0, 200), sign=st.sampled_from("AZaz09-_.=~ é"))
def test_no_changed_character_goes_unnoticed(after: list[object], place: int, sign: str) -> None:
    cursor = CURSORS.seal(after, "scope")
    place %= len(cursor)
    changed = cursor[:place] + sign + cursor[place + 1 :]
    if changed == cursor:
        return
    with pytest.raises(Refused):
        CURSORS.open(changed, "scope")


def test_a_cursor_is_bound_to_key_and_scope() -> None:
    cursor = CURSORS.seal(["x"], "scope")
    for cursors, scope in ((CURSORS, "other"), (Cursors(b"x" * 16), "scope")):
        with pytest.raises(Refused):
            cursors.open(cursor, scope)


def test_a_cursor_is_bound_to_the_log_and_its_epoch() -> None:
    log = MemoryLog("notes", NOTE_TYPES, StoryClock(START))
    cursors, other = Cursors(b"k" * 16, log), Cursors(b"k" * 16, MemoryLog("notes", NOTE_TYPES, StoryClock(START)))
    cursor = cursors.seal(["x"], "scope")
    assert cursors.open(cursor, "scope") == ["x"]
    with pytest.raises(Refused):
        other.open(cursor, "scope")
    log.begin_epoch(0)
    with pytest.raises(Refused):
        cursors.open(cursor, "scope")


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Cursors(b"short")
