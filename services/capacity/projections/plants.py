"""Which plants are there, as far as the asker may see? A factory sees its own, the office all, nobody else any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from services.capacity.domain.master_events import PLANT_EVENTS, LineListed, PlantRegistered
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.principal import Principal, Role

NAME = "plant_list"
TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("plant_id", sa.Text, primary_key=True),
    sa.Column("factory_org_id", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class PlantRow:
    plant_id: str
    factory_org_id: str
    code: str
    name: str
    district: str
    demo: bool
    lines: int
    created_at: datetime
    version: int


class Plants:
    """Satisfies `Projection`."""

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = frozenset(PLANT_EVENTS)
    code_digest = digest_of("1", TABLE.columns.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            if isinstance(event, PlantRegistered):
                connection.execute(TABLE.insert().values(_first(event)))
                continue
            changes: dict[str, Any] = {"version": recorded.version}
            if isinstance(event, LineListed):
                changes["lines"] = TABLE.c.lines + 1
            plant_id = recorded.stream.removeprefix("plant-")
            connection.execute(TABLE.update().where(TABLE.c.plant_id == plant_id).values(changes))


def _first(event: PlantRegistered) -> dict[str, Any]:
    return {
        "plant_id": event.plant_id,
        "factory_org_id": event.factory_org_id,
        "code": event.code,
        "name": event.name,
        "district": event.district,
        "demo": event.demo,
        "lines": 0,
        "created_at": instant_text(event.registered_at.astimezone(UTC)),
        "version": 1,
    }


def list_plants(
    views: sa.Engine,
    principal: Principal,
    *,
    limit: int,
    after: Sequence[str] | None = None,
    district: str | None = None,
) -> list[PlantRow]:
    """At most *limit* plants by code; *after* is the (code, plant id) of the last row before."""
    query = sa.select(TABLE).order_by(TABLE.c.code, TABLE.c.plant_id).limit(limit)
    query = query.where(visible(TABLE, principal))
    if after is not None:
        query = query.where(sa.tuple_(TABLE.c.code, TABLE.c.plant_id) > sa.tuple_(*map(sa.literal, after)))
    if district is not None:
        query = query.where(TABLE.c.district == district)
    with views.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [PlantRow(**{**row, "created_at": parse_instant(row["created_at"])}) for row in rows]


def visible(table: sa.Table, principal: Principal) -> sa.ColumnElement[bool]:
    """The wall between tenants, inside the query."""
    if principal.role in (Role.OFFICE, Role.SYSTEM):
        return sa.true()
    if principal.role is Role.FACTORY:
        return table.c.factory_org_id == principal.org_id
    return sa.false()
