"""Which entries stand behind a figure, and what did an entry post? From any figure to its events, and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from services.ledger.domain.accounts import Account
from services.ledger.domain.figures import Element, elements
from services.ledger.domain.production_days import day_number, day_start
from services.ledger.projections.book_tables import LINE, TIME_POSTING, UNIT_POSTING
from services.ledger.projections.entries import ENTRY, names
from services.ledger.projections.scope import Scope, conditions
from shared.kernel.clock import parse_instant
from shared.kernel.principal import Principal, Role

_INDEX_DIGITS_MAX = 15
_HASH_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries to list; "" and empty: no limit. *behind*: element codes whose accounts an entry must have moved,
    within *scope*; without them *scope* asks what the fact itself names, and its days are local days of the fact.
    """

    scope: Scope
    type: str = ""
    order: str = ""
    work: str = ""
    behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as listed; its payload is read from the log at *position*. *number*: its place among all that a factory
    may see, from 1; 0 for those who see everything and go by *entry*.
    """

    entry: int
    position: int
    type: str
    source: str
    sourceseq: int
    time: str
    recordedtime: str
    leaf_hash: str
    subject: str
    factory_org_id: str
    plant_id: str
    line_id: str
    district: str
    order_id: str
    work_id: str
    number: int

    @property
    def place(self) -> int:
        """What a list goes on behind."""
        return self.number or self.entry

    @property
    def name(self) -> str:
        """What its reader asks for it by: a hash says nothing of how many others there are."""
        return self.leaf_hash if self.number else str(self.entry)


_COLUMNS = [ENTRY.c[name] for name in EntryRow.__dataclass_fields__ if name != "number"]


def sees_all(principal: Principal) -> bool:
    """Whether *principal* reads everybody's entries; others must not be able to count what they do not see."""
    return principal.role in {Role.OFFICE, Role.SYSTEM}


def list_entries(
    connection: sa.Connection, filters: Filters, principal: Principal, after: int | None, limit: int
) -> list[EntryRow]:
    """Entries by index, ascending, behind the place *after*. A factory sees those about its own lines and plants, and
    those that moved units it made, such as the receiver's word on a delivery.
    """
    query, place = _visible(principal)
    query = query.where(*_named(filters))
    if after is not None:
        query = query.where(place > after)
    if filters.behind:
        query = query.where(ENTRY.c.entry.in_(_movers(filters, principal)))
    query = query.order_by(ENTRY.c.entry).limit(limit)
    return [EntryRow(*row) for row in connection.execute(query)]


def size_as_of(connection: sa.Connection, size: int, at: datetime) -> int:
    """How many of the first *size* entries were recorded at *at* or before: their recorded times never fall."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        recorded = connection.execute(sa.select(ENTRY.c.recordedtime).where(ENTRY.c.entry == middle)).scalar_one()
        if parse_instant(recorded) <= at:
            low = middle + 1
        else:
            high = middle
    return low


def last_recorded(connection: sa.Connection, size: int, principal: Principal) -> str | None:
    """When the last of the principal's entries among the first *size* was recorded; None when it has none."""
    query = sa.select(sa.func.max(ENTRY.c.recordedtime)).where(ENTRY.c.entry < size, *_own(principal))
    found: str | None = connection.execute(query).scalar_one()
    return found


def find_entry(connection: sa.Connection, name: str, principal: Principal) -> EntryRow | None:
    """The entry with this leaf hash, or index for those who see all; None when there is none that the principal may see.

    Among everybody's entries a hash is looked for from end to end: the office does it when a factory asks.
    """
    query, _ = _visible(principal)
    is_index = name.isascii() and name.isdigit() and len(name) <= _INDEX_DIGITS_MAX
    if is_index and sees_all(principal):
        query = query.where(ENTRY.c.entry == int(name))
    elif len(name) == _HASH_DIGITS:
        query = query.where(ENTRY.c.leaf_hash == name)
    else:
        return None
    row = connection.execute(query).one_or_none()
    return None if row is None else EntryRow(*row)


def _visible(principal: Principal) -> tuple[sa.Select[Any], sa.ColumnElement[int]]:
    """The principal's entries, and their places: a factory counts its own, and nobody else's."""
    if sees_all(principal):
        return sa.select(*_COLUMNS, sa.literal_column("0")), ENTRY.c.entry
    number = sa.func.row_number().over(order_by=ENTRY.c.entry).label("number")
    own = sa.select(ENTRY.c.entry, number).where(*_own(principal)).subquery()
    return sa.select(*_COLUMNS, own.c.number).join_from(ENTRY, own, own.c.entry == ENTRY.c.entry), own.c.number


def _own(principal: Principal) -> list[sa.ColumnElement[bool]]:
    if sees_all(principal):
        return []
    if principal.role is not Role.FACTORY:
        return [sa.false()]
    moved_own_units = (
        sa.select(UNIT_POSTING.c.entry)
        .join_from(UNIT_POSTING, LINE, LINE.c.line_id == UNIT_POSTING.c.line_id)
        .where(LINE.c.factory_org_id == principal.org_id)
    )
    return [sa.or_(names(ENTRY.c.factory_org_id, principal.org_id), ENTRY.c.entry.in_(moved_own_units))]


def _named(filters: Filters) -> list[sa.ColumnElement[bool]]:
    scope = filters.scope
    found = [
        names(column, value)
        for column, value in (
            (ENTRY.c.type, filters.type),
            (ENTRY.c.order_id, filters.order),
            (ENTRY.c.work_id, filters.work),
        )
        if value
    ]
    if scope.size is not None:
        found.append(ENTRY.c.entry < scope.size)
    if filters.behind:
        return found
    places = ((ENTRY.c.line_id, scope.line), (ENTRY.c.plant_id, scope.plant), (ENTRY.c.district, scope.county))
    found += [names(column, value) for column, value in places if value]
    if scope.first:
        found.append(ENTRY.c.time >= _utc_text(scope.first))
    if scope.end:
        found.append(ENTRY.c.time < _utc_text(scope.end))
    return found


def _utc_text(day: str) -> str:
    """The first instant of a local day, as far as instants of it share their text: `2026-11-30T16:00:00`."""
    return datetime.fromtimestamp(day_start(day_number(date.fromisoformat(day))), UTC).isoformat()[:19]


def _movers(filters: Filters, principal: Principal) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """Entries whose postings moved any account of the elements asked for."""
    registry = [elements()[code] for code in filters.behind]
    parts: list[sa.Select[Any]] = []
    third = [one for one in registry if one.third_party]
    time = _accounts(one.time for one in registry if not one.third_party)
    units = _unit_accounts(registry)
    posting, unit = TIME_POSTING.c, UNIT_POSTING.c
    if time:
        touched = sa.or_(posting.from_account.in_(time), posting.to_account.in_(time))
        parts.append(_moved(TIME_POSTING, filters.scope, principal, touched))
    if third:
        busy = _accounts(one.time for one in third)
        touched = sa.or_(
            sa.and_(posting.from_account.in_(busy), posting.from_client != LINE.c.factory_org_id),
            sa.and_(posting.to_account.in_(busy), posting.to_client != LINE.c.factory_org_id),
        )
        parts.append(_moved(TIME_POSTING, filters.scope, principal, touched))
    if units:
        touched = sa.or_(unit.from_account.in_(units), unit.to_account.in_(units))
        parts.append(_moved(UNIT_POSTING, filters.scope, principal, touched))
    return parts[0] if len(parts) == 1 else sa.union(*parts)


def _accounts(groups: Iterable[Sequence[Account]]) -> list[str]:
    return sorted({account.value for group in groups for account in group})


def _unit_accounts(registry: Iterable[Element]) -> list[str]:
    return sorted({account.value for one in registry for account in (*one.units, *one.ideal)})


def _moved(postings: sa.Table, scope: Scope, principal: Principal, touched: sa.ColumnElement[bool]) -> sa.Select[Any]:
    where = [*conditions(scope, principal, postings.c.day), touched]
    if scope.size is not None:
        where.append(postings.c.entry < scope.size)
    return sa.select(postings.c.entry).join_from(postings, LINE, LINE.c.line_id == postings.c.line_id).where(*where)


@dataclass(frozen=True, slots=True)
class Posted:
    """What one entry moved: time in seconds, units in their own unit."""

    time: list[dict[str, object]]
    units: list[dict[str, object]]


def posted_by(connection: sa.Connection, entry: int) -> Posted:
    """The postings of *entry*, in the order they were made."""
    rows = [
        [
            dict(row)
            for row in connection.execute(
                sa.select(table).where(table.c.entry == entry).order_by(table.c.row)
            ).mappings()
        ]
        for table in (TIME_POSTING, UNIT_POSTING)
    ]
    return Posted(*rows)
