"""Which organisations are there? All for the office, one's own for everybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.portal.domain.organisation import OrganisationAdmitted, OrganisationNominated
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.principal import Principal, Role

_METADATA = sa.MetaData()
ORGANISATION = sa.Table(
    "view_organisation",
    _METADATA,
    sa.Column("org_id", sa.String(30), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("credit_code", sa.String(18), nullable=False),
    sa.Column("district", sa.String(10), nullable=False),
    sa.Column("admitted_at", sa.String(40), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    org_id: str
    kind: str
    name: str
    credit_code: str
    district: str
    admitted_at: datetime
    version: int


class Organisations:
    """The view's writer."""

    name = "organisations"
    tables: Sequence[sa.Table] = (ORGANISATION,)
    handles: frozenset[str] | None = frozenset({"organisation-admitted.v1", "organisation-nominated.v1"})

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, repr(ORGANISATION.c.keys()))

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            if isinstance(event, OrganisationAdmitted | OrganisationNominated):
                at = event.admitted_at if isinstance(event, OrganisationAdmitted) else event.nominated_at
                row = {
                    "org_id": event.org_id,
                    "kind": event.kind,
                    "name": event.name,
                    "credit_code": event.credit_code,
                    "district": event.district,
                    "admitted_at": instant_text(at),
                    "version": recorded.version,
                }
                connection.execute(ORGANISATION.delete().where(ORGANISATION.c.org_id == event.org_id))
                connection.execute(ORGANISATION.insert().values(row))


def list_organisations(
    views: sa.Engine, principal: Principal, *, kind: str | None, after: str | None, limit: int
) -> list[OrganisationRow]:
    """In the order of admission; *after* is the id to continue behind."""
    query = sa.select(ORGANISATION).order_by(ORGANISATION.c.org_id).limit(limit)
    if principal.role is not Role.OFFICE:
        query = query.where(ORGANISATION.c.org_id == principal.org_id)
    if kind is not None:
        query = query.where(ORGANISATION.c.kind == kind)
    if after is not None:
        query = query.where(ORGANISATION.c.org_id > after)
    with views.connect() as connection:
        return [
            OrganisationRow(
                row.org_id,
                row.kind,
                row.name,
                row.credit_code,
                row.district,
                parse_instant(row.admitted_at),
                row.version,
            )
            for row in connection.execute(query)
        ]
