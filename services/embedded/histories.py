"""The logs of a house against one another: every reader stands where the log that it reads can account for it.

A log put back to an earlier time while its readers kept their places would be read on from beyond its end: what is
acknowledged afterwards would never be taken. So nothing begins before every place was looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from shared.bus.consumer import Consumer
from shared.bus.places import PlaceLost, lost_place
from shared.bus.port import position_of
from shared.bus.relay import Relay
from shared.eventstore.port import Progress
from shared.eventstore.projecting import LogWithViews

_WAYS_ON = (
    "Nothing was started. Put back a backup of all logs together, or give the lost events up, named one by one:"
    " python -m services recover --data DIR"
)
_WAYS_ON_ZH = "什么都没有启动。请恢复同一时刻的全部日志备份；若放弃丢失的事件（将逐一列出），请运行 python -m services recover --data DIR"


class HistoryBroken(Exception):  # an answer, not an error of the program
    """At least one reader stands where its log does not reach, or on a history that the log no longer tells."""

    def __init__(self, lost: Sequence[PlaceLost]) -> None:
        super().__init__("\n".join([*map(str, lost), _WAYS_ON, _WAYS_ON_ZH]))
        self.lost = tuple(lost)


class Reading(Protocol):
    """What a service of the house shows of itself here."""

    @property
    def log(self) -> LogWithViews: ...
    @property
    def relay(self) -> Relay | None: ...
    @property
    def consumers(self) -> Sequence[Consumer]: ...


class Place(NamedTuple):
    """A reader's stored mark, the log that it is stored in, and the log that it points into."""

    progress: Progress
    reader: LogWithViews
    source: LogWithViews


def places(services: Mapping[str, Reading]) -> Iterator[Place]:
    """Every mark of every consumer into a log of this house."""
    sources = {one.relay.topic: one.log for one in services.values() if one.relay is not None}
    for service in services.values():
        names = {one.name for one in service.consumers}
        for progress in service.log.marks():
            source = sources.get(progress.source.rpartition("/")[0])
            if progress.consumer in names and source is not None and "#" not in progress.source:
                yield Place(progress, service.log, source)


def lost_places(services: Mapping[str, Reading]) -> list[PlaceLost]:
    """Every mark that its log cannot account for, by name."""
    found = (lost_place(one.source, one.progress) for one in places(services))
    return [one for one in found if one is not None]


def check(services: Mapping[str, Reading]) -> None:
    """Raises HistoryBroken unless every reader stands within its source's own history."""
    lost = lost_places(services)
    if lost:
        raise HistoryBroken(lost)


def prove(services: Mapping[str, Reading]) -> None:
    """Give marks of older releases, which stand where they can, the proof that they lack."""
    for place in list(places(services)):
        proof = place.source.proof_at(position_of(place.progress.mark))
        if place.progress.proof is None and proof is not None:
            place.reader.put_mark(msgspec.structs.replace(place.progress, proof=proof))
