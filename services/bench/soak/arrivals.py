"""Clients: in a closed loop to find the rate at which a server is saturated, in an open one to load it steadily."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from threading import Event, Lock, Thread
from time import perf_counter

import httpx

from services.bench.soak.record import Record
from services.bench.soak.visits import BUYERS, Visits
from services.demo.party import Party, Turned
from services.demo.seeding import World
from services.demo.stage import Broken

CLIENTS = 8  # as many as the server lets wait for a quote at a time
Due = Callable[[], float | None]
"""When the next visit is due, by `perf_counter`; None when there is none any more."""


@contextmanager
def clients(address: str, world: World) -> Iterator[list[tuple[Party, str]]]:
    """CLIENTS connections with their buyers, each with a token of its own."""
    with ExitStack() as stack:
        found = []
        for number in range(CLIENTS):
            buyer = BUYERS[number % len(BUYERS)]
            party = world.party(address, buyer)
            stack.callback(party.close)
            found.append((party, buyer))
        yield found


def closed_loop(parties: list[tuple[Party, str]], visits: Visits, record: Record, seconds: float) -> None:
    """Every client comes again as soon as it was answered, for *seconds*."""
    until = perf_counter() + seconds

    def due() -> float | None:
        now = perf_counter()
        return now if now < until else None

    _work(parties, visits, record, due)


def open_loop(
    parties: list[tuple[Party, str]], visits: Visits, record: Record, *, per_second: float, seconds: float
) -> None:
    """Visits are due at equal distances for *seconds*; whoever is free makes the next one, late where need be."""
    begins, numbers, lock = perf_counter(), count(), Lock()

    def due() -> float | None:
        with lock:
            at = next(numbers) / per_second
        return begins + at if at < seconds else None

    _work(parties, visits, record, due)


def _work(parties: list[tuple[Party, str]], visits: Visits, record: Record, due: Due) -> None:
    never = Event()

    def work(party: Party, buyer: str) -> None:
        while (at := due()) is not None:
            never.wait(max(0.0, at - perf_counter()))
            try:
                visits.visit(party, buyer, at)
            except (Turned, Broken, httpx.HTTPError) as failure:
                record.failed(failure)
            else:
                record.visits.append(perf_counter())

    threads = [Thread(target=work, args=one, name=f"client-{number}") for number, one in enumerate(parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
