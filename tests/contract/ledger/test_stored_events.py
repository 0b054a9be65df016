"""What the ledger has ever stored stays readable, byte for byte: a sample of every stored event type and version."""

from pathlib import Path

import pytest

from services.ledger.domain.entries import ENTRIES, Entries
from services.ledger.domain.events import EVENT_TYPES, EntryRecorded, TreeGrown
from services.ledger.domain.leaf import body_commitment, decode_leaf
from services.ledger.domain.tree import leaf_hash

STORED = sorted((Path(__file__).parent / "stored").glob("*.json"))


def test_every_stored_type_has_a_sample() -> None:
    assert {path.stem for path in STORED} >= set(EVENT_TYPES.names)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_stored_event_reads_and_writes_back_to_the_same_bytes(path: Path) -> None:
    raw = path.read_bytes().strip()
    assert EVENT_TYPES.encode(EVENT_TYPES.decode(path.stem, raw)) == raw


def test_the_stored_entry_still_opens_and_the_stored_tree_still_follows_from_it() -> None:
    """Domain tags, canonical form and hashes can never change without a new leaf version."""
    samples = {path.stem: EVENT_TYPES.decode(path.stem, path.read_bytes()) for path in STORED}
    entry, grown = samples["entry-recorded.v1"], samples["tree-grown.v1"]
    assert isinstance(entry, EntryRecorded)
    assert isinstance(grown, TreeGrown)
    assert decode_leaf(entry.leaf).dh == body_commitment(bytes.fromhex(entry.salt), bytes(entry.body))
    assert leaf_hash(bytes(entry.leaf)).hex() == grown.root
    assert ENTRIES.fold([entry]).frontier == ENTRIES.evolve(Entries(), grown).frontier
