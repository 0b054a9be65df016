"""What the ledger is told to do: record facts, and note that a source went back. Nothing else writes to it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ArrivedFact:
    """A published fact as it came: its place in its source's log, and its bytes. *salt* is 32 fresh random bytes.

    *sequence* counts the source's facts from 1 without gaps; 0: its publisher did not number them.
    """

    source: str
    position: int
    part: int
    fact_id: str
    type: str
    subject: str
    actor: str
    correlation: str
    time: datetime
    data: bytes
    salt: bytes
    sequence: int = 0
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Record *facts* in this order; *at* is the ledger's own time."""

    facts: tuple[ArrivedFact, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RewindSource:
    """A recovery gave up what *source* had published beyond *position*: its fact number *sequence* is the last that stands.

    Facts of *epoch* go on from there. *at* is the ledger's own time.
    """

    source: str
    epoch: int
    position: int
    sequence: int
    at: datetime
