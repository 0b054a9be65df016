"""The write combiner: writers that wait together are committed together, each with its own verdict."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock, RLock
from time import sleep

from shared.eventstore.admission import Request
from shared.eventstore.port import Appended, LogUnavailable

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
            if self._is_led:
                gate = request.gate = Lock()
                gate.acquire()
                self._queue.append(request)
            else:
                self._is_led = True
                gate = None
        if gate is not None:
            gate.acquire()  # opened by the leader: our verdict is there, or the lead is ours
        if request.appended is None and request.failure is None:
            self._lead(request)
        if request.failure is not None:
            raise request.failure
        if request.appended is None:
            raise AssertionError("the writer settles every request it is given")
        return request.appended

    def alone(self) -> bool:
        """Whether nobody else writes or waits: then the lock is the caller's until he releases it."""
        return self._company == 1 and not self._queue and self.lock.acquire(blocking=False)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The write lock for something that is no append: a projection's page, a lease, a key."""
        with self.lock:
            yield

    def _lead(self, own: Request) -> None:
        batch = [own]
        try:
            with self.lock:
                if self._company > 1 or self._queue:
                    batch += self._company_of_leader()
                self._company = len(batch)
                self._write(batch)
        except Exception as failure:  # noqa: BLE001 - it is raised again, by each caller it concerns
            _fail(batch, failure)
        except BaseException:
            _fail(batch, LogUnavailable("the thread that was writing was interrupted; try again"))
            raise
        finally:
            self._hand_over(batch)

    def _company_of_leader(self) -> list[Request]:
        """Those who queued. Whoever the last commit woke is about to queue again: he is let run first, microseconds.

        Without it commits alternate between one event and all the others. A writer who was alone does not wait.
        """
        for _ in range(YIELDS_MAX):
            if len(self._queue) + 1 >= self._company:
                break
            sleep(0)
        with self._queue_lock:
            company, self._queue = self._queue[:BATCH_MAX], self._queue[BATCH_MAX:]
        return company

    def _hand_over(self, batch: Sequence[Request]) -> None:
        """Wake the settled ones, then the next leader, who leaves the queue."""
        for request in batch:
            if request.gate is not None:
                request.gate.release()
        with self._queue_lock:
            if self._queue:
                _open(self._queue.pop(0))
            else:
                self._is_led = False


def _fail(batch: Sequence[Request], failure: Exception) -> None:
    for request in batch:
        if request.appended is None and request.failure is None:
            request.failure = failure


def _open(request: Request) -> None:
    if request.gate is not None:
        request.gate.release()
