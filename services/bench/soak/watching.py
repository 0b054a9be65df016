"""What the kernel says about a process, every few seconds: memory in use, open descriptors, threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic

EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a process, *at_s* by this machine's monotonic clock."""

    at_s: float
    rss_kb: int
    descriptors: int
    threads: int


def look(pid: int) -> Look:
    """Raises OSError when the process is gone."""
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text("utf-8").splitlines())
    descriptors = sum(1 for _ in (process / "fd").iterdir())
    return Look(monotonic(), int(status["VmRSS"].split()[0]), descriptors, int(status["Threads"]))


@contextmanager
def watched(pid: int, every_s: float = EVERY_S) -> Iterator[list[Look]]:
    """The looks at *pid* so far: a list that grows until the context ends."""
    looks, ended = [look(pid)], Event()

    def watch() -> None:
        while not ended.wait(every_s):
            looks.append(look(pid))

    thread = Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield looks
    finally:
        ended.set()
        thread.join()
