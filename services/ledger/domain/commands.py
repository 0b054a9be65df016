"""What the ledger is told to do: record facts. Nothing else writes to it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ArrivedFact:
    """A published fact as it came: its place in its source's log, and its bytes. *salt* is 32 fresh random bytes."""

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


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Record *facts* in this order; *at* is the ledger's own time."""

    facts: tuple[ArrivedFact, ...]
    at: datetime
