"""The one stream of entries: each fact becomes an entry, chained to its source and appended to the tree.

Refuses nothing: the ledger decides nothing and forgets nothing. A fact at or below its source's last place has been
recorded before and is passed over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import assert_never

import msgspec

from services.ledger.domain.bodies import bodies_of
from services.ledger.domain.commands import ArrivedFact, RecordFacts
from services.ledger.domain.events import EntryRecorded, SourceHead, TreeGrown
from services.ledger.domain.leaf import (
    FIRST_PREVHASH,
    LEAF_VERSION,
    Leaf,
    body_commitment,
    decode_leaf,
    leaf_bytes,
    subject_commitment,
)
from services.ledger.domain.tree import Frontier, extend, leaf_hash
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.decider import Decider

EntriesEvent = EntryRecorded | TreeGrown


@dataclass(frozen=True, slots=True)
class Entries:
    """The ledger's end: the tree's right edge, each source's chain, and the last recorded time (None: empty)."""

    frontier: Frontier = field(default_factory=Frontier)
    sources: dict[str, SourceHead] = field(default_factory=dict)
    recorded_at: datetime | None = None

    def head(self, source: str) -> SourceHead:
        return self.sources.get(source) or SourceHead(source, 0, FIRST_PREVHASH, -1, -1)


def decide(command: RecordFacts, entries: Entries) -> Sequence[EntriesEvent]:
    match command:
        case RecordFacts():
            return record(command, entries)
        case _:
            assert_never(command)


def record(command: RecordFacts, entries: Entries) -> Sequence[EntriesEvent]:
    """An entry a fact, and the tree's new end. Recorded time never falls, whatever the clock does."""
    at = max(command.at, entries.recorded_at or command.at)
    recordedtime = instant_text(at)
    sources = dict(entries.sources)
    recorded: list[EntriesEvent] = []
    hashes: list[bytes] = []
    for fact in command.facts:
        head = sources.get(fact.source) or entries.head(fact.source)
        if (fact.position, fact.part) <= (head.position, head.part):
            continue
        for salt, body in zip(_salts(fact.salt), bodies_of(fact), strict=False):
            index = entries.frontier.size + len(recorded)
            event = _entry(fact, head, salt, body, index=index, recordedtime=recordedtime)
            hashes.append(leaf_hash(bytes(event.leaf)))
            recorded.append(event)
            head = SourceHead(fact.source, head.sourceseq + 1, hashes[-1].hex(), fact.position, fact.part)
        sources[fact.source] = head
    if not recorded:
        return []
    frontier, _ = extend(entries.frontier, hashes)
    return [*recorded, _grown(frontier, sources, recordedtime)]


def _salts(salt: bytes) -> Iterator[bytes]:
    """A fact's own salt for its entry, and fresh ones from it where it is cut into several."""
    for number in count():
        yield sha256(salt + number.to_bytes(4, "big")).digest() if number else salt


def _entry(
    fact: ArrivedFact, head: SourceHead, salt: bytes, body: bytes, *, index: int, recordedtime: str
) -> EntryRecorded:
    leaf = Leaf(
        v=LEAF_VERSION,
        type=fact.type,
        source=fact.source,
        sourceseq=head.sourceseq + 1,
        prevhash=head.prevhash,
        time=instant_text(fact.time),
        recordedtime=recordedtime,
        subjecthash=subject_commitment(salt, fact.subject),
        dh=body_commitment(salt, body),
    )
    return EntryRecorded(index=index, leaf=msgspec.Raw(leaf_bytes(leaf)), salt=salt.hex(), body=msgspec.Raw(body))


def _grown(frontier: Frontier, sources: dict[str, SourceHead], recordedtime: str) -> TreeGrown:
    return TreeGrown(
        size=frontier.size,
        root=frontier.root.hex(),
        peaks=[one.hex() for one in frontier.peaks],
        sources=[sources[name] for name in sorted(sources)],
        recordedtime=recordedtime,
    )


def evolve(entries: Entries, event: EntriesEvent) -> Entries:
    match event:
        case EntryRecorded():
            return _after_entry(entries, event)
        case TreeGrown():
            return Entries(
                Frontier(event.size, tuple(bytes.fromhex(one) for one in event.peaks)),
                {one.source: one for one in event.sources},
                parse_instant(event.recordedtime),
            )
        case _:
            assert_never(event)


def _after_entry(entries: Entries, event: EntryRecorded) -> Entries:
    """The tree's edge grows by the leaf; the source's place in its log follows with `TreeGrown`, written with it."""
    raw = bytes(event.leaf)
    leaf = decode_leaf(raw)
    hashed = leaf_hash(raw)
    frontier, _ = extend(entries.frontier, [hashed])
    head = msgspec.structs.replace(entries.head(leaf.source), sourceseq=leaf.sourceseq, prevhash=hashed.hex())
    return replace(
        entries,
        frontier=frontier,
        sources={**entries.sources, leaf.source: head},
        recorded_at=parse_instant(leaf.recordedtime),
    )


ENTRIES: Decider[RecordFacts, Entries, EntriesEvent] = Decider(Entries(), decide, evolve)
