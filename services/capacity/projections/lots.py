"""Where does this lot come from, where did it go, who judges it? Genealogy one step both ways, own data only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.capacity.domain import work_events as events
from services.capacity.domain.plan_events import SupplyRecorded
from shared.contracts.line_time import LotMove
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text
from shared.kernel.principal import Principal, Role

NAME = "lots"
_METADATA = sa.MetaData()
LOTS = sa.Table(
    "lots",
    _METADATA,
    sa.Column("lot_id", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),  # made, supplied by the buyer, or bought by the factory
    sa.Column("supplied", sa.Integer, nullable=False),  # quantity of a supplied lot; made ones are sums of moves
    sa.Column("work_id", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("owner_org_id", sa.Text, nullable=False),
    sa.Column("buyer_org_id", sa.Text, nullable=False),
    sa.Column("inspection_lot_id", sa.Text, nullable=False, index=True),
    sa.Column("inspector_org_id", sa.Text, nullable=False),
    sa.Column("disposition", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False, index=True),
    sa.Column("supplier_lot", sa.Text, nullable=False, index=True),
    sa.Column("sampling_plan", sa.Text, nullable=False),
    sa.Column("sample_size", sa.Integer, nullable=False),
    sa.Column("opened_at", sa.Text, nullable=False),
    sa.Column("judged_at", sa.Text, nullable=False),
    sa.Column("grounds", sa.Text, nullable=False),
)
MOVES = sa.Table(
    "lot_moves",
    _METADATA,
    sa.Column("report_id", sa.Text, primary_key=True),
    sa.Column("direction", sa.Text, primary_key=True),  # in, out
    sa.Column("lot_id", sa.Text, primary_key=True),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Index("lot_moves_by_lot", "lot_id", "direction"),
)
HOLDERS = sa.Table(
    "lot_holders",
    _METADATA,
    sa.Column("lot_id", sa.Text, primary_key=True),
    sa.Column("org_id", sa.Text, primary_key=True),
)
_UNJUDGED: dict[str, Any] = {
    "inspection_lot_id": "",
    "inspector_org_id": "",
    "disposition": "",
    "sampling_plan": "",
    "sample_size": 0,
    "opened_at": "",
    "judged_at": "",
    "grounds": "",
}
_FORGET = MOVES.delete().where(MOVES.c.report_id == sa.bindparam("of"))
_JUDGED = LOTS.update().where(LOTS.c.lot_id == sa.bindparam("of"))
_CLAIMED = LOTS.delete().where(LOTS.c.lot_id == sa.bindparam("of"), LOTS.c.origin == "bought")
_MADE = sa.select(sa.func.sum(MOVES.c.quantity)).where(MOVES.c.lot_id == sa.bindparam("of"), MOVES.c.direction == "out")


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot as the asker may see it, with its neighbours."""

    lot_id: str
    item: str
    unit: str
    origin: str
    quantity: int
    work_id: str
    order_id: str
    inspection_lot_id: str
    disposition: str
    label: str
    supplier_lot: str
    made_from: list["Neighbour"]
    used_in: list["Neighbour"]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A lot one step away, and how much of it went in or out there, in its own unit."""

    lot_id: str
    quantity: int
    unit: str
    label: str


class Lots:
    """Satisfies `Projection`."""

    name = NAME
    tables: Sequence[sa.Table] = (LOTS, MOVES, HOLDERS)
    handles: frozenset[str] | None = frozenset(
        {
            "production-reported.v1",
            "report-corrected.v1",
            "material-received.v1",
            "inspection-opened.v1",
            "inspection-dispositioned.v1",
            "supply-recorded.v1",
        }
    )
    code_digest = digest_of("3", LOTS.columns.keys(), MOVES.columns.keys(), HOLDERS.columns.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            match event:
                case events.ProductionReported():
                    _report(connection, event, event.lots_in, event.lots_out)
                case events.ReportCorrected():
                    connection.execute(_FORGET, {"of": event.report_id})
                    _report(connection, event, event.lots_in, event.lots_out)
                case events.MaterialReceived():
                    for lot in event.lots:
                        _hold(connection, lot.lot_id, event.factory_org_id)
                case events.InspectionOpened() | events.InspectionDispositioned():
                    _judge(connection, event)
                case SupplyRecorded():
                    _supply(connection, event)
                case _:
                    pass


def _report(
    connection: sa.Connection,
    event: events.ProductionReported | events.ReportCorrected,
    lots_in: Iterable[LotMove],
    lots_out: Iterable[LotMove],
) -> None:
    for direction, lots in (("in", lots_in), ("out", lots_out)):
        summed: dict[str, int] = {}
        for lot in lots:
            summed[lot.lot_id] = summed.get(lot.lot_id, 0) + lot.quantity
            _know(connection, event, lot, "made" if direction == "out" else "bought")
        for lot_id, quantity in summed.items():
            row = {"report_id": event.report_id, "direction": direction, "lot_id": lot_id, "quantity": quantity}
            connection.execute(MOVES.insert(), row)


def _know(connection: sa.Connection, event: events.WorkEvent, lot: LotMove, origin: str) -> None:
    """A lot is told of once; what fed a report and was never told of was bought by the factory itself. To have eaten of
    a lot opens it to nobody: who owns it or received it is known from elsewhere.
    """
    row = {
        "lot_id": lot.lot_id,
        "item": lot.item,
        "unit": lot.unit,
        "origin": origin,
        "supplied": 0,
        "work_id": event.work_id if origin == "made" else "",
        "order_id": event.order_id if origin == "made" else "",
        "owner_org_id": event.factory_org_id,
        "buyer_org_id": event.buyer_org_id if origin == "made" else "",
        "label": lot.label,
        "supplier_lot": lot.supplier_lot,
        **_UNJUDGED,
    }
    _tell(connection, row)


def _tell(connection: sa.Connection, row: dict[str, Any]) -> None:
    """The word of whoever made or brought a lot replaces that of one who only said to have bought it."""
    if row["origin"] != "bought":
        connection.execute(_CLAIMED, {"of": row["lot_id"]})
    _insert_new(connection, LOTS, row)


def _hold(connection: sa.Connection, lot_id: str, org_id: str) -> None:
    _insert_new(connection, HOLDERS, {"lot_id": lot_id, "org_id": org_id})


def _insert_new(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> None:
    if connection.execute(_known(table), row).first() is None:
        connection.execute(table.insert(), row)


@cache
def _known(table: sa.Table) -> sa.Select[Any]:
    """Whether a row's key is there already; built once and compiled once, as all statements here."""
    keys = [column == sa.bindparam(column.name) for column in table.primary_key.columns]
    return sa.select(sa.literal(1)).select_from(table).where(*keys)


def _judge(connection: sa.Connection, event: events.InspectionOpened | events.InspectionDispositioned) -> None:
    changes = {"inspection_lot_id": event.inspection_lot_id}
    if isinstance(event, events.InspectionOpened):
        changes |= {"inspector_org_id": event.inspector_org_id, "disposition": "pending"}
        opened = {"sampling_plan": event.sampling_plan, "opened_at": instant_text(event.opened_at)}
        connection.execute(_JUDGED, {"of": event.lot_id, "sample_size": event.sample_size, **opened, **changes})
        return
    changes |= {"disposition": event.disposition, "grounds": event.grounds}
    changes |= {"judged_at": instant_text(event.dispositioned_at)}
    connection.execute(_JUDGED, {"of": event.lot_id, **changes})


def _supply(connection: sa.Connection, event: SupplyRecorded) -> None:
    row = {
        "lot_id": event.lot_id,
        "item": event.item,
        "unit": event.unit,
        "origin": "supplied",
        "supplied": event.lot_quantity,
        "work_id": "",
        "order_id": event.order_id,
        "owner_org_id": event.buyer_org_id,
        "buyer_org_id": event.buyer_org_id,
        "label": "",
        "supplier_lot": "",
        **_UNJUDGED,
    }
    _tell(connection, row)


def find_lot(views: sa.Engine, lot_id: str, principal: Principal) -> LotRow | None:
    """The lot with those of its neighbours that *principal* may see as well; None when there is none for them."""
    with views.connect() as connection:
        asked = {"of": lot_id, "org_id": principal.org_id}
        row = connection.execute(_shown(principal.role), asked).first()
        if row is None:
            return None
        made = connection.execute(_MADE, {"of": lot_id}).scalar()
        return LotRow(
            lot_id=row.lot_id,
            item=row.item,
            unit=row.unit,
            origin=row.origin,
            quantity=int(made or 0) if row.origin == "made" else row.supplied,
            work_id=row.work_id,
            order_id=row.order_id,
            inspection_lot_id=row.inspection_lot_id,
            disposition=row.disposition,
            label=row.label,
            supplier_lot=row.supplier_lot,
            made_from=_found(connection.execute(_neighbours(principal.role, "out", "in"), asked)),
            used_in=_found(connection.execute(_neighbours(principal.role, "in", "out"), asked)),
        )


def _found(rows: Iterable[Any]) -> list[Neighbour]:
    return [Neighbour(str(one[0]), int(one[1]), str(one[2]), str(one[3])) for one in rows]


@cache
def _shown(role: Role) -> sa.Select[Any]:
    return sa.select(LOTS).where(LOTS.c.lot_id == sa.bindparam("of"), visible(role))


@cache
def _neighbours(role: Role, own: str, other: str) -> sa.Select[Any]:
    """Lots on the *other* side of the reports that have one lot on its *own* side, with their quantities there."""
    mine, theirs, lot_id = MOVES.alias(), MOVES.alias(), sa.bindparam("of", type_=sa.Text)
    return (
        sa.select(theirs.c.lot_id, sa.func.sum(theirs.c.quantity), LOTS.c.unit, LOTS.c.label)
        .join(mine, mine.c.report_id == theirs.c.report_id)
        .join(LOTS, LOTS.c.lot_id == theirs.c.lot_id)
        .where(mine.c.lot_id == lot_id, mine.c.direction == own, theirs.c.direction == other, visible(role))
        .group_by(theirs.c.lot_id, LOTS.c.unit, LOTS.c.label)
        .order_by(theirs.c.lot_id)
    )


def visible(role: Role) -> sa.ColumnElement[bool]:
    """Whose lots: made, brought or received by the asker, made for it, or to be judged by it. The office sees all."""
    if role is Role.OFFICE:
        return sa.true()
    org_id = sa.bindparam("org_id", type_=sa.Text)
    if role is Role.BUYER:
        return LOTS.c.buyer_org_id == org_id
    received = sa.select(HOLDERS.c.lot_id).where(HOLDERS.c.lot_id == LOTS.c.lot_id, HOLDERS.c.org_id == org_id)
    return sa.or_(LOTS.c.owner_org_id == org_id, LOTS.c.inspector_org_id == org_id, sa.exists(received))


def work_of_inspection(views: sa.Engine, inspection_lot_id: str, org_id: str) -> str | None:
    """The work order whose lot *org_id* is to judge or has made under this id; None when there is none for it."""
    query = sa.select(LOTS.c.work_id).where(
        LOTS.c.inspection_lot_id == inspection_lot_id,
        sa.or_(LOTS.c.inspector_org_id == org_id, LOTS.c.owner_org_id == org_id),
    )
    with views.connect() as connection:
        found: str | None = connection.execute(query).scalar_one_or_none()
    return found
