"""A fact's own number is committed in its leaf, and nothing is recorded beyond a number that has not come."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import orjson
import pytest

from services.ledger.domain.commands import ArrivedFact, RecordFacts, RewindSource
from services.ledger.domain.entries import ENTRIES, Entries, EntriesEvent, OutOfOrder
from services.ledger.domain.events import EntryRecorded, SourceRewound, TreeGrown
from services.ledger.domain.leaf import Leaf, decode_leaf

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ORDER = "/gongfang/order"
HOUR = {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-01T01:00:00Z"}


def fact(sequence: int, position: int | None = None, epoch: int = 1, data: bytes = b"{}") -> ArrivedFact:
    place = sequence * 10 if position is None else position
    return ArrivedFact(
        source=ORDER,
        position=place,
        part=0,
        fact_id=f"order/{place}/0",
        type="order.closed.v1",
        subject="ord_1",
        actor="org_1",
        correlation="req_1",
        time=NOW,
        data=data,
        salt=sha256(b"%d" % place).digest(),
        sequence=sequence,
        epoch=epoch,
    )


def after(*facts: ArrivedFact, entries: Entries | None = None) -> tuple[list[Leaf], Entries]:
    """The leaves of *facts*, and where the ledger stands then: as folded, and as its last event alone tells it."""
    begun = entries or Entries()
    events = ENTRIES.decide(RecordFacts(facts, NOW), begun)
    folded = ENTRIES.fold(events, begun)
    if events:
        assert isinstance(events[-1], TreeGrown)
        assert ENTRIES.evolve(Entries(), events[-1]) == folded
    return leaves(events), folded


def leaves(events: object) -> list[Leaf]:
    assert isinstance(events, list)
    return [decode_leaf(bytes(one.leaf)) for one in events if isinstance(one, EntryRecorded)]


def test_a_leaf_holds_the_facts_own_number_by_rule_two() -> None:
    found, entries = after(fact(1), fact(2), fact(3))
    assert [(one.v, one.sourceseq) for one in found] == [(2, 1), (2, 2), (2, 3)]
    assert entries.next_number(ORDER) == 4


@pytest.mark.parametrize("come", [(2,), (1, 3), (1, 2, 4)])
def test_nothing_is_recorded_when_a_number_was_left_out(come: tuple[int, ...]) -> None:
    with pytest.raises(OutOfOrder) as wrong:
        after(*map(fact, come))
    assert (wrong.value.found, wrong.value.expected) == (come[-1], (0, *come)[-2] + 1)


def test_a_number_that_was_recorded_is_passed_over() -> None:
    _, entries = after(fact(1), fact(2))
    found, entries = after(fact(1), fact(2), fact(3), entries=entries)
    assert [one.sourceseq for one in found] == [3]


def test_pieces_of_one_fact_share_its_number() -> None:
    data = orjson.dumps({"line_id": "lin_1", "intervals": [HOUR] * 400, "published_at": "2026-12-01T00:00:00Z"})
    long = replace(fact(2, data=data), type="capacity.capacity-published.v1")
    found, entries = after(fact(1), long, fact(3))
    assert [(one.sourceseq, one.piece, one.pieces) for one in found] == [
        (1, 0, 0),
        (2, 1, 3),
        (2, 2, 3),
        (2, 3, 3),
        (3, 0, 0),
    ]
    assert entries.frontier.size == 5


def test_a_chain_without_numbers_goes_on_with_whatever_number_comes_first() -> None:
    """An older release counted entries; where its facts end, their own numbers begin."""
    old, entries = after(replace(fact(0, 10)), replace(fact(0, 20)))
    assert [(one.v, one.sourceseq) for one in old] == [(1, 1), (1, 2)]
    assert entries.next_number(ORDER) == 0
    found, entries = after(fact(17, 20), fact(18, 21), entries=entries)
    assert [(one.v, one.sourceseq) for one in found] == [(2, 18)], "position 20 was recorded before"
    assert found[0].prevhash == entries_hash(old)
    with pytest.raises(OutOfOrder):
        after(fact(20, 30), entries=entries)


def entries_hash(_: list[Leaf]) -> str:
    _, entries = after(replace(fact(0, 10)), replace(fact(0, 20)))
    return entries.head(ORDER).prevhash


def test_after_a_recovery_the_new_history_goes_on_where_the_two_part() -> None:
    _, entries = after(*map(fact, range(1, 6)))
    back = RewindSource(ORDER, epoch=2, position=30, sequence=3, at=NOW)
    events: list[EntriesEvent] = list(ENTRIES.decide(back, entries))
    assert [type(one) for one in events] == [SourceRewound, TreeGrown]
    entries = ENTRIES.fold(events, entries)
    assert ENTRIES.evolve(Entries(), events[-1]) == entries
    found, entries = after(fact(4, 31, epoch=2), fact(5, 32, epoch=2), entries=entries)
    assert [(one.sourceseq, one.epoch) for one in found] == [(4, 2), (5, 2)]
    assert entries.frontier.size == 7, "entries of the facts that were given up stay"


def test_a_recovery_behind_the_ledgers_own_place_changes_nothing() -> None:
    _, entries = after(fact(1), fact(2))
    assert ENTRIES.decide(RewindSource(ORDER, epoch=2, position=30, sequence=3, at=NOW), entries) == []
