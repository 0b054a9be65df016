"""Who may sign in for an organisation? Names stay sealed in the view; they are opened when shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.portal.domain.user import (
    AccessCodeIssued,
    AccessRecovered,
    PasswordChanged,
    UserDismissed,
    UserRegistered,
)
from shared.eventstore.folding import digest_of
from shared.eventstore.port import Recorded
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.principal import Principal

_METADATA = sa.MetaData()
USER = sa.Table(
    "view_user",
    _METADATA,
    sa.Column("user_id", sa.String(30), primary_key=True),
    sa.Column("org_id", sa.String(30), nullable=False, index=True),
    sa.Column("duty", sa.String(20), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("login", sa.Text, nullable=False),  # sealed
    sa.Column("name_sealed", sa.Text, nullable=False),
    sa.Column("phone_sealed", sa.Text, nullable=False),
    sa.Column("registered_at", sa.String(40), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("dismissed_s", sa.BigInteger, nullable=True, index=True),  # whole second since 1970
)


@dataclass(frozen=True, slots=True)
class UserRow:
    user_id: str
    org_id: str
    duty: str
    state: str
    login: str
    name_sealed: str
    phone_sealed: str
    registered_at: datetime
    version: int


class Users:
    """The view's writer."""

    name = "users"
    tables: Sequence[sa.Table] = (USER,)
    handles: frozenset[str] | None = frozenset(
        {
            "user-registered.v1",
            "password-changed.v1",
            "user-dismissed.v1",
            "access-code-issued.v1",
            "access-recovered.v1",
        }
    )

    def __init__(self) -> None:
        self.code_digest = digest_of(type(self).apply, _dismissed, repr(USER.c.keys()))

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        for recorded in page:
            event = recorded.event
            match event:
                case UserRegistered():
                    row = {
                        "user_id": event.user_id,
                        "org_id": event.org_id,
                        "duty": event.duty.value,
                        "state": "active",
                        "login": event.login,
                        "name_sealed": event.name_sealed,
                        "phone_sealed": event.phone_sealed,
                        "registered_at": instant_text(event.registered_at),
                        "version": recorded.version,
                        "dismissed_s": None,
                    }
                    connection.execute(USER.insert().values(row))
                case PasswordChanged() | AccessCodeIssued() | AccessRecovered():
                    _update(connection, event.user_id, version=recorded.version)
                case UserDismissed():
                    _update(connection, event.user_id, version=recorded.version, **_dismissed(event))
                case _:
                    pass


def _dismissed(event: UserDismissed) -> dict[str, object]:
    return {"state": "dismissed", "dismissed_s": int(event.dismissed_at.timestamp())}


def _update(connection: sa.Connection, user_id: str, **values: object) -> None:
    connection.execute(USER.update().where(USER.c.user_id == user_id).values(**values))


def list_users(views: sa.Engine, principal: Principal, *, after: str | None, limit: int) -> list[UserRow]:
    """Users of the principal's own organisation, oldest first."""
    query = sa.select(USER).where(USER.c.org_id == principal.org_id).order_by(USER.c.user_id).limit(limit)
    if after is not None:
        query = query.where(USER.c.user_id > after)
    with views.connect() as connection:
        return [
            UserRow(
                row.user_id,
                row.org_id,
                row.duty,
                row.state,
                row.login,
                row.name_sealed,
                row.phone_sealed,
                parse_instant(row.registered_at),
                row.version,
            )
            for row in connection.execute(query)
        ]


def list_dismissed(views: sa.Engine, since: datetime) -> list[str]:
    """Who was dismissed after *since*, of whatever organisation: for verifiers, who hear nothing else of them."""
    query = sa.select(USER.c.user_id).where(USER.c.dismissed_s >= int(since.timestamp()))
    with views.connect() as connection:
        return list(connection.execute(query).scalars())
