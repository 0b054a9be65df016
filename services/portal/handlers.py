"""A method per command of the portal: gather what the rule needs, then load and decide. Nothing is written here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.portal.domain.client import CLIENT, RegisterClient, RevokeClient
from services.portal.domain.client import Active as ActiveClient
from services.portal.domain.client import Revoked as RevokedClient
from services.portal.domain.organisation import (
    ORGANISATION,
    AdmitOrganisation,
    Admitted,
    ConfirmNomination,
    CreditCodeTaken,
    Nominated,
    NominateOrganisation,
    Organisation,
    OrganisationCommand,
    OrganisationKind,
)
from services.portal.domain.refusals import Why
from services.portal.domain.user import USER, ChangePassword, DismissUser, Duty, LoginTaken, RegisterUser, User
from services.portal.domain.user import Active as ActiveUser
from services.portal.passwords import Passwords, check_strength
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog, StreamAppend
from shared.eventstore.sealing import Seals, is_sealed
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused
from shared.reference.places import districts
from shared.web.permissions import permissions_of

LOGINS = "logins"  # subject of the key that names the streams which claim logins
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
            login=self._seals.seal(user.user_id, login),
            name_sealed=self._seals.seal(user.user_id, user.name),
            phone_sealed=self._seals.seal(user.user_id, user.phone),
            password_sealed=self._seals.seal(user.user_id, hashed),
            by=by,
            at=at,
            login_key=self._login_key(login),
        )

    def admit(self, organisation: NewOrganisation, administrator: RegisterUser, by: str) -> Prepared[None]:
        """An organisation and its first administrator, together or not at all."""
        admitted = self._organising(organisation.org_id, _admission(organisation, administrator, by))
        claim = self._claiming(organisation.credit_code, organisation.org_id)
        return Prepared([admitted, claim, *self._registering(administrator, "/administrator")], None)

    def nominate(
        self, organisation: NewOrganisation, administrator: RegisterUser, by: str, lapses_at: datetime
    ) -> Prepared[None]:
        """An organisation that a second person must confirm: nothing of it can sign in before."""
        self._check_key_free(administrator.login_key, "/administrator")
        self._claiming(organisation.credit_code, organisation.org_id)
        admission = _admission(organisation, administrator, by)
        command = NominateOrganisation(admission, administrator, lapses_at)
        return Prepared([self._organising(organisation.org_id, command)], None)

    def confirm(self, org_id: str, by: str, at: datetime) -> Prepared[None]:
        """Admit what another person nominated. Raises Refused: NOMINATION_OVER, NOMINATION_LAPSED, SECOND_PERSON_NEEDED,
        and what has been taken meanwhile.
        """
        state = self.organisation_state(org_id)
        nominated = state.event if isinstance(state, Nominated) else None
        persons = frozenset() if nominated is None else self._behind(nominated.nominated_by)
        admitted = self._organising(org_id, ConfirmNomination(by, persons, at))
        if nominated is None:
            raise AssertionError("unreachable: a confirmation of what is not nominated was refused")
        administrator = RegisterUser(
            user_id=nominated.administrator_id,
            org_id=org_id,
            duty=Duty.ADMINISTRATOR,
            login=nominated.login,
            name_sealed=nominated.name_sealed,
            phone_sealed=nominated.phone_sealed,
            password_sealed=nominated.password_sealed,
            by=nominated.nominated_by,
            at=at,
            login_key=nominated.login_key,
        )
        claim = self._claiming(nominated.credit_code, org_id)
        return Prepared([admitted, claim, *self._registering(administrator)], None)

    def _behind(self, subject: str) -> frozenset[str]:
        """*subject* and, of a program, the person who registered it."""
        client = load(self.log, CLIENT, f"client-{subject}").state
        match client:
            case ActiveClient() | RevokedClient(was=ActiveClient()):
                registered_by = client.registered_by if isinstance(client, ActiveClient) else client.was.registered_by
                return frozenset({subject, registered_by})
            case _:
                return frozenset({subject})

    def _organising(self, org_id: str, command: OrganisationCommand) -> StreamAppend:
        stream = f"organisation-{org_id}"
        return decide(ORGANISATION, load(self.log, ORGANISATION, stream), stream, command)

    def _claiming(self, credit_code: str, org_id: str) -> StreamAppend:
        credit = f"credit-{credit_code}"
        if self.log.stream_version(credit):
            raise Refused(Why.CREDIT_CODE_TAKEN, pointer="/credit_code", found=credit_code)
        return StreamAppend(credit, 0, [CreditCodeTaken(credit_code=credit_code, org_id=org_id)])

    def organisation_state(self, org_id: str) -> Organisation:
        return load(self.log, ORGANISATION, f"organisation-{org_id}").state

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
        self._check_key_free(command.login_key, pointer)
        stream = f"user-{command.user_id}"
        claim = LoginTaken(login=command.login_key, user_id=command.user_id)
        registered = decide(USER, load(self.log, USER, stream), stream, command)
        return [registered, StreamAppend(f"login-{command.login_key}", 0, [claim])]

    def _check_login_free(self, login: str, pointer: str) -> None:
        for key in (self._login_key(login), login):  # an old log claims by the login itself
            self._check_key_free(key, pointer)

    def _check_key_free(self, key: str, pointer: str) -> None:
        if self.log.stream_version(f"login-{key}"):
            raise Refused(Why.LOGIN_TAKEN, pointer=f"{pointer}/login")

    def _login_key(self, login: str) -> str:
        """The stream's name does not tell the login; its key lies with the seals, so that renewed secrets change nothing."""
        return self._seals.digest(LOGINS, login.casefold())

    def change_password(self, user_id: str, present: str, new: str, at: datetime) -> Prepared[None]:
        """Raises Refused PASSWORD_WRONG, PASSWORD_WEAK, USER_DISMISSED."""
        stream = f"user-{user_id}"
        loaded = load(self.log, USER, stream)
        user = loaded.state
        if isinstance(user, ActiveUser):
            if not self.fits(user, present):
                raise Refused(Why.PASSWORD_WRONG, pointer="/present_password")
            check_strength(new, self.login_of(user), "/password")
        sealed = self.sealed_password(user_id, new)
        return Prepared([decide(USER, loaded, stream, ChangePassword(sealed, at))], None)

    def dismiss(self, user_id: str, clients: Sequence[str], by: str, at: datetime) -> Prepared[None]:
        """The user, and with it *clients* whose secret this person has seen; one that was revoked since says nothing."""
        stream = f"user-{user_id}"
        dismissed = decide(USER, load(self.log, USER, stream), stream, DismissUser(by, at))
        return Prepared([dismissed, *(one for each in clients for one in self._revoking(each, by, at))], None)

    def _revoking(self, client_id: str, by: str, at: datetime) -> Sequence[StreamAppend]:
        stream = f"client-{client_id}"
        loaded = load(self.log, CLIENT, stream)
        living = isinstance(loaded.state, ActiveClient)
        return [decide(CLIENT, loaded, stream, RevokeClient(by, at))] if living else []

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
        for key in (self._login_key(login), login.casefold()):  # an old log claims by the login itself
            for event in self.log.read_events(f"login-{key}")[0]:
                if isinstance(event, LoginTaken):
                    user = self.user(event.user_id).state
                    return user if isinstance(user, ActiveUser) else None
        return None

    def login_of(self, user: ActiveUser) -> str:
        """What the user signs in as; empty when the person was erased. An old log has it in the clear."""
        return self.opened(user.login) if is_sealed(user.login) else user.login

    def client(self, client_id: str) -> ActiveClient | None:
        """The client, unless it is unknown or revoked."""
        client = load(self.log, CLIENT, f"client-{client_id}").state
        return client if isinstance(client, ActiveClient) else None

    def role_of(self, org_id: str) -> Role | None:
        found = self.organisation(org_id)
        return None if found is None else Role(found.state.kind)

    def fits(self, user: ActiveUser | None, password: str, *, is_stranger: bool = False) -> bool:
        """Whether *password* is the user's; None takes as long as a wrong one. Strangers have fewer places to ask."""
        hashed = None if user is None else self._seals.open(user.password_sealed)
        return self._passwords.verify(hashed, password, is_stranger=is_stranger)

    def sealed_password(self, user_id: str, password: str) -> str:
        """Hashed, which is slow, and sealed for the user."""
        return self._seals.seal(user_id, self._passwords.hash(password))

    def forget(self, user_id: str) -> bool:
        """Erase the person: name, phone and password can never be opened again, every digest still verifies.

        Whether there was anything to erase.
        """
        return self._seals.erase(user_id)

    def opened(self, sealed: str) -> str:
        """Personal text for those who may see it; empty when the person was erased."""
        return self._seals.open(sealed) or ""


def _admission(organisation: NewOrganisation, administrator: RegisterUser, by: str) -> AdmitOrganisation:
    return AdmitOrganisation(
        org_id=organisation.org_id,
        kind=organisation.kind,
        name=organisation.name,
        credit_code=organisation.credit_code,
        district=organisation.district,
        districts=frozenset(districts()),
        by=by,
        at=administrator.at,
    )


def digest_of_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
