"""At rest nothing is on its way: every fact had its effect, every view has seen every event."""

from collections.abc import Iterable

from services.sim.seams import Fresh, Platform
from services.sim.workers import waiting
from shared.bus.port import FACTS_PER_EVENT_MAX


class Drained:
    """Satisfies `Invariant`."""

    name = "everything drains"

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        return ()

    def at_rest(self, platform: Platform) -> Iterable[str]:
        house = platform.house
        for who, count in waiting(house).items():
            yield f"{who} is {count} behind"
        for name, service in house.services.items():
            for source, other in house.services.items():
                consumers = service.consumers if other.relay is not None else ()
                for mark in (service.log.progress(one.name, f"{source}/0") for one in consumers):
                    if mark and mark // FACTS_PER_EVENT_MAX > other.log.head().position:
                        yield f"{name} has passed fact {mark} of {source}, whose log ends before it"
