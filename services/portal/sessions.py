"""Sessions of people in browsers: an unguessable cookie, renewed at sign-in, ended by sign-out, idleness or age."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.portal.domain.refusals import Why
from services.portal.tables import SESSION
from shared.eventstore.projecting import LogWithViews
from shared.kernel.refusal import Refused

LASTS_FOR = timedelta(hours=12)
IDLE_FOR = timedelta(hours=1)
_SEEN_STEP_S = 60  # a session's last use is written at most once a minute


@dataclass(frozen=True, slots=True)
class Session:
    """*cookie* is known to the browser alone; *csrf* goes into its forms and headers."""

    cookie: str
    user_id: str
    csrf: str


class Sessions:
    """Sessions in the database, found by the digest of their cookie.

    A session's CSRF token is its seal, too: made of the row and of *secret*, so that a row which this portal did not write
    opens nothing, and is named by `foreign`.
    """

    def __init__(self, log: LogWithViews, secret: bytes) -> None:
        self._log = log
        self._key = hashlib.sha256(b"portal sessions\0" + secret).digest()

    def begin(self, user_id: str, now: datetime, replaces: str | None = None) -> Session:
        """A new session; the one of cookie *replaces* ends, so that nobody's earlier cookie becomes a user's."""
        cookie, now_s = secrets.token_urlsafe(32), int(now.timestamp())
        session = Session(cookie, user_id, self._seal(_digest(cookie), user_id, now_s))
        with self._log.writing() as connection:
            connection.execute(SESSION.delete().where(_outlived(now_s)))
            if replaces is not None:
                connection.execute(SESSION.delete().where(SESSION.c.digest == _digest(replaces)))
            connection.execute(
                SESSION.insert().values(
                    digest=_digest(session.cookie),
                    user_id=user_id,
                    csrf=session.csrf,
                    begun_s=now_s,
                    seen_s=now_s,
                )
            )
        return session

    def find(self, cookie: str | None, now: datetime) -> Session | None:
        """The living session of *cookie*; looking at it keeps it from idling out."""
        if not cookie:
            return None
        digest, now_s = _digest(cookie), int(now.timestamp())
        with self._log.views.connect() as connection:
            found = sa.select(SESSION).where(SESSION.c.digest == digest, sa.not_(_outlived(now_s)))
            row = connection.execute(found).one_or_none()
        if row is None or not self._is_own(row):
            return None
        if now_s - row.seen_s >= _SEEN_STEP_S:
            with self._log.writing() as connection:
                connection.execute(SESSION.update().where(SESSION.c.digest == digest).values(seen_s=now_s))
        return Session(cookie, row.user_id, row.csrf)

    def foreign(self, now: datetime) -> list[str]:
        """Users in whose name somebody else wrote a session that would still live."""
        with self._log.views.connect() as connection:
            rows = connection.execute(sa.select(SESSION).where(sa.not_(_outlived(int(now.timestamp()))))).all()
        return [str(row.user_id) for row in rows if not self._is_own(row)]

    def _is_own(self, row: sa.Row[Any]) -> bool:
        sealed = self._seal(row.digest, row.user_id, row.begun_s)
        return hmac.compare_digest(sealed.encode(), str(row.csrf).encode())

    def _seal(self, digest: str, user_id: str, begun_s: int) -> str:
        said = f"{digest}\n{user_id}\n{begun_s}".encode()
        return urlsafe_b64encode(hmac.digest(self._key, said, "sha256")).rstrip(b"=").decode()

    def end(self, cookie: str) -> None:
        with self._log.writing() as connection:
            connection.execute(SESSION.delete().where(SESSION.c.digest == _digest(cookie)))

    def end_all_of(self, user_id: str) -> None:
        """A changed password or a dismissal ends every session of the user."""
        with self._log.writing() as connection:
            connection.execute(SESSION.delete().where(SESSION.c.user_id == user_id))


def check_csrf(session: Session, given: str | None) -> None:
    """Raises Refused FORGED_FORM unless *given* is the session's own token."""
    if given is None or not hmac.compare_digest(session.csrf.encode(), given.encode()):
        raise Refused(Why.FORGED_FORM)


def _outlived(now_s: int) -> sa.ColumnElement[bool]:
    return sa.or_(
        SESSION.c.begun_s <= now_s - int(LASTS_FOR.total_seconds()),
        SESSION.c.seen_s <= now_s - int(IDLE_FOR.total_seconds()),
    )


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
