"""Builds the services of one process on one data directory, or in memory: the only place that knows them all."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_bytes

from argon2 import PasswordHasher

from services.capacity import settings as capacity_settings
from services.capacity import wiring as capacity
from services.capacity.domain.events import EVENT_TYPES as CAPACITY_EVENTS
from services.embedded import kept_secrets
from services.embedded.data_directory import DataDirectory
from services.embedded.house import BuiltService, House
from services.embedded.story_clocks import clock_of
from services.ledger import settings as ledger_settings
from services.ledger import wiring as ledger
from services.ledger.domain.events import EVENT_TYPES as LEDGER_EVENTS
from services.ledger.domain.leaf import SALT_BYTES
from services.order import settings as order_settings
from services.order import wiring as order
from services.order.domain.events import EVENT_TYPES as ORDER_EVENTS
from services.portal import settings as portal_settings
from services.portal import wiring as portal
from services.portal.domain.events import EVENT_TYPES as PORTAL_EVENTS
from shared.bus.memory import InProcessBroker
from shared.bus.port import Broker
from shared.clock import RandomIds, StoryClock
from shared.contracts.registry import FACTS
from shared.eventstore.memory import MemoryLog
from shared.eventstore.port import PAGE_MAX
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sqlite import SqliteLog
from shared.kernel.clock import Clock
from shared.kernel.event import EventTypes
from shared.kernel.ids import Chance, IdSource
from shared.scheduling import Scheduler
from shared.settings import PREFIX, Environment

OpenLog = Callable[[str, EventTypes, Clock], LogWithViews]


def build(directory: DataDirectory, story_from: datetime | None = None) -> House:
    """The house on *directory*; a story told the time when *story_from* is given. Raises LogUnavailable, LogDamaged."""

    def open_log(name: str, types: EventTypes, clock: Clock) -> LogWithViews:
        return SqliteLog(name, types, clock, directory.database(name))

    secrets = kept_secrets.kept_in(directory.path)
    return assembled(ordinary(clock_of(directory.path, story_from)), open_log, secrets, directory.path)


def build_in_memory(clock: Clock) -> House:
    """A house that forgets everything, for tests."""
    return assembled(ordinary(clock), MemoryLog, kept_secrets.fresh())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a house takes from outside beside its data: time, chance, ids, the bus. Other ones make a run repeatable.

    *clocks*: service -> its own clock, where it is not the house's. None: the system's (*lease_clock*, *hasher*).
    """

    clock: Clock
    ids: IdSource
    broker: Broker
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    chance: Chance = token_bytes
    lease_clock: Clock | None = None
    page_max: int = PAGE_MAX
    hasher: PasswordHasher | None = None

    def clock_of(self, service: str) -> Clock:
        return self.clocks.get(service, self.clock)


def ordinary(clock: Clock) -> Surroundings:
    """What every house has that is no simulation."""
    return Surroundings(clock=clock, ids=RandomIds(clock), broker=InProcessBroker(FACTS))


def assembled(around: Surroundings, open_log: OpenLog, secrets: dict[str, str], data: Path | None = None) -> House:
    """All services over logs that *open_log* opens; the portal first, because its keys verify the others' callers.

    *data* is the directory of the logs, where they lie in one.
    """
    environment = environment_of(secrets)
    clock, ids, broker, chance = around.clock_of, around.ids, around.broker, around.chance
    account = portal.build(
        portal_settings.read(environment),
        clock=clock("portal"),
        ids=ids,
        log=open_log("portal", PORTAL_EVENTS, clock("portal")),
        broker=broker,
        hasher=around.hasher,
        chance=chance,
        lease_clock=around.lease_clock,
        page_max=around.page_max,
    )
    accounts_of_time = ledger.build(
        ledger_settings.read(environment),
        clock=clock("ledger"),
        ids=ids,
        log=open_log("ledger", LEDGER_EVENTS, clock("ledger")),
        broker=broker,
        verifier=account.verifier,
        new_salt=lambda: chance(SALT_BYTES),
        page_max=around.page_max,
    )
    orders = order.build(
        order_settings.read(environment),
        clock=clock("order"),
        ids=ids,
        log=open_log("order", ORDER_EVENTS, clock("order")),
        broker=broker,
        verifier=account.verifier,
        chance=chance,
        lease_clock=around.lease_clock,
        page_max=around.page_max,
    )
    services: dict[str, BuiltService] = {
        "portal": account,
        "order": orders,
        "capacity": capacity.build(
            capacity_settings.read(environment),
            clock=clock("capacity"),
            ids=ids,
            log=open_log("capacity", CAPACITY_EVENTS, clock("capacity")),
            broker=broker,
            verifier=account.verifier,
            chance=chance,
            lease_clock=around.lease_clock,
            page_max=around.page_max,
            open_address=orders.addresses.opened,
        ),
        "ledger": accounts_of_time,
    }
    return House(
        services=services,
        broker=broker,
        clock=around.clock,
        clocks=around.clocks,
        ids=ids,
        data=data,
        scheduler=Scheduler([job for service in services.values() for job in service.jobs], around.clock),
        in_real_time=not isinstance(around.clock, StoryClock),
        portal=account.portal,
        audit=accounts_of_time.audit,
    )


def environment_of(secrets: dict[str, str]) -> Environment:
    """The process's environment over the directory's secrets. Cookies go over plain HTTP on a loopback address."""
    own = {f"{PREFIX}SECURE_COOKIES": "false"}
    given = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    return Environment({**own, **secrets, **given})
