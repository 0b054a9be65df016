"""Replay equals live: folding a stream anew gives the state that the running process works with."""

from collections.abc import Iterable

from services.sim.seams import Fresh, Platform


class Replayed:
    """Satisfies `Invariant`."""

    name = "replay equals live"

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        return ()

    def at_rest(self, platform: Platform) -> Iterable[str]:
        for name, service in platform.house.services.items():
            for stream, (decider, state, version) in service.log.states.all().items():
                events, _ = service.log.read_events(stream, 0, version)
                if decider.fold(events) != state:
                    yield f"{name} {stream}: the kept state of version {version} is not what its events tell"
