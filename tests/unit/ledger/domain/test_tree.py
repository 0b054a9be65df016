"""The tree against RFC 6962's own roots, and against the definition of the standard, recomputed whole."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ledger.domain.tree import (
    EMPTY_ROOT,
    Frontier,
    extend,
    frontier_at,
    leaf_hash,
    peak_places,
    root_of,
)

VECTORS = json.loads(
    (Path(__file__).parents[3] / "vectors" / "ledger" / "merkle" / "rfc6962-roots.json").read_text("utf-8")
)


def root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_by_definition(leaves[:split]) + root_by_definition(leaves[split:])).digest()


@pytest.mark.parametrize("size", sorted(map(int, VECTORS["roots_hex_by_size"])))
def test_roots_match_the_published_vectors(size: int) -> None:
    leaves = [bytes.fromhex(one) for one in VECTORS["leaf_inputs_hex"]][:size]
    frontier, _ = extend(Frontier(), map(leaf_hash, leaves))
    assert frontier.root.hex() == VECTORS["roots_hex_by_size"][str(size)]
    assert root_by_definition(leaves) == frontier.root


@settings(max_examples=60)
@given(st.integers(0, 150), st.lists(st.integers(1, 40), max_size=8))
def test_any_way_of_appending_gives_the_root_of_the_standard_at_every_size(total: int, pages: list[int]) -> None:
    leaves = [b"%d" % number for number in range(total)]
    nodes: dict[tuple[int, int], bytes] = {}
    frontier, done = Frontier(), 0
    for page in [*pages, total]:
        frontier, completed = extend(frontier, map(leaf_hash, leaves[done : done + page]))
        nodes.update({(level, index): one for level, index, one in completed})
        done = frontier.size
    assert frontier.size == total
    for size in range(total + 1):
        earlier = frontier_at(size, lambda level, index: nodes[level, index])
        assert earlier.root == root_by_definition(leaves[:size])
    assert frontier == frontier_at(total, lambda level, index: nodes[level, index])


def test_appending_touches_few_nodes() -> None:
    frontier, completed = extend(Frontier(), [leaf_hash(b"x")] * 1024)
    assert len(completed) == 2047
    assert len(frontier.peaks) == 1
    assert len(peak_places(1023)) == 10


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize("leaf", [b"", b"x" * 31, b"x" * 33])
def test_a_hash_of_another_length_is_refused(leaf: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        extend(Frontier(), [leaf])
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier(1, (leaf,))


def test_a_frontier_with_the_wrong_number_of_peaks_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 peaks"):
        Frontier(3, (bytes(32),))
    with pytest.raises(ValueError, match="size >= 0"):
        peak_places(-1)
