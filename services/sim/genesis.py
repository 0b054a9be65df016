"""The world before the first seed begins: founded once by the real handlers, then copied by forking or by file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.sim.faults import Weather
from services.sim.mortal import Grounds, MortalHouse
from services.sim.seams import BEGINS, Life
from shared.clock import StoryClock

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - files that a seed throws away need no disk


def scratch() -> TemporaryDirectory[str]:
    """A directory that ends with its user, in memory where the system has such a place."""
    return TemporaryDirectory(prefix="gongfang-sim-", dir=_MEMORY_DISK if _MEMORY_DISK.is_dir() else None)


@dataclass(frozen=True)
class Genesis:
    """A founded world at rest; *world* is what its actors know of it."""

    life: Life
    engine: str
    world: Any
    at: datetime
    _grounds: Grounds
    _place: Path

    @contextmanager
    def copied(self) -> Iterator[Grounds]:
        """Grounds for one seed: a copy of the files; logs in memory are handed over, so fork before."""
        if self.engine == "memory":
            yield self._grounds
            return
        with scratch() as directory:
            place = Path(directory) / "logs"
            shutil.copytree(self._place, place)
            yield Grounds(self.engine, place)


@contextmanager
def founded(life: Life, engine: str) -> Iterator[Genesis]:
    """The world of *life*, founded on *engine*."""
    with scratch() as directory:
        place = Path(directory)
        grounds, clock = Grounds(engine, place), StoryClock(BEGINS)
        mortal = MortalHouse(grounds, clock, {}, Weather([]), "the founding")
        world = life.found(mortal.house)
        mortal.house.step_to_rest()
        if engine == "sqlite":
            mortal.house.close()
        yield Genesis(life, engine, world, clock.now(), grounds, place)
        if engine == "memory":
            mortal.house.close()
