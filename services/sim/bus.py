"""A bus that fails as real ones may: it withholds, repeats, shortens, mixes and is away, but never loses or skips.

Within a source it gives a group its facts in order; what it gives again begins anywhere earlier. That is the whole of
what `shared.bus.port.Broker` promises, and consumers may rely on no more.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from random import Random

from services.sim.faults import Weather
from shared.bus.port import Backlog, Broker, BrokerAway, Delivery
from shared.contracts.envelope import CloudEvent

REMEMBERED_MAX = 64  # deliveries a source that may come again, for each group


class FailingBroker:
    """Any broker, seen through *weather*. *withheld* notes that something waits that was not given."""

    def __init__(self, inner: Broker, weather: Weather, chance: Random) -> None:
        self._inner = inner
        self._weather = weather
        self._chance = chance
        self._given: dict[tuple[str, str], deque[Delivery]] = {}  # (group, source) -> committed last, ascending
        self.withheld: set[str] = set()
        self.forgets = inner.forgets

    def subscribe(self, group: str, topics: Sequence[str], marks: Mapping[str, int]) -> None:
        self._inner.subscribe(group, topics, marks)

    def publish(self, topic: str, envelopes: Sequence[CloudEvent]) -> None:
        """The answer may be lost after a part of the page, or all of it, was taken."""
        if self._suffers("relay-away", topic, surely=True):
            raise BrokerAway(f"{topic}: no way to the broker")
        if self._suffers("publish-unheard", topic):
            self._inner.publish(topic, envelopes[: self._chance.randint(0, len(envelopes))])
            raise BrokerAway(f"{topic}: the broker's answer never came")
        self._inner.publish(topic, envelopes)

    def resume_after(self, topic: str, published: int) -> int:
        return self._inner.resume_after(topic, published)

    def poll(self, group: str, topics: Sequence[str], limit: int, timeout_s: float) -> Sequence[Delivery]:
        if self._suffers("partition", group, surely=True):
            self.withheld.add(group)
            raise BrokerAway(f"{group}: no way to the broker")
        if self._suffers("delay", group) or self._suffers("drop", group):
            self.withheld.add(group)
            return []
        if self._suffers("small-pages", group, surely=True):
            limit = self._chance.randint(1, min(limit, 4))
        found = list(self._inner.poll(group, self._mixed(topics), limit, timeout_s))
        if self._suffers("replay", group):
            return self._earlier(group, topics) + found
        if found and self._suffers("duplicate", group):
            return self._again(found)
        return found

    def commit(self, group: str, deliveries: Sequence[Delivery]) -> None:
        if self._suffers("lost-commit", group):
            return
        for one in deliveries:
            given = self._given.setdefault((group, one.source), deque(maxlen=REMEMBERED_MAX))
            if not given or one.mark > given[-1].mark:
                given.append(one)
        self._inner.commit(group, deliveries)

    def backlog(self, group: str) -> Backlog:
        return self._inner.backlog(group)

    def nudge(self) -> None:
        self._inner.nudge()

    def close(self) -> None:
        self._inner.close()

    def _suffers(self, kind: str, where: str, *, surely: bool = False) -> bool:
        spell = self._weather.spell(kind, where)
        if spell is None or not (surely or self._chance.random() < spell.strength):
            return False
        self._weather.hit(kind)
        return True

    def _mixed(self, topics: Sequence[str]) -> Sequence[str]:
        """Sources have no order among one another."""
        return self._chance.sample(list(topics), len(topics)) if len(topics) > 1 else topics

    def _earlier(self, group: str, topics: Sequence[str]) -> list[Delivery]:
        """Some of what was committed, of one source, from anywhere on: as after a rebalance on old offsets."""
        given = self._given.get((group, f"{self._chance.choice(list(topics))}/0"))
        return list(given)[self._chance.randrange(len(given)) :] if given else []

    def _again(self, found: list[Delivery]) -> list[Delivery]:
        """The page behind its own beginning: those come twice in one poll."""
        first = [one for one in found if one.source == found[0].source]
        return first[: self._chance.randint(1, len(first))] + found
