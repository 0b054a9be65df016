"""One workbook in, one append out: everything a plant publishes changes together, or nothing does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Generic, TypeVar

from services.capacity.domain.line import LINE, line_id_of, line_stream
from services.capacity.domain.line_commands import (
    DeclareCalendar,
    LineCommand,
    RegisterLine,
    SetAutoAcceptRules,
    SetCapabilities,
    SetChangeovers,
    SetPlanningLimits,
    SetPrices,
)
from services.capacity.domain.line_state import Absent, LineState
from services.capacity.domain.master_events import LineMasterEvent
from services.capacity.domain.plant import (
    PLANT,
    ListLine,
    Plant,
    PlantState,
    RecordLicence,
    RecordProof,
    plant_stream,
)
from services.capacity.handlers.masters import Masters
from services.capacity.workbook import sheets
from services.capacity.workbook.book import Book, LineBook, book_of, joined
from services.capacity.workbook.columns import Sheet
from services.capacity.workbook.difference import Difference, difference
from services.capacity.workbook.messages import CellWhy
from services.capacity.workbook.reading import Faults
from services.capacity.workbook.template import write_workbook
from services.capacity.workbook.unlikely import Unlikely, unlikely_in
from shared.eventstore.handling import Loaded, Prepared, load
from shared.eventstore.port import EventLog, StreamAppend
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E", bound=Event)


@dataclass
class _Working(Generic[C, S, E]):
    """A stream while several commands are decided on it one after the other; nothing is written yet."""

    decider: Decider[C, S, E]
    stream: str
    before: S
    state: S
    version: int
    events: list[E]

    @classmethod
    def of(cls, decider: Decider[C, S, E], stream: str, loaded: Loaded[S]) -> "_Working[C, S, E]":
        return cls(decider, stream, loaded.state, loaded.state, loaded.version, [])

    def do(self, command: C) -> None:
        new = self.decider.decide(command, self.state)
        self.events += new
        self.state = self.decider.fold(new, self.state)

    @property
    def append(self) -> StreamAppend:
        return StreamAppend(self.stream, self.version, self.events)


_LineWorking = _Working[LineCommand, LineState, LineMasterEvent]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import does, or would do: the difference people read, how many events that is, what is hardly meant."""

    plant_id: str
    difference: Difference
    events: int
    unlikely: list[Unlikely]


class Workbooks:
    """Templates out, workbooks in."""

    def __init__(self, log: EventLog, masters: Masters) -> None:
        self._log = log
        self._masters = masters

    def written(self, plant_id: str, principal: Principal) -> bytes:
        """The plant's workbook, filled in with what stands; blank sheets where nothing does."""
        plant = self._masters.plant(plant_id, principal).state
        return write_workbook(book_of(plant, self._masters.lines_of(plant)))

    def imported(self, plant_id: str, book: Book, principal: Principal, at: datetime) -> Prepared[Imported]:
        """All of *book*, in one append over the plant and its lines. Raises BadCells when a rule says no to any."""
        loaded = self._masters.own_plant(plant_id, principal)
        before = book_of(loaded.state, self._masters.lines_of(loaded.state))
        faults = Faults()
        _check_owner(book, loaded.state, faults)
        stands: Loaded[PlantState] = Loaded(loaded.state, loaded.version)
        plant = _Working.of(PLANT, plant_stream(plant_id), stands)
        for licence in book.licences:
            _try(plant, RecordLicence(licence, at), f"{sheets.LICENCES.zh}!A1", sheets.LICENCES, faults)
        for proof in book.proofs:
            _try(plant, RecordProof(proof, at), f"{sheets.PROOFS.zh}!A1", sheets.PROOFS, faults)
        lines = [self._line(one, loaded.state, at, faults) for one in book.lines]
        for code in (one.code for one in book.lines if one.code not in loaded.state.lines):
            plant.do(ListLine(line_id_of(plant_id, code), code, at))
        guarded = [self._guarded(line, one, at, faults) for line, one in zip(lines, book.lines, strict=True)]
        read = self._papers_kept(loaded.state, plant.state, faults)
        faults.raise_if_any()
        appends = [plant.append, *chain.from_iterable(guarded)]
        known = {one.stream for one in appends}
        appends += [one for one in read if one.stream not in known]
        count = sum(len(one.events) for one in appends)
        return Prepared(
            appends, Imported(plant_id, difference(before, book), count, unlikely_in(joined(before, book), at))
        )

    def unlikely(self, plant_id: str, principal: Principal, at: datetime) -> list[Unlikely]:
        """What of all that the plant publishes is hardly meant."""
        plant = self._masters.own_plant(plant_id, principal).state
        return unlikely_in(book_of(plant, self._masters.lines_of(plant)), at)

    def _line(self, book: LineBook, plant: Plant, at: datetime, faults: Faults) -> _LineWorking:
        line_id = line_id_of(plant.plant_id, book.code)
        stream = line_stream(line_id)
        line = _Working.of(LINE, stream, load(self._log, LINE, stream))
        is_new = isinstance(line.state, Absent)
        opening = _registration(book, line_id, plant, at) if is_new else _naming(book, at)
        for command in (opening, *_publishing(book, at)):
            _try(line, command, book.place, sheets.LINES, faults)
            if isinstance(line.state, Absent):
                break  # the registration was refused: nothing more can be asked
        return line

    def _guarded(self, line: _LineWorking, book: LineBook, at: datetime, faults: Faults) -> Sequence[StreamAppend]:
        """The line's change with what its bookings say to it: hours taken back, capabilities and prices left out."""
        if isinstance(line.before, Absent) or isinstance(line.state, Absent):
            return [line.append]
        try:
            return self._masters.guarded(line.before, line.state, line.append, at)
        except Refused as refused:
            faults.add(sheets.LINES, book.place, refused.why, refused.facts)
            return []

    def _papers_kept(self, before: Plant, after: PlantState, faults: Faults) -> Sequence[StreamAppend]:
        """What was read to see that booked work keeps its papers."""
        try:
            return self._masters.booked.guard_plant(before, after) if isinstance(after, Plant) else []
        except Refused as refused:
            faults.add(sheets.LICENCES, f"{sheets.LICENCES.zh}!A1", refused.why, refused.facts)
            return []


def _registration(book: LineBook, line_id: str, plant: Plant, at: datetime) -> LineCommand:
    return RegisterLine(
        line_id=line_id,
        plant_id=plant.plant_id,
        factory_org_id=plant.factory_org_id,
        district=plant.district,
        plant_name=plant.name,
        code=book.code,
        name=book.name,
        capabilities=book.capabilities,
        at=at,
    )


def _naming(book: LineBook, at: datetime) -> LineCommand:
    return SetCapabilities(book.name, book.capabilities, at)


def _publishing(book: LineBook, at: datetime) -> Iterator[LineCommand]:
    """What follows the registration, in an order in which each finds what it refers to."""
    yield SetChangeovers(book.changeovers, at)
    yield SetPrices(book.prices, at)
    yield SetPlanningLimits(book.load_cap_hours_per_week, book.frozen_fence_hours, at)
    yield SetAutoAcceptRules(book.auto_accept_rules, at)
    if book.calendar is not None:
        yield DeclareCalendar(book.calendar, at)


def _check_owner(book: Book, plant: Plant, faults: Faults) -> None:
    """A workbook of one plant never changes another, however it was mixed up."""
    said = {"code": book.plant_code, "name": book.plant_name, "district": book.district}
    stands = {"code": plant.code, "name": plant.name, "district": plant.district}
    for letter, key in zip("ABC", said, strict=True):
        if said[key] != stands[key]:
            facts = {"expected": stands[key], "found": said[key]}
            place = f"{sheets.PLANT.zh}!{letter}{sheets.HEADER_ROWS + 1}"
            faults.add(sheets.PLANT, place, CellWhy.WRONG_PLANT, facts)


def _try(working: _Working[C, S, E], command: C, place: str, sheet: Sheet, faults: Faults) -> None:
    """A rule's no becomes the fault of the cell that names the thing."""
    try:
        working.do(command)
    except Refused as refused:
        faults.add(sheet, place, refused.why, refused.facts)
