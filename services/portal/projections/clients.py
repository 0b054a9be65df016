"""Which programs act for an organisation?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.portal.domain.client import ClientRegistered, ClientRevoked
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.principal import Principal

_METADATA = sa.MetaData()
CLIENT = sa.Table(
    "view_client",
    _METADATA,
    sa.Column("client_id", sa.String(30), primary_key=True),
    sa.Column("org_id", sa.String(30), nullable=False, index=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),  # separated by spaces, sorted
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("registered_at", sa.String(40), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("registered_by", sa.String(30), nullable=False, index=True),  # who has seen the secret
    sa.Column("revoked_s", sa.BigInteger, nullable=True, index=True),  # whole second since 1970
)


@dataclass(frozen=True, slots=True)
class ClientRow:
    client_id: str
    org_id: str
    name: str
    scopes: tuple[str, ...]
    state: str
    registered_at: datetime
    version: int


class Clients:
    """The view's writer."""

    name = "clients"
    tables: Sequence[sa.Table] = (CLIENT,)
    handles: frozenset[str] | None = frozenset({"client-registered.v1", "client-revoked.v1"})

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, repr(CLIENT.c.keys()))

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            match event:
                case ClientRegistered():
                    row = {
                        "client_id": event.client_id,
                        "org_id": event.org_id,
                        "name": event.name,
                        "scopes": " ".join(event.scopes),
                        "state": "active",
                        "registered_at": instant_text(event.registered_at),
                        "version": recorded.version,
                        "registered_by": event.registered_by,
                        "revoked_s": None,
                    }
                    connection.execute(CLIENT.insert().values(row))
                case ClientRevoked():
                    mine = CLIENT.update().where(CLIENT.c.client_id == event.client_id)
                    revoked_s = int(event.revoked_at.timestamp())
                    connection.execute(mine.values(state="revoked", version=recorded.version, revoked_s=revoked_s))
                case _:
                    pass


def list_clients(views: sa.Engine, principal: Principal, *, after: str | None, limit: int) -> list[ClientRow]:
    """Clients of the principal's own organisation, oldest first."""
    query = sa.select(CLIENT).where(CLIENT.c.org_id == principal.org_id).order_by(CLIENT.c.client_id).limit(limit)
    if after is not None:
        query = query.where(CLIENT.c.client_id > after)
    with views.connect() as connection:
        return [_row(row) for row in connection.execute(query)]


def find_client(views: sa.Engine, principal: Principal, client_id: str) -> ClientRow | None:
    """The client when it is the principal's organisation's own."""
    query = sa.select(CLIENT).where(CLIENT.c.client_id == client_id, CLIENT.c.org_id == principal.org_id)
    with views.connect() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _row(row)


def list_seen_by(views: sa.Engine, org_id: str, user_id: str) -> list[str]:
    """Living clients of the organisation whose secret *user_id* has seen: those that this person registered."""
    mine = (CLIENT.c.org_id == org_id, CLIENT.c.registered_by == user_id, CLIENT.c.state == "active")
    with views.connect() as connection:
        return list(
            connection.execute(sa.select(CLIENT.c.client_id).where(*mine).order_by(CLIENT.c.client_id)).scalars()
        )


def list_revoked(views: sa.Engine, since: datetime) -> list[str]:
    """Clients revoked after *since*, of whatever organisation: for verifiers, who hear nothing else of them."""
    query = sa.select(CLIENT.c.client_id).where(CLIENT.c.revoked_s >= int(since.timestamp()))
    with views.connect() as connection:
        return list(connection.execute(query).scalars())


def _row(row: sa.Row[tuple[object, ...]]) -> ClientRow:
    return ClientRow(
        row.client_id,
        row.org_id,
        row.name,
        tuple(row.scopes.split()),
        row.state,
        parse_instant(row.registered_at),
        row.version,
    )
