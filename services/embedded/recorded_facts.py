"""What services have published against what the ledger has recorded: fact by fact, number by number, byte by byte."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from services.ledger import policies
from services.ledger.domain.bodies import bodies_of
from services.ledger.domain.events import EntryRecorded, SourceRewound
from services.ledger.domain.leaf import LEAF_VERSION, SALT_BYTES, decode_leaf
from services.ledger.domain.readings import decode_body
from shared.bus.relay import Relay
from shared.contracts.envelope import CloudEvent
from shared.eventstore.port import PAGE_MAX, EventLog, Recorded
from shared.kernel.clock import Clock

_NO_SALT = bytes(SALT_BYTES)


class RecordedFact(NamedTuple):
    """A fact as the ledger holds it. *digest* is over the bodies of all its entries."""

    id: str  # "<log>/<position>/<part>"
    type: str
    subject: str
    digest: bytes
    number: int = 0  # its own, 0 where it was recorded without

    @property
    def position(self) -> int:
        return int(self.id.split("/")[1])


@dataclass(slots=True)
class Comparison:
    """One source's facts against the ledger's. Up to *position* (fact number *sequence*) both tell the same.

    *differs* names the first difference, "" when there is none. *unpublished*: recorded, but the source does not tell
    them. *waiting*: published and not recorded yet; *cannot*: why the first of those cannot be, "" when it can.
    """

    position: int = 0
    sequence: int = 0
    differs: str = ""
    unpublished: list[RecordedFact] = field(default_factory=list)
    waiting: int = 0
    cannot: str = ""


def recorded_facts(ledger: EventLog) -> dict[str, list[RecordedFact]]:
    """source -> the facts that stand, in the order of the entries; those that a recovery gave up do not."""
    found: dict[str, list[RecordedFact]] = {}
    for recorded in _events(ledger):
        event = recorded.event
        if isinstance(event, SourceRewound):
            found[event.source] = [one for one in found.get(event.source, ()) if one.position <= event.position]
        elif isinstance(event, EntryRecorded):
            leaf, body = decode_leaf(event.leaf), decode_body(event.body)
            facts = found.setdefault(leaf.source, [])
            digest = sha256(bytes(event.body)).digest()
            if facts and facts[-1].id == body.fact:
                facts[-1] = facts[-1]._replace(digest=sha256(facts[-1].digest + digest).digest())
            else:
                number = leaf.sourceseq if leaf.v >= LEAF_VERSION else 0
                facts.append(RecordedFact(body.fact, leaf.type, body.subject, digest, number))
    return found


def compare(relay: Relay, facts: Sequence[RecordedFact], clock: Clock) -> Comparison:
    """What *relay*'s log publishes against *facts*, the ledger's of that source."""
    found = Comparison()
    published = relay.facts_after(0)
    for number, kept in enumerate(facts):
        fact = next(published, None)
        if fact is None:
            found.unpublished = list(facts[number:])
            found.position = relay.head
            found.differs = f"the ledger holds {kept.id} ({kept.type}), which {relay.topic} does not tell"
            return found
        if not _is_same(fact, kept, clock):
            found.unpublished = list(facts[number:])
            found.position = min(fact.position, kept.position) - 1
            held = "other bytes of it" if fact.id == kept.id else f"{kept.id} ({kept.type}) in its place"
            found.differs = f"fact {fact.sequence} of {fact.source} is {fact.id} ({fact.type}), the ledger holds {held}"
            return found
        found.position, found.sequence = fact.position, fact.sequence
    for fact in published:
        if not found.waiting:
            found.cannot = _fault_of(fact, clock)
        found.waiting += 1
    return found


def _is_same(fact: CloudEvent, kept: RecordedFact, clock: Clock) -> bool:
    is_placed = kept.number in {0, fact.sequence} and (fact.id, fact.type) == (kept.id, kept.type)
    return is_placed and digest_of(fact, clock) == kept.digest


def digest_of(fact: CloudEvent, clock: Clock) -> bytes:
    """Over the bodies of the entries that *fact* becomes. Raises what keeps the ledger from taking it."""
    (arrived,) = policies.on_facts([(fact, _NO_SALT)], clock.now()).facts
    first, *more = (sha256(body).digest() for body in bodies_of(arrived))
    for one in more:
        first = sha256(first + one).digest()
    return first


def _fault_of(fact: CloudEvent, clock: Clock) -> str:
    try:
        digest_of(fact, clock)
    except Exception as failure:  # noqa: BLE001 - whatever keeps the ledger from taking it is what is asked for
        return f"starved at {fact.source} {fact.sequence} because {fact.id} ({fact.type}): {failure}"
    return ""


def _events(log: EventLog) -> Iterator[Recorded]:
    position = 0
    while page := log.read_all(position, PAGE_MAX):
        yield from page
        position = page[-1].position


def by_subject(facts: Sequence[RecordedFact]) -> Mapping[str, list[str]]:
    """subject -> the types of its facts, in order: whom it concerns that they are gone."""
    found: dict[str, list[str]] = {}
    for one in facts:
        found.setdefault(one.subject or one.id, []).append(one.type)
    return found
