"""Which work orders are there, and how far are they? A factory sees its own, the office all, nobody else any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.capacity.domain import work_events as events
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.principal import Principal, Role

NAME = "work_orders"
TABLE = sa.Table(
    NAME,
    sa.MetaData(),
    sa.Column("work_id", sa.Text, primary_key=True),
    sa.Column("offer_id", sa.Text, nullable=False),
    sa.Column("order_id", sa.Text, nullable=False),
    sa.Column("factory_org_id", sa.Text, nullable=False),
    sa.Column("plant_id", sa.Text, nullable=False),
    sa.Column("line_id", sa.Text, nullable=False),
    sa.Column("slot_id", sa.Text, nullable=False, index=True),
    sa.Column("capability", sa.Text, nullable=False),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("quantity_net", sa.Integer, nullable=False),
    sa.Column("quantity_gross", sa.Integer, nullable=False),
    sa.Column("price_fen", sa.Integer, nullable=False),
    sa.Column("starts_at", sa.Text, nullable=False),
    sa.Column("ends_at", sa.Text, nullable=False),
    sa.Column("offered_at", sa.Text, nullable=False),
    sa.Column("answer_by", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("is_renewed", sa.Boolean, nullable=False),
    sa.Column("good", sa.Integer, nullable=False),
    sa.Column("scrap", sa.Integer, nullable=False),
    sa.Column("rework", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("work_orders_of_owner", "factory_org_id", "starts_at", "work_id"),
    sa.Index("work_orders_of_owner_by_state", "factory_org_id", "state", "starts_at", "work_id"),
    sa.Index("work_orders_by_start", "starts_at", "work_id"),
    sa.Index("work_orders_by_state", "state", "starts_at", "work_id"),
    sa.Index("work_orders_unanswered", "state", "answer_by"),
)
STATES = (
    "offered",
    "countered",
    "accepted",
    "setting_up",
    "running",
    "stopped",
    "finished",
    "released",
    "blocked",
    "shipped",
    "delivered",
    "declined",
    "lapsed",
    "withdrawn",
    "missed",
)
_INSERT = TABLE.insert()  # these are built once: they run with every event, or every few seconds
_UPDATE = TABLE.update().where(TABLE.c.work_id == sa.bindparam("of"))
_UNANSWERED = (
    sa.select(TABLE.c.work_id)
    .where(TABLE.c.state == "offered", TABLE.c.answer_by <= sa.bindparam("by_now"))
    .order_by(TABLE.c.answer_by)
    .limit(sa.bindparam("at_most"))
)
_UNSTARTED = (
    sa.select(TABLE.c.work_id)
    .where(TABLE.c.state == "accepted", TABLE.c.starts_at <= sa.bindparam("by_now"))
    .order_by(TABLE.c.starts_at, TABLE.c.work_id)
    .limit(sa.bindparam("at_most"))
)


@dataclass(frozen=True, slots=True)
class WorkRow:
    work_id: str
    offer_id: str
    order_id: str
    factory_org_id: str
    plant_id: str
    line_id: str
    slot_id: str
    capability: str
    name_zh: str
    name_en: str
    unit: str
    quantity_net: int
    quantity_gross: int
    price_fen: int
    starts_at: datetime
    ends_at: datetime
    offered_at: datetime
    answer_by: datetime
    state: str
    is_renewed: bool
    good: int
    scrap: int
    rework: int
    version: int


class WorkOrders:
    """Satisfies `Projection`."""

    name = NAME
    tables: Sequence[sa.Table] = (TABLE,)
    handles: frozenset[str] | None = frozenset(events.WORK_EVENTS)
    code_digest = digest_of("6", TABLE.columns.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            if isinstance(event, events.WorkOffered):
                connection.execute(_INSERT, _first(event) | {"version": recorded.version})
            elif isinstance(event, events.WorkEvent):
                changes = _changes(event) | {"version": recorded.version}
                connection.execute(_UPDATE, {"of": event.work_id, **changes})


def _first(event: events.WorkOffered) -> dict[str, Any]:
    return {
        "work_id": event.work_id,
        "offer_id": event.offer_id,
        "order_id": event.order_id,
        "factory_org_id": event.factory_org_id,
        "plant_id": event.plant_id,
        "line_id": event.line_id,
        "slot_id": event.slot_id,
        "capability": event.capability,
        "name_zh": event.name_zh,
        "name_en": event.name_en,
        "unit": event.unit,
        "quantity_net": event.quantity_net,
        "quantity_gross": event.quantity_gross,
        "price_fen": event.price_fen,
        "starts_at": _text(event.starts_at),
        "ends_at": _text(event.ends_at),
        "offered_at": _text(event.offered_at),
        "answer_by": _text(event.answer_by),
        "state": "offered",
        "is_renewed": False,
        "good": 0,
        "scrap": 0,
        "rework": 0,
    }


_STATE_AFTER: Mapping[type[events.WorkEvent], str] = {
    events.OfferAccepted: "accepted",
    events.OfferDeclined: "declined",
    events.OfferCountered: "countered",
    events.WorkWithdrawn: "withdrawn",
    events.SlotMissed: "missed",
    events.SetupStarted: "setting_up",
    events.RunStarted: "running",
    events.StoppageOpened: "stopped",
    events.StoppageClosed: "running",
    events.RunFinished: "finished",
}


def _state_after(event: events.WorkEvent) -> str | None:
    is_silence = isinstance(event, events.OfferDeclined) and event.is_silence
    return "lapsed" if is_silence else _STATE_AFTER.get(type(event))


def _changes(event: events.WorkEvent) -> dict[str, Any]:
    """What the row is after *event*."""
    state = _state_after(event)
    if state is not None:
        return {"state": state}
    match event:
        case events.OfferRenewed():
            return {"state": "offered", "is_renewed": True, "answer_by": _text(event.answer_by)}
        case events.WorkMoved():
            return {
                "slot_id": event.slot_id,
                "starts_at": _text(event.starts_at),
                "ends_at": _text(event.ends_at),
                "price_fen": event.price_fen,
            }
        case events.ProductionReported() | events.ReportCorrected():
            totals = event.totals
            return {"good": totals.good, "scrap": totals.scrap, "rework": totals.rework}
        case events.InspectionDispositioned() if event.stage:
            return {"state": event.stage}
        case events.InspectionDispositioned():
            return {"state": "released" if event.any_released else "blocked"} if event.is_last else {}
        case events.GoodsShipped():
            return {"state": "shipped"} if event.is_last else {}
        case events.GoodsForwarded():
            return {"state": "shipped"}
        case events.GoodsDelivered():
            return {"state": "delivered"}
        case _:
            return {}


def list_work(
    views: sa.Engine,
    principal: Principal,
    *,
    limit: int,
    after: Sequence[Any] | None = None,
    states: Sequence[str] = (),
    line_id: str | None = None,
) -> list[WorkRow]:
    """Work orders by their start, of *states* (empty: all) and on *line_id* where given; *after*: [start, id]."""
    wanted: dict[str, Any] = {"at_most": limit}
    if principal.role is not Role.OFFICE:
        wanted["factory_org_id"] = principal.org_id
    if states:
        wanted |= {f"state_{number}": state for number, state in enumerate(states)}
    if line_id is not None:
        wanted["line_id"] = line_id
    if after is not None:
        wanted["after_at"], wanted["after_id"] = str(after[0]), str(after[1])
    with views.connect() as connection:
        return [_row(row) for row in connection.execute(_listing(frozenset(wanted)), wanted)]


@cache
def _listing(wanted: frozenset[str]) -> sa.Select[Any]:
    """The list by what is *wanted*, its values left open: built once and compiled once."""
    query = sa.select(TABLE).order_by(TABLE.c.starts_at, TABLE.c.work_id).limit(sa.bindparam("at_most"))
    if "factory_org_id" in wanted:
        query = query.where(TABLE.c.factory_org_id == sa.bindparam("factory_org_id"))
    states = [sa.bindparam(one, type_=sa.Text) for one in sorted(wanted) if one.startswith("state_")]
    if states:
        query = query.where(TABLE.c.state.in_(states))
    if "line_id" in wanted:
        query = query.where(TABLE.c.line_id == sa.bindparam("line_id"))
    if "after_at" in wanted:
        behind = sa.tuple_(sa.bindparam("after_at", type_=sa.Text), sa.bindparam("after_id", type_=sa.Text))
        query = query.where(sa.tuple_(TABLE.c.starts_at, TABLE.c.work_id) > behind)
    return query


def by_slot(views: sa.Engine, line_id: str, slot_ids: Sequence[str]) -> dict[str, WorkRow]:
    """slot id -> the work order in it, for a board whose owner has been checked."""
    query = sa.select(TABLE).where(TABLE.c.slot_id.in_(slot_ids), TABLE.c.line_id == line_id)
    with views.connect() as connection:
        return {row.slot_id: _row(row) for row in connection.execute(query)}


def list_unanswered(views: sa.Engine, now: datetime, limit: int) -> list[str]:
    """Work orders whose plant was silent until its last moment, the longest first. For the platform's own job."""
    with views.connect() as connection:
        found = connection.execute(_UNANSWERED, {"by_now": _text(now), "at_most": limit})
        return [str(one) for one in found.scalars()]


def list_unstarted(views: sa.Engine, until: datetime, limit: int) -> list[str]:
    """Agreed work whose slot began by *until* and that has not, the longest first. For the platform's own job."""
    with views.connect() as connection:
        found = connection.execute(_UNSTARTED, {"by_now": _text(until), "at_most": limit})
        return [str(one) for one in found.scalars()]


def _row(row: Any) -> WorkRow:
    fields = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    for name in ("starts_at", "ends_at", "offered_at", "answer_by"):
        fields[name] = parse_instant(fields[name])
    return WorkRow(**fields)


def _text(at: datetime) -> str:
    return instant_text(at.astimezone(UTC))
