"""The rounds of the event-log benchmark: every round runs ours, raw and peer one after the other, on fresh files."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from services.bench.eventlog import ours, peer, raw
from services.bench.eventlog.table import Row, Table

ROUNDS_LEAST = 5

Rates = tuple[float, float, float]
"""Events a second of ours, raw and peer in one round."""


def run(rounds: int = ROUNDS_LEAST, scale: int = 100) -> Table:
    """All measures, the median of *rounds*. *scale* is the size in percent of the usual one, for a quick look."""
    measures: Sequence[tuple[str, Callable[[Path, int], Rates], Path]] = [
        ("append_one_writer", _append_one_writer, _memory_disk()),
        ("append_16_writers", _append_16_writers, _real_disk()),
        ("project", _project, _memory_disk()),
        ("fold", _fold, _memory_disk()),
    ]
    found: dict[str, list[Rates]] = {name: [] for name, _, _ in measures}
    for _ in range(rounds):
        for name, measure, disk in measures:
            with tempfile.TemporaryDirectory(dir=disk, prefix="gongfang-bench-") as folder:
                found[name].append(measure(Path(folder), scale))
    return Table(bench="eventlog", rounds=rounds, rows=[_row(name, rates) for name, rates in found.items()])


def _row(name: str, rates: Sequence[Rates]) -> Row:
    value, limit, other = (median(one[column] for one in rates) for column in range(3))
    return Row(
        measure=name,
        value=round(value, 1),
        unit="events/s",
        raw=round(limit, 1),
        peer=round(other, 1),
        ratio_to_raw=round(median(one[0] / one[1] for one in rates), 3),
        ratio_to_peer=round(median(one[0] / one[2] for one in rates), 3),
    )


def _memory_disk() -> Path:
    """Where nothing waits for a disk: a memory file system when there is one, else the temporary folder."""
    shared_memory = Path("/dev/shm")  # noqa: S108 - a fresh folder of its own is made inside
    return shared_memory if shared_memory.is_dir() else Path(tempfile.gettempdir())


def _real_disk() -> Path:
    """Where commits are durable: /var/tmp is kept over restarts, the temporary folder may be memory."""
    kept = Path("/var/tmp")  # noqa: S108 - a fresh folder of its own is made inside
    return kept if kept.is_dir() else Path(tempfile.gettempdir())


def _append_one_writer(folder: Path, scale: int) -> Rates:
    commands, streams = 30 * scale, 3 * scale
    took = ours.append_one_writer(folder / "ours.db", commands, streams)
    limit = raw.append_one_writer(folder / "raw.db", raw.rows_of(folder / "ours.db"))
    fewer = commands // 5
    other = peer.append_one_writer(folder / "peer.db", fewer, streams // 5)
    return commands / took, commands / limit, fewer / other


def _append_16_writers(folder: Path, scale: int) -> Rates:
    each, fewer = 2 * scale, max(1, scale // 10)
    took = ours.append_16_writers(folder / "ours.db", each)
    limit = raw.append_16_writers(folder / "raw.db", raw.rows_of(folder / "ours.db")[: 8 * each])
    other = peer.append_16_writers(folder / "peer.db", fewer)
    return 16 * each / took, 8 * each / limit, 16 * fewer / other


def _project(folder: Path, scale: int) -> Rates:
    events, fewer, streams = 200 * scale, 10 * scale, 10
    ours.fill(folder / "ours.db", events, streams)
    shutil.copy(folder / "ours.db", folder / "raw.db")
    peer.fill(folder / "peer.db", fewer, streams)
    took = ours.project(folder / "ours.db")
    limit = raw.project(folder / "raw.db")
    other = peer.project(folder / "peer.db", folder / "view.db")
    return events / took, events / limit, fewer / other


def _fold(folder: Path, scale: int) -> Rates:
    events, fewer, streams = 200 * scale, 40 * scale, 20
    ours.fill(folder / "ours.db", events, streams)
    peer.fill(folder / "peer.db", fewer, streams)
    took = ours.fold(folder / "ours.db", streams)
    limit = raw.fold(folder / "ours.db", streams)
    other = peer.fold(folder / "peer.db", streams)
    return events / took, events / limit, fewer / other
