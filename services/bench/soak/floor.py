"""The plants and the story's clock during the soak: time passes, accepted orders are made, delivered and confirmed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import perf_counter

import httpx

from services.bench.soak.record import Record
from services.demo import making, ordering
from services.demo.party import Turned
from services.demo.stage import Broken, Stage
from shared.kernel.clock import parse_instant

TICK_S = 1.0
TRIES_MAX = 5
NOT_AT_REST = 500  # what the story's clock answers when the load let nothing come to rest: it has not moved
LOOK_AGAIN = timedelta(hours=6)
LATE_MAX = timedelta(days=2)  # an order that is not closed this long after its promise counts as a failure


class BusyStage(Stage):
    """A stage among the load of others: the clock moves only when everything rests, and is asked until it does."""

    def move_to(self, at: datetime) -> None:
        for _ in range(TRIES_MAX - 1):
            try:
                super().move_to(at)
            except httpx.HTTPStatusError as unmoved:
                if unmoved.response.status_code != NOT_AT_REST:
                    raise
            else:
                return
        super().move_to(at)


class Floor:
    """Moves the clock of *stage* on by *pace* seconds a second, and does what is due; all in one thread."""

    def __init__(self, stage: Stage, record: Record, pace: float) -> None:
        self._stage, self._record = stage, record
        self._step = timedelta(seconds=TICK_S * pace)
        self._accepted: SimpleQueue[tuple[str, str]] = SimpleQueue()

    def take(self, buyer: str, order_id: str) -> None:
        """An order was accepted: its plants are to answer and to make it."""
        self._accepted.put((buyer, order_id))

    @contextmanager
    def working(self) -> Iterator[None]:
        """Time passes until the context ends."""
        ended = Event()

        def work() -> None:
            begun = perf_counter()
            while not ended.wait(max(0.0, begun + TICK_S - perf_counter())):
                begun = perf_counter()
                self.tick()

        thread = Thread(target=work, name="floor")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def tick(self) -> None:
        """Answer what was accepted meanwhile, then let one step of time pass."""
        until = self._stage.now + self._step
        try:
            self._answer_accepted()
            self._stage.carry_out(until)
        except (Turned, Broken, httpx.HTTPError) as failure:
            self._record.failed(failure)

    def _answer_accepted(self) -> None:
        while True:
            try:
                buyer, order_id = self._accepted.get_nowait()
            except Empty:
                return
            making.accept_offers(self._stage, order_id)
            for code, party in making.factories(self._stage):
                for work in party.items("/v1/work-orders", state="accepted"):
                    if work["order_id"] == order_id:
                        begins = parse_instant(work["starts_at"])
                        self._stage.agenda.note(begins, making.Floor(self._stage, code, work["id"]).start, begins=True)
            self._note_confirmation(buyer, order_id)

    def _note_confirmation(self, buyer: str, order_id: str) -> None:
        promise = ordering.read(self._stage, buyer, order_id)["promise"]
        self._stage.expect(promise, "a promise after accepting")
        promised_at = parse_instant(promise["promise_at"])

        def confirm() -> None:
            if ordering.confirm_deliveries(self._stage, buyer, order_id)["state"] == "closed":
                self._record.closed.append(order_id)
                return
            self._stage.expect(
                self._stage.now < promised_at + LATE_MAX, f"order {order_id} to be closed by its promise"
            )
            self._stage.agenda.note(self._stage.now + LOOK_AGAIN, confirm)

        self._stage.agenda.note(promised_at, confirm)
