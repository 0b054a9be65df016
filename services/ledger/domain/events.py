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


class SourceHead(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a source's chain stands: number and hash of its last leaf, and the last fact's place in its log.

    *sequence* is the last fact's own number, 0 while the source's facts were recorded without (rule 1 of leaves).
    """

    source: str
    sourceseq: int
    prevhash: str
    position: int
    part: int
    sequence: int = 0
    epoch: int = 1


class SourceRewound(Event):
    """A stated recovery: of *source*'s facts those up to number *sequence* stand, and *epoch* goes on behind them.

    Entries of the facts that were given up stay where they are: nothing leaves the ledger.
    """

    source: str
    epoch: int
    position: int
    sequence: int
    recordedtime: str


class TreeGrown(Event):
    """The tree after a page of entries: all that is needed to go on without reading what came before.

    *peaks* are the hashes (hex) of `tree.peak_places(size)`; *recordedtime* that of the last entry.
    """

    size: int
    root: str
    peaks: list[str]
    sources: list[SourceHead]
    recordedtime: str


EVENT_TYPES = EventTypes(
    {"entry-recorded.v1": EntryRecorded, "tree-grown.v1": TreeGrown, "source-rewound.v1": SourceRewound}
)
