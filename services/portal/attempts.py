"""How often one may try to sign in: per account and per address, counted before the password is looked at."""

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.portal.domain.refusals import Why
from services.portal.tables import ATTEMPT
from shared.eventstore.projecting import LogWithViews
from shared.kernel.refusal import Refused

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_MAX = 8
PER_ADDRESS_MAX = 60


class Attempts:
    """Counts in the database, so that several processes count together. A success takes its attempts back."""

    def __init__(
        self, log: LogWithViews, per_account_max: int = PER_ACCOUNT_MAX, per_address_max: int = PER_ADDRESS_MAX
    ) -> None:
        self._log = log
        self._limits = {"account": per_account_max, "address": per_address_max}

    def begin(self, account: str, address: str, now: datetime) -> None:
        """Count an attempt. Raises Refused TOO_MANY_ATTEMPTS with the seconds until the window ends."""
        now_s = int(now.timestamp())
        with self._log.writing() as connection:
            connection.execute(ATTEMPT.delete().where(ATTEMPT.c.begun_s <= now_s - int(WINDOW.total_seconds())))
            waits = [self._count(connection, kind, who, now_s) for kind, who in _who(account, address)]
        wait_s = max(waits)
        if wait_s:
            raise Refused(Why.TOO_MANY_ATTEMPTS, seconds=wait_s)

    def _count(self, connection: sa.Connection, kind: str, digest: str, now_s: int) -> int:
        """Seconds to wait, 0 when this attempt is within the limit."""
        row = connection.execute(sa.select(ATTEMPT).where(ATTEMPT.c.digest == digest)).one_or_none()
        if row is None:
            connection.execute(ATTEMPT.insert().values(digest=digest, begun_s=now_s, tries=1))
            return 0
        if row.tries >= self._limits[kind]:
            return int(row.begun_s) + int(WINDOW.total_seconds()) - now_s
        connection.execute(ATTEMPT.update().where(ATTEMPT.c.digest == digest).values(tries=ATTEMPT.c.tries + 1))
        return 0

    def succeeded(self, account: str, address: str) -> None:
        """The attempt was good: forget the account's, take one back from the address's."""
        (_, mine), (_, theirs) = _who(account, address)
        with self._log.writing() as connection:
            connection.execute(ATTEMPT.delete().where(ATTEMPT.c.digest == mine))
            taken_back = ATTEMPT.update().where(ATTEMPT.c.digest == theirs, ATTEMPT.c.tries > 0)
            connection.execute(taken_back.values(tries=ATTEMPT.c.tries - 1))


def _who(account: str, address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("account", _digest(f"account {account}")), ("address", _digest(f"address {address}"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
