"""What books of the trade have in common: they are kept from the logs alone, event by event, from the very first on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from services.sim.seams import Fresh, Platform
from shared.eventstore.port import PAGE_MAX, Recorded

Entry = Callable[[Any, Recorded], Iterable[str]]
"""How one kind of event is entered: it yields what must not be."""


class Past:
    """What stood in the logs before the first step, read once for all books of one run."""

    def __init__(self) -> None:
        self._read: dict[str, list[Recorded]] | None = None

    def before(self, platform: Platform, fresh: Fresh) -> Mapping[str, list[Recorded]]:
        """service -> events before those of the first look, *fresh*."""
        if self._read is None:
            self._read = {name: list(_earlier(platform, name, fresh)) for name in platform.house.services}
        return self._read


def _earlier(platform: Platform, name: str, fresh: Fresh) -> Iterator[Recorded]:
    """All events of a log below those that are fresh."""
    log, position = platform.house.services[name].log, 0
    first = fresh[name][0].position if fresh.get(name) else log.head().position + 1
    while position < first - 1 and (page := log.read_all(position, PAGE_MAX)):
        position = page[-1].position
        yield from (one for one in page if one.position < first)


class Book:
    """Base of the books. A subclass sets `name` and fills `self.entries`: event class -> how it is entered.

    Satisfies `Invariant` with nothing to say at rest.
    """

    name = ""

    def __init__(self, past: Past) -> None:
        self._past, self._is_open = past, False
        self.entries: dict[type, Entry] = {}

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterator[str]:
        if not self._is_open:
            self._is_open = True
            for earlier in self._past.before(platform, fresh).values():
                yield from self.entered(earlier)
        for events in fresh.values():
            yield from self.entered(events)
        yield from self.settled()

    def entered(self, events: Iterable[Recorded]) -> Iterator[str]:
        """Enter *events* in their order; violations as they come."""
        for recorded in events:
            entry = self.entries.get(type(recorded.event))
            if entry is not None:
                yield from entry(recorded.event, recorded)

    def settled(self) -> Iterable[str]:
        """What only shows when an append is there as a whole: its streams are written one after the other."""
        return ()

    def at_rest(self, platform: Platform) -> Iterable[str]:  # noqa: ARG002 - for those that have something to say
        return ()
