"""The consumer: a published fact in, its effect and its mark out in one transaction; what was seen before is dropped."""

from collections.abc import Sequence
from itertools import groupby

import msgspec
import structlog

from shared.bus.places import PlaceLost, Wrong
from shared.bus.port import Broker, BrokerAway, Delivery, React, ReactPage, proof_of
from shared.eventstore.database import is_unwell
from shared.eventstore.handling import Prepared, transact
from shared.eventstore.identity import Proof
from shared.eventstore.parking import list_parked, unpark
from shared.eventstore.port import LogDamaged, LogError, LogUnavailable, NotAhead, Parked, Progress, WrongVersion
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.stepping import Stepper
from shared.kernel.clock import Clock
from shared.kernel.event import Cause
from shared.kernel.refusal import Refused

PAGE_FACTS_MAX = 500
TRIES_MAX = 3
ROUNDS_LOST_MAX = 10  # of handling.TRIES_MAX races each
IDLE_WAIT_S = 0.25

_log = structlog.get_logger(__name__)


class Lag(msgspec.Struct, frozen=True):
    """How far a consumer is behind: facts waiting, and the age of the oldest of them in whole seconds."""

    count: int
    seconds: int


class Consumer:
    """Group *name*: takes facts of *topics* and lets *react* (one by one) or *react_page* (a page a source) answer.

    A Refused advances the mark and is logged: a rule said no. Any other exception is tried TRIES_MAX times, then
    the fact is parked under "consumer:<name>" with its key, in the transaction that passes it, and the rest goes on. A
    log that cannot be written is nobody's poison: the error is raised and the same facts come again. So do facts that
    lost their races to other writers, ROUNDS_LOST_MAX times. Facts of another log or another history than the mark
    remembers are not taken: `PlaceLost` is raised until a recovery has said what becomes of them.
    """

    def __init__(
        self,
        name: str,
        log: LogWithViews,
        broker: Broker,
        topics: Sequence[str],
        react: React | None = None,
        *,
        clock: Clock,
        react_page: ReactPage | None = None,
        handles: frozenset[str] | None = None,
        page_max: int = PAGE_FACTS_MAX,
    ) -> None:
        if (react is None) == (react_page is None):
            raise ValueError("expected either react or react_page")
        self.name = name
        self._log = log
        self._broker = broker
        self._topics = list(topics)
        self._react: ReactPage = react_page if react_page is not None else _one_by_one(react)
        self._is_paged = react_page is not None
        self._handles = handles
        self._clock = clock
        self._page_max = page_max
        self._is_subscribed = False
        self._asked: int | None = None  # the broker's count of new beginnings when older facts were asked for
        self._rounds_lost = 0  # by the fact whose turn it is
        self._marks: dict[str, int] = {}  # source -> mark passed, stored or about to be
        self._proofs: dict[str, Proof | None] = {}  # source -> what the stored mark remembers of its log
        self._stepper = Stepper(f"consumer-{name}", self.run_once, self._idle, broker.nudge, (LogError, BrokerAway))

    @property
    def topics(self) -> Sequence[str]:
        return self._topics

    def subscribe(self) -> None:
        """Tell the broker where this consumer stands. Done by the first step as well; sooner spares a rewind."""
        if not self._is_subscribed:
            sources = {f"{topic}/0": self._log.progress(self.name, f"{topic}/0") for topic in self._topics}
            self._broker.subscribe(self.name, self._topics, sources)
            self._is_subscribed = True

    def run_once(self) -> int:
        """Take at most one page; returns the number of facts dealt with, 1 when it has just asked for older ones.

        So stepping relays and consumers until all return 0 leaves nothing behind.
        """
        taken = self._take(0.0)
        backlog = self._broker.backlog(self.name)
        asked = None if taken or not backlog.count else backlog.begun_again
        has_asked, self._asked = asked not in (None, self._asked), asked
        return taken or int(has_asked)

    def _take(self, timeout_s: float) -> int:
        self.subscribe()
        page = self._broker.poll(self.name, self._topics, self._page_max, timeout_s)
        for source, deliveries in groupby(page, key=lambda one: one.source):
            self._take_source(source, list(deliveries))
        return len(page)

    def _take_source(self, source: str, page: Sequence[Delivery]) -> None:
        """Effects in order; facts without effect only move the mark, stored with the next effect or at the end."""
        fresh = _rising(page, self._mark(source))
        self._check_history(source, fresh)
        wanted = [one for one in fresh if self._handles is None or one.envelope.type in self._handles]
        if self._is_paged:
            if wanted:
                self._take_together(wanted)
        else:
            for delivery in wanted:
                self._take_one(delivery)
        if fresh:
            self._pass(fresh[-1])
        self._broker.commit(self.name, page)

    def _mark(self, source: str) -> int:
        """The mark passed in *source*."""
        if source not in self._marks:
            self._marks[source] = self._log.progress(self.name, source)
        return self._marks[source]

    def _check_history(self, source: str, fresh: Sequence[Delivery]) -> None:
        """Raises PlaceLost where the facts come from another log than the mark, or from a history before its own."""
        if not fresh:
            return
        if source not in self._proofs:
            stored = [one for one in self._log.marks() if (one.consumer, one.source) == (self.name, source)]
            self._proofs[source] = stored[0].proof if stored else None
        known, came = self._proofs[source], proof_of(fresh[0].envelope)
        if known is not None and came is not None and (known.log_id != came.log_id or known.epoch > came.epoch):
            del self._proofs[source]
            wrong: Wrong = "parted" if known.log_id == came.log_id else "foreign"
            progress = Progress(self.name, source, self._marks[source], proof=known)
            raise PlaceLost(wrong, progress, source, fresh[0].envelope.position, came)

    def _take_together(self, page: Sequence[Delivery]) -> None:
        try:
            self._apply(page)
        except (LogUnavailable, LogDamaged):
            raise
        except Exception as failure:  # noqa: BLE001 - one of the page is poison: find it by taking each alone
            _log.warning("page taken one by one", consumer=self.name, reason=repr(failure))
            for delivery in page:
                self._take_one(delivery)

    def _take_one(self, delivery: Delivery) -> None:
        for attempt in range(1, TRIES_MAX + 1):
            try:
                self._apply([delivery])
            except (LogUnavailable, LogDamaged):
                raise
            except WrongVersion as lost:
                self._lose(delivery, lost)
                return
            except Exception as failure:
                if is_unwell(failure):
                    raise LogUnavailable(f"{self.name} could not read its database: {failure}") from failure
                if attempt == TRIES_MAX:
                    self._park(delivery, f"{type(failure).__name__}: {failure}")
            else:
                return

    def _lose(self, delivery: Delivery, lost: WrongVersion) -> None:
        """A race lost on every try is waited out and run again; what loses for ever is a fault of the reaction."""
        self._rounds_lost += 1
        if self._rounds_lost < ROUNDS_LOST_MAX:
            raise lost
        self._rounds_lost = 0
        self._park(delivery, f"lost {ROUNDS_LOST_MAX} rounds of races: {lost}")

    def _apply(self, page: Sequence[Delivery]) -> None:
        last = page[-1]
        try:
            self._append(page, last)
        except NotAhead:
            self._marks[last.source] = self._log.progress(self.name, last.source)
            self._proofs.pop(last.source, None)
            _log.debug("seen before", consumer=self.name, fact=last.envelope.id)
            unseen = [one for one in page if one.mark > self._marks[last.source]]
            if unseen:  # a namesake in another process took a part of this page meanwhile
                self._apply(unseen)
        except Refused as refused:
            if len(page) > 1:
                raise
            _log.info("refused", consumer=self.name, fact=last.envelope.id, why=str(refused))

    def _append(self, page: Sequence[Delivery], last: Delivery) -> None:
        prepared = self._react(page)
        if not any(one.events for one in prepared.appends):
            return
        first: list[Prepared[None]] = [prepared]
        mark = self._progress(last, after=self._marks[last.source] if self._is_paged else None)
        transact(self._log, lambda: first.pop() if first else self._react(page), self._cause(page), [mark])
        self._passed(last)
        self._rounds_lost = 0

    def _progress(self, last: Delivery, after: int | None = None) -> Progress:
        return Progress(self.name, last.source, last.mark, after, proof_of(last.envelope))

    def _passed(self, last: Delivery) -> None:
        self._marks[last.source] = last.mark
        self._proofs[last.source] = proof_of(last.envelope)

    def _cause(self, page: Sequence[Delivery]) -> Cause:
        envelope = page[-1].envelope
        actors = {one.envelope.actor for one in page}
        return Cause(
            correlation_id=envelope.correlationid,
            causation_id=envelope.id,
            org_id=envelope.actor if len(actors) == 1 else "system",
            subject=f"system:{self.name}",
            at=self._clock.now(),
        )

    def _pass(self, last: Delivery) -> None:
        """Store that everything up to *last* is dealt with, unless an effect has stored it already."""
        if last.mark > self._marks[last.source]:
            try:
                self._log.append([], self._cause([last]), [self._progress(last)])
            except NotAhead:
                _log.debug("passed before", consumer=self.name, fact=last.envelope.id)
            self._passed(last)

    def _park(self, delivery: Delivery, reason: str) -> None:
        """Set aside and pass in one transaction: what was parked is never taken again by itself."""
        envelope, now = delivery.envelope, self._clock.now()
        _log.error("fact parked", consumer=self.name, fact=envelope.id, key=envelope.subject, reason=reason)
        parked = Parked(self.owner, delivery.source, delivery.mark, envelope.subject, envelope.type, reason, now)
        try:
            self._log.append([], self._cause([delivery]), [self._progress(delivery), parked])
        except NotAhead:
            _log.debug("passed before", consumer=self.name, fact=envelope.id)
        self._passed(delivery)

    @property
    def owner(self) -> str:
        """Under which name its facts are parked."""
        return f"consumer:{self.name}"

    def retry(self, delivery: Delivery) -> bool:
        """Let a parked fact have its effect now, exactly once, and forget that it was parked. False: it had it before.

        Effect and a mark of its own are one transaction, so whoever is killed between that and the forgetting finds
        the mark at the next try. A rule that says no settles the fact as well. Anything else leaves it parked.
        """
        once = Progress(self.name, f"{delivery.source}#{delivery.mark}", 1)
        is_fresh = True
        try:
            transact(self._log, lambda: self._react([delivery]), self._cause([delivery]), [once])
        except NotAhead:
            is_fresh = False
        except Refused as refused:
            _log.info("refused", consumer=self.name, fact=delivery.envelope.id, why=str(refused))
        self.drop(delivery.source, delivery.mark)
        return is_fresh

    def late(self, delivery: Delivery) -> bool:
        """Take a fact that could not be published when its turn came: now if its turn has passed, else in its turn.

        Exactly once, as with `retry`; whether it had its effect now.
        """
        is_heard = self._handles is None or delivery.envelope.type in self._handles
        return is_heard and delivery.mark <= self._log.progress(self.name, delivery.source) and self.retry(delivery)

    def rewind(self, source: str, mark: int, proof: Proof | None) -> list[Parked]:
        """Stand at *mark* of *source*, lower than before, and forget what was parked or retried behind it.

        A step of a stated recovery: what lies behind *mark* now is another history, of which nothing had its effect.
        Returns the parked facts of the lost one, which are forgotten.
        """
        for one in self._log.marks():
            name, _, retried = one.source.partition("#")
            if one.consumer == self.name and name == source and retried and int(retried) > mark:
                self._log.forget_mark(self.name, one.source)
        forgotten = [one for one in self.parked() if one.source == source and one.mark > mark]
        for parked in forgotten:
            self.drop(parked.source, parked.mark)
        self._log.put_mark(Progress(self.name, source, mark, proof=proof))
        self._marks.pop(source, None)
        self._proofs.pop(source, None)
        return forgotten

    def drop(self, source: str, mark: int) -> None:
        """Forget a parked fact without its effect."""
        with self._log.writing() as connection:
            unpark(connection, self.owner, source, mark)

    def parked(self) -> list[Parked]:
        return list_parked(self._log.views, self.owner)

    def lag(self) -> Lag:
        backlog = self._broker.backlog(self.name)
        if backlog.oldest_at is None:
            return Lag(backlog.count, 0)
        return Lag(backlog.count, max(0, int((self._clock.now() - backlog.oldest_at).total_seconds())))

    def _idle(self) -> None:
        """Nothing was there a moment ago: wait for it in the broker, and take it."""
        self._take(IDLE_WAIT_S)

    @property
    def is_well(self) -> bool:
        """Whether the thread, if it was started, still runs."""
        return self._stepper.is_well

    def trouble(self) -> str | None:
        """What keeps the thread from its work, in a line; None when well."""
        return self._stepper.trouble()

    def start(self) -> None:
        self._stepper.start()

    def stop(self) -> None:
        self._stepper.stop()


def _one_by_one(react: React | None) -> ReactPage:
    def react_page(page: Sequence[Delivery]) -> Prepared[None]:
        if react is None or len(page) != 1:
            raise AssertionError("a consumer without react_page takes facts one at a time")
        return react(page[0])

    return react_page


def _rising(page: Sequence[Delivery], mark: int) -> list[Delivery]:
    """What of *page* lies above *mark*, each once: a relay that never heard an answer publishes the same facts again."""
    found = []
    for one in page:
        if one.mark > mark:
            found.append(one)
            mark = one.mark
    return found
