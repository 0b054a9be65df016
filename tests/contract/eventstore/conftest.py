"""The engines that the contract suite of the event log runs on: add one here and every test holds it to the port."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.clock import StoryClock
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.sqlite import SqliteLog
from tests.support.notes import NOTE_TYPES, START

ENGINES: dict[str, Callable[[StoryClock, Path], LogWithViews]] = {
    "memory": lambda clock, _: MemoryLog("notes", NOTE_TYPES, clock),
    "sqlite": lambda clock, folder: SqliteLog("notes", NOTE_TYPES, clock, folder / "notes.db"),
}


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(START)


@pytest.fixture(params=list(ENGINES))
def log(request: pytest.FixtureRequest, clock: StoryClock, tmp_path: Path) -> Iterator[LogWithViews]:
    engine = ENGINES[request.param](clock, tmp_path)
    yield engine
    engine.close()
