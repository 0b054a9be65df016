"""The programme office and its people: admits, registers, dismisses, revokes, rotates keys; one person is forgotten."""

from datetime import datetime
from random import Random

from services.portal.domain.credit_code import check_character
from services.portal.domain.signing_keys import KEYS
from services.portal.domain.user import Duty
from services.portal.handlers import NewOrganisation, NewUser
from services.portal.signing import STREAM
from services.sim.life.diary import Diary, hours
from services.sim.life.doors import portal_of
from services.sim.life.world import Cast, Party
from services.sim.seams import Platform
from shared.eventstore.handling import Prepared, load
from shared.eventstore.port import LogUnavailable
from shared.kernel.refusal import Refused

_PASSWORD = "an evening by the river"  # noqa: S105 - of fictional people in a world that ends with its seed
_SECRET = "gfs_simulated"  # noqa: S105 - likewise


class Office:
    """Satisfies `Actor`. Also does what users of any organisation do with accounts."""

    name = "office"

    def __init__(self, cast: Cast, since: datetime) -> None:
        self._cast, self._diary = cast, Diary()
        self._users: list[tuple[Party, str]] = []
        self._clients: list[tuple[Party, str]] = []
        self._count = 0
        self._diary.note(since, self._begin)

    def wakes_at(self) -> datetime:
        return self._diary.next_at()

    def act(self, platform: Platform, chance: Random) -> str:
        """Sealing and keys are written beside the commands: what the portal cannot do now is given up."""
        try:
            return self._diary.do_next(platform, chance)
        except LogUnavailable:
            return "finds the portal away"

    def _begin(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 1, 60), self._work)
        return "opens"

    def _work(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 15, 70), self._work)
        self._count += 1
        deeds = (
            self._admit,
            self._register_user,
            self._register_user,
            self._change_password,
            self._dismiss,
            self._register_client,
            self._revoke_client,
            self._revoke_key,
            self._forget,
        )
        return chance.choice(deeds)(platform, chance)

    def _admit(self, platform: Platform, chance: Random) -> str:
        """A newcomer; now and then under a code that is taken, or none at all, or nowhere."""
        portal, by = portal_of(platform.house), self._cast.office.principal
        first = f"91421202MC9{chance.randrange(10**6):06d}"
        code, district = first + check_character(first), "421202"
        match chance.randrange(8):
            case 0:
                code = "91420100MB9000001U"
            case 1:
                code = code[:-1] + ("A" if code[-1] != "A" else "B")
            case 2:
                district = "999999"
        organisation = NewOrganisation(platform.house.ids.new("org"), "buyer", "新来的饮料", code, district)
        person = NewUser(platform.house.ids.new("usr"), self._login(chance), "张三", "", _PASSWORD, Duty.ADMINISTRATOR)
        command = portal.handlers.sealed(person, organisation.org_id, by.subject, platform.now("portal"))
        done = platform.command(
            "portal",
            by,
            "POST /v1/organisations",
            lambda: portal_of(platform.house).handlers.admit(organisation, command, by.subject),
        )
        return "admits a newcomer" if done else "admits nobody"

    def _login(self, chance: Random) -> str:
        taken = "office" if chance.random() < 0.08 else f"p{self._count}-{chance.randrange(10**9)}"
        return f"{taken}@sim.example"

    def _anyone(self, chance: Random) -> Party:
        return chance.choice((self._cast.office, *self._cast.brands, *self._cast.factories))

    def _register_user(self, platform: Platform, chance: Random) -> str:
        party, user_id = self._anyone(chance), platform.house.ids.new("usr")
        duty = chance.choice(list(Duty))
        person = NewUser(user_id, self._login(chance), "李四", "13800000000", _PASSWORD, duty)
        by = party.principal
        command = portal_of(platform.house).handlers.sealed(person, party.org_id, by.subject, platform.now("portal"))
        done = platform.command(
            "portal",
            by,
            "POST /v1/users",
            lambda: portal_of(platform.house).handlers.register_user(command),
        )
        self._users.append((party, user_id))
        return f"{party.code} registers a user" if done else "registers nobody"

    def _change_password(self, platform: Platform, chance: Random) -> str:
        if not self._users:
            return "has no user yet"
        _, user_id = chance.choice(self._users)
        portal = portal_of(platform.house)
        try:
            by = portal.portal.sign_in.principal_of(user_id)
        except Refused:
            return "finds the user dismissed"
        present = _PASSWORD if chance.random() < 0.8 else "a wrong password"
        prepared = self._prepared_password(platform, user_id, present)
        if prepared is None:
            return "is refused another password"
        platform.command("portal", by, "POST /v1/me/password", lambda: prepared)
        return "changes a password"

    @staticmethod
    def _prepared_password(platform: Platform, user_id: str, present: str) -> Prepared[None] | None:
        """Hashed once, before the transaction, as the route does it."""
        handlers = portal_of(platform.house).handlers
        try:
            return handlers.change_password(user_id, present, _PASSWORD, platform.now("portal"))
        except Refused:
            return None

    def _dismiss(self, platform: Platform, chance: Random) -> str:
        if not self._users:
            return "has no user yet"
        party, user_id = chance.choice(self._users)
        by = user_id if chance.random() < 0.1 else party.principal.subject
        done = platform.command(
            "portal",
            party.principal,
            f"POST /v1/users/{user_id}/dismissal",
            lambda: portal_of(platform.house).handlers.dismiss(user_id, [], by, platform.now("portal")),
        )
        return "dismisses a user" if done else "dismisses nobody"

    def _register_client(self, platform: Platform, chance: Random) -> str:
        party, client_id = self._anyone(chance), platform.house.ids.new("cli")
        scopes = None if chance.random() < 0.5 else frozenset({"catalogue:read", "order:read"})
        by = party.principal
        done = platform.command(
            "portal",
            by,
            "POST /v1/api-clients",
            lambda: portal_of(platform.house).handlers.register_client(
                client_id,
                "ERP",
                scopes,
                secret=_SECRET,
                by=by,
                at=platform.now("portal"),
            ),
        )
        self._clients.append((party, client_id))
        return f"{party.code} registers a client" if done else "a client wants too much"

    def _revoke_client(self, platform: Platform, chance: Random) -> str:
        if not self._clients:
            return "has no client yet"
        party, client_id = chance.choice(self._clients)
        done = platform.command(
            "portal",
            party.principal,
            f"POST /v1/api-clients/{client_id}/revocation",
            lambda: portal_of(platform.house).handlers.revoke_client(
                client_id, party.principal.subject, platform.now("portal")
            ),
        )
        return "revokes a client" if done else "revokes nothing"

    def _revoke_key(self, platform: Platform, chance: Random) -> str:
        """A signing key that may have leaked; or one that is revoked already, or that nobody knows."""
        portal = portal_of(platform.house)
        portal.portal.signing.rotate()
        known = [one.kid for one in load(portal.log, KEYS, STREAM).state.keys]
        kid = chance.choice([*known, "key_nobody_knows"])
        try:
            portal.portal.signing.revoke(kid)
        except Refused as no:
            return f"revokes no key: {no.why}"
        return "revokes a signing key"

    def _forget(self, platform: Platform, chance: Random) -> str:
        """A person asks to be forgotten; every digest must still verify."""
        if not self._users:
            return "has no user yet"
        _, user_id = chance.choice(self._users)
        found = portal_of(platform.house).handlers.forget(user_id)
        return "forgets a person" if found else "has nothing to forget"
