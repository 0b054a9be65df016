"""One page of entries on its way into the books: books opened when touched, kept to the end of the page, put back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import msgspec
import sqlalchemy as sa

from services.ledger.domain.accounts import Account, UnitAccount
from services.ledger.domain.line_book import LineBook, LineRegister
from services.ledger.domain.production_days import day_number, day_text
from services.ledger.domain.timeline import Day, FetchDays, Segment, Timeline, TimePosting
from services.ledger.domain.work_book import UnitPosting, WorkBook, WorkRegister
from services.ledger.projections import rows
from services.ledger.projections.book_tables import (
    DELIVERY,
    LINE,
    LINE_DAY,
    TIME_BALANCE,
    TIME_POSTING,
    UNIT_BALANCE,
    UNIT_POSTING,
    WORK,
)
from services.ledger.projections.open_spans import SpanRows, spans_of
from shared.contracts.line_time import LineFact, LineRegistered

Sums = dict[tuple[object, ...], int]

_A_LINE = f"SELECT plant_id, factory_org_id, district, name, register FROM {LINE.name} WHERE line_id = ?"  # noqa: S608 - own names
_DAYS = f"SELECT day, segments FROM {LINE_DAY.name} WHERE line_id = ? AND day >= ? AND day <= ?"  # noqa: S608 - own names
_A_WORK = f"SELECT register FROM {WORK.name} WHERE work_id = ?"  # noqa: S608 - own names
_encode = msgspec.json.encode
_decode_line = msgspec.json.Decoder(LineRegister).decode
_decode_work = msgspec.json.Decoder(WorkRegister).decode
_decode_day = msgspec.json.Decoder(list[Segment]).decode


class BooksUnbalanced(Exception):
    """A posting would make an account negative. The entry is set aside, and the rest goes on."""


@dataclass
class OpenLine:
    """A line's book, its *place* (plant, owner, district; empty until known) and its name."""

    book: LineBook
    place: tuple[str, str, str] = ("", "", "")
    name: str = ""


@dataclass
class Delivery:
    """A delivery's work order ("" unknown) and what the receiving party confirmed (None: nothing yet)."""

    work_id: str = ""
    confirmed: int | None = None


@dataclass
class Bookkeeping:
    """The books as one page of entries changes them. `put_back` writes everything that changed."""

    connection: sa.Connection
    _lines: dict[str, OpenLine] = field(default_factory=dict)
    _works: dict[str, WorkBook] = field(default_factory=dict)
    _deliveries: dict[str, Delivery] = field(default_factory=dict)
    _time_rows: list[rows.Row] = field(default_factory=list)
    _unit_rows: list[rows.Row] = field(default_factory=list)
    _time_sums: Sums = field(default_factory=dict)
    _unit_sums: Sums = field(default_factory=dict)
    _spans: SpanRows = field(default_factory=SpanRows)

    def line(self, fact: LineFact) -> LineBook:
        """The book of the line *fact* names; its place is as the line's last registration says."""
        opened = self._opened(fact.line_id)
        if not opened.place[0] or isinstance(fact, LineRegistered):
            opened.place = fact.plant_id, fact.factory_org_id, fact.district
        if isinstance(fact, LineRegistered):
            opened.name = fact.name
        return opened.book

    def _opened(self, line_id: str) -> OpenLine:
        if line_id not in self._lines:
            timeline = Timeline(self._fetch_days(line_id))
            found = rows.read(self.connection, _A_LINE, line_id)
            if not found:
                self._lines[line_id] = OpenLine(LineBook(LineRegister(), timeline))
            for plant_id, factory_org_id, district, name, register in found:
                book = LineBook(_decode_line(bytes(register)), timeline)
                self._lines[line_id] = OpenLine(book, (plant_id, factory_org_id, district), name)
        return self._lines[line_id]

    def _fetch_days(self, line_id: str) -> FetchDays:
        def fetch(first: int, last: int) -> dict[int, Day]:
            found = rows.read(self.connection, _DAYS, line_id, day_text(first), day_text(last))
            return {day_number(date.fromisoformat(day)): _decode_day(bytes(raw)) for day, raw in found}

        return fetch

    def work(self, work_id: str) -> WorkBook:
        if work_id not in self._works:
            found = rows.read(self.connection, _A_WORK, work_id)
            self._works[work_id] = WorkBook(_decode_work(bytes(found[0][0])) if found else WorkRegister())
        return self._works[work_id]

    def delivery(self, delivery_id: str) -> Delivery:
        if delivery_id not in self._deliveries:
            query = sa.select(DELIVERY.c.work_id, DELIVERY.c.confirmed).where(DELIVERY.c.delivery_id == delivery_id)
            found = self.connection.execute(query).one_or_none()
            self._deliveries[delivery_id] = Delivery() if found is None else Delivery(found.work_id, found.confirmed)
        return self._deliveries[delivery_id]

    def post_time(self, entry: int, line_id: str, postings: Iterable[TimePosting]) -> None:
        for number, (day, source, source_client, target, target_client, seconds) in enumerate(postings):
            on = day_text(day)
            self._time_rows.append(
                (entry, number, line_id, on, source.value, source_client, target.value, target_client, seconds)
            )
            if source is not Account.CALENDAR:
                _add(self._time_sums, (line_id, on, source.value, source_client), -seconds)
            if target is not Account.CALENDAR:
                _add(self._time_sums, (line_id, on, target.value, target_client), seconds)

    def apply(self, entry: int, fact: LineFact) -> LineBook:
        """Post the line time of *fact* and follow what is open on its line."""
        line = self.line(fact)
        before = spans_of(line.register)
        self.post_time(entry, fact.line_id, line.apply(fact))
        self._spans.follow(entry, fact.line_id, before, spans_of(line.register))
        return line

    def post_units(self, entry: int, work_id: str, line_id: str, postings: Iterable[UnitPosting]) -> None:
        for number, (batch, source, target, quantity) in enumerate(postings):
            made = (line_id, day_text(batch.day), batch.capability, batch.unit, batch.ideal_rate)
            self._unit_rows.append((entry, number, work_id, *made, source.value, target.value, quantity))
            if source is not UnitAccount.WIP:
                _add(self._unit_sums, (*made, source.value), -quantity)
            if target is not UnitAccount.WIP:
                _add(self._unit_sums, (*made, target.value), quantity)

    def put_back(self) -> None:
        """Write what changed. Raises BooksUnbalanced when an account would be negative."""
        line_rows: list[rows.Row] = []
        day_rows: list[rows.Row] = []
        for line_id, opened in self._lines.items():
            line_rows.append((line_id, *opened.place, opened.name, _encode(opened.book.register)))
            timeline = opened.book.timeline
            day_rows += [(line_id, day_text(one), _encode(timeline.day(one))) for one in sorted(timeline.changed)]
        rows.replace(self.connection, LINE, line_rows)
        rows.replace(self.connection, LINE_DAY, day_rows)
        rows.replace(self.connection, WORK, [(key, _encode(one.register)) for key, one in self._works.items()])
        deliveries = [(key, one.work_id, one.confirmed) for key, one in self._deliveries.items()]
        rows.replace(self.connection, DELIVERY, deliveries)
        rows.insert(self.connection, TIME_POSTING, self._time_rows)
        rows.insert(self.connection, UNIT_POSTING, self._unit_rows)
        self._spans.put_back(self.connection)
        _post_sums(self.connection, TIME_BALANCE, self._time_sums)
        _post_sums(self.connection, UNIT_BALANCE, self._unit_sums)


def _add(sums: Sums, key: tuple[object, ...], amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount


def _post_sums(connection: sa.Connection, table: sa.Table, sums: Sums) -> None:
    """Add *sums* to the balances; a balance of zero has no row. A partial index finds those at or below it."""
    rows.add_up(connection, table, [(*key, change) for key, change in sums.items() if change])
    if min(sums.values(), default=0) >= 0:
        return
    amount = list(table.columns)[-1].name
    fallen = rows.read(connection, f"SELECT * FROM {table.name} WHERE {amount} <= 0 AND {amount} <> 0 LIMIT 1")  # noqa: S608 - own names
    if fallen:
        raise BooksUnbalanced(f"{table.name} would hold {fallen[0]}")
    connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {amount} <= 0")  # noqa: S608 - own names
