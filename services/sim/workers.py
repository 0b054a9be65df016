"""The parts of a house that work by themselves (relays, consumers, views), stepped one at a time in any order."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from random import Random

from services.embedded.house import House
from services.sim.bus import FailingBroker
from services.sim.faults import Weather
from shared.bus.consumer import Consumer
from shared.bus.port import BrokerAway
from shared.bus.relay import Relay
from shared.eventstore.port import LogUnavailable
from shared.eventstore.projector import Projector

RETRY_SECONDS_MAX = 45
LAGS_SECONDS_MAX = {
    "relay": (0, 10, 120),
    "consumer": (0, 10, 120),
    "views": (10, 600, 3_600),
}  # one till the next crash


Step = Callable[[], tuple[int, bool]]
"""One page: how much was moved (-1: what waits may not be had yet), and whether more is there."""


class Worker:
    """One part, fed by the logs of *sources*. *ready_at* is when it has something to do, None while it has nothing."""

    def __init__(self, kind: str, service: str, sources: Collection[str], step: Step) -> None:
        self.kind, self.service, self.sources = kind, service, sources
        self.name = f"{kind} {service}"
        self.step = step
        self.ready_at: datetime | None = None


class Workers:
    """All workers of one process. Who waits for a fault to end looks again in a while, as the real threads do."""

    def __init__(self, house: House, broker: FailingBroker, weather: Weather, chance: Random, now: datetime) -> None:
        self._house, self._broker, self._weather, self._chance = house, broker, weather, chance
        self.all: list[Worker] = []
        self._lags = {kind: chance.choice(lags) for kind, lags in LAGS_SECONDS_MAX.items()}
        for name, service in house.services.items():
            if service.relay is not None:
                self.all.append(Worker("relay", name, (name,), self._relay(service.relay)))
            self.all += [Worker("consumer", name, one.topics, self._consumer(one)) for one in service.consumers]
            self.all.append(Worker("views", name, (name,), self._views(name, service.projector)))
        for worker in self.all:
            worker.ready_at = now

    def ready(self, now: datetime) -> list[Worker]:
        return [one for one in self.all if one.ready_at is not None and one.ready_at <= now]

    def next_at(self) -> datetime | None:
        """When the next one has something to do; None when none has."""
        return min((one.ready_at for one in self.all if one.ready_at is not None), default=None)

    def grown(self, service: str, now: datetime) -> None:
        """The log of *service* has grown."""
        self._wake_all(("relay", "views"), service, now)

    def run(self, worker: Worker, now: datetime) -> str:
        """One step of *worker*; says what it came to. Raises Crash, and whatever would end the real thread."""
        try:
            moved, is_more = worker.step()
        except (LogUnavailable, BrokerAway) as away:
            self._later(worker, now)
            return f"waits: {away}"
        if moved < 0:
            self._later(worker, now)
            return "waits"
        worker.ready_at = now if is_more else None
        if worker.kind == "relay" and moved:
            self._wake_all(("consumer",), worker.service, now)
        return str(moved)

    def _later(self, worker: Worker, now: datetime) -> None:
        worker.ready_at = now + timedelta(seconds=self._chance.uniform(0.5, RETRY_SECONDS_MAX))

    def _wake_all(self, kinds: Collection[str], source: str, now: datetime) -> None:
        for one in self.all:
            if one.kind in kinds and source in one.sources:
                self._wake(one, now)

    def _wake(self, worker: Worker, now: datetime) -> None:
        """It notices within its lag: what came in between is taken together."""
        if worker.ready_at is None:
            worker.ready_at = now + timedelta(seconds=self._lags[worker.kind] * self._chance.random())

    def _relay(self, relay: Relay) -> Step:
        """-1: something is to be published and may not be yet (another holder's lease)."""

        def step() -> tuple[int, bool]:
            moved, lag = relay.run_once(), relay.lag()
            return moved or (-1 if relay.epoch == 0 or lag else 0), lag > 0

        return step

    def _consumer(self, consumer: Consumer) -> Step:
        """-1: facts wait that were not given; the relays are asked for them where the broker holds them no more."""

        def step() -> tuple[int, bool]:
            moved, is_more = consumer.run_once(), self._broker.backlog(consumer.name).count > 0
            if (is_more and not moved) or consumer.name in self._broker.withheld:
                self._broker.withheld.discard(consumer.name)
                for topic in consumer.topics:
                    self._wake_all(("relay",), topic, self._house.clock.now())
                return -1, True
            return moved, is_more

        return step

    def _views(self, service: str, projector: Projector) -> Step:
        def step() -> tuple[int, bool]:
            if self._weather.spell("views-stand", service) is not None:
                self._weather.hit("views-stand")
                return -1, True
            return projector.run_once(), projector.lag() > 0

        return step


def waiting(house: House) -> Mapping[str, int]:
    """What is still on its way: who -> how many events or facts."""
    found: dict[str, int] = {}
    for name, service in house.services.items():
        found[f"relay {name}"] = service.relay.lag() if service.relay is not None else 0
        found[f"views {name}"] = service.projector.lag()
        found |= {f"consumer {one.name}": one.lag().count for one in service.consumers}
    return {name: count for name, count in found.items() if count}
