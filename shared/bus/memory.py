"""The broker inside one process: a window of each topic in memory, one cursor a group, wakeups by condition variable.

It forgets everything when the process ends, and may: consumers keep their marks in their own logs, and the relay
publishes again from where the neediest group stands (`resume_after`), because facts are a pure function of the log.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from threading import Condition

from shared.bus.port import Backlog, BrokerAway, Delivery, end_of, mark_of, position_of
from shared.contracts.envelope import CloudEvent, FactTypes

WINDOW_FACTS_MAX = 20_000
PARTITION = 0  # one process has one partition a topic


class InProcessBroker:
    """Satisfies `Broker`. A group has one reader at a time; uncommitted facts are delivered again by the next poll."""

    forgets = True

    def __init__(self, facts: FactTypes, window_facts_max: int = WINDOW_FACTS_MAX) -> None:
        self._facts = facts
        self._window = window_facts_max
        self._changed = Condition()
        self._topics: dict[str, _Topic] = {}
        self._nudges = 0
        self._closed = False

    def subscribe(self, group: str, topics: Sequence[str], marks: Mapping[str, int]) -> None:
        with self._changed:
            for topic in topics:
                self._topic(topic).move(group, marks.get(source_of(topic), 0))

    def publish(self, topic: str, envelopes: Sequence[CloudEvent]) -> None:
        source, decode = source_of(topic), self._facts.decode
        page = [Delivery(source, mark_of(one), one, decode(one.type, one.data)) for one in envelopes]
        with self._changed:
            self._check_open()
            self._topic(topic).add(page, self._window)
            self._changed.notify_all()

    def resume_after(self, topic: str, published: int) -> int:
        with self._changed:
            return self._topic(topic).resume_after(published)

    def poll(self, group: str, topics: Sequence[str], limit: int, timeout_s: float) -> list[Delivery]:
        with self._changed:
            nudges = self._nudges
            found: list[Delivery] = []

            def is_over() -> bool:
                self._check_open()
                for topic in topics:
                    found.extend(self._topic(topic).waiting(group, limit - len(found)))
                return bool(found) or self._nudges != nudges

            self._changed.wait_for(is_over, timeout_s)
            return found

    def commit(self, group: str, deliveries: Sequence[Delivery]) -> None:
        with self._changed:
            for delivery in deliveries:
                self._topic(delivery.source.rpartition("/")[0]).commit(group, delivery.mark)

    def backlog(self, group: str) -> Backlog:
        with self._changed:
            backlogs = [topic.backlog(group) for topic in self._topics.values()]
        oldest = [one.oldest_at for one in backlogs if one.oldest_at is not None]
        begun_again = sum(one.begun_again for one in backlogs)
        return Backlog(sum(one.count for one in backlogs), min(oldest, default=None), begun_again)

    def nudge(self) -> None:
        with self._changed:
            self._nudges += 1
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _check_open(self) -> None:
        if self._closed:
            raise BrokerAway("the broker of this process is closed")

    def _topic(self, topic: str) -> "_Topic":
        return self._topics.setdefault(topic, _Topic())


class _Topic:
    """The facts held of one topic, ascending by mark, and how far each group has come. Guarded by the broker."""

    def __init__(self) -> None:
        self._held: list[Delivery] = []
        self._marks: list[int] = []  # of _held, for halving
        self._cursors: dict[str, int] = {}  # group -> mark committed
        self._gone_up_to = 0  # facts at or below this mark may not be held
        self._last_mark = 0  # facts at or below this mark were published since the last rewind
        self._is_followed = False  # whether a relay has asked where to begin
        self._rewinds = 0
        self._rewind_to: int | None = None  # log position, when a group needs facts that are not held

    def move(self, group: str, mark: int) -> None:
        self._cursors[group] = mark
        self._ask_for(mark)

    def add(self, page: Sequence[Delivery], window: int) -> None:
        for delivery in page:
            if delivery.mark > self._last_mark:
                self._held.append(delivery)
                self._marks.append(delivery.mark)
                self._last_mark = delivery.mark
        self._drop(len(self._held) - max(window, len(page)))  # a page is held whole, or a slow group would starve
        self._drop_committed()

    def resume_after(self, published: int) -> int:
        if not self._is_followed:
            self._is_followed = True
            if self._cursors:
                self._rewind(min(_position_before(one) for one in self._cursors.values()))
                return position_of(self._last_mark)
        if self._rewind_to is not None:
            self._rewind(self._rewind_to)
            return position_of(self._last_mark)
        return max(published, position_of(self._last_mark))

    def waiting(self, group: str, limit: int) -> list[Delivery]:
        cursor = self._cursors.setdefault(group, 0)
        if self._ask_for(cursor):
            return []  # what is held is not what comes next for this group
        first = bisect_right(self._marks, cursor)
        return self._held[first : first + max(0, limit)]

    def commit(self, group: str, mark: int) -> None:
        self._cursors[group] = max(self._cursors.get(group, 0), mark)
        self._drop_committed()

    def backlog(self, group: str) -> Backlog:
        """At least one fact waits for a group that has asked for what is not held any more."""
        cursor = self._cursors.get(group)
        if cursor is None:
            return Backlog(0, None)
        if self._is_followed and cursor < self._gone_up_to:
            return Backlog(max(1, len(self._held)), None, self._rewinds)
        first = bisect_right(self._marks, cursor)
        count = len(self._held) - first
        return Backlog(count, self._held[first].envelope.time if count else None, self._rewinds)

    def _ask_for(self, cursor: int) -> bool:
        """Whether the facts after *cursor* are not held any more; the relay is then asked for them."""
        if not self._is_followed or cursor >= self._gone_up_to:
            return False
        position = _position_before(cursor)
        self._rewind_to = position if self._rewind_to is None else min(self._rewind_to, position)
        return True

    def _rewind(self, position: int) -> None:
        """Hold nothing and begin again after *position*; groups that are ahead skip what they have committed."""
        self._rewind_to = None
        self._rewinds += 1
        self._held.clear()
        self._marks.clear()
        self._gone_up_to = self._last_mark = end_of(position)

    def _drop_committed(self) -> None:
        lowest = min(self._cursors.values(), default=self._last_mark)
        self._drop(bisect_right(self._marks, lowest))

    def _drop(self, count: int) -> None:
        if count > 0:
            self._gone_up_to = max(self._gone_up_to, self._marks[count - 1])
            del self._held[:count]
            del self._marks[:count]


def _position_before(cursor: int) -> int:
    """The position before the one *cursor* points into: that event may have parts beyond the cursor."""
    return max(0, position_of(cursor) - 1)


def source_of(topic: str) -> str:
    """The source that deliveries of *topic* name: topic and partition."""
    return f"{topic}/{PARTITION}"
