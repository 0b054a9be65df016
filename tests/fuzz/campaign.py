"""All parser targets for a while each: `python -m tests.fuzz.campaign --seconds 600`; ends with 1 when any crashed."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import click

from tests.fuzz.targets.table import TARGETS

_STAT = re.compile(r"^stat::(\w+):\s+(\d+)$", re.MULTILINE)
_COVERED = re.compile(r"cov: (\d+)")
_TRACE = re.compile(r"^ === Uncaught Python exception: ===.*?(?=^==|\Z)", re.MULTILINE | re.DOTALL)
_GRACE_S = 600  # to instrument all of shared and services on a busy machine


@dataclass(frozen=True, slots=True)
class Outcome:
    """*covered*: places of our code reached, at the beginning (by the kept inputs alone) and at the end."""

    name: str
    runs: int
    a_second: int
    covered: tuple[int, int]
    new_inputs: int
    crashes: Sequence[Path]
    told: str
    is_ended: bool

    @property
    def failed(self) -> bool:
        return bool(self.crashes) or not self.is_ended

    def row(self) -> str:
        first, last = self.covered
        crashed = len(self.crashes) if self.is_ended or self.crashes else "broke off"
        return f"{self.name:16} {self.runs:>10} {self.a_second:>8} {first:>7} {last - first:>+7} {self.new_inputs:>6} {crashed:>8}"


HEADING = f"{'target':16} {'runs':>10} {'a second':>8} {'covered':>7} {'new':>7} {'inputs':>6} {'crashes':>8}"


def fuzz(name: str, seconds: int, work: Path) -> Outcome:
    """Target *name* for *seconds*, in a process of its own."""
    folder = work / name
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.fuzz.engine", name, str(seconds), str(folder)]
    log = folder / "log.txt"
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as running:
        try:
            code = running.wait(timeout=seconds + _GRACE_S)
        except subprocess.TimeoutExpired:
            running.kill()
            code = running.wait()
    told = log.read_text("utf-8", "replace")
    stats = dict(_STAT.findall(told))
    covered = [int(one) for one in _COVERED.findall(told)] or [0]
    trace = _TRACE.search(told)
    return Outcome(
        name,
        int(stats.get("number_of_executed_units", 0)),
        int(stats.get("average_exec_per_sec", 0)),
        (covered[0], covered[-1]),
        int(stats.get("new_units_added", 0)),
        sorted(one for one in folder.iterdir() if one.name.startswith(("crash-", "timeout-", "oom-"))),
        trace[0].strip() if trace else told[-1_500:],
        is_ended=code == 0,
    )


@click.command()
@click.option("--seconds", default=600, show_default=True, help="How long each target is fuzzed.")
@click.option("--target", "names", type=click.Choice(sorted(TARGETS)), multiple=True, help="These alone.")
@click.option("--at-once", default=1, show_default=True, help="How many targets at a time.")
@click.option("--work", type=click.Path(path_type=Path), help="Where new inputs and crashes are left.")
def main(seconds: int, names: tuple[str, ...], at_once: int, work: Path | None) -> None:
    place = work or Path(mkdtemp(prefix="fuzz-"))
    os.environ["PYTHONHASHSEED"] = "0"
    print(HEADING, flush=True)
    failed: list[Outcome] = []
    with ThreadPoolExecutor(at_once) as pool:
        for found in pool.map(lambda name: fuzz(name, seconds, place), names or list(TARGETS)):
            print(found.row(), flush=True)
            failed += [found] if found.failed else []
    for one in failed:
        print(f"\n{one.name}:\n{one.told}")
        for crash in one.crashes:
            print(f"again: python -m tests.fuzz.replay {one.name} {crash}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
