"""One page of entries on its way into the books: books opened when touched, kept to the end of the page, put back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from services.ledger.domain.accounts import Account, UnitAccount
from services.ledger.domain.line_book import LineBook, LineRegister
from services.ledger.domain.production_days import day_text
from services.ledger.domain.timeline import Day, Segment, Timeline, TimePosting
from services.ledger.domain.work_book import UnitPosting, WorkBook, WorkRegister
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
from shared.contracts.line_time import LineFact, LineRegistered

K = TypeVar("K")
V = TypeVar("V")
Sums = dict[tuple[object, ...], int]

_encode = msgspec.json.encode
_decode_line = msgspec.json.Decoder(LineRegister).decode
_decode_work = msgspec.json.Decoder(WorkRegister).decode
_decode_day = msgspec.json.Decoder(list[Segment]).decode


class BooksUnbalanced(Exception):
    """A posting would make an account negative. The entry is set aside, and the rest goes on."""


@dataclass
class OpenLine:
    """A line's row and its book."""

    row: dict[str, object]
    book: LineBook


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
    _time_rows: list[dict[str, object]] = field(default_factory=list)
    _unit_rows: list[dict[str, object]] = field(default_factory=list)
    _time_sums: Sums = field(default_factory=dict)
    _unit_sums: Sums = field(default_factory=dict)

    def line(self, fact: LineFact) -> LineBook:
        """The book of the line *fact* names; its place is as the line's last registration says."""
        opened = self._opened(fact.line_id)
        if not opened.row["plant_id"] or isinstance(fact, LineRegistered):
            opened.row |= {
                "plant_id": fact.plant_id,
                "factory_org_id": fact.factory_org_id,
                "district": fact.district,
            }
        if isinstance(fact, LineRegistered):
            opened.row["name"] = fact.name
        return opened.book

    def _opened(self, line_id: str) -> OpenLine:
        if line_id not in self._lines:
            found = self.connection.execute(sa.select(LINE).where(LINE.c.line_id == line_id)).mappings().one_or_none()
            row: dict[str, object] = {
                "line_id": line_id,
                "plant_id": "",
                "factory_org_id": "",
                "district": "",
                "name": "",
            }
            register = LineRegister() if found is None else _decode_line(found["register"])
            book = LineBook(register, Timeline(self._fetch_day(line_id)))
            self._lines[line_id] = OpenLine(row if found is None else dict(found), book)
        return self._lines[line_id]

    def _fetch_day(self, line_id: str) -> Callable[[int], Day | None]:
        query = sa.select(LINE_DAY.c.segments).where(LINE_DAY.c.line_id == line_id)

        def fetch(number: int) -> Day | None:
            found = self.connection.execute(query.where(LINE_DAY.c.day == day_text(number))).scalar_one_or_none()
            return None if found is None else _decode_day(found)

        return fetch

    def work(self, work_id: str) -> WorkBook:
        if work_id not in self._works:
            query = sa.select(WORK.c.register).where(WORK.c.work_id == work_id)
            found = self.connection.execute(query).scalar_one_or_none()
            self._works[work_id] = WorkBook(WorkRegister() if found is None else _decode_work(found))
        return self._works[work_id]

    def delivery(self, delivery_id: str) -> Delivery:
        if delivery_id not in self._deliveries:
            query = sa.select(DELIVERY.c.work_id, DELIVERY.c.confirmed).where(DELIVERY.c.delivery_id == delivery_id)
            found = self.connection.execute(query).one_or_none()
            self._deliveries[delivery_id] = Delivery() if found is None else Delivery(found.work_id, found.confirmed)
        return self._deliveries[delivery_id]

    def post_time(self, entry: int, line_id: str, postings: Iterable[TimePosting]) -> None:
        for number, one in enumerate(postings):
            day = day_text(one.day)
            self._time_rows.append(
                {
                    "entry": entry,
                    "row": number,
                    "line_id": line_id,
                    "day": day,
                    "from_account": one.from_account.value,
                    "from_client": one.from_client,
                    "to_account": one.to_account.value,
                    "to_client": one.to_client,
                    "seconds": one.seconds,
                }
            )
            if one.from_account is not Account.CALENDAR:
                _add(self._time_sums, (line_id, day, one.from_account.value, one.from_client), -one.seconds)
            if one.to_account is not Account.CALENDAR:
                _add(self._time_sums, (line_id, day, one.to_account.value, one.to_client), one.seconds)

    def post_units(self, entry: int, work_id: str, line_id: str, postings: Iterable[UnitPosting]) -> None:
        for number, one in enumerate(postings):
            batch = {
                "line_id": line_id,
                "day": day_text(one.batch.day),
                "capability": one.batch.capability,
                "unit": one.batch.unit,
                "ideal_rate": one.batch.ideal_rate,
            }
            self._unit_rows.append(
                {
                    "entry": entry,
                    "row": number,
                    "work_id": work_id,
                    **batch,
                    "from_account": one.from_account.value,
                    "to_account": one.to_account.value,
                    "quantity": one.quantity,
                }
            )
            if one.from_account is not UnitAccount.WIP:
                _add(self._unit_sums, (*batch.values(), one.from_account.value), -one.quantity)
            if one.to_account is not UnitAccount.WIP:
                _add(self._unit_sums, (*batch.values(), one.to_account.value), one.quantity)

    def put_back(self) -> None:
        """Write what changed. Raises BooksUnbalanced when an account would be negative."""
        for line_id, opened in self._lines.items():
            row = opened.row | {"register": _encode(opened.book.register)}
            _replace(self.connection, LINE, [row])
            changed = sorted(opened.book.timeline.changed)
            days = [(day_text(one), _encode(opened.book.timeline.day(one))) for one in changed]
            _replace(
                self.connection, LINE_DAY, [{"line_id": line_id, "day": day, "segments": raw} for day, raw in days]
            )
        _replace(
            self.connection,
            WORK,
            [{"work_id": work_id, "register": _encode(one.register)} for work_id, one in self._works.items()],
        )
        _replace(
            self.connection,
            DELIVERY,
            [
                {"delivery_id": delivery_id, "work_id": one.work_id, "confirmed": one.confirmed}
                for delivery_id, one in self._deliveries.items()
            ],
        )
        for table, rows in ((TIME_POSTING, self._time_rows), (UNIT_POSTING, self._unit_rows)):
            if rows:
                self.connection.execute(table.insert(), rows)
        _post_sums(self.connection, TIME_BALANCE, self._time_sums)
        _post_sums(self.connection, UNIT_BALANCE, self._unit_sums)


def _add(sums: Sums, key: tuple[object, ...], amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount


def _replace(connection: sa.Connection, table: sa.Table, rows: list[dict[str, object]]) -> None:
    """Insert *rows*, or overwrite those with the same key."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if column.name not in key]
    updates = ", ".join(f"{name} = excluded.{name}" for name in rest)
    connection.execute(_upsert(table, updates), rows)


def _post_sums(connection: sa.Connection, table: sa.Table, sums: Sums) -> None:
    """Add *sums* to the balances; a balance of zero has no row."""
    columns = [column.name for column in table.columns]
    amount = columns[-1]
    rows = [dict(zip(columns, (*key, change), strict=True)) for key, change in sums.items() if change]
    if not rows:
        return
    connection.execute(_upsert(table, f"{amount} = {table.name}.{amount} + excluded.{amount}"), rows)
    keys = sa.and_(*(table.c[name] == sa.bindparam(f"b_{name}") for name in columns[:-1]))
    touched = [{f"b_{name}": row[name] for name in columns[:-1]} for row in rows if int(str(row[amount])) < 0]
    for one in touched:
        left = connection.execute(sa.select(table.c[amount]).where(keys), one).scalar_one()
        if left < 0:
            raise BooksUnbalanced(f"{table.name}: {one} would stand at {left}")
    if touched:
        connection.execute(table.delete().where(keys, table.c[amount] == 0), touched)


def _upsert(table: sa.Table, updates: str) -> sa.TextClause:
    """SQL that SQLite and PostgreSQL both speak; names come from our own tables."""
    columns = [column.name for column in table.columns]
    key = ", ".join(column.name for column in table.primary_key)
    values = ", ".join(f":{name}" for name in columns)
    return sa.text(
        f"INSERT INTO {table.name} ({', '.join(_quoted(columns))}) VALUES ({values}) "  # noqa: S608 - own names
        f"ON CONFLICT ({key}) DO UPDATE SET {updates}"
    )


def _quoted(columns: list[str]) -> list[str]:
    return [f'"{name}"' for name in columns]
