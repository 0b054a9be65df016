"""Which lots and inspections are there, by what is printed on them? A plant's own and received ones, the office's all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.capacity.projections.lots import LOTS, MOVES, visible
from shared.kernel.principal import Principal, Role

FILTERS = ("label", "supplier_lot", "item", "disposition", "work_id", "order_id")
_QUANTITY = sa.func.coalesce(
    sa.select(sa.func.sum(MOVES.c.quantity))
    .where(MOVES.c.lot_id == LOTS.c.lot_id, MOVES.c.direction == "out")
    .scalar_subquery(),
    LOTS.c.supplied,
).label("quantity")


@dataclass(frozen=True, slots=True)
class ListedLot:
    """A lot in a list; its inspection's fields are "" where it has none."""

    lot_id: str
    item: str
    unit: str
    origin: str
    work_id: str
    order_id: str
    label: str
    supplier_lot: str
    inspection_lot_id: str
    inspector_org_id: str
    disposition: str
    sampling_plan: str
    sample_size: int
    opened_at: str
    judged_at: str
    grounds: str
    quantity: int


_COLUMNS = [LOTS.c[name] for name in ListedLot.__dataclass_fields__ if name != "quantity"]


def list_lots(
    views: sa.Engine,
    principal: Principal,
    wanted: Mapping[str, str | None],
    *,
    limit: int,
    after: Sequence[Any] | None = None,
) -> list[ListedLot]:
    """Lots by id that the asker may see; *wanted*: filter -> value, None: any. *after*: [lot id]."""
    return _listed(views, principal, wanted, limit, after, inspected=False)


def list_inspections(
    views: sa.Engine,
    principal: Principal,
    wanted: Mapping[str, str | None],
    *,
    limit: int,
    after: Sequence[Any] | None = None,
) -> list[ListedLot]:
    """Lots with an inspection that the asker judges or made, the office all; by the time when they came to it."""
    return _listed(views, principal, wanted, limit, after, inspected=True)


def _listed(
    views: sa.Engine,
    principal: Principal,
    wanted: Mapping[str, str | None],
    limit: int,
    after: Sequence[Any] | None,
    *,
    inspected: bool,
) -> list[ListedLot]:
    values: dict[str, Any] = {f"of_{name}": value for name, value in wanted.items() if value is not None}
    names = frozenset(name for name, value in wanted.items() if value is not None)
    values |= {"org_id": principal.org_id, "at_most": limit}
    if after is not None:
        values |= {f"after_{number}": str(value) for number, value in enumerate(after)}
    query = _query(principal.role, names, is_later=after is not None, inspected=inspected)
    with views.connect() as connection:
        return [ListedLot(**row._mapping) for row in connection.execute(query, values)]  # noqa: SLF001 - SQLAlchemy's public name


@cache
def _query(role: Role, names: frozenset[str], *, is_later: bool, inspected: bool) -> sa.Select[Any]:
    order = (LOTS.c.opened_at, LOTS.c.lot_id) if inspected else (LOTS.c.lot_id,)
    query = sa.select(*_COLUMNS, _QUANTITY).order_by(*order).limit(sa.bindparam("at_most"))
    query = query.where(_judged_by(role) if inspected else visible(role))
    for name in sorted(names):
        query = query.where(LOTS.c[name] == sa.bindparam(f"of_{name}", type_=sa.Text))
    if is_later:
        behind = [sa.bindparam(f"after_{number}", type_=sa.Text) for number in range(len(order))]
        query = query.where(sa.tuple_(*order) > sa.tuple_(*behind))
    return query


def _judged_by(role: Role) -> sa.ColumnElement[bool]:
    has_one = LOTS.c.inspection_lot_id != ""
    if role is Role.OFFICE:
        return has_one
    org_id = sa.bindparam("org_id", type_=sa.Text)
    return sa.and_(has_one, sa.or_(LOTS.c.inspector_org_id == org_id, LOTS.c.owner_org_id == org_id))
