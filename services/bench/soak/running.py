"""The soak from seeding to its rows: the top rate first, then a share of it for as long as was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import Any

from services.bench.soak import arrivals, windows
from services.bench.soak.floor import BusyStage, Floor
from services.bench.soak.record import Record
from services.bench.soak.server import serving
from services.bench.soak.visits import Visits
from services.bench.soak.watching import watched
from services.demo.seeding import World
from services.demo.stage import Stage
from services.demo.trail import Trail
from services.terminal import Terminal

RAMP_S_MAX = 60.0
ACCEPTED_EVERY_S = 30.0  # seconds between two orders that are made: what the plants of the seeded world keep up with


def run(terminal: Terminal, *, minutes: float, rate_share: float, pace: float) -> dict[str, Any]:
    """All rows. *rate_share* of the measured top rate; *pace*: seconds of story that pass a second."""
    seconds = minutes * 60
    ramp_s = min(RAMP_S_MAX, seconds / 6)
    with TemporaryDirectory(prefix="gongfang-soak-") as folder, serving(Path(folder), terminal) as server:
        record = Record()
        with _staged(server.address, server.world) as stage, arrivals.clients(server.address, server.world) as parties:
            floor = Floor(stage, record, pace)
            visits = Visits(stage, record, floor.take)
            stage.next_morning()
            with floor.working():
                arrivals.closed_loop(parties, visits, record, ramp_s)
                top = windows.Top.of(record, ramp_s)
                per_second = top.orders_per_s * rate_share
                visits.accept_every = max(1, round(per_second * min(ACCEPTED_EVERY_S, seconds / 10)))
                begins, begins_looks, told_from = perf_counter(), monotonic(), stage.now
                with watched(server.pid) as looks:
                    arrivals.open_loop(parties, visits, record, per_second=per_second, seconds=seconds)
            told_for = stage.now - told_from
    open_requests = [one for one in record.requests if one.due_s >= begins]
    return {
        "bench": "soak",
        "minutes": minutes,
        "rate_share": rate_share,
        "warm_up_s": round(seconds / windows.PARTS),
        "failures": record.reasons(),
        "rows": [
            *windows.load_rows(top, per_second, open_requests, record, told_for),
            *windows.process_rows(looks, begins_looks, seconds),
            *windows.latency_rows(open_requests, begins, seconds),
        ],
    }


@contextmanager
def _staged(address: str, world: World) -> Iterator[Stage]:
    stage = BusyStage(address, world, Trail(Terminal(as_json=True)))
    try:
        yield stage
    finally:
        stage.close()
