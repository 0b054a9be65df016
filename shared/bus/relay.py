"""The relay: reads a log by position, turns private events into published facts, hands them over in order."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import structlog

from shared.bus.lease import Lease
from shared.bus.port import FACTS_PER_EVENT_MAX, Broker, BrokerAway, Delivery, Outgoing, Publish
from shared.clock import SystemClock
from shared.contracts.envelope import CloudEvent, FactTypes
from shared.eventstore.parking import Parked, park
from shared.eventstore.port import PAGE_MAX, LogError, Progress, Recorded
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
    event whose publishing fails is parked under "relay:<topic>" with its stream, and the rest goes on.
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

    def lag(self) -> int:
        """Events not yet handed over."""
        return max(0, self._log.head().position - self._published)

    def run_once(self) -> int:
        """Publish at most one page; returns the number of events passed. 0 as well while another holds the lease."""
        if not self._lease.hold():
            return 0
        after = self._broker.resume_after(self._topic, self._published)
        self._published = after
        page = self._log.read_all(after, self._page_max)
        if not page:
            return 0
        envelopes = [envelope for one in page for envelope in self._envelopes(one)]
        if envelopes:
            self._broker.publish(self._topic, envelopes)
        self._published = page[-1].position
        if not self._broker.forgets:
            self._store_checkpoint(page[-1])
        return len(page)

    def published_again(self, source: str, mark: int) -> Delivery:
        """The fact that bears *mark* in *source*, made anew from its event: publishing is pure. LookupError: there is none."""
        position, part = divmod(mark, FACTS_PER_EVENT_MAX)
        for recorded in self._log.read_all(position - 1, 1):
            for envelope in self._envelopes(recorded):
                if (envelope.position, envelope.part) == (position, part):
                    return Delivery(source, mark, envelope, self._facts.decode(envelope.type, envelope.data))
        raise LookupError(f"{self._log.name} has no fact {part} at position {position}")

    def _envelopes(self, recorded: Recorded) -> Sequence[CloudEvent]:
        try:
            outgoing = self._publish(recorded)
            if len(outgoing) > FACTS_PER_EVENT_MAX:
                raise ValueError(f"expected at most {FACTS_PER_EVENT_MAX} facts an event, found {len(outgoing)}")  # noqa: TRY301 - poison like any other
            return [self._envelope(recorded, part, one) for part, one in enumerate(outgoing)]
        except Exception as failure:  # noqa: BLE001 - whatever publishing raises makes this event poison, and only it
            self._park(recorded, f"{type(failure).__name__}: {failure}")
            return []

    def _envelope(self, recorded: Recorded, part: int, outgoing: Outgoing) -> CloudEvent:
        cause, position, fact = recorded.cause, recorded.position, outgoing.fact
        return CloudEvent(
            id=f"{self._log.name}/{position}/{part}",
            source=self._source,
            type=self._facts.name_of(fact),
            time=cause.at,
            subject=outgoing.key,
            data=msgspec.Raw(self._facts.encode(fact)),
            position=position,
            part=part,
            correlationid=cause.correlation_id,
            actor=cause.org_id,
        )

    def _park(self, recorded: Recorded, reason: str) -> None:
        now = self._clock.now()
        _log.error("event not published", topic=self._topic, position=recorded.position, reason=reason)
        with self._log.writing() as connection:
            park(
                connection,
                Parked(self._owner, self._log.name, recorded.position, recorded.stream, recorded.type, reason, now),
            )

    def _store_checkpoint(self, last: Recorded) -> None:
        cause = Cause(
            correlation_id=last.cause.correlation_id, org_id="system", subject="system:relay", at=last.cause.at
        )
        self._log.append([], cause, [Progress(self._owner, self._log.name, last.position)])

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
        self._lease.release()

    @property
    def is_well(self) -> bool:
        """Whether the thread, if it was started, still runs."""
        return self._stepper.is_well
