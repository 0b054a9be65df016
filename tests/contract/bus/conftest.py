"""The brokers that the conformance suite of the bus runs on, and a small publishing side and consuming side."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from services.sim.bus import FailingBroker
from services.sim.faults import Weather
from shared.bus.memory import InProcessBroker
from shared.bus.port import Broker
from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from tests.support.notes import NOTE_FACTS, NOTE_TYPES, START

BROKERS: dict[str, Callable[[], Broker]] = {
    "in-process": lambda: InProcessBroker(NOTE_FACTS),
    "simulated, in fair weather": lambda: FailingBroker(InProcessBroker(NOTE_FACTS), Weather([]), Random(1)),
}


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(START)


@pytest.fixture(params=list(BROKERS))
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    made = BROKERS[request.param]()
    yield made
    made.close()


@pytest.fixture
def notes(clock: StoryClock) -> Iterator[MemoryLog]:
    log = MemoryLog("notes", NOTE_TYPES, clock)
    yield log
    log.close()


@pytest.fixture
def copies(clock: StoryClock) -> Iterator[MemoryLog]:
    """The log of the consuming service."""
    log = MemoryLog("copies", NOTE_TYPES, clock)
    yield log
    log.close()
