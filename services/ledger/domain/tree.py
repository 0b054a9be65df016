"""The tree over all entries: RFC 6962 hashes, appended in O(log n), with its root at any size in O(log n).

A full subtree at *level* k and index i covers leaves [i * 2^k, (i + 1) * 2^k). A size's peaks are the full subtrees
that its binary digits name, highest first; its root folds them from the right.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Node = tuple[int, int, bytes]
"""level, index at that level, hash."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf), RFC 6962 section 2.1."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), RFC 6962 section 2.1."""
    return sha256(b"\x01" + left + right).digest()


def peak_places(size: int) -> list[tuple[int, int]]:
    """(level, index) of the full subtrees that make up a tree of *size* leaves, left to right."""
    if size < 0:
        raise ValueError(f"expected a size >= 0, found {size}")
    places, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            places.append((level, start >> level))
            start += 1 << level
    return places


def root_of(peaks: Sequence[bytes]) -> bytes:
    """The root over *peaks*, left to right; the root of the empty tree when there are none."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree's right edge: all that is needed to append. *peaks* belong to `peak_places(size)`."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.peaks) != self.size.bit_count() or any(len(one) != HASH_BYTES for one in self.peaks):
            raise ValueError(f"expected {self.size.bit_count()} peaks of {HASH_BYTES} bytes for size {self.size}")

    @property
    def root(self) -> bytes:
        return root_of(self.peaks)


def extend(frontier: Frontier, leaves: Iterable[bytes]) -> tuple[Frontier, list[Node]]:
    """The frontier after appending *leaves* (their hashes), and every node that was completed, leaves included."""
    size, peaks = frontier.size, list(frontier.peaks)
    completed: list[Node] = []
    for leaf in leaves:
        if len(leaf) != HASH_BYTES:
            raise ValueError(f"expected a leaf hash of {HASH_BYTES} bytes, found {len(leaf)}")
        level, index, node = 0, size, leaf
        completed.append((level, index, node))
        while index & 1:
            node = node_hash(peaks.pop(), node)
            level, index = level + 1, index >> 1
            completed.append((level, index, node))
        peaks.append(node)
        size += 1
    return Frontier(size, tuple(peaks)), completed


def frontier_at(size: int, node: Callable[[int, int], bytes]) -> Frontier:
    """The frontier of an earlier *size* from stored full subtrees; *node* finds one by level and index."""
    return Frontier(size, tuple(node(level, index) for level, index in peak_places(size)))
