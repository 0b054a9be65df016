"""The house as a process that dies: everything in memory is thrown away, and it is built again on what its disks hold."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random

from argon2 import PasswordHasher

from services.embedded.assembly import Surroundings, assembled
from services.embedded.house import House
from services.embedded.kept_secrets import NAMES
from services.sim.bus import FailingBroker
from services.sim.clocks import LeaseClock
from services.sim.disk import Disk, FailingMemoryLog, FailingSqliteLog, SimulatedLog
from services.sim.faults import SERVICES, Weather
from shared.bus.memory import InProcessBroker
from shared.clock import SeededIds
from shared.contracts.registry import FACTS
from shared.eventstore.port import PAGE_MAX
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.event import EventTypes
from shared.kernel.ids import Chance

ENGINES = ("memory", "sqlite")
PAGES = (
    5,
    40,
    PAGE_MAX,
    PAGE_MAX,
)  # events that relays and views of one process take at once: pages are full now and then
TAKES_OVER = 0.7  # of all starts, as `House.start` does; the rest wait for the leases of the dead
_SECRETS = {name: f"of the simulation, {name}" for name in NAMES}

NewLog = Callable[[str, EventTypes, Clock], SimulatedLog]


class Grounds:
    """What outlives the process: its disks with the logs on them. *place* is where files go, for the SQLite engine."""

    def __init__(self, engine: str, place: Path | None) -> None:
        self.engine = engine
        self.disks = {name: Disk(name) for name in SERVICES}
        self.logs: dict[str, SimulatedLog] = {}
        self._place = place

    def open(self, name: str, types: EventTypes, clock: Clock) -> SimulatedLog:
        """The log of *name* for a new process: what the last one left, or a new one."""
        found = self.logs.get(name)
        self.logs[name] = self._new(name, types, clock) if found is None else found.reopened(clock)
        return self.logs[name]

    def _new(self, name: str, types: EventTypes, clock: Clock) -> SimulatedLog:
        if self.engine == "memory":
            return FailingMemoryLog(name, types, clock, self.disks[name])
        if self._place is None:
            raise ValueError("logs in files need a place")
        return FailingSqliteLog(name, types, clock, place=self._place / name, disk=self.disks[name])


class MortalHouse:
    """`house` is the process of the moment. *seed* and the number of the incarnation make all ids and keys."""

    def __init__(
        self, grounds: Grounds, world: Clock, clocks: Mapping[str, Clock], weather: Weather, seed: str
    ) -> None:
        self._grounds, self._world, self._clocks = grounds, world, clocks
        self._weather, self._seed = weather, seed
        self._lease_clock = LeaseClock(world)
        self.incarnation = 0
        self.house, self.broker = self._built()

    @property
    def logs(self) -> Mapping[str, SimulatedLog]:
        return self._grounds.logs

    def rebuild(self) -> None:
        """Begin a new process. Raises what a start may raise: Crash, LogUnavailable."""
        self.incarnation += 1
        self.house, self.broker = self._built()
        if self._chance("start").random() < TAKES_OVER:
            for service in self.house.services.values():
                if service.relay is not None:
                    service.relay.take_over()

    def _built(self) -> tuple[House, FailingBroker]:
        chance = self._chance("bytes")
        broker = FailingBroker(InProcessBroker(FACTS), self._weather, self._chance("bus"))
        number = int.from_bytes(sha256(f"{self._seed}/{self.incarnation}".encode()).digest()[:8], "big")
        around = Surroundings(
            clock=self._world,
            ids=SeededIds(self._world, number),
            broker=broker,
            clocks=self._clocks,
            chance=chance.randbytes,
            lease_clock=self._lease_clock,
            page_max=self._chance("pages").choice(PAGES),
            hasher=_Hasher(chance.randbytes),
        )
        house = assembled(around, partial(_open, self._grounds), _SECRETS)
        for service in house.services.values():
            for consumer in service.consumers:
                consumer.subscribe()
        return house, broker

    def _chance(self, what: str) -> Random:
        return Random(f"{self._seed}/{what}/{self.incarnation}")


class _Hasher(PasswordHasher):
    """Argon2 at its cheapest, with salts that repeat: the people of the simulation have nothing to hide."""

    def __init__(self, chance: Chance) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self._chance = chance

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        return super().hash(password, salt=salt or self._chance(self.salt_len))


def _open(grounds: Grounds, name: str, types: EventTypes, clock: Clock) -> LogWithViews:
    return grounds.open(name, types, clock)
