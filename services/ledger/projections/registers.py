"""Which plants and organisations take part, and by which entry do we know?"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from services.ledger.domain.events import EntryRecorded
from services.ledger.domain.leaf import decode_leaf
from services.ledger.domain.production_days import day_text, local_day, second_of
from services.ledger.domain.readings import decode_body, fact_of
from shared.contracts.line_time import PlantRegistered
from shared.contracts.portal import OrganisationAdmitted
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded

METADATA = sa.MetaData()
PLANT = sa.Table(
    "view_plant",
    METADATA,
    sa.Column("plant_id", sa.Text, primary_key=True),
    sa.Column("factory_org_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),  # local date of registration
    sa.Column("entry", sa.Integer, nullable=False),
)
ORGANISATION = sa.Table(
    "view_organisation",
    METADATA,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),  # local date of admission
    sa.Column("entry", sa.Integer, nullable=False),
)
_TYPES = frozenset({"capacity.plant-registered.v1", "portal.organisation-admitted.v1"})


class Registers:
    """The view's writer. The first entry about a plant or organisation is the one that counts it."""

    name = "registers"
    tables: Sequence[sa.Table] = (PLANT, ORGANISATION)
    handles: frozenset[str] | None = frozenset({"entry-recorded.v1"})

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self), PLANT.c.keys(), ORGANISATION.c.keys())

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            if not isinstance(event, EntryRecorded):
                continue
            type_name = decode_leaf(event.leaf).type
            if type_name not in _TYPES:
                continue
            match fact_of(type_name, decode_body(event.body).data):
                case PlantRegistered() as fact:
                    own = {"plant_id": fact.plant_id, "factory_org_id": fact.factory_org_id, "name": fact.name}
                    since = {"district": fact.district, "day": _day(fact.registered_at), "entry": event.index}
                    _keep(connection, PLANT, {**own, **since})
                case OrganisationAdmitted() as fact:
                    own = {"org_id": fact.org_id, "kind": fact.kind, "name": fact.name}
                    since = {"district": fact.district, "day": _day(fact.admitted_at), "entry": event.index}
                    _keep(connection, ORGANISATION, {**own, **since})


def _day(at: datetime) -> str:
    return day_text(local_day(second_of(at)))


def _keep(connection: sa.Connection, table: sa.Table, row: dict[str, object]) -> None:
    key = next(iter(table.primary_key))
    if connection.execute(sa.select(key).where(key == row[key.name])).first() is None:
        connection.execute(table.insert().values(row))
