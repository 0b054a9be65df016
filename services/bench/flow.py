"""How long an order takes from `POST /v1/orders` to its quote, over HTTP, on a platform that has a past.

A server of the embedded mode runs in this process behind a real socket; the caller is an ordinary API client. Before
anything is measured the logs get *preload* completed orders (`history.py` says how), and ledger and views have worked
through all of them. Each measured order is cancelled after its quote was shown, outside the measured time, so that
the last order meets as much free capacity as the first and `growth` shows what the past costs, not scarcity.
`recovery_s` is a cold start of a server process on that directory, until /readyz says ready.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path
from statistics import fmean, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx

from services.bench.past import BUYER, events_in, kept_with_copies, place, staged, with_copies
from services.demo.seeding import World
from services.demo.stage import Stage
from services.demo.telling import STORY_FROM, logged
from services.embedded.running import opened, served
from services.terminal import Terminal

WARM_UP = 20  # orders before the measured ones: connections, token, caches
HUNDRED = 100  # orders compared at both ends
SETTLE_S_MAX = 3_600.0
READY_S_MAX = 120.0


def run(terminal: Terminal, *, orders: int, preload: int, past: Path | None = None) -> dict[str, Any]:
    """All rows. Needs some 300 kB of disk for each order of *preload*; *past* names where they are kept for next time."""
    with TemporaryDirectory(prefix="gongfang-bench-") as folder, logged(Path(folder)):
        data = past or Path(folder) / "data"
        world = (kept_with_copies if past else with_copies)(data, terminal, preload)
        before = _bytes(data)
        spent_ms, events = _measured(data, terminal, world, orders)
        bytes_per_order = (_bytes(data) - before) / orders
        recovery_s = _recovery_s(data)
    ends = min(HUNDRED, orders // 2)
    rows = [
        _row("order_to_quote_ms_p50", quantiles(spent_ms, n=100)[49], "ms"),
        _row("order_to_quote_ms_p95", quantiles(spent_ms, n=100)[94], "ms"),
        _row("growth", fmean(spent_ms[-ends:]) / fmean(spent_ms[:ends]), f"mean of last {ends} / first {ends}"),
        _row("events_per_order", events / orders, "events in all logs: placed, quoted, cancelled, recorded"),
        _row("bytes_per_order", bytes_per_order, "bytes on disk, views included"),
        _row("recovery_s", recovery_s, "s from process start to ready"),
    ]
    return {"bench": "flow", "orders": orders, "preload": preload, "rows": rows}


def _row(measure: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "measure": measure,
        "value": round(value, 3),
        "unit": unit,
        "raw": None,
        "peer": None,
        "ratio_to_raw": None,
        "ratio_to_peer": None,
    }


def _measured(data: Path, terminal: Terminal, world: World, orders: int) -> tuple[list[float], int]:
    """Milliseconds of each order, and events written for all of them."""
    spent_ms = []
    with opened(data, STORY_FROM) as house, served(house) as address, staged(address, world) as stage:
        for _ in range(WARM_UP):
            _quoted_ms(stage)
        house.settle(SETTLE_S_MAX)
        before = events_in(house)
        with terminal.progress("orders", orders) as advance:
            for _ in range(orders):
                spent_ms.append(_quoted_ms(stage))
                advance()
        house.settle(SETTLE_S_MAX)
        return spent_ms, events_in(house) - before


def _quoted_ms(stage: Stage) -> float:
    """Milliseconds from placing an order to its quote being shown; then the order is cancelled."""
    begun = perf_counter()
    order = place(stage)
    spent_ms = (perf_counter() - begun) * 1_000
    stage.expect(order["state"] == "quoted", "a quote", order["state"])
    stage.party(BUYER).post(f"/v1/orders/{order['id']}/cancellation", {}, version=order["version"])
    return spent_ms


def _bytes(data: Path) -> int:
    return sum(path.stat().st_size for path in data.glob("*.sqlite*"))


def _recovery_s(data: Path) -> float:
    """Start a server process on *data*; the seconds until it is ready."""
    begun = perf_counter()
    command = [sys.executable, "-m", "services", "serve", "--json", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:  # noqa: S603 - our own
        try:
            address = json.loads((server.stdout or sys.stdin).readline())["address"]
            while httpx.get(f"{address}/readyz").status_code != 200 and perf_counter() - begun < READY_S_MAX:
                pass
            return perf_counter() - begun
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(READY_S_MAX)
