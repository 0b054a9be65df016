"""The server under load: a `serve` process of its own on a directory that holds the seeded world."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.demo.seeding import World
from services.demo.telling import STORY_FROM, logged, seed_only
from services.terminal import Terminal
from shared.kernel.clock import instant_text

STOPS_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """Where the server answers, its process id, and who takes part."""

    address: str
    pid: int
    world: World


@contextmanager
def serving(folder: Path, terminal: Terminal) -> Iterator[Served]:
    """Seed the world in *folder*, then serve it from a process that ends with the context."""
    data = folder / "data"
    data.mkdir()
    with logged(folder):
        world = seed_only(data, terminal)
    story = ("--story-from", instant_text(STORY_FROM))
    command = [sys.executable, "-m", "services", "serve", "--json", "--data", str(data), "--port", "0", *story]
    with (
        (folder / "serve.log").open("ab") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,  # noqa: S603 - our own
    ):
        try:
            said = process.stdout.readline() if process.stdout is not None else ""
            yield Served(json.loads(said)["address"], process.pid, world)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOPS_WITHIN_S)
