"""The real server process that is harmed: started, frozen, starved of disk, killed and started again on one port."""

import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic, perf_counter
from typing import Self

import httpx

from services.embedded.story_clocks import MARK_NAME
from services.embedded.witnesses import CLOCK

READY_WITHIN_S = 60.0
ENDS_WITHIN_S = 30.0
LOOK_EVERY_S = 0.01
ENVIRONMENT = {"GONGFANG_HOLD_MINUTES": "1"}  # nothing is quoted that would begin while it is held


class NeverReady(Exception):
    """The server ended, or did not say ready in time."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a start took: seconds by the clock, and of processor time, which busy neighbours lengthen less."""

    wall_s: float
    cpu_s: float


class Victim:
    """`python -m services serve` on *data*, always at the same address, so that clients need not be told.

    A context manager: whatever happens, no process is left behind.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._log = data.with_name("server.log")
        self._process: subprocess.Popen[bytes] | None = None
        self._passed = timedelta()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def begin(self) -> None:
        """Start it and do not wait."""
        command = [sys.executable, "-m", "services", "serve", "--data", str(self.data), "--port", str(self._port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=_environment())

    def start(self) -> Ready:
        """Start it and wait until /readyz says ready. Raises NeverReady."""
        begun = perf_counter()
        self.begin()
        with httpx.Client(base_url=self.address, timeout=READY_WITHIN_S) as asking:
            while perf_counter() - begun < READY_WITHIN_S:
                with suppress(httpx.TransportError):
                    if asking.get("/readyz").status_code == 200:
                        return Ready(perf_counter() - begun, self._cpu_s())
                with suppress(subprocess.TimeoutExpired):
                    raise NeverReady(f"it ended with {self._child.wait(LOOK_EVERY_S)}; see {self._log}")
        raise NeverReady(f"not ready after {READY_WITHIN_S:.0f} s; see {self._log}")

    def kill(self) -> None:
        """As a power cut would end it, were the disk to keep what it was given."""
        self._child.kill()
        self._child.wait(ENDS_WITHIN_S)

    def terminate(self) -> int:
        """End it politely; its exit code."""
        self._child.terminate()
        return self._child.wait(ENDS_WITHIN_S)

    def freeze(self) -> None:
        self._child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._child.send_signal(signal.SIGCONT)

    def limit_files(self, room: int | None) -> None:
        """Let no file of its grow more than *room* bytes beyond the largest one; None: no limit any more."""
        _, hard = resource.prlimit(self._child.pid, resource.RLIMIT_FSIZE)
        largest = max(one.stat().st_size for one in self.data.glob("*.sqlite-wal"))
        resource.prlimit(self._child.pid, resource.RLIMIT_FSIZE, (hard if room is None else largest + room, hard))

    def let_pass(self, time: timedelta) -> None:
        """While it is down: its clock will have run on by *time*, as if it had been down so long."""
        self._passed += time
        mark = self.data / MARK_NAME
        noted = json.loads(mark.read_text("ascii"))
        noted["shift_us"] += time // timedelta(microseconds=1)
        mark.write_text(json.dumps(noted) + "\n", "ascii")
        for one in self.data.glob("*.sqlite"):  # a clock that was moved beside the house would be named by `verify`
            with closing(sqlite3.connect(one)) as log:
                log.execute("DELETE FROM progress WHERE consumer = ?", (CLOCK,))
                log.commit()

    def clock(self) -> timedelta:
        """How far time has gone on since anywhere in the past, for clients too: what passes for real, and `let_pass`."""
        return self._passed + timedelta(seconds=monotonic())

    def _cpu_s(self) -> float:
        fields = Path(f"/proc/{self._child.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime

    @property
    def _child(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "it was never started"
        return self._process


def _environment() -> dict[str, str]:
    """As on a plant's machine, where modules are compiled once and not at every start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | ENVIRONMENT


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
