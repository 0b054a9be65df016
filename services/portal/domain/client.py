"""An API client: a program that acts for an organisation within the scopes it was registered with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from services.portal.domain.refusals import Why
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from shared.kernel.refusal import Refused


class ClientRegistered(Event):
    """*secret_digest* is the SHA-256 (hex) of 256 random bits: nothing to guess, so no slow hash is needed."""

    client_id: str
    org_id: str
    name: str
    scopes: list[str]
    secret_digest: str
    registered_by: str
    registered_at: datetime


class ClientRevoked(Event):
    client_id: str
    revoked_by: str
    revoked_at: datetime


@dataclass(frozen=True, slots=True)
class RegisterClient:
    """*held* are the permissions that may be given on: those of the organisation's role."""

    client_id: str
    org_id: str
    name: str
    scopes: frozenset[str]
    held: frozenset[str]
    secret_digest: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RevokeClient:
    by: str
    at: datetime


ClientCommand = RegisterClient | RevokeClient


@dataclass(frozen=True, slots=True)
class Absent:
    pass


@dataclass(frozen=True, slots=True)
class Active:
    client_id: str
    org_id: str
    name: str
    scopes: frozenset[str]
    secret_digest: str
    registered_by: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Revoked:
    was: Active
    revoked_at: datetime


Client = Absent | Active | Revoked


def decide(command: ClientCommand, client: Client) -> Sequence[Event]:
    match command:
        case RegisterClient():
            return _register(command)
        case RevokeClient():
            return _revoke(command, client)
        case _:
            assert_never(command)


def _register(command: RegisterClient) -> Sequence[Event]:
    missing = command.scopes - command.held
    if missing:
        raise Refused(Why.SCOPE_NOT_HELD, pointer="/scopes", missing=", ".join(sorted(missing)))
    return [
        ClientRegistered(
            client_id=command.client_id,
            org_id=command.org_id,
            name=command.name,
            scopes=sorted(command.scopes),
            secret_digest=command.secret_digest,
            registered_by=command.by,
            registered_at=command.at,
        )
    ]


def _revoke(command: RevokeClient, client: Client) -> Sequence[Event]:
    match client:
        case Active():
            return [ClientRevoked(client_id=client.client_id, revoked_by=command.by, revoked_at=command.at)]
        case Absent() | Revoked():
            raise Refused(Why.CLIENT_REVOKED)
        case _:
            assert_never(client)


def evolve(client: Client, event: Event) -> Client:
    match event:
        case ClientRegistered():
            return Active(
                client_id=event.client_id,
                org_id=event.org_id,
                name=event.name,
                scopes=frozenset(event.scopes),
                secret_digest=event.secret_digest,
                registered_by=event.registered_by,
                registered_at=event.registered_at,
            )
        case ClientRevoked() if isinstance(client, Active):
            return Revoked(client, event.revoked_at)
        case _:
            return client


CLIENT: Decider[ClientCommand, Client, Event] = Decider(Absent(), decide, evolve)
CLIENT_EVENTS: dict[str, type[Event]] = {
    "client-registered.v1": ClientRegistered,
    "client-revoked.v1": ClientRevoked,
}
