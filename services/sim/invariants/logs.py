"""Every log is one unbroken line: positions and versions without gaps, instants that never fall."""

from collections.abc import Iterable
from datetime import datetime

from services.sim.seams import Fresh, Platform


class Contiguous:
    """Satisfies `Invariant`. Counts along from the logs as they stood before the first step."""

    name = "logs are contiguous"

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}
        self._versions: dict[tuple[str, str], int] = {}
        self._recorded_at: dict[str, datetime] = {}

    def after_step(self, platform: Platform, fresh: Fresh) -> Iterable[str]:  # noqa: ARG002 - the seam's signature
        for name, events in fresh.items():
            for one in events:
                at = self._positions.get(name, one.position - 1) + 1
                if one.position != at:
                    yield f"{name}: expected position {at}, found {one.position}"
                self._positions[name] = one.position
                version = self._versions.get((name, one.stream), one.version - 1) + 1
                if one.version != version:
                    yield f"{name} {one.stream}: expected version {version}, found {one.version}"
                self._versions[name, one.stream] = one.version
                if one.recorded_at < self._recorded_at.get(name, one.recorded_at):
                    yield f"{name} position {one.position} was recorded before its predecessor"
                self._recorded_at[name] = one.recorded_at

    def at_rest(self, platform: Platform) -> Iterable[str]:
        for name, service in platform.house.services.items():
            head, seen = service.log.head().position, self._positions.get(name)
            if seen is not None and head != seen:
                yield f"{name}: {head} events stand in the log, {seen} were seen"
