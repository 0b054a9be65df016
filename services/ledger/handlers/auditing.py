"""Auditing: everything that is stored is derived again from the entries alone and compared; the first fault is named."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

import msgspec
import sqlalchemy as sa

from services.ledger.domain.accounts import BUSY, Account, UnitAccount
from services.ledger.domain.cells import label_of
from services.ledger.domain.events import EntryRecorded, SourceHead, SourceRewound, TreeGrown
from services.ledger.domain.leaf import (
    FIRST_PREVHASH,
    LEAF_VERSION,
    Leaf,
    body_commitment,
    decode_leaf,
    subject_commitment,
)
from services.ledger.domain.production_days import day_number, day_start, day_text
from services.ledger.domain.profile import OutsideProfile, admit
from services.ledger.domain.readings import decode_body
from services.ledger.domain.timeline import Segment
from services.ledger.domain.tree import Frontier, Node, extend, leaf_hash
from services.ledger.projections.book_tables import (
    LINE_DAY,
    TIME_BALANCE,
    TIME_POSTING,
    UNIT_BALANCE,
    UNIT_POSTING,
)
from services.ledger.projections.books import Books
from services.ledger.projections.tree import NODE
from shared.eventstore import shadow
from shared.eventstore.port import PAGE_MAX, Recorded
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock

_decode_day = msgspec.json.Decoder(list[Segment]).decode
Standing = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check by name, and what was found: figures when it passed, the first fault when it did not."""

    name: str
    passed: bool
    found: str


class _Fault(Exception):
    """The first thing that is not as it should be."""


@dataclass(frozen=True, slots=True)
class _Chain:
    """The end of one source's chain. *left*: pieces of the last fact that have to follow. *is_numbered*: by rule 2."""

    number: int = 0
    hashed: str = FIRST_PREVHASH
    epoch: int = 1
    left: int = 0
    is_numbered: bool = False


@dataclass
class _Chains:
    """What the entries read so far add up to."""

    frontier: Frontier = field(default_factory=Frontier)
    sources: dict[str, _Chain] = field(default_factory=dict)


class Audit:
    """The checks over one ledger at rest."""

    def __init__(self, log: LogWithViews, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    def checks(self) -> Iterator[Check]:
        """Every check, one by one, from the bytes up to the books."""
        yield self._checked("ledger entries open their commitments, sources chained, tree recomputed", self._entries)
        yield self._checked("ledger tree view holds the recomputed nodes", self._tree)
        yield self._checked("ledger postings derived again from the entries are the stored ones", self._postings)
        yield self._checked("ledger balances are the sums of the postings, none negative", self._balances)
        yield self._checked(
            "ledger line time: every second in one account, published is fully accounted for", self._time
        )

    def first_fault(self) -> Check | None:
        """The first check that fails, None when all pass."""
        return next((check for check in self.checks() if not check.passed), None)

    def _checked(self, name: str, check: Callable[[], str]) -> Check:
        try:
            return Check(name, passed=True, found=check())
        except (_Fault, OutsideProfile) as fault:
            return Check(name, passed=False, found=str(fault))

    def _events(self) -> Iterator[Recorded]:
        position = 0
        while page := self._log.read_all(position, PAGE_MAX):
            yield from page
            position = page[-1].position

    def _entries(self) -> str:
        chains = _Chains()
        for recorded in self._events():
            match recorded.event:
                case EntryRecorded() as event:
                    _check_entry(event, chains)
                case SourceRewound() as event:
                    _check_going_back(event, chains)
                case TreeGrown() as event:
                    _check_growth(event, chains)
        return f"{chains.frontier.size:,} entries of {len(chains.sources)} sources, root {chains.frontier.root.hex()[:16]}…"

    def _tree(self) -> str:
        """Every stored node, page by page: all subtrees the leaves complete, and not one more."""
        frontier, total, position = Frontier(), 0, 0
        with self._log.views.connect() as connection:
            while page := self._log.read_all(position, PAGE_MAX):
                position = page[-1].position
                events = [one.event for one in page if isinstance(one.event, EntryRecorded)]
                frontier, completed = extend(frontier, [leaf_hash(bytes(one.leaf)) for one in events])
                _check_nodes(connection, completed)
                total += len(completed)
            stored = connection.execute(sa.select(sa.func.count()).select_from(NODE)).scalar_one()
        if stored != total:
            raise _Fault(f"the view holds {stored} nodes, the leaves complete {total}")
        return f"{total:,} nodes"

    def _postings(self) -> str:
        rows = 0
        with shadow.built(self._log, Books(), self._clock) as (anew, _), self._log.views.connect() as stored:
            for table in (TIME_POSTING, UNIT_POSTING):
                query = sa.select(table).order_by(*table.primary_key.columns)
                pairs = zip_longest(stored.execute(query), anew.execute(query))
                for ours, derived in pairs:
                    if ours is None or derived is None or tuple(ours) != tuple(derived):
                        raise _Fault(f"{table.name}: stored {ours}, derived {derived}")
                    rows += 1
        return f"{rows:,} postings"

    def _balances(self) -> str:
        with self._log.views.connect() as connection:
            for postings, balances, source in (
                (TIME_POSTING, TIME_BALANCE, Account.CALENDAR.value),
                (UNIT_POSTING, UNIT_BALANCE, UnitAccount.WIP.value),
            ):
                summed, stored = _summed(connection, postings, balances, source), _stored(connection, balances)
                for key in sorted(summed.keys() | stored.keys()):
                    if summed[key] != stored[key] or stored[key] < 0:
                        raise _Fault(f"{balances.name} {key}: stands at {stored[key]}, postings say {summed[key]}")
            rows = connection.execute(sa.select(sa.func.count()).select_from(TIME_BALANCE)).scalar_one()
        return f"{rows:,} line-time balances"

    def _time(self) -> str:
        labelled: Standing = Counter()
        offered: Standing = Counter()
        with self._log.views.connect() as connection:
            for line_id, day, raw in connection.execute(sa.select(LINE_DAY)):
                _label(line_id, day, _decode_day(raw), labelled, offered)
            stored = _stored(connection, TIME_BALANCE)
        for key in sorted(labelled.keys() | stored.keys()):
            if labelled[key] != stored[key]:
                raise _Fault(f"line, day, account, client {key}: balance {stored[key]}, intervals {labelled[key]}")
        accounted: Standing = Counter()
        for (line_id, day, account, _), seconds in stored.items():
            if account in _OFFERED:
                accounted[line_id, day] += seconds
        for key in sorted(offered.keys() | accounted.keys()):
            if offered[key] != accounted[key]:
                raise _Fault(f"line, day {key}: published {offered[key]} s, accounted for {accounted[key]} s")
        return f"{sum(labelled.values()):,} seconds, {sum(offered.values()):,} of them published"


_OFFERED = {Account.AVAILABLE, Account.COMMITTED, Account.NO_SHOW, Account.UNATTAINABLE, Account.WITHDRAWN, *BUSY}


def _check_entry(event: EntryRecorded, chains: _Chains) -> None:
    raw, body = admit(bytes(event.leaf)), admit(bytes(event.body))
    leaf, salt = decode_leaf(raw), bytes.fromhex(event.salt)
    if event.index != chains.frontier.size:
        raise _Fault(f"entry {event.index} stands where entry {chains.frontier.size} should")
    if leaf.dh != body_commitment(salt, body):
        raise _Fault(f"entry {event.index}: body and salt do not open the commitment")
    if leaf.subjecthash != subject_commitment(salt, decode_body(body).subject):
        raise _Fault(f"entry {event.index}: the subject does not open its commitment")
    chain = chains.sources.get(leaf.source, _Chain())
    if leaf.prevhash != chain.hashed or not _goes_on(leaf, chain):
        raise _Fault(f"entry {event.index}: {leaf.source} goes on with {leaf.sourceseq} after {chain.number}, or forks")
    hashed = leaf_hash(raw)
    chains.frontier, _ = extend(chains.frontier, [hashed])
    is_numbered = leaf.v >= LEAF_VERSION
    chains.sources[leaf.source] = _Chain(
        leaf.sourceseq, hashed.hex(), leaf.epoch, max(0, leaf.pieces - leaf.piece), is_numbered
    )


def _goes_on(leaf: Leaf, chain: _Chain) -> bool:
    """Whether *leaf* is the next of its source by its own rule: no number is left out and no piece of a fact."""
    if leaf.v < LEAF_VERSION:
        return not chain.is_numbered and leaf.sourceseq == chain.number + 1
    if chain.left:
        return (leaf.sourceseq, leaf.epoch) == (
            chain.number,
            chain.epoch,
        ) and leaf.pieces - leaf.piece == chain.left - 1
    if leaf.epoch != chain.epoch or leaf.piece not in {0, 1}:
        return False
    begins = chain.number and not chain.is_numbered  # its older entries were counted, not its facts
    return leaf.sourceseq > 0 if begins else leaf.sourceseq == chain.number + 1


def _check_going_back(event: SourceRewound, chains: _Chains) -> None:
    chain = chains.sources.get(event.source, _Chain())
    if event.epoch <= chain.epoch or (chain.is_numbered and event.sequence > chain.number):
        raise _Fault(f"{event.source} went back to fact {event.sequence} of epoch {event.epoch} from {chain.number}")
    chains.sources[event.source] = _Chain(event.sequence, chain.hashed, event.epoch, 0, is_numbered=True)


def _check_nodes(connection: sa.Connection, completed: list[Node]) -> None:
    expected: dict[int, dict[int, bytes]] = {}
    for level, place, node in completed:
        expected.setdefault(level, {})[place] = node
    for level, nodes in expected.items():
        span = NODE.c.place.between(min(nodes), max(nodes))
        query = sa.select(NODE.c.place, NODE.c.hash).where(NODE.c.level == level, span)
        stored = {place: bytes(node) for place, node in connection.execute(query)}
        for place, node in nodes.items():
            if stored.get(place) != node:
                raise _Fault(f"the node at level {level}, place {place} is not the hash of what is below it")


def _check_growth(event: TreeGrown, chains: _Chains) -> None:
    peaks = [one.hex() for one in chains.frontier.peaks]
    if (event.size, event.root, event.peaks) != (chains.frontier.size, chains.frontier.root.hex(), peaks):
        raise _Fault(f"at size {event.size} root {event.root[:16]}… was recorded, the leaves give another")
    heads: list[SourceHead] = event.sources
    for head in heads:
        chain = chains.sources.get(head.source, _Chain())
        if (chain.number, chain.hashed, chain.epoch) != (head.sourceseq, head.prevhash, head.epoch):
            raise _Fault(f"at size {event.size} the head of {head.source} is not its last entry")


def _summed(connection: sa.Connection, postings: sa.Table, balances: sa.Table, source: str) -> Standing:
    *keys, amount = [column.name for column in balances.columns]
    summed: Standing = Counter()
    for side, sign in (("to", 1), ("from", -1)):
        names = [f"{side}_{name}" if name in {"account", "client"} else name for name in keys]
        moved = postings.c[amount]
        query = sa.select(*(postings.c[name] for name in names), sa.func.sum(moved)).group_by(*names)
        for *key, total in connection.execute(query.where(postings.c[f"{side}_account"] != source)):
            summed[tuple(key)] += sign * total
    return summed


def _stored(connection: sa.Connection, balances: sa.Table) -> Standing:
    return Counter({tuple(key): amount for *key, amount in connection.execute(sa.select(balances))})


def _label(line_id: str, day: str, segments: list[Segment], labelled: Standing, offered: Standing) -> None:
    """Count a day's seconds by account, and those of offered hours apart, straight from what is known of them."""
    number = day_number(date.fromisoformat(day))
    ends = [start for start, _ in segments[1:]] + [day_start(number + 1)]
    for (start, cell), end in zip(segments, ends, strict=True):
        label = label_of(cell, number)
        if label.account is not Account.CALENDAR:
            labelled[line_id, day_text(label.day), label.account.value, label.client] += end - start
        is_published = cell.offer == "published" or (cell.offer == "withdrawn" and not cell.work)
        if cell.calendar == "open" and is_published:
            offered[line_id, day_text(label.day)] += end - start
