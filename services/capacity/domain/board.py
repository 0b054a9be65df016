"""The planning board: every line's masters, offered hours and standing bookings in memory, a projection of the log.

Lines are replaced, never changed, so a plan that is being made keeps seeing what it began with. `apply` folds events
of plants, lines and slots in the order of the log; `saved` and `restored` carry the board over a restart.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import msgspec

from services.capacity.domain import master_events as masters
from services.capacity.domain import slots
from services.capacity.domain.bookings import LineSlots
from services.capacity.domain.line_on_board import LineMaster, LineOnBoard, PlantMaster, masters_after, plant_after
from shared.contracts.planning import Interval
from shared.kernel.event import Event


class SavedLine(msgspec.Struct, frozen=True, gc=False):
    """One line of a saved board: *master* without its offered hours, which are *calendar* of the board."""

    master: LineMaster
    calendar: int
    slots: LineSlots
    slots_version: int


class SavedBoard(msgspec.Struct, frozen=True, gc=False):
    """The board as plain data; plants without lines are kept as well. *calendars*: offered hours, each of them once."""

    plants: list[PlantMaster]
    lines: list[SavedLine]
    calendars: list[tuple[Interval, ...]]


@lru_cache(maxsize=1_024)
def _shared(offered: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """The first calendar that is equal."""
    return offered


class Board:
    """Lines by id and by capability. Not thread-safe for writers: one writer applies, readers take whole lines."""

    def __init__(self) -> None:
        self._plants: dict[str, PlantMaster] = {}
        self._lines: dict[str, LineOnBoard] = {}
        self._by_capability: dict[str, dict[str, LineOnBoard]] = {}
        self._of_plant: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, line_id: str) -> LineOnBoard:
        """Raises KeyError for a line that is not on the board."""
        return self._lines[line_id]

    def lines(self) -> list[LineOnBoard]:
        return list(self._lines.values())

    def plant(self, plant_id: str) -> PlantMaster:
        """Raises KeyError for a plant that is not on the board."""
        return self._plants[plant_id]

    def lines_with(self, capability: str) -> list[LineOnBoard]:
        """Lines that can do *capability*, in the order in which they came."""
        return list(self._by_capability.get(capability, {}).values())

    def capabilities(self) -> list[str]:
        return sorted(code for code, lines in self._by_capability.items() if lines)

    def slots_state(self, line_id: str) -> tuple[LineSlots, int]:
        """State and version of stream `slots-{line_id}`, so that a command need not fold it again."""
        line = self._lines[line_id]
        return line.slots, line.slots_version

    def apply(self, event: Event, version: int) -> None:
        """Fold one event; *version* is its version in its stream. Events of other streams are passed over."""
        match event:
            case slots.SlotsHeld() | slots.SlotsConfirmed() | slots.SlotsReleased() | slots.OfferNarrowed():
                line = self._lines.get(event.line_id)
                if line is not None:
                    self._put(line.with_slots(slots.evolve(line.slots, event), version))
            case masters.LineEvent():
                found = self._lines.get(event.line_id)
                master = masters_after(None if found is None else found.master, event)
                if master is not None:
                    self.upsert_line(master)
            case _:
                plant = plant_after(self._plants, event)
                if plant is not None:
                    self.upsert_plant(plant)

    def upsert_plant(self, plant: PlantMaster) -> None:
        """Put *plant* on the board, or replace what it publishes about itself; its lines follow."""
        self._plants[plant.plant_id] = plant
        for line_id in self._of_plant.get(plant.plant_id, ()):
            self._put(self._lines[line_id].with_plant(plant))

    def upsert_line(self, master: LineMaster) -> None:
        """Put a line on the board, or replace what it publishes; its bookings stay. Lines of one rhythm share their
        hours: most of what a board holds are hours.
        """
        offered = _shared(master.offered)
        if offered is not master.offered:
            master = msgspec.structs.replace(master, offered=offered)
        self._place(master)

    def _place(self, master: LineMaster) -> None:
        plant = self._plants.get(master.plant_id)
        if plant is None:
            plant = PlantMaster(master.plant_id, master.factory_org_id, master.plant_name, master.district)
            self._plants[plant.plant_id] = plant
        found = self._lines.get(master.line_id)
        if found is None:
            self._put(LineOnBoard(master, plant))
            return
        for code in found.capabilities.keys() - {one.code for one in master.capabilities}:
            del self._by_capability[code][master.line_id]
        self._put(LineOnBoard(master, plant, found.slots, found.slots_version))

    def _put(self, line: LineOnBoard) -> None:
        self._lines[line.line_id] = line
        self._of_plant.setdefault(line.plant_id, set()).add(line.line_id)
        for code in line.capabilities:
            self._by_capability.setdefault(code, {})[line.line_id] = line

    def saved(self) -> SavedBoard:
        calendars: dict[int, tuple[int, tuple[Interval, ...]]] = {}
        lines = []
        for one in self._lines.values():
            number, _ = calendars.setdefault(id(one.master.offered), (len(calendars), one.master.offered))
            master = msgspec.structs.replace(one.master, offered=())
            lines.append(SavedLine(master, number, one.slots, one.slots_version))
        return SavedBoard(list(self._plants.values()), lines, [offered for _, offered in calendars.values()])

    @classmethod
    def restored(cls, saved: SavedBoard) -> "Board":
        board = cls()
        calendars = [_shared(one) for one in saved.calendars]
        for plant in saved.plants:
            board.upsert_plant(plant)
        for one in saved.lines:
            master = msgspec.structs.replace(one.master, offered=calendars[one.calendar])
            board._place(master)
            board._put(board.line(master.line_id).with_slots(one.slots, one.slots_version))
        return board

    def with_lines(self, lines: Iterable[LineOnBoard]) -> "Board":
        """A copy in which *lines* stand in place of their namesakes: for what-if questions."""
        board = Board()
        board._plants = dict(self._plants)
        board._lines = dict(self._lines)
        board._of_plant = {plant: set(lines) for plant, lines in self._of_plant.items()}
        board._by_capability = {code: dict(found) for code, found in self._by_capability.items()}
        for line in lines:
            board._put(line)
        return board


class FreeBoard(Board):
    """*board* as if nobody had ordered anything: lines are freed as they are looked at. Only for questions."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._board = board
        self._freed: dict[str, LineOnBoard] = {}

    def line(self, line_id: str) -> LineOnBoard:
        return self._free(self._board.line(line_id))

    def lines_with(self, capability: str) -> list[LineOnBoard]:
        return [self._free(one) for one in self._board.lines_with(capability)]

    def _free(self, line: LineOnBoard) -> LineOnBoard:
        found = self._freed.get(line.line_id)
        if found is None:
            found = self._freed[line.line_id] = line.with_slots(LineSlots(), 0)
        return found


def offered_around(line: LineOnBoard, starts_at: datetime, ends_at: datetime) -> list[Interval]:
    """Offered hours of *line* that touch [starts_at, ends_at): what a HoldSlots command carries."""
    return [one for one in line.master.offered if one.starts_at < ends_at and starts_at < one.ends_at]
