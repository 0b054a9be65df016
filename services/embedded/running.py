"""Opening, serving and closing a data directory: the one path that `serve`, `demo`, `verify` and the benchmarks take."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from services.embedded import histories, witnesses
from services.embedded.assembly import build
from services.embedded.data_directory import DataDirectory
from services.embedded.door import Door
from services.embedded.front import doors_of
from services.embedded.house import House
from services.embedded.server import Server
from shared.eventstore.port import LogError

OPERATORS_THREADS = 2


@contextmanager
def opened(data: Path, story_from: datetime | None = None) -> Iterator[House]:
    """The house on *data*, locked and built, nothing running yet. Raises DirectoryInUse, LogUnavailable, LogDamaged."""
    directory = DataDirectory.open(data)
    try:
        house = build(directory, story_from=story_from)
        try:
            yield house
        finally:
            house.close()
    finally:
        directory.close()


@contextmanager
def served(
    house: House,
    host: str = "127.0.0.1",
    port: int = 0,
    trusted_proxy: str | None = None,
    *,
    door: Door | None = None,
    operators_door: Door | None = None,
    founding_code: str = "",
) -> Iterator[str]:
    """Run *house* behind an HTTP server, at *door* where one is open already; gives the address.

    *operators_door* answers health and measures alone; *founding_code* founds the office, once. Requests end before relays, relays before logs. Raises
    HistoryBroken before anything runs.
    """
    histories.check(house.services)
    doors = doors_of(house, founding_code)
    servers = [Server(doors.public, host, port, trusted_proxy, door=door)]
    if operators_door is not None:
        servers.append(Server(doors.operators, door=operators_door, threads=OPERATORS_THREADS))
    doors.measures.connections = lambda: servers[0].connections
    try:
        house.start()
        witnesses.note(house)
        for server in servers:
            server.start()
        yield servers[0].address
    finally:
        for server in servers:
            server.stop()
        house.stop()
        with suppress(LogError):  # a full disk is said elsewhere; what was noted at the start still stands
            witnesses.note(house)


class StopSignal:
    """SIGTERM and SIGINT, listened to from the moment this is made. Only in the main thread.

    A handler may interrupt any line, its own too, so it takes no lock: it writes to a pipe, and `wait` reads.
    """

    def __init__(self) -> None:
        self._told, self._telling = os.pipe()
        os.set_blocking(self._telling, False)
        self._before = {
            number: signal.signal(number, lambda *_: self.tell()) for number in (signal.SIGTERM, signal.SIGINT)
        }

    def tell(self) -> None:
        """What a signal does. A pipe that is full has been told often enough."""
        with suppress(BlockingIOError):
            os.write(self._telling, b"x")

    def wait(self) -> None:
        os.read(self._told, 1)

    def close(self) -> None:
        """Let signals do again what they did before."""
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._told)
        os.close(self._telling)
