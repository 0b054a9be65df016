"""The keys tokens are signed with: each is published before it signs, signs for a while, and stays published until
the last token it signed has expired. A revoked key is gone at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from services.portal.domain.refusals import Why
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from shared.kernel.refusal import Refused

SIGNS_FOR = timedelta(days=30)
PUBLISHED_BEFORE = timedelta(hours=1)  # verifiers that cache the JWKS know a key before they meet it
PUBLISHED_AFTER = timedelta(hours=1)  # longer than any token lives


class KeyIntroduced(Event):
    """*x* is the public Ed25519 key, base64url. The private half is never in the log."""

    kid: str
    x: str
    published_at: datetime
    signs_from: datetime
    signs_until: datetime


class KeyRevoked(Event):
    kid: str
    revoked_at: datetime


@dataclass(frozen=True, slots=True)
class IntroduceKey:
    """A fresh key, to be taken if none is in force or the one in force is about to end."""

    kid: str
    x: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RevokeKey:
    kid: str
    at: datetime


KeyCommand = IntroduceKey | RevokeKey


@dataclass(frozen=True, slots=True)
class Key:
    kid: str
    x: str
    published_at: datetime
    signs_from: datetime
    signs_until: datetime
    revoked: bool = False

    def signs_at(self, at: datetime) -> bool:
        return not self.revoked and self.signs_from <= at < self.signs_until

    def is_published_at(self, at: datetime) -> bool:
        return not self.revoked and self.published_at <= at < self.signs_until + PUBLISHED_AFTER


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys there ever were, oldest first."""

    keys: tuple[Key, ...] = ()

    def published(self, at: datetime) -> list[Key]:
        """Keys that verify tokens at *at*: the JWKS."""
        return [key for key in self.keys if key.is_published_at(at)]

    def signing(self, at: datetime) -> Key | None:
        """The key that signs at *at*: of several the newest."""
        return next((key for key in reversed(self.keys) if key.signs_at(at)), None)

    def needs_successor(self, at: datetime) -> bool:
        """Whether it is time to introduce a key: none will be signing PUBLISHED_BEFORE from now."""
        return self.signing(at) is None or not any(key.signs_at(at + PUBLISHED_BEFORE) for key in self.keys)


def decide(command: KeyCommand, keys: Keys) -> Sequence[Event]:
    match command:
        case IntroduceKey():
            return _introduce(command, keys)
        case RevokeKey():
            return _revoke(command, keys)
        case _:
            assert_never(command)


def _introduce(command: IntroduceKey, keys: Keys) -> Sequence[Event]:
    if not keys.needs_successor(command.at):
        return []
    current = keys.signing(command.at)
    begins = command.at if current is None else current.signs_until
    return [
        KeyIntroduced(
            kid=command.kid,
            x=command.x,
            published_at=command.at,
            signs_from=begins,
            signs_until=begins + SIGNS_FOR,
        )
    ]


def _revoke(command: RevokeKey, keys: Keys) -> Sequence[Event]:
    found = next((key for key in keys.keys if key.kid == command.kid), None)
    if found is None:
        raise Refused(Why.KEY_UNKNOWN, kid=command.kid)
    if found.revoked:
        raise Refused(Why.KEY_REVOKED, kid=command.kid)
    return [KeyRevoked(kid=command.kid, revoked_at=command.at)]


def evolve(keys: Keys, event: Event) -> Keys:
    match event:
        case KeyIntroduced():
            key = Key(event.kid, event.x, event.published_at, event.signs_from, event.signs_until)
            return Keys((*keys.keys, key))
        case KeyRevoked():
            return Keys(
                tuple(
                    Key(key.kid, key.x, key.published_at, key.signs_from, key.signs_until, revoked=True)
                    if key.kid == event.kid
                    else key
                    for key in keys.keys
                )
            )
        case _:
            return keys


KEYS: Decider[KeyCommand, Keys, Event] = Decider(Keys(), decide, evolve)
KEY_EVENTS: dict[str, type[Event]] = {"key-introduced.v1": KeyIntroduced, "key-revoked.v1": KeyRevoked}
