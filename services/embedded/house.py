"""The four services as they run together: started, brought to rest and stopped in the order that loses nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Protocol

import structlog
from flask import Flask

from services.embedded import histories
from services.ledger.handlers.auditing import Audit
from services.portal.portal import Portal
from shared.bus.consumer import Consumer
from shared.bus.port import Broker
from shared.bus.relay import Relay
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.kernel.clock import Clock
from shared.kernel.ids import IdSource
from shared.scheduling import Job, Scheduler

_log = structlog.get_logger(__name__)

SETTLE_SECONDS_MAX = 30.0
REST_LOOKS = 2  # at rest means: twice in a row nothing waits and no log has grown


class BuiltService(Protocol):
    """What every service's `wiring.build` gives."""

    @property
    def name(self) -> str: ...
    @property
    def log(self) -> LogWithViews: ...
    @property
    def app(self) -> Flask: ...
    @property
    def relay(self) -> Relay | None: ...
    @property
    def consumers(self) -> Sequence[Consumer]: ...
    @property
    def projector(self) -> Projector: ...
    @property
    def jobs(self) -> Sequence[Job]: ...


class NotAtRest(Exception):
    """Facts were still on their way at the deadline."""


@dataclass(frozen=True, slots=True)
class House:
    """All services of one process. `start` and `stop` may each be called once."""

    services: Mapping[str, BuiltService]
    broker: Broker
    clock: Clock
    ids: IdSource
    scheduler: Scheduler
    portal: Portal
    audit: Audit
    data: Path | None  # where its logs lie; None: in memory
    in_real_time: bool  # False under a story's clock: jobs then run when the story moves on
    clocks: Mapping[str, Clock] = field(default_factory=dict)  # service -> its own, where it is not the house's

    def clock_of(self, service: str) -> Clock:
        """What *service* records its events by."""
        return self.clocks.get(service, self.clock)

    def start(self) -> None:
        """Consumers say where they stand before any relay begins, so that no fact is fetched twice.

        Whoever holds a data directory is alone on it, so a lease that a killed process left is not waited for.
        Views that older code folded are rebuilt first: nobody else would, and a figure of old rules is no figure.
        Raises HistoryBroken before anything begins when a log went back in time behind its readers.
        """
        histories.check(self.services)
        histories.prove(self.services)
        for service in self.services.values():
            if stale := service.projector.stale:
                _log.warning("views are being rebuilt, which may take minutes", service=service.name, views=stale)
            for name in service.projector.rebuild_stale():
                _log.info("view rebuilt", service=service.name, view=name, why="its code changed")
            service.projector.start()
            for consumer in service.consumers:
                consumer.subscribe()
        for service in self.services.values():
            if service.relay is not None:
                service.relay.take_over()
                service.relay.start()
            for consumer in service.consumers:
                consumer.start()
        if self.in_real_time:
            self.scheduler.start()

    def stop(self) -> None:
        """Nothing new begins, facts stop flowing, views stop; what was not delivered is delivered anew at the next
        start.
        """
        self.scheduler.stop()
        for service in self.services.values():
            if service.relay is not None:
                service.relay.stop()
        for service in self.services.values():
            for consumer in service.consumers:
                consumer.stop()
        for service in self.services.values():
            service.projector.stop()

    def close(self) -> None:
        """Let go of broker and logs; the last thing, whether or not the house was started."""
        self.broker.close()
        for service in self.services.values():
            service.log.close()

    def step_to_rest(self) -> None:
        """Do all that waits in this thread, without starting anything: facts have their effect, views see it.

        Raises HistoryBroken when a log went back in time behind its readers.
        """
        histories.check(self.services)
        for service in self.services.values():
            for consumer in service.consumers:
                consumer.subscribe()
        moved = 1
        while moved:
            moved = 0
            for service in self.services.values():
                moved += service.relay.run_once() if service.relay is not None else 0
                moved += sum(consumer.run_once() for consumer in service.consumers)
        for service in self.services.values():
            service.projector.catch_up()

    def settle(self, timeout_s: float = SETTLE_SECONDS_MAX) -> None:
        """Wait until every fact has had its effect and every view has seen it. Raises NotAtRest at the time-out."""
        deadline = monotonic() + timeout_s
        looks, seen = 0, self._heads()
        while looks < REST_LOOKS:
            waiting = self._waiting()
            heads = self._heads()
            looks = looks + 1 if not waiting and heads == seen else 0
            seen = heads
            if waiting and monotonic() > deadline:
                raise NotAtRest(f"after {timeout_s:.0f} s still on their way: {', '.join(waiting)}")
            if waiting:
                self._look_again_soon()

    def _heads(self) -> dict[str, int]:
        return {name: service.log.head().position for name, service in self.services.items()}

    def _waiting(self) -> list[str]:
        """Who still has something to do, in words; consumers count what the broker holds for them."""
        found = []
        for name, service in self.services.items():
            if service.relay is not None and (lag := service.relay.lag()):
                found.append(f"{name} relay {lag}")
            found += [f"{one.name} consumer" for one in service.consumers if one.lag().count]
            if lag := service.projector.lag():
                found.append(f"{name} views {lag}")
        return found

    def _look_again_soon(self) -> None:
        """Wait for the next append of any log, a few milliseconds at most."""
        log = next(iter(self.services.values())).log
        log.wait_beyond(log.head().position, 0.005)
