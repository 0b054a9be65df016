"""Forgotten passwords: a one-time code from one's own administrator, or from the operator in an emergency, and its use.

A code is 80 bits of chance, shown once and kept as a digest, good for hours. Whoever issued it stays written in the log
and is shown to the organisation's administrators. Using it sets a new password and ends every session.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from services.portal.attempts import Attempts
from services.portal.domain.refusals import Why
from services.portal.domain.user import USER, IssueAccessCode, RecoverAccess
from services.portal.domain.user import Active as ActiveUser
from services.portal.handlers import Handlers
from services.portal.passwords import check_strength
from shared.eventstore.handling import Prepared, decide, load
from shared.kernel.refusal import Refused

OPERATOR = "system:operator"
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is taken for something else
_GROUPS, _GROUP = 4, 4


def new_code() -> str:
    """`XXXX-XXXX-XXXX-XXXX`: 80 bits, to be read out or written down."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def digest_of(code: str) -> str:
    """Digest of *code*, however it was written down: case, blanks and hyphens do not count, nor O for 0, I and L for 1."""
    signs = code.upper().replace("-", "").replace(" ", "").translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(signs.encode()).hexdigest()


class Recovery:
    """Issues and takes one-time codes."""

    def __init__(self, handlers: Handlers, attempts: Attempts) -> None:
        self._handlers, self._attempts = handlers, attempts

    def issued(  # every part is said by somebody else
        self, user_id: str, code: str, *, lasts_for: timedelta, by: str, grounds: str, at: datetime
    ) -> Prepared[None]:
        """A code for *user_id*; an earlier one is worth nothing from now on. Raises Refused: USER_DISMISSED, CODE_FOR_ONESELF."""
        stream = f"user-{user_id}"
        command = IssueAccessCode(digest_of(code), at + lasts_for, by, grounds, at)
        return Prepared([decide(USER, load(self._handlers.log, USER, stream), stream, command)], None)

    def user_of(self, login: str, code: str, password: str, address: str, at: datetime) -> str:
        """Whose *code* it is. Raises Refused: TOO_MANY_ATTEMPTS, PASSWORD_WEAK, CODE_REFUSED."""
        account = f"recovery {login.casefold()}"
        self._attempts.begin(account, address, at)
        check_strength(password, login, "/password")
        user = self._handlers.user_of_login(login)
        if user is None or not _fits(user, code, at):
            raise Refused(Why.CODE_REFUSED)
        self._attempts.succeeded(account, address, at)
        return user.user_id

    def recovered(self, user_id: str, code: str, password_sealed: str, at: datetime) -> Prepared[None]:
        """The new password in place of the code. Raises Refused CODE_REFUSED: used, replaced or expired meanwhile."""
        stream = f"user-{user_id}"
        command = RecoverAccess(digest_of(code), password_sealed, at)
        return Prepared([decide(USER, load(self._handlers.log, USER, stream), stream, command)], None)


def _fits(user: ActiveUser, code: str, at: datetime) -> bool:
    return user.access_code is not None and user.access_code.opens(digest_of(code), at)
