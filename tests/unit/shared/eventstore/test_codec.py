"""Rows are chained so that no stored byte can change unseen, and instants survive to the microsecond."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.eventstore.codec import (
    EMPTY_DIGEST,
    encode_cause,
    event_id_of,
    instant,
    link,
    microseconds,
    recorded,
    row_links,
)
from shared.eventstore.port import LogDamaged
from tests.support.notes import NOTE_TYPES, note_cause

ROW = (7, "order-1", 3, "e7", "note-taken.v1", b'{"text":"x"}', encode_cause(note_cause()), 1_700_000_000_000_000)


def test_a_row_links_to_the_one_before_and_to_no_other() -> None:
    stored = (*ROW, link(EMPTY_DIGEST, *ROW))
    assert row_links(EMPTY_DIGEST, stored)
    assert not row_links(b"\1" * 32, stored)


@pytest.mark.parametrize("field", range(8))
def test_a_change_of_any_field_breaks_the_link(field: int) -> None:
    stored: list[object] = [*ROW, link(EMPTY_DIGEST, *ROW)]
    value = stored[field]
    stored[field] = value + 1 if isinstance(value, int) else value * 2  # type: ignore[operator] # text or bytes
    assert not row_links(EMPTY_DIGEST, tuple(stored))  # type: ignore[arg-type] # a row, one field changed


@pytest.mark.parametrize("field", range(8))
def test_a_change_that_keeps_the_length_breaks_the_link_as_well(field: int) -> None:
    """Lengths are part of what is hashed, so a longer value alone would not show that the bytes are."""
    stored: list[object] = [*ROW, link(EMPTY_DIGEST, *ROW)]
    value = stored[field]
    stored[field] = value[::-1] if isinstance(value, str | bytes) else value ^ 1  # type: ignore[operator] # a number
    assert not row_links(EMPTY_DIGEST, tuple(stored))  # type: ignore[arg-type] # a row, one field changed


@given(left=st.text(max_size=8), right=st.text(max_size=8), data=st.binary(max_size=8), cause=st.binary(max_size=8))
def test_bytes_cannot_wander_between_neighbouring_fields(left: str, right: str, data: bytes, cause: bytes) -> None:
    digests = {
        link(EMPTY_DIGEST, 1, left + right, 1, None, "t", data, cause, 0),
        link(EMPTY_DIGEST, 1, left, 1, right or None, "t", data, cause, 0),
        link(EMPTY_DIGEST, 1, left + right, 1, None, "t", cause + data, b"", 0),
    }
    assert len(digests) == 1 + bool(right) + bool(cause)


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_instants_are_kept_to_the_microsecond(at: datetime) -> None:
    aware = at.replace(tzinfo=UTC)
    assert instant(microseconds(aware)) == aware
    assert round(aware.timestamp() * 1_000_000) == microseconds(aware)


def test_an_event_without_an_id_of_its_own_is_known_by_its_place() -> None:
    assert event_id_of("order-1", 3, None) == "order-1@3"
    assert event_id_of("order-1", 3, "e7") == "e7"


def test_an_unknown_type_and_broken_bytes_are_damage_with_a_position() -> None:
    good = (*ROW, EMPTY_DIGEST)
    assert recorded(NOTE_TYPES, [good])[0].recorded_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    for position, broken in ((4, "stranger.v1"), (5, b"{"), (6, b"[]"), (7, 2**63 - 1)):
        row = [*good]
        row[position] = broken
        with pytest.raises(LogDamaged, match="position 7"):
            recorded(NOTE_TYPES, [tuple(row)])  # type: ignore[list-item] # broken on purpose


def test_recorded_instants_of_one_append_are_shared_and_right() -> None:
    rows = [(index, "s", index, None, *ROW[4:7], 1_000_000 * (index // 3), EMPTY_DIGEST) for index in range(1, 7)]
    assert [one.recorded_at for one in recorded(NOTE_TYPES, rows)] == [
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=index // 3) for index in range(1, 7)
    ]
