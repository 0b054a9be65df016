"""The book of one line: how each fact about its time relabels its seconds, and what that posts.

Runs, set-ups and stoppages post when they close. Only these changes are made: a calendar rewrites its own layer in the
future part of its period and where nothing was declared before; offering and withdrawing touch the offer layer, the
latter never where something is booked or used; slots, work and stops claim free seconds of their layer.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec

from services.ledger.domain.cells import Cell
from services.ledger.domain.production_days import day_number, local_day, second_of, shift_pieces
from services.ledger.domain.timeline import Moves, Timeline, TimePosting
from shared.contracts import line_time as facts
from shared.contracts.envelope import Fact
from shared.contracts.planning import Interval

NO_SHOW = "no-show"  # why a plant's slot was released


class Open(msgspec.Struct, gc=False):
    """Work that has begun and not closed: *phase* setup or run, since *start*."""

    phase: str
    start: int
    client: str


class Stop(msgspec.Struct, gc=False):
    """A stoppage that has not closed."""

    start: int
    family: str


class BookedSlot(msgspec.Struct, gc=False):
    """A firm slot [start, end) that was neither released nor run to its end."""

    start: int
    end: int


class LineRegister(msgspec.Struct):
    """What a line's book must remember between facts. *ideal_rates*: capability -> units an hour, as registered."""

    opens: dict[str, Open] = msgspec.field(default_factory=dict)  # by work id
    stops: dict[str, Stop] = msgspec.field(default_factory=dict)  # by stoppage id
    slots: dict[str, BookedSlot] = msgspec.field(default_factory=dict)  # by slot id
    ideal_rates: dict[str, int] = msgspec.field(default_factory=dict)


class LineBook:
    """One line: its *register* and its *timeline*."""

    def __init__(self, register: LineRegister, timeline: Timeline) -> None:
        self.register = register
        self.timeline = timeline
        self._moves = Moves()

    def apply(self, fact: Fact) -> list[TimePosting]:
        """Post *fact*; facts without line time post nothing."""
        self._moves = Moves()
        _declare(self, fact)
        _follow(self, fact)
        return self._moves.postings()

    def production_day(self, at: datetime) -> int:
        """The production day *at* belongs to, by the calendar as declared so far."""
        second = second_of(at)
        return self.timeline.cell_at(second).day or local_day(second)

    def relabel(self, start: int, end: int, change: Callable[[Cell], Cell]) -> None:
        self.timeline.relabel(start, end, change, self._moves)


def _declare(book: LineBook, fact: Fact) -> None:
    """What the owner declares about the line's hours."""
    match fact:
        case facts.LineRegistered():
            book.register.ideal_rates = dict(fact.ideal_rates)
        case facts.CalendarDeclared():
            _calendar_declared(book, fact)
        case facts.CapacityPublished():
            _capacity_published(book, fact)
        case facts.CapacityWithdrawn():
            _capacity_withdrawn(book, fact)


def _follow(book: LineBook, fact: Fact) -> None:
    """What is booked, and what then happens on the line."""
    match fact:
        case facts.SlotBooked():
            _slot_booked(book, fact)
        case facts.SlotReleased():
            _slot_released(book, fact)
        case facts.SetupStarted():
            _setup_started(book, fact)
        case facts.SetupFinished():
            _close_work(book, fact.work_id, "setup", second_of(fact.at))
        case facts.RunStarted():
            _run_started(book, fact)
        case facts.RunFinished():
            _run_finished(book, fact)
        case facts.StoppageOpened():
            _stoppage_opened(book, fact)
        case facts.StoppageClosed():
            _stoppage_closed(book, fact)


def _calendar_declared(book: LineBook, fact: facts.CalendarDeclared) -> None:
    """Future seconds take the new calendar; past ones only where none was declared: PBT is frozen once it has begun."""
    declared = second_of(fact.declared_at)
    book.timeline.prepare(second_of(fact.period_from), second_of(fact.period_to))
    for start, end, kind, day in _calendar_spans(fact):

        def rewritten(cell: Cell, kind: str = kind, day: int = day) -> Cell:
            return cell._replace(calendar=kind, day=day)

        def filled(cell: Cell, kind: str = kind, day: int = day) -> Cell:
            return cell if cell.calendar else cell._replace(calendar=kind, day=day)

        frozen_until = min(max(start, declared), end)
        book.relabel(start, frozen_until, filled)
        book.relabel(frozen_until, end, rewritten)


def _calendar_spans(fact: facts.CalendarDeclared) -> list[tuple[int, int, str, int]]:
    """The whole period as (start, end, kind, production day), ascending and without gaps."""
    begins, ends = second_of(fact.period_from), second_of(fact.period_to)
    downtime = sorted((second_of(one.starts_at), second_of(one.ends_at)) for one in fact.planned_downtime)
    spans: list[tuple[int, int, str, int]] = []
    reached, passed = begins, 0
    for interval in fact.operation:
        for start, end, day in _pieces(interval):
            low, high = max(start, reached), min(end, ends)
            if low >= high:
                continue
            spans.append((reached, low, "closed", 0))
            reached = low
            while passed < len(downtime) and downtime[passed][1] <= reached:
                passed += 1
            for down_start, down_end in downtime[passed:]:
                if down_start >= high:
                    break
                if max(down_start, reached) < min(down_end, high):
                    spans.append((reached, max(down_start, reached), "open", day))
                    spans.append((max(down_start, reached), min(down_end, high), "down", day))
                    reached = min(down_end, high)
            spans.append((reached, high, "open", day))
            reached = high
    spans.append((reached, ends, "closed", 0))
    return [one for one in spans if one[0] < one[1]]


def _pieces(interval: facts.OperationInterval) -> list[tuple[int, int, int]]:
    """(start, end, production day): as the fact says, else as its length lets us tell."""
    start, end = _seconds(interval)
    return shift_pieces(start, end) if interval.day is None else [(start, end, day_number(interval.day))]


def _capacity_published(book: LineBook, fact: facts.CapacityPublished) -> None:
    if fact.intervals:
        book.timeline.prepare(second_of(fact.intervals[0].starts_at), second_of(fact.intervals[-1].ends_at))
    for interval in fact.intervals:
        book.relabel(*_seconds(interval), lambda cell: cell._replace(offer="published"))


def _capacity_withdrawn(book: LineBook, fact: facts.CapacityWithdrawn) -> None:
    def withdrawn(cell: Cell) -> Cell:
        is_free = cell.offer == "published" and not cell.slot and not cell.missed and not cell.work
        return cell._replace(offer="withdrawn") if is_free else cell

    for interval in fact.intervals:
        book.relabel(*_seconds(interval), withdrawn)


def _slot_booked(book: LineBook, fact: facts.SlotBooked) -> None:
    start, end = second_of(fact.starts_at), second_of(fact.ends_at)
    if fact.slot_id in book.register.slots:
        return
    book.register.slots[fact.slot_id] = BookedSlot(start, end)
    book.relabel(
        start,
        end,
        lambda cell: cell if cell.slot else cell._replace(slot=fact.slot_id, slot_client=fact.client_org_id),
    )


def _slot_released(book: LineBook, fact: facts.SlotReleased) -> None:
    """A cancelled booking is void, as if it had never been; of a missed one the time that passed stays told."""
    slot = book.register.slots.pop(fact.slot_id, None)
    if slot is None:
        return
    if fact.reason == NO_SHOW:
        passed = min(slot.end, second_of(fact.released_at))
        book.relabel(slot.start, passed, lambda cell: _missed(cell, fact.slot_id))
    _free(book, fact.slot_id, slot.start, slot.end)


def _missed(cell: Cell, slot_id: str) -> Cell:
    return cell._replace(missed=cell.slot_client) if cell.slot == slot_id else cell


def _free(book: LineBook, slot_id: str, start: int, end: int) -> None:
    book.relabel(start, end, lambda cell: cell._replace(slot="", slot_client="") if cell.slot == slot_id else cell)


def _setup_started(book: LineBook, fact: facts.SetupStarted) -> None:
    if fact.work_id not in book.register.opens:
        book.register.opens[fact.work_id] = Open("setup", second_of(fact.at), fact.client_org_id)


def _run_started(book: LineBook, fact: facts.RunStarted) -> None:
    """A run ends its own set-up, if that is still open."""
    start = second_of(fact.at)
    _close_work(book, fact.work_id, "setup", start)
    if fact.work_id not in book.register.opens:
        book.register.opens[fact.work_id] = Open("run", start, fact.client_org_id)


def _run_finished(book: LineBook, fact: facts.RunFinished) -> None:
    """The run is posted, and the rest of its slot is free time again."""
    end = second_of(fact.at)
    _close_work(book, fact.work_id, "run", end)
    slot = book.register.slots.pop(fact.slot_id, None)
    if slot is not None:
        _free(book, fact.slot_id, max(slot.start, end), slot.end)


def _close_work(book: LineBook, work: str, phase: str, end: int) -> None:
    found = book.register.opens.get(work)
    if found is None or found.phase != phase:
        return
    del book.register.opens[work]
    _claim(book, found, work, found.start, end)


def _claim(book: LineBook, opened: Open, work: str, start: int, end: int) -> None:
    phase, client = opened.phase, opened.client
    book.relabel(start, end, lambda cell: cell if cell.work else cell._replace(work=work, phase=phase, client=client))


def _stoppage_opened(book: LineBook, fact: facts.StoppageOpened) -> None:
    if fact.stoppage_id not in book.register.stops:
        book.register.stops[fact.stoppage_id] = Stop(second_of(fact.at), fact.family)


def _stoppage_closed(book: LineBook, fact: facts.StoppageClosed) -> None:
    stop = book.register.stops.pop(fact.stoppage_id, None)
    if stop is not None:
        book.relabel(
            stop.start,
            second_of(fact.at),
            lambda cell: cell if cell.stop else cell._replace(stop=fact.stoppage_id, family=stop.family),
        )


def _seconds(interval: Interval) -> tuple[int, int]:
    return second_of(interval.starts_at), second_of(interval.ends_at)
