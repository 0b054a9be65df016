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
    """An entry as listed; its payload is read from the log at *position*."""

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


_COLUMNS = [ENTRY.c[name] for name in EntryRow.__dataclass_fields__]


def list_entries(
    connection: sa.Connection, filters: Filters, principal: Principal, after: int | None, limit: int
) -> list[EntryRow]:
    """Entries by index, ascending. A factory sees those about its own lines and plants, and those that moved units it
    made, such as the receiver's word on a delivery.
    """
    where = [*_own(principal), *_named(filters)]
    if after is not None:
        where.append(ENTRY.c.entry > after)
    if filters.behind:
        where.append(ENTRY.c.entry.in_(_movers(filters, principal)))
    query = sa.select(*_COLUMNS).where(*where).order_by(ENTRY.c.entry).limit(limit)
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


def find_entry(connection: sa.Connection, index: int, principal: Principal) -> EntryRow | None:
    """The entry, None when there is none or it is not the principal's to see."""
    row = connection.execute(sa.select(*_COLUMNS).where(ENTRY.c.entry == index, *_own(principal))).one_or_none()
    return None if row is None else EntryRow(*row)


def _own(principal: Principal) -> list[sa.ColumnElement[bool]]:
    if principal.role in {Role.OFFICE, Role.SYSTEM}:
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
