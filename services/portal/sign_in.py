"""Who is at the door: people by login and password, programs by client id and secret, both into a principal."""

import hmac
from datetime import datetime

from services.portal.attempts import Attempts
from services.portal.domain.duties import narrowed
from services.portal.domain.refusals import Why
from services.portal.domain.user import Active as ActiveUser
from services.portal.handlers import Handlers, digest_of_secret
from services.portal.passwords import LENGTH_MAX
from shared.kernel.clock import Clock
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.permissions import permissions_of


class SignIn:
    """Checks credentials; says neither which half was wrong nor whether the account exists."""

    def __init__(self, handlers: Handlers, attempts: Attempts, clock: Clock) -> None:
        self._handlers, self._attempts, self._clock = handlers, attempts, clock

    def person(self, login: str, password: str, address: str) -> ActiveUser:
        """The user. Raises Refused: TOO_MANY_ATTEMPTS, SIGN_IN_BUSY, SIGN_IN_REFUSED."""
        account = f"user {login.casefold()}"
        self._attempts.begin(account, address, self._now())
        user = self._handlers.user_of_login(login)
        with self._attempts.free_when_busy(account, address, self._now()):
            is_stranger = not self._attempts.is_familiar(account, address, self._now())
            fits = len(password) <= LENGTH_MAX and self._handlers.fits(user, password, is_stranger=is_stranger)
            if not fits or user is None:
                raise Refused(Why.SIGN_IN_REFUSED)
        self._attempts.succeeded(account, address, self._now())
        return user

    def program(self, client_id: str, secret: str, scopes: frozenset[str] | None, address: str) -> Principal:
        """The client's principal, narrowed to *scopes*. Raises Refused: … and CLIENT_REFUSED, SCOPE_REFUSED."""
        account = f"client {client_id}"
        client = self._handlers.client(client_id)
        known = client.secret_digest if client is not None else ""
        if client is None or not hmac.compare_digest(known, digest_of_secret(secret)):
            self._attempts.begin(account, address, self._now())
            raise Refused(Why.CLIENT_REFUSED)
        role = self._handlers.role_of(client.org_id)
        if role is None:
            raise Refused(Why.CLIENT_REFUSED)
        missing = (scopes or frozenset()) - client.scopes
        if missing:
            raise Refused(Why.SCOPE_REFUSED, missing=" ".join(sorted(missing)))
        granted = permissions_of(role, client.scopes if scopes is None else scopes)
        return Principal(client.org_id, role, client.client_id, granted)

    def principal_of(self, user_id: str) -> Principal:
        """The principal of a signed-in user. Raises Refused SESSION_ENDED when the user was dismissed since."""
        user = self._handlers.user(user_id).state
        role = self._handlers.role_of(user.org_id) if isinstance(user, ActiveUser) else None
        if not isinstance(user, ActiveUser) or role is None:
            raise Refused(Why.SESSION_ENDED)
        return Principal(user.org_id, role, user.user_id, narrowed(permissions_of(role), user.duty))

    def _now(self) -> datetime:
        return self._clock.now()
