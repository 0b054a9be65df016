"""The write combiner: writers that wait for the lock together are committed together, each with its own verdict."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock

from shared.eventstore.admission import Request
from shared.eventstore.port import Appended

BATCH_MAX = 256


class Combiner:
    """Whoever gets the lock first writes for all who queued meanwhile; the rest find their request settled.

    A single writer never changes threads, so alone it pays one uncontended lock. *write* settles every request it
    is given, or raises: then all of them fail with that error.
    """

    def __init__(self, write: Callable[[Sequence[Request]], None]) -> None:
        self._write = write
        self._lock = RLock()
        self._waiting: deque[Request] = deque()

    def submit(self, request: Request) -> Appended:
        self._waiting.append(request)
        while not request.is_settled:
            with self._lock:
                if not request.is_settled:
                    self._lead()
        return request.result()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The write lock for something that is no append: a projection's page, a lease, a key."""
        with self._lock:
            yield

    def _lead(self) -> None:
        waiting = self._waiting
        batch = [waiting.popleft() for _ in range(min(len(waiting), BATCH_MAX))]
        try:
            self._write(batch)
        except BaseException as failure:
            for request in batch:
                if request.appended is None and request.failure is None:
                    request.failure = failure
            if not isinstance(failure, Exception):
                raise
