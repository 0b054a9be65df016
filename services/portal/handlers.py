"""A method per command of the portal: gather what the rule needs, then load and decide. Nothing is written here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.portal.domain.client import CLIENT, RegisterClient, RevokeClient
from services.portal.domain.client import Active as ActiveClient
from services.portal.domain.organisation import (
    ORGANISATION,
    AdmitOrganisation,
    Admitted,
    CreditCodeTaken,
    OrganisationKind,
)
from services.portal.domain.refusals import Why
from services.portal.domain.user import USER, ChangePassword, DismissUser, Duty, LoginTaken, RegisterUser, User
from services.portal.domain.user import Active as ActiveUser
from services.portal.passwords import Passwords, check_strength
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog, StreamAppend
from shared.eventstore.sealing import Seals
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused
from shared.reference.places import districts
from shared.web.permissions import permissions_of

FOUNDING = "founding"  # stream that lets the first office be set up once


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to register, in the clear: sealed and hashed before any rule sees it.

    *pointer* is where the person stands in the request, for naming a wrong field.
    """

    user_id: str
    login: str
    name: str
    phone: str
    password: str
    duty: Duty
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    org_id: str
    kind: OrganisationKind
    name: str
    credit_code: str
    district: str


class Handlers:
    """Commands of the portal over *log*."""

    def __init__(self, log: EventLog, seals: Seals, passwords: Passwords) -> None:
        self.log, self._seals, self._passwords = log, seals, passwords

    @property
    def passwords_at_work(self) -> int:
        """Passwords that are looked at now, or wait for it."""
        return self._passwords.at_work

    def check_login_free(self, user: NewUser) -> None:
        """Raises Refused LOGIN_TAKEN: before the work of hashing, which a login that is taken is not worth."""
        self._check_login_free(user.login.casefold(), user.pointer)

    def sealed(self, user: NewUser, org_id: str, by: str, at: datetime) -> RegisterUser:
        """*user* as a command. Slow (it hashes): do it before a transaction, not in its retries."""
        login = user.login.casefold()
        check_strength(user.password, login, f"{user.pointer}/password")
        hashed = self._passwords.hash_of_newcomer(user.password)
        return RegisterUser(
            user_id=user.user_id,
            org_id=org_id,
            duty=user.duty,
            login=login,
            name_sealed=self._seals.seal(user.user_id, user.name),
            phone_sealed=self._seals.seal(user.user_id, user.phone),
            password_sealed=self._seals.seal(user.user_id, hashed),
            by=by,
            at=at,
        )

    def admit(self, organisation: NewOrganisation, administrator: RegisterUser, by: str) -> Prepared[None]:
        """An organisation and its first administrator, together or not at all."""
        credit = f"credit-{organisation.credit_code}"
        taken = self.log.stream_version(credit)
        command = AdmitOrganisation(
            org_id=organisation.org_id,
            kind=organisation.kind,
            name=organisation.name,
            credit_code=organisation.credit_code,
            district=organisation.district,
            districts=frozenset(districts()),
            by=by,
            at=administrator.at,
        )
        stream = f"organisation-{organisation.org_id}"
        admitted = decide(ORGANISATION, load(self.log, ORGANISATION, stream), stream, command)
        if taken:
            raise Refused(Why.CREDIT_CODE_TAKEN, pointer="/credit_code", found=organisation.credit_code)
        claim = CreditCodeTaken(credit_code=organisation.credit_code, org_id=organisation.org_id)
        return Prepared(
            [admitted, StreamAppend(credit, 0, [claim]), *self._registering(administrator, "/administrator")], None
        )

    def found(self, office: NewOrganisation, administrator: RegisterUser) -> Prepared[None]:
        """The first office, which nobody can admit. Refused OFFICE_EXISTS ever after."""
        if self.log.stream_version(FOUNDING):
            raise Refused(Why.OFFICE_EXISTS)
        prepared = self.admit(office, administrator, by="founding")
        claim = CreditCodeTaken(credit_code=office.credit_code, org_id=office.org_id)
        return Prepared([*prepared.appends, StreamAppend(FOUNDING, 0, [claim])], None)

    def register_user(self, command: RegisterUser) -> Prepared[None]:
        return Prepared(self._registering(command), None)

    def _registering(self, command: RegisterUser, pointer: str = "") -> Sequence[StreamAppend]:
        self._check_login_free(command.login, pointer)
        stream = f"user-{command.user_id}"
        claim = LoginTaken(login=command.login, user_id=command.user_id)
        registered = decide(USER, load(self.log, USER, stream), stream, command)
        return [registered, StreamAppend(f"login-{command.login}", 0, [claim])]

    def _check_login_free(self, login: str, pointer: str) -> None:
        if self.log.stream_version(f"login-{login}"):
            raise Refused(Why.LOGIN_TAKEN, pointer=f"{pointer}/login")

    def change_password(self, user_id: str, present: str, new: str, at: datetime) -> Prepared[None]:
        """Raises Refused PASSWORD_WRONG, PASSWORD_WEAK, USER_DISMISSED."""
        stream = f"user-{user_id}"
        loaded = load(self.log, USER, stream)
        user = loaded.state
        if isinstance(user, ActiveUser):
            if not self.fits(user, present):
                raise Refused(Why.PASSWORD_WRONG, pointer="/present_password")
            check_strength(new, user.login, "/password")
        sealed = self._seals.seal(user_id, self._passwords.hash(new))
        return Prepared([decide(USER, loaded, stream, ChangePassword(sealed, at))], None)

    def dismiss(self, user_id: str, by: str, at: datetime) -> Prepared[None]:
        stream = f"user-{user_id}"
        return Prepared([decide(USER, load(self.log, USER, stream), stream, DismissUser(by, at))], None)

    def register_client(
        self, client_id: str, name: str, scopes: frozenset[str] | None, *, secret: str, by: Principal, at: datetime
    ) -> Prepared[None]:
        """A client of the organisation of *by*; *scopes* None means all that the role may give on."""
        held = frozenset(permissions_of(by.role) - {"user:manage", "client:manage"})
        command = RegisterClient(
            client_id=client_id,
            org_id=by.org_id,
            name=name,
            scopes=held if scopes is None else scopes,
            held=held,
            secret_digest=digest_of_secret(secret),
            by=by.subject,
            at=at,
        )
        stream = f"client-{client_id}"
        return Prepared([decide(CLIENT, load(self.log, CLIENT, stream), stream, command)], None)

    def revoke_client(self, client_id: str, by: str, at: datetime) -> Prepared[None]:
        stream = f"client-{client_id}"
        return Prepared([decide(CLIENT, load(self.log, CLIENT, stream), stream, RevokeClient(by, at))], None)

    def organisation(self, org_id: str) -> Loaded[Admitted] | None:
        loaded = load(self.log, ORGANISATION, f"organisation-{org_id}")
        return Loaded(loaded.state, loaded.version) if isinstance(loaded.state, Admitted) else None

    def user(self, user_id: str) -> Loaded[User]:
        return load(self.log, USER, f"user-{user_id}")

    def user_of_login(self, login: str) -> ActiveUser | None:
        """The active user who signs in as *login*."""
        for event in self.log.read_events(f"login-{login.casefold()}")[0]:
            if isinstance(event, LoginTaken):
                user = self.user(event.user_id).state
                return user if isinstance(user, ActiveUser) else None
        return None

    def client(self, client_id: str) -> ActiveClient | None:
        """The client, unless it is unknown or revoked."""
        client = load(self.log, CLIENT, f"client-{client_id}").state
        return client if isinstance(client, ActiveClient) else None

    def role_of(self, org_id: str) -> Role | None:
        found = self.organisation(org_id)
        return None if found is None else Role(found.state.kind)

    def fits(self, user: ActiveUser | None, password: str) -> bool:
        """Whether *password* is the user's; None takes as long as a wrong one."""
        hashed = None if user is None else self._seals.open(user.password_sealed)
        return self._passwords.verify(hashed, password)

    def forget(self, user_id: str) -> bool:
        """Erase the person: name, phone and password can never be opened again, every digest still verifies.

        Whether there was anything to erase.
        """
        return self._seals.erase(user_id)

    def opened(self, sealed: str) -> str:
        """Personal text for those who may see it; empty when the person was erased."""
        return self._seals.open(sealed) or ""


def digest_of_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
