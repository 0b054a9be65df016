"""One target in a process of its own: `python -m tests.fuzz.engine TARGET SECONDS WORK` (called by the campaign).

Atheris (libFuzzer) guides by coverage of `shared` and `services`. It has wheels for Linux on x86-64 alone: elsewhere
chance alone makes the inputs, and the engine says so. New inputs and a crashing one are left in the folder WORK.
"""

import gc
import importlib
import importlib.util
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import structlog

INPUT_BYTES_MAX = 65_536
TIMEOUT_S = 25
MEMORY_MB_MAX = 2_000
CRASHED = 77


def main() -> None:
    name, seconds, work = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    if importlib.util.find_spec("atheris") is None:
        print("NO ATHERIS on this platform: inputs are made by chance, not guided by coverage", file=sys.stderr)
        _by_chance(name, seconds, work)
    else:
        _guided(importlib.import_module("atheris"), name, seconds, work)


def _guided(atheris: Any, name: str, seconds: int, work: Path) -> None:
    with atheris.instrument_imports(include=["shared", "services"]):
        table = importlib.import_module("tests.fuzz.targets.table")
    feed = table.TARGETS[name].make()
    gc.freeze()
    grown = work / "grown"
    grown.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={INPUT_BYTES_MAX}",
        f"-timeout={TIMEOUT_S}",
        f"-rss_limit_mb={MEMORY_MB_MAX}",
        f"-artifact_prefix={work}/",
        "-print_final_stats=1",
        "-seed=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(grown), str(table.CORPUS / name)], feed)
    atheris.Fuzz()


def _by_chance(name: str, seconds: int, work: Path) -> None:
    """As far as it matters here like libFuzzer: the same last lines, the same trace of a crash."""
    table = importlib.import_module("tests.fuzz.targets.table")
    mutating = importlib.import_module("tests.fuzz.mutating")
    feed = table.TARGETS[name].make()
    kept = [one.read_bytes() for one in table.kept(name)]
    ends_at, runs = time.monotonic() + seconds, 0
    for seed in count(1):
        for raw in mutating.mutated(kept, 100, seed):
            try:
                feed(raw)
            except Exception:
                work.mkdir(parents=True, exist_ok=True)
                (work / f"crash-{seed}-{runs}").write_bytes(raw)
                raise
            runs += 1
        if time.monotonic() > ends_at:
            break
    print(f"stat::number_of_executed_units: {runs}\nstat::average_exec_per_sec: {runs // max(seconds, 1)}")


if __name__ == "__main__":
    main()
