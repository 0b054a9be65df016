"""What the clients saw: every request with its kind and latency, and everything that went wrong."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Request:
    """*due_s*: when it should have been sent, by `perf_counter`; *ms* from then to its answer."""

    kind: str
    due_s: float
    ms: float


@dataclass(slots=True)
class Record:
    """Filled by many threads: lists only grow, and each growth is one step of the interpreter."""

    requests: list[Request] = field(default_factory=list)
    visits: list[float] = field(default_factory=list)  # when each visit ended
    failures: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)  # orders confirmed to their end

    @contextmanager
    def timed(self, kind: str, due_s: float | None = None) -> Iterator[None]:
        """Time one request, from *due_s* where it was due earlier than now."""
        due_s = perf_counter() if due_s is None else due_s
        yield
        self.requests.append(Request(kind, due_s, (perf_counter() - due_s) * 1_000))

    def failed(self, failure: Exception) -> None:
        self.failures.append(f"{type(failure).__name__}: {failure}"[:200])

    def reasons(self) -> dict[str, int]:
        """Each failure once, with how often it came, the most frequent first; at most ten."""
        return dict(Counter(self.failures).most_common(10))
