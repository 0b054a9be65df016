"""A person who may sign in for an organisation. Name, phone and password hash are sealed: erasing the key erases them."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from services.portal.domain.refusals import Why
from shared.kernel.decider import Decider
from shared.kernel.event import Event
from shared.kernel.refusal import Refused


class Duty(StrEnum):
    """What a person does in the organisation; narrows the role's permissions."""

    ADMINISTRATOR = "administrator"  # everything, users and API clients too
    OPERATOR = "operator"  # everything but users and API clients
    READER = "reader"  # looks, changes nothing


class UserRegistered(Event):
    user_id: str
    org_id: str
    duty: Duty
    login: str
    name_sealed: str
    phone_sealed: str
    password_sealed: str
    registered_by: str
    registered_at: datetime


class LoginTaken(Event):
    """On stream `login-<key>`: makes a login good for one user, and tells whose it is. The key is made of the login and
    a key beside the log, so that an erased person's login stands nowhere; logins of old logs are their own keys.
    """

    login: str
    user_id: str


class PasswordChanged(Event):
    user_id: str
    password_sealed: str
    changed_at: datetime


class UserDismissed(Event):
    user_id: str
    dismissed_by: str
    dismissed_at: datetime


class AccessCodeIssued(Event):
    """A one-time code to set a new password with. *issued_by*: an administrator, or the operator in an emergency."""

    user_id: str
    code_digest: str
    good_until: datetime
    issued_by: str
    grounds: str
    issued_at: datetime


class AccessRecovered(Event):
    """The code was used: it is worth nothing any more, and the password is another."""

    user_id: str
    password_sealed: str
    recovered_at: datetime


@dataclass(frozen=True, slots=True)
class RegisterUser:
    """*login* sealed like name and telephone; *login_key* names the stream that it claims."""

    user_id: str
    org_id: str
    duty: Duty
    login: str
    name_sealed: str
    phone_sealed: str
    password_sealed: str
    by: str
    at: datetime
    login_key: str = ""


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """The present password has been verified before: hashing is no rule."""

    password_sealed: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DismissUser:
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IssueAccessCode:
    code_digest: str
    good_until: datetime
    by: str
    grounds: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoverAccess:
    code_digest: str
    password_sealed: str
    at: datetime


UserCommand = RegisterUser | ChangePassword | DismissUser | IssueAccessCode | RecoverAccess


@dataclass(frozen=True, slots=True)
class AccessCode:
    """A one-time code that was issued and not used yet."""

    digest: str
    good_until: datetime
    issued_by: str
    grounds: str
    issued_at: datetime

    def opens(self, digest: str, at: datetime) -> bool:
        return at < self.good_until and hmac.compare_digest(self.digest, digest)


@dataclass(frozen=True, slots=True)
class Absent:
    pass


@dataclass(frozen=True, slots=True)
class Active:
    user_id: str
    org_id: str
    duty: Duty
    login: str
    name_sealed: str
    phone_sealed: str
    password_sealed: str
    registered_at: datetime
    access_code: AccessCode | None = None


@dataclass(frozen=True, slots=True)
class Dismissed:
    was: Active
    dismissed_at: datetime


User = Absent | Active | Dismissed


def decide(command: UserCommand, user: User) -> Sequence[Event]:
    match command:
        case RegisterUser():
            return _register(command, user)
        case ChangePassword():
            active = _active(user)
            changed = PasswordChanged(
                user_id=active.user_id, password_sealed=command.password_sealed, changed_at=command.at
            )
            return [changed]
        case DismissUser():
            return _dismiss(command, user)
        case IssueAccessCode():
            return _issue(command, user)
        case RecoverAccess():
            return _recover(command, user)
        case _:
            assert_never(command)


def _register(command: RegisterUser, user: User) -> Sequence[Event]:
    if not isinstance(user, Absent):
        raise Refused(Why.LOGIN_TAKEN, pointer="/login")
    return [
        UserRegistered(
            user_id=command.user_id,
            org_id=command.org_id,
            duty=command.duty,
            login=command.login,
            name_sealed=command.name_sealed,
            phone_sealed=command.phone_sealed,
            password_sealed=command.password_sealed,
            registered_by=command.by,
            registered_at=command.at,
        )
    ]


def _active(user: User) -> Active:
    match user:
        case Active():
            return user
        case Absent() | Dismissed():
            raise Refused(Why.USER_DISMISSED)
        case _:
            assert_never(user)


def _dismiss(command: DismissUser, user: User) -> Sequence[Event]:
    active = _active(user)
    if active.user_id == command.by:
        raise Refused(Why.LAST_ADMINISTRATOR)
    return [UserDismissed(user_id=active.user_id, dismissed_by=command.by, dismissed_at=command.at)]


def _issue(command: IssueAccessCode, user: User) -> Sequence[Event]:
    """Nobody helps himself: who knows the password changes it, and who found an open session shall not."""
    active = _active(user)
    if active.user_id == command.by:
        raise Refused(Why.CODE_FOR_ONESELF)
    return [
        AccessCodeIssued(
            user_id=active.user_id,
            code_digest=command.code_digest,
            good_until=command.good_until,
            issued_by=command.by,
            grounds=command.grounds,
            issued_at=command.at,
        )
    ]


def _recover(command: RecoverAccess, user: User) -> Sequence[Event]:
    active = _active(user)
    if active.access_code is None or not active.access_code.opens(command.code_digest, command.at):
        raise Refused(Why.CODE_REFUSED)
    recovered = AccessRecovered(
        user_id=active.user_id, password_sealed=command.password_sealed, recovered_at=command.at
    )
    return [recovered]


def evolve(user: User, event: Event) -> User:
    match event:
        case UserRegistered():
            return Active(
                event.user_id,
                event.org_id,
                event.duty,
                event.login,
                event.name_sealed,
                event.phone_sealed,
                event.password_sealed,
                event.registered_at,
            )
        case PasswordChanged() if isinstance(user, Active):
            return replace(user, password_sealed=event.password_sealed)
        case AccessCodeIssued() if isinstance(user, Active):
            code = AccessCode(event.code_digest, event.good_until, event.issued_by, event.grounds, event.issued_at)
            return replace(user, access_code=code)
        case AccessRecovered() if isinstance(user, Active):
            return replace(user, password_sealed=event.password_sealed, access_code=None)
        case UserDismissed() if isinstance(user, Active):
            return Dismissed(user, event.dismissed_at)
        case _:
            return user


USER: Decider[UserCommand, User, Event] = Decider(Absent(), decide, evolve)
USER_EVENTS: dict[str, type[Event]] = {
    "user-registered.v1": UserRegistered,
    "login-taken.v1": LoginTaken,
    "password-changed.v1": PasswordChanged,
    "user-dismissed.v1": UserDismissed,
    "access-code-issued.v1": AccessCodeIssued,
    "access-recovered.v1": AccessRecovered,
}
