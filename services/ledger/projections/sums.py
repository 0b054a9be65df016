"""What do the accounts sum up to, by line, plant, county, day or month, now or as of any earlier size of the ledger?"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.ledger.domain.accounts import BUSY, Account, UnitAccount
from services.ledger.domain.figures import Sums
from services.ledger.projections.book_tables import LINE, TIME_BALANCE, TIME_POSTING, UNIT_BALANCE, UNIT_POSTING
from services.ledger.projections.scope import Scope, conditions
from shared.kernel.principal import Principal

Key = tuple[str, ...]


def list_groups(
    connection: sa.Connection,
    scope: Scope,
    principal: Principal,
    by: Sequence[str],
    *,
    after: Sequence[str] | None = None,
    limit: int,
) -> list[Key]:
    """Keys of the first *limit* groups behind *after*, ascending."""
    found = sa.union(
        *(
            sa.select(*_key(by, moved))
            .join_from(moved, LINE, LINE.c.line_id == moved.c.line_id)
            .where(*conditions(scope, principal, moved.c.day), *_behind(_key(by, moved), after))
            for moved in (_time_moves(scope.size), _unit_moves(scope.size))
        )
    ).subquery()
    query = sa.select(found).order_by(*found.c).limit(limit)
    return [tuple(row) for row in connection.execute(query)]


def sums_of(
    connection: sa.Connection, scope: Scope, principal: Principal, by: Sequence[str], keys: Sequence[Key]
) -> dict[Key, Sums]:
    """The account sums of the groups *keys* (neighbours in ascending order)."""
    sums: dict[Key, Sums] = {key: Sums() for key in keys}
    if not keys:
        return sums
    moved = _time_moves(scope.size)
    grouped = [*_key(by, moved), moved.c.account, moved.c.client, LINE.c.factory_org_id]
    for row in connection.execute(_summed(scope, principal, by, moved, grouped=grouped, between=(keys[0], keys[-1]))):
        *key, account, client, owner, seconds = row
        sums[tuple(key)].add_time(Account(account), client, seconds, owner)
    units = _unit_moves(scope.size)
    grouped = [*_key(by, units), units.c.unit, units.c.ideal_rate, units.c.account]
    for row in connection.execute(_summed(scope, principal, by, units, grouped=grouped, between=(keys[0], keys[-1]))):
        *key, unit, rate, account, quantity = row
        sums[tuple(key)].add_units(unit, rate, UnitAccount(account), quantity)
    return sums


def busy_by_party(connection: sa.Connection, scope: Scope, principal: Principal) -> dict[str, int]:
    """Busy seconds by organisation: of its own lines, and of others' lines working for it."""
    moved = _time_moves(scope.size)
    query = (
        sa.select(LINE.c.factory_org_id, moved.c.client, sa.func.sum(moved.c.amount))
        .join_from(moved, LINE, LINE.c.line_id == moved.c.line_id)
        .where(*conditions(scope, principal, moved.c.day), moved.c.account.in_([one.value for one in BUSY]))
        .group_by(LINE.c.factory_org_id, moved.c.client)
    )
    busy: dict[str, int] = {}
    for owner, client, seconds in connection.execute(query):
        for party in {owner, client}:
            busy[party] = busy.get(party, 0) + seconds
    return busy


def list_balances(
    connection: sa.Connection, scope: Scope, principal: Principal, *, after: Sequence[str] | None, limit: int
) -> list[dict[str, Any]]:
    """Line-time balances by line, production day, account and client, ascending; those of zero are left out."""
    moved = _time_moves(scope.size)
    key: list[sa.ColumnElement[Any]] = [moved.c.line_id, moved.c.day, moved.c.account, moved.c.client]
    seconds = sa.func.sum(moved.c.amount)
    query = (
        sa.select(*key, seconds.label("seconds"))
        .join_from(moved, LINE, LINE.c.line_id == moved.c.line_id)
        .where(*conditions(scope, principal, moved.c.day), *_behind(key, after))
        .group_by(*key)
        .having(seconds != 0)
        .order_by(*key)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _summed(
    scope: Scope,
    principal: Principal,
    by: Sequence[str],
    moved: sa.Subquery,
    *,
    grouped: Sequence[sa.ColumnElement[Any]],
    between: tuple[Key, Key],
) -> sa.Select[Any]:
    key = sa.tuple_(*_key(by, moved))
    return (
        sa.select(*grouped, sa.func.sum(moved.c.amount))
        .join_from(moved, LINE, LINE.c.line_id == moved.c.line_id)
        .where(*conditions(scope, principal, moved.c.day), key >= between[0], key <= between[1])
        .group_by(*grouped)
    )


def _key(by: Sequence[str], moved: sa.Subquery) -> list[sa.ColumnElement[Any]]:
    columns: dict[str, sa.ColumnElement[Any]] = {
        "line": LINE.c.line_id,
        "plant": LINE.c.plant_id,
        "county": LINE.c.district,
        "day": moved.c.day,
        "week": sa.func.date(moved.c.day, "weekday 0", "-6 days"),  # its Monday
        "month": sa.func.substr(moved.c.day, 1, 7),
        "all": sa.func.substr(moved.c.day, 1, 0),  # empty text: the same for every row
    }
    return [columns[one] for one in by]


def _behind(key: list[sa.ColumnElement[Any]], after: Sequence[str] | None) -> list[sa.ColumnElement[bool]]:
    return [] if after is None else [sa.tuple_(*key) > tuple(after)]


def _time_moves(size: int | None) -> sa.Subquery:
    """line, day, account, client, amount: balances as they stand, or postings of the first *size* entries."""
    if size is None:
        balance = TIME_BALANCE.c
        return sa.select(
            balance.line_id, balance.day, balance.account, balance.client, balance.seconds.label("amount")
        ).subquery()
    posting = TIME_POSTING.c
    common = (posting.line_id, posting.day)
    into = sa.select(
        *common, posting.to_account.label("account"), posting.to_client.label("client"), posting.seconds.label("amount")
    ).where(posting.entry < size, posting.to_account != Account.CALENDAR.value)
    out_of = sa.select(*common, posting.from_account, posting.from_client, -posting.seconds).where(
        posting.entry < size, posting.from_account != Account.CALENDAR.value
    )
    return _standing(sa.union_all(into, out_of).subquery())


def _standing(moves: sa.Subquery) -> sa.Subquery:
    """Balances from moves: what adds up to nothing has no row, as in the balances of the present."""
    *keys, amount = moves.c
    total = sa.func.sum(amount)
    return sa.select(*keys, total.label("amount")).group_by(*keys).having(total != 0).subquery()


def _unit_moves(size: int | None) -> sa.Subquery:
    """line, day, unit, ideal rate, account, amount; as for time."""
    if size is None:
        balance = UNIT_BALANCE.c
        return sa.select(
            balance.line_id,
            balance.day,
            balance.unit,
            balance.ideal_rate,
            balance.account,
            balance.quantity.label("amount"),
        ).subquery()
    posting = UNIT_POSTING.c
    common = (posting.line_id, posting.day, posting.unit, posting.ideal_rate)
    into = sa.select(*common, posting.to_account.label("account"), posting.quantity.label("amount")).where(
        posting.entry < size, posting.to_account != UnitAccount.WIP.value
    )
    out_of = sa.select(*common, posting.from_account, -posting.quantity).where(
        posting.entry < size, posting.from_account != UnitAccount.WIP.value
    )
    return _standing(sa.union_all(into, out_of).subquery())
