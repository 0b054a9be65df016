"""A portal with people in it: the office is founded, two brands and two factories are admitted."""

from dataclasses import dataclass, field
from typing import Any

from argon2 import PasswordHasher

from services.portal.domain.credit_code import check_character
from services.portal.domain.events import EVENT_TYPES
from services.portal.domain.organisation import OrganisationKind
from services.portal.domain.user import Duty
from services.portal.handlers import NewOrganisation, NewUser
from services.portal.settings import Settings
from services.portal.wiring import Service, build
from shared.clock import SeededIds
from shared.eventstore.handling import transact
from shared.eventstore.memory import MemoryLog
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.event import Cause
from shared.kernel.principal import Principal, Role
from tests.support.web_client import Caller

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # tests make many accounts; the cost is no subject
PASSWORD = "Correct-Horse-2026"
SETTINGS = Settings(secret=b"secret of the tests", issuer="https://portal.test", secure_cookies=False)
_KINDS: dict[Role, OrganisationKind] = {Role.BUYER: "buyer", Role.FACTORY: "factory", Role.OFFICE: "office"}


def a_credit_code(number: int) -> str:
    """A valid, fictional unified social credit code."""
    first = f"91421202{number:09d}"
    return first + check_character(first)


@dataclass(slots=True)
class Accounts:
    """*service* is the portal; `admit` adds organisations; `caller` speaks for any principal by a real token."""

    service: Service
    clock: Clock
    count: int = 0
    principals: dict[str, Principal] = field(default_factory=dict)

    def token(self, principal: Principal) -> str:
        return self.service.portal.signing.issue(principal).text

    def caller(self, principal: Principal | None) -> Caller:
        return Caller(self.service.app, self, principal)

    def admit(self, role: Role, login: str) -> Principal:
        """An organisation with an administrator who signs in as *login*; gives the administrator's principal."""
        handlers, portal = self.service.handlers, self.service.portal
        self.count += 1
        kind = _KINDS[role]
        organisation = NewOrganisation(
            portal.ids.new("org"), kind, f"机构 {login}", a_credit_code(self.count), "421202"
        )
        user = NewUser(portal.ids.new("usr"), login, f"人 {login}", "0715-8000000", PASSWORD, Duty.ADMINISTRATOR)
        sealed = handlers.sealed(user, organisation.org_id, "test", self.clock.now())
        cause = Cause(correlation_id="test", org_id="system", subject="system:test", at=self.clock.now())
        transact(portal.log, lambda: handlers.admit(organisation, sealed, "test"), cause)
        self.principals[login] = portal.sign_in.principal_of(user.user_id)
        return self.principals[login]

    def register(self, administrator: Principal, login: str, duty: Duty = Duty.OPERATOR) -> dict[str, Any]:
        body = {"login": login, "name": f"人 {login}", "password": PASSWORD, "duty": duty.value}
        answer = self.caller(administrator).post("/v1/users", body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


def accounts(clock: Clock, log: LogWithViews | None = None, hasher: PasswordHasher = QUICK) -> Accounts:
    """A portal without anybody in it."""
    ids = SeededIds(clock, 2026)
    service = build(
        SETTINGS,
        clock=clock,
        ids=ids,
        log=log or MemoryLog("portal", EVENT_TYPES, clock),
        broker=None,
        hasher=hasher,
    )
    return Accounts(service, clock)
