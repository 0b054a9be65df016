"""Which production lines are there, and what can they do, as far as the asker may see?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from services.capacity.domain.master_events import LINE_EVENTS, CalendarDeclared, CapabilitiesSet, LineRegistered
from services.capacity.domain.values import Capability
from services.capacity.projections.plants import visible
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.principal import Principal

NAME = "line_list"
LINES = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("line_id", sa.Text, primary_key=True),
    sa.Column("plant_id", sa.Text, nullable=False, index=True),
    sa.Column("factory_org_id", sa.Text, nullable=False),
    sa.Column("plant_name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # `registered`, or `published` once it has a calendar
    sa.Column("capabilities", sa.Text, nullable=False),  # codes with a comma before, between and after
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
_INSERT = LINES.insert()  # both built once: they run with every event
_UPDATE = LINES.update().where(LINES.c.line_id == sa.bindparam("of"))


@dataclass(frozen=True, slots=True)
class LineRow:
    line_id: str
    plant_id: str
    factory_org_id: str
    plant_name: str
    district: str
    code: str
    name: str
    state: str
    capabilities: list[str]
    created_at: datetime
    version: int


class Lines:
    """Satisfies `Projection`."""

    name = NAME
    tables: Sequence[sa.Table] = (LINES,)
    handles: frozenset[str] | None = frozenset(LINE_EVENTS)
    code_digest = digest_of("2", LINES.columns.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            if isinstance(event, LineRegistered):
                connection.execute(_INSERT, _first(event))
                continue
            changes: dict[str, Any] = {"version": recorded.version}
            if isinstance(event, CapabilitiesSet):
                changes |= {"name": event.name, "capabilities": _codes(event.capabilities)}
            if isinstance(event, CalendarDeclared):
                changes["state"] = "published"
            line_id = recorded.stream.removeprefix("line-")
            connection.execute(_UPDATE, {"of": line_id, **changes})


def _first(event: LineRegistered) -> dict[str, Any]:
    return {
        "line_id": event.line_id,
        "plant_id": event.plant_id,
        "factory_org_id": event.factory_org_id,
        "plant_name": event.plant_name,
        "district": event.district,
        "code": event.code,
        "name": event.name,
        "state": "registered",
        "capabilities": _codes(event.capabilities),
        "created_at": instant_text(event.registered_at.astimezone(UTC)),
        "version": 1,
    }


def _codes(capabilities: Sequence[Capability]) -> str:
    return f",{','.join(one.code for one in capabilities)},"


def list_lines(
    views: sa.Engine,
    principal: Principal,
    *,
    limit: int,
    after: Sequence[str] | None = None,
    plant_id: str | None = None,
    capability: str | None = None,
) -> list[LineRow]:
    """At most *limit* lines by code; *after* is the (code, line id) of the last row before."""
    query = sa.select(LINES).order_by(LINES.c.code, LINES.c.line_id).limit(limit)
    query = query.where(visible(LINES, principal))
    if after is not None:
        query = query.where(sa.tuple_(LINES.c.code, LINES.c.line_id) > sa.tuple_(*map(sa.literal, after)))
    if plant_id is not None:
        query = query.where(LINES.c.plant_id == plant_id)
    if capability is not None:
        query = query.where(LINES.c.capabilities.contains(f",{capability},", autoescape=True))
    with views.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [_row(row) for row in rows]


def _row(row: sa.RowMapping) -> LineRow:
    codes = [one for one in row["capabilities"].split(",") if one]
    return LineRow(**{**row, "capabilities": codes, "created_at": parse_instant(row["created_at"])})
