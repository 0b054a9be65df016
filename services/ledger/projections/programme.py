"""Who counts towards the programme's targets, and by which evidence?"""

from dataclasses import dataclass

import sqlalchemy as sa

from services.ledger.domain.programme import Target, is_shared_factory
from services.ledger.projections.book_tables import LINE
from services.ledger.projections.registers import ORGANISATION, PLANT
from services.ledger.projections.scope import Scope
from services.ledger.projections.sums import busy_by_party, list_groups, sums_of
from shared.kernel.principal import Principal

PLANTS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Member:
    """An enterprise or plant that counts. *since*: local day of admission or registration, known by *entry*."""

    id: str
    kind: str
    name: str
    county: str
    since: str
    entry: int
    busy_seconds: int


def members_of(connection: sa.Connection, target: Target, scope: Scope, principal: Principal) -> list[Member]:
    """Everybody who counts towards *target* before its end, by id; as of *scope.size* when given."""
    within = scope.during("", target.until)
    found = _enterprises if target.counts == "enterprises" else _shared_factories
    return found(connection, target, within, principal)


def _enterprises(connection: sa.Connection, target: Target, scope: Scope, principal: Principal) -> list[Member]:
    busy = busy_by_party(connection, scope, principal)
    table = ORGANISATION.c
    where = [table.kind.in_(["buyer", "factory"]), table.day < target.until]
    if scope.size is not None:
        where.append(table.entry < scope.size)
    rows = connection.execute(sa.select(ORGANISATION).where(*where).order_by(table.org_id))
    return [
        Member(row.org_id, row.kind, row.name, row.district, row.day, row.entry, busy[row.org_id])
        for row in rows
        if busy.get(row.org_id, 0) > 0
    ]


def _shared_factories(connection: sa.Connection, target: Target, scope: Scope, principal: Principal) -> list[Member]:
    keys = list_groups(connection, scope, principal, ["plant"], limit=PLANTS_MAX)
    sums = sums_of(connection, scope, principal, ["plant"], keys)
    found = []
    for (plant_id,), one in sums.items():
        if is_shared_factory(target, one):
            row = connection.execute(sa.select(PLANT).where(PLANT.c.plant_id == plant_id)).one_or_none()
            if row is not None:
                found.append(
                    Member(plant_id, "plant", row.name, row.district, row.day, row.entry, one.third_party_busy)
                )
    return found


def names(connection: sa.Connection) -> dict[str, str]:
    """Names of all lines and plants by id, for people."""
    lines = connection.execute(sa.select(LINE.c.line_id, LINE.c.name))
    plants = connection.execute(sa.select(PLANT.c.plant_id, PLANT.c.name))
    return {str(key): str(name) for key, name in [*lines, *plants]}
