"""The ledger's own events, on the one stream `entries`: what was recorded, and how far the tree has grown."""

import msgspec

from shared.kernel.event import Event, EventTypes

STREAM = "entries"


class EntryRecorded(Event):
    """One fact became entry *index* (from 0).

    *leaf* is public, *body* with *salt* opens its commitment and is private. Both are kept byte for byte: they are
    canonical JSON and never serialised again to verify.
    """

    index: int
    leaf: msgspec.Raw
    salt: str  # 32 bytes in hex
    body: msgspec.Raw


class SourceHead(msgspec.Struct, frozen=True, gc=False):
    """Where a source's chain stands: entries so far, hash of the last leaf, and the last fact's place in its log."""

    source: str
    sourceseq: int
    prevhash: str
    position: int
    part: int


class TreeGrown(Event):
    """The tree after a page of entries: all that is needed to go on without reading what came before.

    *peaks* are the hashes (hex) of `tree.peak_places(size)`; *recordedtime* that of the last entry.
    """

    size: int
    root: str
    peaks: list[str]
    sources: list[SourceHead]
    recordedtime: str


EVENT_TYPES = EventTypes({"entry-recorded.v1": EntryRecorded, "tree-grown.v1": TreeGrown})
