"""Opening, serving and closing a data directory: the one path that `serve`, `demo`, `verify` and the benchmarks take."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event

from services.embedded import histories
from services.embedded.assembly import build
from services.embedded.data_directory import DataDirectory
from services.embedded.front import gateway_of
from services.embedded.house import House
from services.embedded.server import Server


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
def served(house: House, host: str = "127.0.0.1", port: int = 0, trusted_proxy: str | None = None) -> Iterator[str]:
    """Run *house* behind an HTTP server; gives the address. Requests end before relays, relays before logs.

    Raises HistoryBroken before an address is taken.
    """
    histories.check(house.services)
    server = Server(gateway_of(house), host, port, trusted_proxy)
    house.start()
    server.start()
    try:
        yield server.address
    finally:
        server.stop()
        house.stop()


class StopSignal:
    """SIGTERM and SIGINT, listened to from the moment this is made. Only in the main thread."""

    def __init__(self) -> None:
        self._stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())

    def wait(self) -> None:
        self._stop.wait()
