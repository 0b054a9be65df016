"""No fact is applied twice: whatever a consumer wrote because of a fact was written in one append."""

from collections.abc import Iterable, Iterator, Mapping

from services.sim.disk import Disk
from services.sim.seams import Fresh, Platform
from shared.eventstore.port import Recorded

Effect = tuple[str, str, str]  # service, consumer, fact


class AppliedOnce:
    """Satisfies `Invariant`. *disks* say where appends began: two in a row look like one in the log."""

    name = "no fact is applied twice"

    def __init__(self, disks: Mapping[str, Disk]) -> None:
        self._disks = disks
        self._append: dict[str, int] = {}  # service -> where the append began whose events are looked at
        self._effects: dict[Effect, int] = {}  # -> where the append began that it stands in

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        for name, events in fresh.items():
            yield from self.found(name, events)

    def found(self, name: str, events: Iterable[Recorded]) -> Iterator[str]:
        """What stands twice in the next *events* of service *name*."""
        begun = self._disks[name].begun
        for one in events:
            if one.position in begun:
                self._append[name] = one.position
            fact = one.cause.causation_id
            if fact is None or "/" not in fact:  # only facts are named by log, position and part
                continue
            first = self._effects.setdefault((name, one.cause.subject, fact), self._append[name])
            if first != self._append[name]:
                yield f"{name}: {one.cause.subject} applied {fact} at position {first} and again at {one.position}"

    def at_rest(self, platform: Platform) -> Iterable[str]:  # noqa: ARG002 - same
        return ()
