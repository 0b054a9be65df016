"""Ids sort by time and say what they name; instants are aware or refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.ids import derived_id, is_id, ulid

instants = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001 - the zone is set below
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(instants, instants, st.integers(0, 2**80 - 1), st.integers(0, 2**80 - 1))
def test_ulids_sort_by_millisecond(first: datetime, second: datetime, one: int, other: int) -> None:
    if int(first.timestamp() * 1000) < int(second.timestamp() * 1000):
        assert ulid(first, one) < ulid(second, other)


@given(instants, st.integers(0, 2**80 - 1))
def test_an_id_is_recognised_by_its_prefix(at: datetime, randomness: int) -> None:
    assert is_id(f"ord_{ulid(at, randomness)}", "ord")
    assert not is_id(f"ord_{ulid(at, randomness)}", "quo")


def test_derived_ids_are_the_same_for_the_same_parts_only() -> None:
    assert derived_id("pro", "orl_1", 1, "print") == derived_id("pro", "orl_1", 1, "print")
    assert derived_id("pro", "orl_1", 11, "print") != derived_id("pro", "orl_11", 1, "print")
    assert is_id(derived_id("pro", "orl_1", 1, "print"), "pro")


@given(instants)
def test_instant_text_reads_back(at: datetime) -> None:
    assert parse_instant(instant_text(at)) == at


def test_a_naive_instant_is_refused_both_ways() -> None:
    with pytest.raises(ValueError, match="zone"):
        parse_instant("2026-12-01T08:00:00")
    with pytest.raises(ValueError, match="zone"):
        instant_text(datetime(2026, 12, 1))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_that_utc_has_no_year_for_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        parse_instant(text)


def test_other_zones_become_utc() -> None:
    assert parse_instant("2026-12-01T08:00:00+08:00") == datetime(2026, 12, 1, tzinfo=UTC)
    assert parse_instant("2026-12-01T08:00:00+08:00").utcoffset() == timedelta(0)
