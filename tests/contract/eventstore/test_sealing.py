"""Names under seal on every engine: readable with the key, gone without it, digests untouched by either."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sealing import Seals
from shared.eventstore.sqlite import SqliteLog
from tests.support.notes import NOTE_TYPES, START, note_cause, taken


def test_a_sealed_name_opens_until_its_key_is_erased_and_the_log_still_verifies(log: LogWithViews) -> None:
    seals = Seals(log)
    token, other = seals.seal("usr_1", "王小明 13800000000"), seals.seal("usr_2", "李华")
    assert "王小明" not in token
    log.append([taken("a", 0, token, other)], note_cause())
    head = log.verify()
    assert seals.open(token) == "王小明 13800000000"
    assert seals.erase("usr_1")
    assert not seals.erase("usr_1")
    assert seals.open(token) is None
    assert seals.open(other) == "李华"
    assert log.verify() == head
    assert seals.open(seals.seal("usr_1", "somebody new")) == "somebody new"
    assert seals.open(token) is None


def test_the_same_text_never_gives_the_same_token(log: LogWithViews) -> None:
    seals = Seals(log)
    assert seals.seal("usr_1", "x") != seals.seal("usr_1", "x")


@pytest.mark.parametrize(
    "token", ["", "sealed.v1", "sealed.v1::YWJj", "sealed.v1:usr_1:???", "sealed.v2:usr_1:" + "A" * 80]
)
def test_what_is_no_token_is_refused(log: LogWithViews, token: str) -> None:
    with pytest.raises(ValueError, match="sealed token"):
        Seals(log).open(token)


def test_a_subject_with_a_colon_and_a_text_without_end_are_refused(log: LogWithViews) -> None:
    for subject, text in (("usr:1", "x"), ("", "x"), ("usr_1", "x" * 1_001)):
        with pytest.raises(ValueError, match="expected a subject"):
            Seals(log).seal(subject, text)


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=200))
def test_every_text_comes_back(text: str) -> None:
    seals = Seals(MemoryLog("notes", NOTE_TYPES, StoryClock(START)))
    assert seals.open(seals.seal("usr_1", text)) == text


def test_an_erased_key_is_gone_from_the_files_as_well(tmp_path: Path) -> None:
    log = SqliteLog("notes", NOTE_TYPES, StoryClock(START), tmp_path / "notes.db")
    seals = Seals(log)
    seals.seal("usr_1", "王小明")
    key = seals._key("usr_1")
    assert key is not None
    assert any(key in one.read_bytes() for one in tmp_path.iterdir())
    seals.erase("usr_1")
    assert not any(key in one.read_bytes() for one in tmp_path.iterdir())
    log.close()
