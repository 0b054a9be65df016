"""The load: brands and factories on threads of their own, at work until they are told that it is over."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import Self

from services.demo.party import Turned
from services.demo.seeding import World
from tests.fault.campaign.brands import Brand
from tests.fault.campaign.factories import Factory
from tests.fault.campaign.patience import Over, Patient
from tests.fault.campaign.record import Record

BRANDS = ("B1", "B2", "B3", "B4")
FACTORY_THREADS = 4
IDLE_S = 0.05
END_WITHIN_S = 60.0


class Load:
    """Clients of *world* at *address*, at work inside a `with`; *clock* is theirs.

    `failures`: answers nobody should get, e.g. 404 for one's own order.
    """

    def __init__(
        self, address: str, world: World, record: Record, *, seed: int, now: datetime, clock: Callable[[], timedelta]
    ) -> None:
        self.failures: list[str] = []
        self._rest, self._over = Event(), Event()
        self._clients: list[Patient] = []
        chance = random.Random(seed)

        def client(code: str) -> Patient:
            self._clients.append(Patient(address, code, world.credentials[code], record, self._over, clock=clock))
            return self._clients[-1]

        def chance_of_own() -> random.Random:
            return random.Random(chance.random())

        brands = [Brand(client(code), chance_of_own(), now) for code in BRANDS]
        self._factories = [Factory(client(code), chance_of_own()) for code in world.plant_ids]
        steps: list[Sequence[Callable[[], bool]]] = [[one.step] for one in brands]
        shares = [self._factories[first::FACTORY_THREADS] for first in range(FACTORY_THREADS)]
        steps += [[one.step for one in share] for share in shares]
        self._threads = [Thread(target=self._work, args=[one], daemon=True) for one in steps]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever has no answer yet never gets one, and is noted as unanswered."""
        self._rest.set()
        self._over.set()
        for thread in self._threads:
            thread.join()
        for client in self._clients:
            client.close()

    def time_passed(self) -> None:
        """Plants look again at what was too early before."""
        for factory in self._factories:
            factory.try_again()

    def come_to_rest(self) -> None:
        """Begin nothing new, and let everybody get the answer that is awaited."""
        self._rest.set()
        deadline = monotonic() + END_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _work(self, steps: Sequence[Callable[[], bool]]) -> None:
        try:
            while not self._rest.is_set():
                moved = False
                for step in steps:
                    if not self._rest.is_set():
                        moved |= self._step(step)
                if not moved:
                    self._rest.wait(IDLE_S)
        except Over:
            return

    def _step(self, step: Callable[[], bool]) -> bool:
        try:
            return step()
        except Turned as no:
            self.failures.append(str(no))
            return False
