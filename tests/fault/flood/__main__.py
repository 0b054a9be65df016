"""`python -m tests.fault.flood`: one brand floods a real server with inquiries; how long does another wait for a quote?"""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter

import click

from services.demo.ordering import line
from services.demo.party import Json, Party, Turned
from services.demo.seeding import World
from services.demo.telling import logged, seed_only
from services.terminal import Terminal
from shared.kernel.clock import instant_text
from tests.fault.races.over_http import NOW
from tests.support.serving import ServerProcess

TIMES_MAX = 2.0
SLOWED = 1
WAIT_S = 20
BACK_OFF_S = 0.2  # a client that is told when to come back comes back much too soon
PRODUCTS = ("can-330-sleek", "can-500", "functional-can-330", "functional-can-500", "tea-can-330")


def body_of(lines: list[Json], days: int) -> Json:
    return {
        "lines": lines,
        "deliver_to": {"district": "420100", "address": "x"},
        "requested_by": instant_text(NOW + timedelta(days=days)),
    }


def heavy() -> Json:
    """As large a question as may be asked."""
    return body_of([line(one, 300_000, "can", artwork=f"f-{one}") for one in PRODUCTS], 90)


def quotes(party: Party, count: int) -> list[float]:
    """Seconds from an order to its quote, one after the other; each is cancelled, so that none piles up."""
    spent = []
    for number in range(count):
        body = body_of([line("can-330-sleek", 8_000, "can", artwork=f"q{number}", decoration="digital")], 30)
        begun = perf_counter()
        order = party.post("/v1/orders", body, wait_s=WAIT_S)
        spent.append(perf_counter() - begun)
        assert order["state"] == "quoted", order["state"]
        party.post(f"/v1/orders/{order['id']}/cancellation", {}, version=order["version"])
    return spent


@contextmanager
def flooded(address: str, world: World, threads: int) -> Iterator[Counter[str]]:
    """B1 asks from *threads* as fast as it is answered while the block runs; how it was answered."""
    over, ends = Event(), Counter[str]()

    def ask(_: int) -> Counter[str]:
        party, mine = world.party(address, "B1"), Counter[str]()
        while not over.is_set():
            try:
                party.post("/v1/inquiries", heavy())
                mine["asked"] += 1
            except Turned as no:
                mine[no.code] += 1
                over.wait(BACK_OFF_S)
        party.close()
        return mine

    with ThreadPoolExecutor(threads) as pool:
        shares = [pool.submit(partial(ask, number)) for number in range(threads)]
        try:
            yield ends
        finally:
            over.set()
        for share in shares:
            ends.update(share.result())


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


@click.command(help=__doc__)
@click.option(
    "--quotes", "count", default=60, show_default=True, type=click.IntRange(20), help="Quotes of B2, each time."
)
@click.option("--threads", default=6, show_default=True, type=click.IntRange(1), help="Clients of B1.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def flood(*, count: int, threads: int, as_json: bool) -> None:
    terminal = Terminal(as_json=as_json)
    with TemporaryDirectory(prefix="gongfang-flood-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with logged(Path(folder)):
            world = seed_only(data, Terminal(as_json=True))
        with ServerProcess(data, instant_text(NOW)) as server:
            rival = world.party(server.address, "B2")
            quotes(rival, 10)
            quiet = quotes(rival, count)
            with flooded(server.address, world, threads) as ends:
                busy = quotes(rival, count)
            rival.close()
    times = round(p95(busy) / p95(quiet), 2)
    found = {
        "quiet_p50_ms": round(median(quiet) * 1_000, 1),
        "flooded_p50_ms": round(median(busy) * 1_000, 1),
        "quiet_p95_ms": round(p95(quiet) * 1_000, 1),
        "flooded_p95_ms": round(p95(busy) * 1_000, 1),
        "times": times,
        "times_max": TIMES_MAX,
        "flood": dict(ends),
    }
    terminal.say(str(found))
    terminal.result(found)
    sys.exit(0 if times <= TIMES_MAX else SLOWED)


if __name__ == "__main__":
    flood(prog_name="python -m tests.fault.flood")
