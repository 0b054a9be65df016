"""No fact is applied twice: whatever a consumer wrote because of a fact was written in one append."""

from collections.abc import Iterable

from services.sim.seams import Fresh, Platform

Effect = tuple[str, str, str]  # service, consumer, fact


class AppliedOnce:
    """Satisfies `Invariant`."""

    name = "no fact is applied twice"

    def __init__(self) -> None:
        self._last: dict[Effect, int] = {}  # -> position of the newest event that followed from it

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        for name, events in fresh.items():
            for one in events:
                fact = one.cause.causation_id
                if fact is None or "/" not in fact:  # only facts are named by log, position and part
                    continue
                effect = (name, one.cause.subject, fact)
                last = self._last.get(effect)
                if last is not None and last != one.position - 1:
                    yield f"{name}: {one.cause.subject} applied {fact} at position {last} and again at {one.position}"
                self._last[effect] = one.position

    def at_rest(self, platform: Platform) -> Iterable[str]:  # noqa: ARG002 - same
        return ()
