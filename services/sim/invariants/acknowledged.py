"""What was acknowledged stands in the log once, in one append; what was refused does not stand there at all."""

from collections.abc import Iterable, Sequence

from services.sim.seams import Fresh, Platform
from services.sim.sending import Sent
from shared.eventstore.port import Recorded


class Acknowledged:
    """Satisfies `Invariant`. *sent* is everybody's record of what they asked for, kept outside the platform."""

    name = "acknowledged commands took effect once"

    def __init__(self, sent: Sequence[Sent]) -> None:
        self._sent = sent
        self._effects: dict[str, list[Recorded]] = {}

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        """A command's own effect has its correlation and no cause before it; what follows from it has one."""
        for events in fresh.values():
            for one in events:
                if one.cause.causation_id is None:
                    self._effects.setdefault(one.cause.correlation_id, []).append(one)
        return ()

    def at_rest(self, platform: Platform) -> Iterable[str]:
        logs = {name: service.log for name, service in platform.house.services.items()}
        for sent in self._sent:
            effects = self._effects.get(sent.correlation_id, [])
            found: dict[str, list[str]] = {}
            for one in effects:
                found.setdefault(one.stream, []).append(type(one.event).__name__)
            if found != sent.meant:
                yield f"{sent.route} ({sent.ended}): expected {sent.meant}, found {found}"
            if effects and effects[-1].position - effects[0].position != len(effects) - 1:
                yield f"{sent.route}: its {len(effects)} events do not stand together"
            for one in effects:
                stored = logs[sent.service].read_stream(one.stream, one.version - 1, one.version)
                if [again.event for again in stored] != [one.event]:
                    yield f"{sent.route}: {one.stream} version {one.version} is not what was seen when it was written"
