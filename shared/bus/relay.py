"""The relay: reads a log by position, turns private events into published facts, hands them over in order."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
import structlog

from shared.bus.lease import Lease
from shared.bus.numbering import Numbering
from shared.bus.places import PlaceLost
from shared.bus.port import FACTS_PER_EVENT_MAX, Broker, BrokerAway, Delivery, Outgoing, Publish
from shared.clock import SystemClock
from shared.contracts.envelope import CloudEvent, FactTypes
from shared.eventstore.identity import FIRST_EPOCH
from shared.eventstore.parking import list_parked, unpark
from shared.eventstore.port import PAGE_MAX, LogError, Mark, Parked, Progress, Recorded
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.stepping import Stepper
from shared.kernel.clock import Clock
from shared.kernel.event import Cause

IDLE_WAIT_S = 0.25  # a group that asks for older facts is heard after at most this
HOLDER_BYTES = 8  # of chance, in a holder's name
LEASE_LASTS_FOR = timedelta(seconds=3)  # how long facts stand still when a relay's process was killed

_log = structlog.get_logger(__name__)


class Relay:
    """Publishes *log* on *topic*, as long as it holds the lease: of two relays for one log, one stands by.

    *publish* is pure, so a page may be published again after a crash and consumers drop what they have seen. An
    event whose publishing fails is parked under "relay:<topic>" with its stream, and the rest goes on; its number is
    held back (`numbering.py`), so that nobody who takes facts in order steps over it.
    *lease_clock* is real time, because a story's clock may leap past any lease. *holder* names this very relay among
    all that ever ask for the lease; made by chance where none is given.
    """

    def __init__(
        self,
        log: LogWithViews,
        publish: Publish,
        broker: Broker,
        topic: str,
        facts: FactTypes,
        *,
        lease_clock: Clock | None = None,
        holder: str | None = None,
        lease_lasts_for: timedelta = LEASE_LASTS_FOR,
        page_max: int = PAGE_MAX,
    ) -> None:
        self._log = log
        self._publish = publish
        self._broker = broker
        self._topic = topic
        self._facts = facts
        self._page_max = page_max
        self._source = f"/gongfang/{log.name}"
        self._clock = lease_clock or SystemClock()
        self._lease = Lease(log, self._owner, holder or secrets.token_hex(HOLDER_BYTES), self._clock, lease_lasts_for)
        self._numbering = Numbering(log, self._count, self._owner)
        self._unheard: int | None = None  # behind it lies a page whose answer never came: any part of it may be there
        self._led = 0  # the epoch of the lease in which progress was last read
        self._published = log.progress(self._owner, log.name)
        self._stepper = Stepper(f"relay-{log.name}", self.run_once, self._idle, log.nudge, (LogError, BrokerAway))

    @property
    def topic(self) -> str:
        return self._topic

    @property
    def _owner(self) -> str:
        return f"relay:{self._topic}"

    @property
    def epoch(self) -> int:
        """The epoch of the lease held, 0 while another relay holds it."""
        return self._lease.epoch

    @property
    def position(self) -> int:
        """The log position up to which facts were handed over."""
        return self._published

    @property
    def head(self) -> int:
        """The end of the log that is published."""
        return self._log.head().position

    def number_at(self, position: int) -> int:
        """The number of the last fact that the events up to *position* publish."""
        return self._numbering.facts_up_to(position)

    def lag(self) -> int:
        """Events not yet handed over."""
        return max(0, self._log.head().position - self._published)

    def run_once(self) -> int:
        """Publish at most one page; returns the number of events passed. 0 as well while another holds the lease."""
        if not self._lease.hold():
            return 0
        if self._lease.epoch != self._led:
            self._reread()
        after = self._broker.resume_after(self._topic, self._published)
        if self._unheard is not None:
            after = min(after, self._unheard)
        self._published = after
        page = self._log.read_all(after, self._page_max)
        if not page:
            self._check_end(after)
            return 0
        facts = self._numbering.facts_up_to(after)
        envelopes: list[CloudEvent] = []
        parked: list[Parked] = []
        for one in page:
            made = self._made(one, facts)
            facts += 1 if isinstance(made, Parked) else len(made)
            if isinstance(made, Parked):
                parked.append(made)
            else:
                envelopes += made
        if envelopes:
            self._unheard = after
            self._broker.publish(self._topic, envelopes)
        self._unheard = None
        self._published = page[-1].position
        self._store(page[-1], parked)
        self._numbering.passed(page[-1].position, facts)
        return len(page)

    def _reread(self) -> None:
        """The lease was taken: another relay may have gone on since progress and numbers were read."""
        self._led = self._lease.epoch
        self._published = self._log.progress(self._owner, self._log.name)
        self._numbering.forget()

    def _check_end(self, after: int) -> None:
        """Nothing lies beyond *after*. Raises PlaceLost where the log ends before it: somebody read further once."""
        head = self._log.head().position
        if after > head:
            reader = Progress(f"a reader of {self._topic}", self._source, after * FACTS_PER_EVENT_MAX)
            raise PlaceLost("ahead", reader, self._log.name, head, self._log.proof_at(head))

    def published_again(self, source: str, mark: int) -> Delivery:
        """The fact that bears *mark* in *source*, made anew from its event: publishing is pure. LookupError: there is none."""
        position, part = divmod(mark, FACTS_PER_EVENT_MAX)
        for envelope in self.facts_of(position):
            if envelope.part == part:
                return Delivery(source, mark, envelope, self._facts.decode(envelope.type, envelope.data))
        raise LookupError(f"{self._log.name} has no fact {part} at position {position}")

    def facts_of(self, position: int) -> Sequence[CloudEvent]:
        """The facts of the event at *position*. Raises what publishing raises."""
        facts = self._numbering.facts_up_to(position - 1)
        return [one for recorded in self._log.read_all(position - 1, 1) for one in self._envelopes(recorded, facts)]

    def facts_after(self, position: int) -> Iterator[CloudEvent]:
        """Every fact behind *position*, as it is published; what cannot be published is passed over, number and all."""
        facts = self._numbering.facts_up_to(position)
        while page := self._log.read_all(position, PAGE_MAX):
            for recorded in page:
                made = self._made(recorded, facts)
                if isinstance(made, Parked):
                    facts += 1
                else:
                    yield from made
                    facts += len(made)
            position = page[-1].position

    def parked(self) -> list[Parked]:
        """The events that could not be published, by position."""
        return list_parked(self._log.views, self._owner)

    def unpark(self, position: int) -> None:
        """Forget that the event at *position* could not be published: its facts have had their effects."""
        with self._log.writing() as connection:
            unpark(connection, self._owner, self._log.name, position)
        self._numbering.forget()

    def _made(self, recorded: Recorded, facts: int) -> Sequence[CloudEvent] | Parked:
        """The event's facts, numbered behind *facts* others, or that it is poison."""
        try:
            return self._envelopes(recorded, facts)
        except Exception as failure:  # noqa: BLE001 - whatever publishing raises makes this event poison, and only it
            reason, now = f"{type(failure).__name__}: {failure}", self._clock.now()
            _log.error("event not published", topic=self._topic, position=recorded.position, reason=reason)
            return Parked(self._owner, self._log.name, recorded.position, recorded.stream, recorded.type, reason, now)

    def _count(self, recorded: Recorded) -> int:
        """How many numbers the event takes: one for each fact, and one where it cannot be published."""
        try:
            return len(self._publish(recorded))
        except Exception:  # noqa: BLE001 - as in `_made`
            return 1

    def _envelopes(self, recorded: Recorded, facts: int) -> Sequence[CloudEvent]:
        outgoing = self._publish(recorded)
        if len(outgoing) > FACTS_PER_EVENT_MAX:
            raise ValueError(f"expected at most {FACTS_PER_EVENT_MAX} facts an event, found {len(outgoing)}")
        return [self._envelope(recorded, part, facts + part + 1, one) for part, one in enumerate(outgoing)]

    def _envelope(self, recorded: Recorded, part: int, sequence: int, outgoing: Outgoing) -> CloudEvent:
        cause, position, fact = recorded.cause, recorded.position, outgoing.fact
        identity = self._log.identity
        epoch = identity.epoch_at(position)
        log = self._log.name if epoch == FIRST_EPOCH else f"{self._log.name}.{epoch}"
        return CloudEvent(
            id=f"{log}/{position}/{part}",
            source=self._source,
            type=self._facts.name_of(fact),
            time=cause.at,
            subject=outgoing.key,
            data=msgspec.Raw(self._facts.encode(fact)),
            position=position,
            part=part,
            sequence=sequence,
            logid=identity.log_id,
            epoch=epoch,
            logdigest=recorded.digest.hex(),
            correlationid=cause.correlation_id,
            actor=cause.org_id,
        )

    def _store(self, last: Recorded, parked: Sequence[Parked]) -> None:
        """What could not be published, and how far publishing has come, in one transaction."""
        marks: list[Mark] = list(parked)
        if not self._broker.forgets:
            proof = self._log.proof_at(last.position)
            marks.append(Progress(self._owner, self._log.name, last.position, proof=proof))
        if marks:
            cause = Cause(
                correlation_id=last.cause.correlation_id, org_id="system", subject="system:relay", at=last.cause.at
            )
            self._log.append([], cause, marks)

    def _idle(self) -> None:
        self._log.wait_beyond(self._published, IDLE_WAIT_S)

    def take_over(self) -> None:
        """Publish from now on, although a predecessor that was killed let its lease stand: see `Lease.take_over`."""
        self._lease.take_over()

    def start(self) -> None:
        self._stepper.start()

    def stop(self) -> None:
        """Stop publishing and let the lease go."""
        self._stepper.stop()
        if self._lease.epoch:
            self._numbering.store()
        self._lease.release()

    @property
    def is_well(self) -> bool:
        """Whether the thread, if it was started, still runs."""
        return self._stepper.is_well

    def trouble(self) -> str | None:
        """What keeps the thread from its work, in a line; None when well."""
        return self._stepper.trouble()
