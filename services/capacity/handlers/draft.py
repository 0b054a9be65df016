"""What one transaction will write: each stream is loaded once, decided on in order, and appended where it stood.

A stream that was only read is named in the append as well: what was decided on it must not be written once it moved on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from services.capacity.domain.board import Board
from services.capacity.domain.floor import FLOOR, Floor, FloorCommand, floor_stream
from services.capacity.domain.line import LINE, line_stream
from services.capacity.domain.line_commands import LineCommand
from services.capacity.domain.line_on_board import LineOnBoard, masters_after
from services.capacity.domain.line_state import LineState
from services.capacity.domain.master_events import LineEvent
from services.capacity.domain.plan import PLAN
from services.capacity.domain.plan_commands import PlanCommand
from services.capacity.domain.plan_state import Plan
from services.capacity.domain.slots import SLOTS, SlotCommand
from services.capacity.domain.work import WORK
from services.capacity.domain.work_commands import WorkCommand
from services.capacity.domain.work_identity import work_stream
from services.capacity.domain.work_state import Work
from shared.eventstore.handling import Loaded, load
from shared.eventstore.port import EventLog, StreamAppend
from shared.kernel.decider import Decider
from shared.kernel.event import Event


def plan_stream(order_id: str) -> str:
    return f"plan-{order_id}"


def slots_stream(line_id: str) -> str:
    return f"slots-{line_id}"


@dataclass(slots=True)
class _Sheet:
    """One stream in the draft: the version it was loaded at, its state after *events*."""

    version: int
    state: Any
    events: list[Event]


class Draft:
    """Decides on several streams for one append. *board* knows the slots' state, so their streams are never folded."""

    def __init__(self, log: EventLog, board: Board) -> None:
        self._log = log
        self.board = board
        self._sheets: dict[str, _Sheet] = {}

    def appends(self) -> Sequence[StreamAppend]:
        """What to write, and without events what was read for it, in the order in which the streams were looked at."""
        return [StreamAppend(name, one.version, one.events) for name, one in self._sheets.items()]

    def seen(self) -> Board:
        """The board as it would be with what this draft has decided so far: what the next match must see."""
        lines = self.board.lines() if self._sheets else []
        changed = [after for line in lines if (after := self.seen_line(line.line_id)) is not line]
        return self.board.with_lines(changed) if changed else self.board

    def seen_line(self, line_id: str) -> LineOnBoard:
        """One line of it: its offered hours and bookings after this draft. Raises KeyError as the board does."""
        line = after = self.board.line(line_id)
        hours, slots = self._sheets.get(line_stream(line_id)), self._sheets.get(slots_stream(line_id))
        for event in hours.events if hours is not None else []:
            master = masters_after(after.master, event) if isinstance(event, LineEvent) else None
            after = after if master is None else LineOnBoard(master, line.plant, line.slots, line.slots_version)
        if slots is not None and slots.events:
            after = after.with_slots(slots.state, line.slots_version)
        return after

    def plan_of(self, order_id: str) -> Plan:
        state: Plan = self._sheet(plan_stream(order_id), PLAN).state
        return state

    def plan(self, order_id: str, command: PlanCommand) -> Sequence[Event]:
        return self._decide(plan_stream(order_id), PLAN, command)

    def work_of(self, work_id: str) -> Work:
        state: Work = self._sheet(work_stream(work_id), WORK).state
        return state

    def version_of_work(self, work_id: str) -> int:
        """The version its stream was loaded at, 0 when absent."""
        return self._sheet(work_stream(work_id), WORK).version

    def work(self, work_id: str, command: WorkCommand) -> Sequence[Event]:
        return self._decide(work_stream(work_id), WORK, command)

    def slots(self, command: SlotCommand) -> Sequence[Event]:
        name = slots_stream(command.line_id)
        if name not in self._sheets:
            state, version = self.board.slots_state(command.line_id)
            self._sheets[name] = _Sheet(version, state, [])
        return self._decide(name, SLOTS, command)

    def floor_of(self, line_id: str) -> Floor:
        """Every event of a floor tells all, so only the last one is read."""
        name = floor_stream(line_id)
        if name not in self._sheets:
            version = self._log.stream_version(name)
            last = self._log.read_stream(name, after_version=version - 1) if version else []
            state: Any = FLOOR.initial
            for one in last:
                state, version = FLOOR.evolve(state, one.event), one.version  # type: ignore[arg-type] # a floor's event
            self._sheets[name] = _Sheet(version, state, [])
        state = self._sheets[name].state
        return state if isinstance(state, Floor) else FLOOR.initial

    def floor(self, command: FloorCommand) -> Sequence[Event]:
        self.floor_of(command.line_id)
        return self._decide(floor_stream(command.line_id), FLOOR, command)

    def line_of(self, line_id: str) -> LineState:
        state: LineState = self._sheet(line_stream(line_id), LINE).state
        return state

    def line(self, line_id: str, command: LineCommand) -> Sequence[Event]:
        return self._decide(line_stream(line_id), LINE, command)

    def _sheet(self, name: str, decider: Decider[Any, Any, Any]) -> _Sheet:
        if name not in self._sheets:
            loaded: Loaded[Any] = load(self._log, decider, name)
            self._sheets[name] = _Sheet(loaded.version, loaded.state, [])
        return self._sheets[name]

    def _decide(self, name: str, decider: Decider[Any, Any, Any], command: Any) -> Sequence[Event]:
        sheet = self._sheet(name, decider)
        events = decider.decide(command, sheet.state)
        sheet.state = decider.fold(events, sheet.state)
        sheet.events.extend(events)
        return events


class LineFields(TypedDict):
    """The fields by which commands about slots and floors name a line."""

    line_id: str
    plant_id: str
    factory_org_id: str
    district: str


def of_line(line: LineOnBoard) -> LineFields:
    return LineFields(
        line_id=line.line_id,
        plant_id=line.plant_id,
        factory_org_id=line.master.factory_org_id,
        district=line.district,
    )
