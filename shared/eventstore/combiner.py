"""The write combiner: writers that wait together are committed together, each with its own verdict."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock, RLock
from time import sleep

from shared.eventstore.admission import Request
from shared.eventstore.port import Appended

BATCH_MAX = 256
YIELDS_MAX = 10


class Combiner:
    """One waiting writer leads: it writes for all who queued, wakes them, and hands the lead to the next in line.

    A settled writer never touches the write lock again, so a commit wakes its writers without a convoy. A single
    writer never changes threads: alone it pays three uncontended locks. *write* settles every request it is given,
    or raises: then all that are not settled fail with that error.
    """

    def __init__(self, write: Callable[[Sequence[Request]], None]) -> None:
        self._write = write
        self.lock = RLock()  # the write lock itself; whoever holds it has the writer's connection to himself
        self._queue_lock = Lock()
        self._queue: list[Request] = []
        self._is_led = False
        self._company = 1  # how many were committed together last time

    def submit(self, request: Request) -> Appended:
        with self._queue_lock:
            self._queue.append(request)
            if self._is_led:
                gate = request.gate = Lock()
                gate.acquire()
            else:
                self._is_led = True
                gate = None
        if gate is not None:
            gate.acquire()  # opened by the leader: our verdict is there, or the lead is ours
        if request.appended is None and request.failure is None:
            self._lead()
        return request.result()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The write lock for something that is no append: a projection's page, a lease, a key."""
        with self.lock:
            yield

    def _lead(self) -> None:
        batch: list[Request] = []
        try:
            with self.lock:
                self._let_company_come()
                with self._queue_lock:
                    batch, self._queue = self._queue[:BATCH_MAX], self._queue[BATCH_MAX:]
                self._company = len(batch)
                self._write(batch)
        except BaseException as failure:
            for request in batch:
                if request.appended is None and request.failure is None:
                    request.failure = failure
            if not isinstance(failure, Exception):
                raise
        finally:
            self._hand_over(batch)

    def _let_company_come(self) -> None:
        """Those who were woken by the last commit are about to queue again: let them run, a few microseconds.

        Without it commits alternate between one event and all the others. A writer who was alone does not wait.
        """
        for _ in range(YIELDS_MAX):
            if len(self._queue) >= self._company:
                return
            sleep(0)

    def _hand_over(self, batch: Sequence[Request]) -> None:
        """Wake the settled ones, then the next leader."""
        for request in batch:
            _open(request)
        with self._queue_lock:
            if self._queue:
                _open(self._queue[0])
            else:
                self._is_led = False


def _open(request: Request) -> None:
    if request.gate is not None:
        request.gate.release()
