"""The one stream of entries: each fact becomes an entry, chained to its source and appended to the tree.

Refuses nothing: the ledger decides nothing and forgets nothing. A fact at or below its source's last number has been
recorded before and is passed over. One beyond the next number is an error of whoever brings it: no fact is stepped over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import assert_never

import msgspec

from services.ledger.domain.bodies import bodies_of
from services.ledger.domain.commands import ArrivedFact, RecordFacts, RewindSource
from services.ledger.domain.events import EntryRecorded, SourceHead, SourceRewound, TreeGrown
from services.ledger.domain.leaf import (
    FIRST_PREVHASH,
    LEAF_VERSION,
    LEAF_VERSION_UNNUMBERED,
    Leaf,
    body_commitment,
    decode_leaf,
    leaf_bytes,
    subject_commitment,
)
from services.ledger.domain.tree import Frontier, extend, leaf_hash
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.decider import Decider

EntriesEvent = EntryRecorded | TreeGrown | SourceRewound
EntriesCommand = RecordFacts | RewindSource
LAST_PART = 2**31  # behind every part of an event


class OutOfOrder(Exception):
    """A fact came before its turn."""

    def __init__(self, source: str, expected: int, found: int) -> None:
        super().__init__(f"expected fact {expected} of {source} next, found {found}")
        self.source, self.expected, self.found = source, expected, found


@dataclass(frozen=True, slots=True)
class Entries:
    """The ledger's end: the tree's right edge, each source's chain, and the last recorded time (None: empty)."""

    frontier: Frontier = field(default_factory=Frontier)
    sources: dict[str, SourceHead] = field(default_factory=dict)
    recorded_at: datetime | None = None

    def head(self, source: str) -> SourceHead:
        return self.sources.get(source) or SourceHead(source, 0, FIRST_PREVHASH, -1, -1)

    def next_number(self, source: str) -> int:
        """The number of the fact that *source* goes on with; 0 when its last one was recorded without."""
        head = self.head(source)
        return 0 if head.sourceseq and not head.sequence else head.sequence + 1


def decide(command: EntriesCommand, entries: Entries) -> Sequence[EntriesEvent]:
    match command:
        case RecordFacts():
            return record(command, entries)
        case RewindSource():
            return rewind_source(command, entries)
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
        if _was_recorded(fact, replace(entries, sources=sources)):
            continue
        bodies = bodies_of(fact)
        for piece, (salt, body) in enumerate(zip(_salts(fact.salt), bodies, strict=False), start=1):
            cut = (piece, len(bodies)) if fact.sequence and len(bodies) > 1 else (0, 0)
            index = entries.frontier.size + len(recorded)
            event, number = _entry(fact, head, salt, body, cut, index=index, recordedtime=recordedtime)
            hashes.append(leaf_hash(bytes(event.leaf)))
            recorded.append(event)
            place = (fact.position, fact.part, fact.sequence, fact.epoch)
            head = SourceHead(fact.source, number, hashes[-1].hex(), *place)
        sources[fact.source] = head
    if not recorded:
        return []
    frontier, _ = extend(entries.frontier, hashes)
    return [*recorded, _grown(frontier, sources, recordedtime)]


def _was_recorded(fact: ArrivedFact, entries: Entries) -> bool:
    """Raises OutOfOrder when facts lie between the last recorded one and *fact*."""
    head, expected = entries.head(fact.source), entries.next_number(fact.source)
    if not fact.sequence or not expected:
        return (fact.position, fact.part) <= (head.position, head.part)
    if fact.sequence > expected:
        raise OutOfOrder(fact.source, expected, fact.sequence)
    return fact.sequence < expected


def rewind_source(command: RewindSource, entries: Entries) -> Sequence[EntriesEvent]:
    """Nothing where the source's chain does not reach beyond what stands: it goes on as it is."""
    head = entries.head(command.source)
    if head.sequence <= command.sequence and head.position <= command.position:
        return []
    recordedtime = instant_text(max(command.at, entries.recorded_at or command.at))
    back = SourceRewound(
        source=command.source,
        epoch=command.epoch,
        position=command.position,
        sequence=command.sequence,
        recordedtime=recordedtime,
    )
    sources = {**entries.sources, command.source: _head_rewound(head, back)}
    return [back, _grown(entries.frontier, sources, recordedtime)]


def _head_rewound(head: SourceHead, back: SourceRewound) -> SourceHead:
    return SourceHead(
        head.source, back.sequence, head.prevhash, back.position, LAST_PART, sequence=back.sequence, epoch=back.epoch
    )


def _salts(salt: bytes) -> Iterator[bytes]:
    """A fact's own salt for its entry, and fresh ones from it where it is cut into several."""
    for number in count():
        yield sha256(salt + number.to_bytes(4, "big")).digest() if number else salt


def _entry(
    fact: ArrivedFact,
    head: SourceHead,
    salt: bytes,
    body: bytes,
    cut: tuple[int, int],
    *,
    index: int,
    recordedtime: str,
) -> tuple[EntryRecorded, int]:
    """The entry and its `sourceseq`. *cut*: which piece of how many, (0, 0) for a whole fact."""
    number = fact.sequence or head.sourceseq + 1
    leaf = Leaf(
        v=LEAF_VERSION if fact.sequence else LEAF_VERSION_UNNUMBERED,
        type=fact.type,
        source=fact.source,
        sourceseq=number,
        prevhash=head.prevhash,
        time=instant_text(fact.time),
        recordedtime=recordedtime,
        subjecthash=subject_commitment(salt, fact.subject),
        dh=body_commitment(salt, body),
        epoch=fact.epoch if fact.sequence else 1,
        piece=cut[0],
        pieces=cut[1],
    )
    raw = msgspec.Raw(leaf_bytes(leaf))
    return EntryRecorded(index=index, leaf=raw, salt=salt.hex(), body=msgspec.Raw(body)), number


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
        case SourceRewound():
            head = _head_rewound(entries.head(event.source), event)
            return replace(entries, sources={**entries.sources, event.source: head})
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
    number = leaf.sourceseq if leaf.v >= LEAF_VERSION else 0
    head = msgspec.structs.replace(
        entries.head(leaf.source), sourceseq=leaf.sourceseq, prevhash=hashed.hex(), sequence=number, epoch=leaf.epoch
    )
    return replace(
        entries,
        frontier=frontier,
        sources={**entries.sources, leaf.source: head},
        recorded_at=parse_instant(leaf.recordedtime),
    )


ENTRIES: Decider[EntriesCommand, Entries, EntriesEvent] = Decider(Entries(), decide, evolve)
