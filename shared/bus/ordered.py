"""The consumer that takes every fact of a log in the order of its number, and stands still where one is missing.

Omission must show: a fact that cannot be taken is neither parked nor stepped over. What comes behind it waits, whatever
partition brought it; the other logs' facts go on. The place where it stands still is told (`held`) and tried again.
"""

from collections.abc import Callable, Sequence
from time import monotonic

import msgspec
import structlog

from shared.bus.consumer import TRIES_MAX, Consumer
from shared.bus.port import Broker, Delivery, ReactPage
from shared.eventstore.database import is_unwell
from shared.eventstore.handling import transact
from shared.eventstore.port import LogError, LogUnavailable, NotAhead, Progress
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock

AGAIN_AFTER_S = (
    1.0,
    30.0,
)  # the first wait before a fact is tried again, and the longest: each is twice the one before

_log = structlog.get_logger(__name__)


class Held(msgspec.Struct, frozen=True):
    """Fact number *sequence* of the log *source* could not be taken: nothing behind it is, either."""

    source: str
    sequence: int
    why: str

    def __str__(self) -> str:
        return f"starved at {self.source} {self.sequence} because {self.why}"


class OrderedConsumer(Consumer):
    """Group *name*, which takes the facts of each log by number. *next_of*: log -> the number it goes on with (0: any).

    *react_page* gets facts of one log in the order of their numbers, without a gap. A refusal, an exception and a
    number that has not come hold the log; nothing is ever parked.
    """

    def __init__(
        self,
        name: str,
        log: LogWithViews,
        broker: Broker,
        topics: Sequence[str],
        *,
        react_page: ReactPage,
        next_of: Callable[[str], int],
        clock: Clock,
    ) -> None:
        super().__init__(name, log, broker, topics, react_page=react_page, clock=clock)
        self._next_of = next_of
        self._held: dict[str, Held] = {}
        self._held_topics: set[str] = set()
        self._wait_s, self._again_at = AGAIN_AFTER_S[0], 0.0

    @property
    def held(self) -> list[Held]:
        """Where it stands still, log by log; empty when it goes on."""
        return [self._held[source] for source in sorted(self._held)]

    def trouble(self) -> str | None:
        return "; ".join(map(str, self.held)) or super().trouble()

    def late(self, delivery: Delivery) -> bool:
        """Never late: what it lacks holds the log, and comes in its place once it can be published."""
        del delivery
        return False

    def retry(self, delivery: Delivery) -> bool:
        """Refuses: a fact that an older release stepped over has no place behind those that were taken since."""
        raise LookupError(f"{self.name} takes facts in order, and {delivery.envelope.id} would come too late")

    def _take(self, timeout_s: float) -> int:
        self.subscribe()
        by_log: dict[str, list[Delivery]] = {}
        for delivery in self._polled(timeout_s):
            by_log.setdefault(delivery.envelope.source, []).append(delivery)
        return sum(self._take_log(source, page) for source, page in by_log.items())

    def _polled(self, timeout_s: float) -> list[Delivery]:
        """What waits. Topics of a held log are asked apart, so that what waits behind it fills nobody's page."""
        free = [one for one in self._topics if one not in self._held_topics]
        page = list(self._broker.poll(self.name, free, self._page_max, timeout_s)) if free else []
        if not free and timeout_s:
            self._log.wait_beyond(self._log.head().position, timeout_s)
        if self._held_topics and (not self._stepper.is_started or monotonic() >= self._again_at):
            for topic in sorted(self._held_topics):
                page += self._broker.poll(self.name, [topic], self._page_max, 0.0)
        return page

    def _take_log(self, source: str, page: Sequence[Delivery]) -> int:
        """Take what follows without a gap; returns how many of *page* are dealt with."""
        fresh = self._by_number(page)
        run, held = self._run(source, fresh)
        held = self._take_run(source, run) or held
        self._hold(source, held, {_topic_of(one) for one in page})
        done = [one for one in page if one.mark <= self._mark(one.source)]
        self._broker.commit(self.name, done)
        return len(done)

    def _by_number(self, page: Sequence[Delivery]) -> list[Delivery]:
        """What of *page* was not passed, each once, in the order of its numbers."""
        fresh = {(one.source, one.mark): one for one in page if one.mark > self._mark(one.source)}
        for partition in {one.source for one in fresh.values()}:
            self._check_history(partition, [one for one in fresh.values() if one.source == partition])
        return sorted(fresh.values(), key=lambda one: (one.envelope.sequence, one.mark))

    def _run(self, source: str, fresh: Sequence[Delivery]) -> tuple[list[Delivery], Held | None]:
        """The facts that follow without a gap, and where the gap is."""
        expected = self._next_of(source)
        for index, one in enumerate(fresh):
            number = one.envelope.sequence
            if expected and number > expected:
                why = f"it has not come, and {number} ({one.envelope.id}) waits behind it"
                return list(fresh[:index]), Held(source, expected, why)
            expected = max(expected, number + 1) if number else expected
        return list(fresh), None

    def _take_run(self, source: str, run: Sequence[Delivery]) -> Held | None:
        """None when all of *run* was taken, else the fact of it that cannot be."""
        if not run:
            return None
        try:
            self._apply_run(run)
        except LogError:
            raise
        except Exception as failure:  # noqa: BLE001 - one of them cannot be taken: find it by taking each alone
            _log.warning("page taken one by one", consumer=self.name, reason=repr(failure))
            for one in run:
                why = self._failure_of(one)
                if why:
                    return Held(source, one.envelope.sequence, f"{one.envelope.id} ({one.envelope.type}): {why}")
        return None

    def _failure_of(self, delivery: Delivery) -> str:
        """Empty when *delivery* was taken, else what stopped it at each of TRIES_MAX tries."""
        why = ""
        for _ in range(TRIES_MAX):
            try:
                self._apply_run([delivery])
            except LogError:
                raise
            except Exception as failure:
                if is_unwell(failure):
                    raise LogUnavailable(f"{self.name} could not read its database: {failure}") from failure
                why = f"{type(failure).__name__}: {failure}"
            else:
                return ""
        return why

    def _apply_run(self, run: Sequence[Delivery]) -> None:
        """Effects and the mark of every partition that brought them, in one transaction."""
        last = {one.source: one for one in run}  # the marks of a partition rise with the numbers
        marks: list[Progress] = [self._progress(one, after=self._mark(partition)) for partition, one in last.items()]
        try:
            transact(self._log, lambda: self._react(run), self._cause(run), marks)
        except NotAhead:
            for partition in last:
                self._marks[partition] = self._log.progress(self.name, partition)
                self._proofs.pop(partition, None)
            unseen = [one for one in run if one.mark > self._marks[one.source]]
            if unseen:  # a namesake in another process took a part of them meanwhile
                self._apply_run(unseen)
            return
        for one in last.values():
            self._passed(one)

    def _hold(self, source: str, held: Held | None, topics: set[str]) -> None:
        if held is None:
            if self._held.pop(source, None) is not None:
                _log.info("goes on", consumer=self.name, source=source)
            self._held_topics -= topics
            self._wait_s = AGAIN_AFTER_S[0]
            return
        if self._held.get(source) != held:
            _log.error("stands still", consumer=self.name, source=source, sequence=held.sequence, why=held.why)
            self._wait_s = AGAIN_AFTER_S[0]
        self._held[source] = held
        self._held_topics |= topics
        self._again_at = monotonic() + self._wait_s
        self._wait_s = min(2 * self._wait_s, AGAIN_AFTER_S[1])


def _topic_of(delivery: Delivery) -> str:
    return delivery.source.rpartition("/")[0]
