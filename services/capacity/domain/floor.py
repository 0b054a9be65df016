"""Authority on who has a line's floor now (stream `floor-…`): one work order at a time, nobody while it is down.

Every event tells the whole situation after it, so the last one is enough to decide: the rule costs the same however
long the line has been running.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from services.capacity.domain.master_events import LineEvent
from services.capacity.domain.refusals import Why
from shared.contracts.line_time import StopFamily
from shared.contracts.planning import Interval
from shared.kernel.clock import instant_text
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from shared.kernel.refusal import Refused


class Down(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A breakdown or power limit: *expected_until* is the factory's guess, *withdrawn* what it offers no more, of which
    interrupted work will need *owed_seconds* when the line runs again. *is_told_by_work*: the run that it stops tells
    the stoppage, so the line need not.
    """

    stoppage_id: str
    starts_at: datetime
    expected_until: datetime
    family: StopFamily
    reason: str
    withdrawn: list[Interval]
    owed_seconds: int
    is_told_by_work: bool = False


class FloorEvent(LineEvent):
    """Base: the situation after the event. *running*: the work order on the line, "" when none; *free_since*."""

    running: str
    free_since: datetime | None
    down: Down | None
    at: datetime


class FloorTaken(FloorEvent):
    """A work order started its set-up or run."""


class FloorFreed(FloorEvent):
    """The run ended."""


class LineBroke(FloorEvent):
    """The line will not run until about the time said; what was planned on it is planned anew."""


class LineMended(FloorEvent, omit_defaults=True):
    """The line can run again."""

    stoppage_id: str
    is_told_by_work: bool = False


FloorChange = FloorTaken | FloorFreed | LineBroke | LineMended
FLOOR_EVENTS: Mapping[str, type[Event]] = {
    "floor-taken.v1": FloorTaken,
    "floor-freed.v1": FloorFreed,
    "line-broke.v1": LineBroke,
    "line-mended.v1": LineMended,
}


@dataclass(frozen=True, slots=True)
class Floor:
    """The situation of a line. An untouched line runs nothing and is free since ever."""

    running: str = ""
    free_since: datetime | None = None
    down: Down | None = None


class OfFloor(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Which line a command is about; copied into its events."""

    line_id: str
    plant_id: str
    factory_org_id: str
    district: str
    at: datetime


class TakeFloor(OfFloor, frozen=True, gc=False, kw_only=True):
    work_id: str


class FreeFloor(OfFloor, frozen=True, gc=False, kw_only=True):
    work_id: str


class BreakLine(OfFloor, frozen=True, gc=False, kw_only=True):
    """The line is down in [starts_at, expected_until), at most *days_max* long; *at* is when it is said."""

    stoppage_id: str
    starts_at: datetime
    expected_until: datetime
    family: StopFamily
    reason: str
    withdrawn: list[Interval]
    owed_seconds: int
    is_told_by_work: bool
    days_max: int


class MendLine(OfFloor, frozen=True, gc=False, kw_only=True):
    """It runs again."""


FloorCommand = TakeFloor | FreeFloor | BreakLine | MendLine


def floor_stream(line_id: str) -> str:
    return f"floor-{line_id}"


def decide(command: FloorCommand, floor: Floor) -> Sequence[FloorChange]:
    match command:
        case TakeFloor():
            return _take(command, floor)
        case FreeFloor():
            return [FloorFreed(**_line(command), running="", free_since=command.at, down=floor.down, at=command.at)]
        case BreakLine():
            return _break(command, floor)
        case MendLine():
            return _mend(command, floor)
        case _:
            assert_never(command)


def _take(command: TakeFloor, floor: Floor) -> Sequence[FloorChange]:
    down = floor.down
    if down is not None and command.at >= down.starts_at:
        raise Refused(Why.LINE_DOWN, until=instant_text(down.expected_until))
    if floor.running:
        raise Refused(Why.LINE_BUSY, running=floor.running)
    if floor.free_since is not None and command.at < floor.free_since:
        raise Refused(
            Why.AT_BEFORE_LAST, pointer="/at", at=instant_text(command.at), last_at=instant_text(floor.free_since)
        )
    return [
        FloorTaken(**_line(command), running=command.work_id, free_since=floor.free_since, down=down, at=command.at)
    ]


def check_outage(starts_at: datetime, ends_at: datetime, at: datetime, days_max: int) -> None:
    """Raises Refused: BREAKDOWN_ORDER, BREAKDOWN_PAST."""
    if not starts_at < ends_at <= starts_at + timedelta(days=days_max):
        raise Refused(
            Why.BREAKDOWN_ORDER,
            days_max=days_max,
            starts_at=instant_text(starts_at),
            ends_at=instant_text(ends_at),
        )
    if ends_at <= at:
        raise Refused(Why.BREAKDOWN_PAST, ends_at=instant_text(ends_at), now=instant_text(at))


def _break(command: BreakLine, floor: Floor) -> Sequence[FloorChange]:
    check_outage(command.starts_at, command.expected_until, command.at, command.days_max)
    if floor.down is not None:
        raise Refused(Why.LINE_DOWN, until=instant_text(floor.down.expected_until))
    down = Down(
        command.stoppage_id,
        command.starts_at,
        command.expected_until,
        command.family,
        command.reason,
        command.withdrawn,
        command.owed_seconds,
        command.is_told_by_work,
    )
    return [LineBroke(**_line(command), running=floor.running, free_since=floor.free_since, down=down, at=command.at)]


def _mend(command: MendLine, floor: Floor) -> Sequence[FloorChange]:
    if floor.down is None:
        raise Refused(Why.LINE_NOT_DOWN, id=command.line_id)
    return [
        LineMended(
            **_line(command),
            running=floor.running,
            free_since=floor.free_since,
            down=None,
            at=command.at,
            stoppage_id=floor.down.stoppage_id,
            is_told_by_work=floor.down.is_told_by_work,
        )
    ]


def _line(command: OfFloor) -> dict[str, str]:
    return {
        "line_id": command.line_id,
        "plant_id": command.plant_id,
        "factory_org_id": command.factory_org_id,
        "district": command.district,
    }


def evolve(floor: Floor, event: FloorChange) -> Floor:  # noqa: ARG001 - every event tells the whole situation
    return Floor(event.running, event.free_since, event.down)


FLOOR: Decider[FloorCommand, Floor, FloorChange] = Decider(initial=Floor(), decide=decide, evolve=evolve)
