"""A line's seconds as labelled intervals, day by day: relabel a span, and learn how many seconds moved from where to
where. Every second is in exactly one interval, so in exactly one account, always.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from services.ledger.domain.accounts import Account
from services.ledger.domain.cells import NOTHING_KNOWN, Cell, Label, label_of
from services.ledger.domain.production_days import day_start, local_day

Segment = tuple[int, Cell]
"""First second and what is known from there to the next segment, or to the end of the local date."""
Day = list[Segment]


class TimePosting(NamedTuple):
    """*seconds* of one production day moved between accounts; sub-accounts by client ("" for none)."""

    day: int
    from_account: Account
    from_client: str
    to_account: Account
    to_client: str
    seconds: int


FetchDays = Callable[[int, int], Mapping[int, Day]]
"""Stored days from a first to a last one, both included; days about which nothing is known are left out."""


class Timeline:
    """One line's days, brought by *fetch* when touched; *changed* says which to store again."""

    def __init__(self, fetch: FetchDays) -> None:
        self._fetch = fetch
        self._days: dict[int, Day] = {}
        self.changed: set[int] = set()

    def day(self, number: int) -> Day:
        if number not in self._days:
            self._bring(number, number)
        return self._days[number]

    def _bring(self, first: int, last: int) -> None:
        """Have all days from *first* to *last* at hand."""
        missing = [number for number in range(first, last + 1) if number not in self._days]
        if missing:
            stored = self._fetch(missing[0], missing[-1])
            for number in missing:
                self._days[number] = stored.get(number) or [(day_start(number), NOTHING_KNOWN)]

    def prepare(self, start: int, end: int) -> None:
        """Bring all days of [start, end) at once, because many small changes to them follow."""
        if start < end:
            self._bring(local_day(start), local_day(end - 1))

    def cell_at(self, second: int) -> Cell:
        """What is known about *second*."""
        found = NOTHING_KNOWN
        for start, cell in self.day(local_day(second)):
            if start > second:
                break
            found = cell
        return found

    def relabel(self, start: int, end: int, change: Callable[[Cell], Cell], moves: "Moves") -> None:
        """Apply *change* to every second in [start, end); *moves* counts what changed its label."""
        if start >= end:
            return
        first, last = local_day(start), local_day(end - 1)
        self._bring(first, last)
        for number in range(first, last + 1):
            day = self._days[number]
            fresh = _relabelled(day, number, (start, end), change, moves)
            if fresh != day:
                self._days[number] = fresh
                self.changed.add(number)


def _relabelled(day: Day, number: int, span: tuple[int, int], change: Callable[[Cell], Cell], moves: "Moves") -> Day:
    fresh: Day = []

    def add(start: int, cell: Cell) -> None:
        if not fresh or fresh[-1][1] != cell:
            fresh.append((start, cell))

    ends = [start for start, _ in day[1:]] + [day_start(number + 1)]
    for (start, cell), end in zip(day, ends, strict=True):
        low, high = max(start, span[0]), min(end, span[1])
        changed = change(cell) if low < high else cell
        if changed == cell:
            add(start, cell)
            continue
        if start < low:
            add(start, cell)
        add(low, changed)
        moves.count(label_of(cell, number), label_of(changed, number), high - low)
        if high < end:
            add(high, cell)
    return fresh


class Moves:
    """Seconds by old and new label; becomes postings that balance within each production day."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[Label, Label], int] = {}

    def count(self, old: Label, new: Label, seconds: int) -> None:
        if old != new:
            self._seconds[old, new] = self._seconds.get((old, new), 0) + seconds

    def postings(self) -> list[TimePosting]:
        """In order of day and accounts. A second that changes its day goes back to the source and out again."""
        sums: dict[tuple[int, Account, str, Account, str], int] = {}
        for (old, new), seconds in self._seconds.items():
            for leg in _legs(old, new):
                sums[leg] = sums.get(leg, 0) + seconds
        return [TimePosting(*leg, seconds) for leg, seconds in sorted(sums.items())]


def _legs(old: Label, new: Label) -> Iterable[tuple[int, Account, str, Account, str]]:
    if old.day == new.day:
        yield old.day, old.account, old.client, new.account, new.client
        return
    if old.account is not Account.CALENDAR:
        yield old.day, old.account, old.client, Account.CALENDAR, ""
    if new.account is not Account.CALENDAR:
        yield new.day, Account.CALENDAR, "", new.account, new.client
