"""One founded world an engine for all tests of the simulation; every run is a fork of it."""

from collections.abc import Iterator

import pytest

from services.sim.campaign import Geneses
from services.sim.genesis import founded
from services.sim.inhabited import LIFE


@pytest.fixture(scope="session")
def geneses() -> Iterator[Geneses]:
    with founded(LIFE, "memory") as memory, founded(LIFE, "sqlite") as sqlite:
        yield {"memory": memory, "sqlite": sqlite}
