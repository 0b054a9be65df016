"""Going on after a log went back in time: a new history begins where the two part, and what is lost is said by name.

1. The ledger has recorded what every log told, so it tells where the log of today parts from the one that was read.
2. The log gets a new epoch from that position on.
3. Every reader that stands beyond it is put back to it. What lies behind is new to all of them: nothing of it was taken,
   because their marks stood in its way. So its effects come once. A reader that stands before it is left alone.
4. The ledger notes that the source was rewound; entries of the lost facts stay, and are what the list of losses is made of.

Each step may be done again, so a recovery that was broken off is run anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.embedded import histories
from services.embedded.house import BuiltService, House
from services.embedded.recorded_facts import Comparison, RecordedFact, compare, recorded_facts
from services.ledger.domain.commands import RewindSource
from services.ledger.handlers.recording import Recording
from shared.bus.memory import source_of
from shared.bus.places import PlaceLost
from shared.bus.port import end_of, position_of
from shared.bus.relay import Relay
from shared.eventstore.handling import transact
from shared.eventstore.port import PAGE_MAX, EventLog, Parked
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id


@dataclass(frozen=True, slots=True)
class Recovered:
    """One log's recovery. Up to *position* (fact *number*) its history stands; *epoch* goes on behind it.

    *lost*: facts that the log does not tell any more. *unsure*: events up to *position* that the ledger had not recorded,
    so that nobody can tell whether they were read. *readers*: who was put back. *touched*: reader -> its streams on
    which lost facts had their effects. *forgotten*: parked facts of the lost history.
    """

    log: str
    epoch: int
    position: int
    number: int
    refused: Sequence[PlaceLost]
    lost: Sequence[RecordedFact]
    unsure: int
    readers: Sequence[str]
    touched: dict[str, list[str]] = field(default_factory=dict)
    forgotten: Sequence[Parked] = ()


def recover(house: House, *, acts: bool = True) -> Iterator[Recovered]:
    """Let the house go on, log by log, or only say what that would mean (*acts* False). Nothing runs meanwhile."""
    lost = histories.lost_places(house.services)
    kept = recorded_facts(house.services["ledger"].log)
    for service in house.services.values():
        refused = [one for one in lost if one.log == service.name]
        if refused and service.relay is not None:
            found = compare(service.relay, kept.get(f"/gongfang/{service.name}", []), house.clock)
            yield _recovered(house, service, service.relay, refused, found, acts=acts)


def _recovered(
    house: House,
    service: BuiltService,
    relay: Relay,
    refused: Sequence[PlaceLost],
    found: Comparison,
    *,
    acts: bool,
) -> Recovered:
    log = service.log
    position = found.position if found.differs else relay.head
    number, epoch = relay.number_at(position), log.identity.epoch + 1
    readers, forgotten = [], list[Parked]()
    if acts:
        log.begin_epoch(position)
        rewind_ledger(house, log.name, epoch, position, number)
    source = source_of(relay.topic)
    for reader in house.services.values():
        for consumer in reader.consumers:
            mark = reader.log.progress(consumer.name, source)
            if relay.topic in consumer.topics and mark:
                stands_at = min(mark, end_of(position))
                readers += [consumer.name] if stands_at < mark else []
                if acts:
                    forgotten += consumer.rewind(source, stands_at, log.proof_at(position_of(stands_at)))
    return Recovered(
        log.name,
        epoch,
        position,
        number,
        refused,
        found.unpublished,
        0 if found.differs else found.waiting,
        readers,
        _touched(house, service, {one.id for one in found.unpublished}),
        forgotten,
    )


def rewind_ledger(house: House, source: str, epoch: int, position: int, number: int) -> None:
    log, now = house.services["ledger"].log, house.clock.now()
    command = RewindSource(f"/gongfang/{source}", epoch, position, number, now)
    cause = Cause(correlation_id=derived_id("cor", source, epoch), org_id="system", subject="system:recover", at=now)
    transact(log, lambda: Recording(log).record(command), cause)


def _touched(house: House, lost: BuiltService, facts: set[str]) -> dict[str, list[str]]:
    """Where the lost facts had their effects: those stay, and somebody has to look at them."""
    found: dict[str, list[str]] = {}
    for service in house.services.values():
        if service.name in {lost.name, "ledger"} or not facts:
            continue
        streams = sorted(set(_streams_caused_by(service.log, facts)))
        if streams:
            found[service.name] = streams
    return found


def _streams_caused_by(log: EventLog, facts: set[str]) -> Iterator[str]:
    position = 0
    while page := log.read_all(position, PAGE_MAX):
        yield from (one.stream for one in page if one.cause.causation_id in facts)
        position = page[-1].position
