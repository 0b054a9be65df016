"""The strict JSON profile: RFC 8785 bytes on all of it, and a named no for everything outside."""

import unicodedata
from pathlib import Path
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ledger.domain.profile import (
    DEPTH_MAX,
    ENTRY_BYTES_MAX,
    INTEGER_MAX,
    OutsideProfile,
    admit,
    canonical,
    check,
    read,
)

VECTORS = Path(__file__).parents[3] / "vectors" / "ledger" / "jcs"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(
    lambda text: unicodedata.normalize("NFC", text)
)
scalars = st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | texts
keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=12)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
)


def levels(value: Any) -> int:
    if not isinstance(value, (list, dict)):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(levels, inner), default=0)


@pytest.mark.parametrize("name", ["arrays", "french"])
def test_canonical_bytes_match_the_published_vectors(name: str) -> None:
    value = orjson.loads((VECTORS / "input" / f"{name}.json").read_bytes())
    assert canonical(value) == (VECTORS / "output" / f"{name}.json").read_bytes().strip()


@pytest.mark.parametrize(
    ("name", "why"), [("arrays", {"key", "null"}), ("french", {"key"}), ("structures", {"key", "float"})]
)
def test_published_vectors_outside_the_profile_are_refused(name: str, why: set[str]) -> None:
    """Their keys, nulls and floats are fine for RFC 8785 and not for us; the oracle agrees with the vectors."""
    raw = (VECTORS / "input" / f"{name}.json").read_bytes()
    assert rfc8785.dumps(orjson.loads(raw)) == (VECTORS / "output" / f"{name}.json").read_bytes().strip()
    with pytest.raises(OutsideProfile) as refused:
        check(read(raw))
    assert refused.value.why in why


@settings(max_examples=300)
@given(values)
def test_canonical_bytes_equal_the_reference_implementation(value: Any) -> None:
    if levels(value) > DEPTH_MAX:
        with pytest.raises(OutsideProfile, match="too_deep"):
            check(value)
        return
    check(value)
    raw = canonical(value)
    assert raw == rfc8785.dumps(value)
    assert read(raw) == value
    if len(raw) <= ENTRY_BYTES_MAX:
        assert admit(raw) == raw


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"a":1.0}', "float"),
        (b'{"a":1e2}', "float"),
        (b'{"a":null}', "null"),
        (b'{"A":1}', "key"),
        (b'{"a-b":1}', "key"),
        ('{"é":1}'.encode(), "key"),
        (b'{"a":9007199254740992}', "integer_range"),
        (b'{"a":-9007199254740992}', "integer_range"),
        (b'{"a":123456789012345678901234567890}', "integer_range"),
        (b'{"a":' + b"9" * 5000 + b"}", "unreadable"),
        ('{"a":"e\u0301"}'.encode(), "not_nfc"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b'{"b":{"a":1,"a":1}}', "duplicate_key"),
        (b'{"a":1, "b":2}', "not_canonical"),
        (b'{"b":1,"a":2}', "not_canonical"),
        (b'{"a":"\\u0041"}', "not_canonical"),
        (b'{"a":-0}', "not_canonical"),
        (b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1), "too_deep"),
        (b'"' + b"x" * ENTRY_BYTES_MAX + b'"', "too_large"),
        (b'{"a":NaN}', "unreadable"),
        (b'{"a":1', "unreadable"),
        (b"\xff", "unreadable"),
    ],
)
def test_what_is_outside_the_profile_is_refused_by_name(raw: bytes, why: str) -> None:
    with pytest.raises(OutsideProfile) as refused:
        admit(raw)
    assert refused.value.why == why


def test_the_deepest_and_the_largest_that_fit_are_taken() -> None:
    deepest = b"[" * DEPTH_MAX + b"]" * DEPTH_MAX
    largest = b'"' + b"x" * (ENTRY_BYTES_MAX - 2) + b'"'
    assert admit(deepest) == deepest
    assert admit(largest) == largest


@given(values, st.sampled_from([b" ", b"\n"]), st.data())
def test_no_white_space_passes_as_canonical(value: Any, space: bytes, data: st.DataObject) -> None:
    raw = canonical({"a": value})
    place = data.draw(st.sampled_from([0, len(raw)]))
    with pytest.raises(OutsideProfile):
        admit(raw[:place] + space + raw[place:])
