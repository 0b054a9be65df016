"""How often one may try to sign in: per account and per address, counted before the password is looked at.

An account has one count for all addresses that it was never signed in at: guessing is slow however many addresses
guess. An address that it was signed in at lately has a count of its own, and only that one: whoever spends the
strangers' count, or sits behind the same address and spends that one's, locks nobody out of the place where they work.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.portal.domain.refusals import Why
from services.portal.tables import ATTEMPT, FAMILIAR
from shared.eventstore.projecting import LogWithViews
from shared.kernel.refusal import Refused

WINDOW = timedelta(minutes=15)
FAMILIAR_FOR = timedelta(days=30)
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
            counter = _counter(connection, account, address, now_s)
            wait_s = 0
            if counter != _of_both(account, address):
                wait_s = self._count(connection, "address", _of_address(address), now_s)
            if not wait_s:  # an address that is refused spends no account's count
                wait_s = self._count(connection, "account", counter, now_s)
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

    @contextmanager
    def free_when_busy(self, account: str, address: str, now: datetime) -> Iterator[None]:
        """Around a look at the password: when there is no place to look at it, the attempt was none."""
        try:
            yield
        except Refused as no:
            if no.why is Why.SIGN_IN_BUSY:
                self._take_back(account, address, int(now.timestamp()))
            raise

    def _take_back(self, account: str, address: str, now_s: int) -> None:
        with self._log.writing() as connection:
            counter = _counter(connection, account, address, now_s)
            connection.execute(_less_one(counter))
            if counter != _of_both(account, address):
                connection.execute(_less_one(_of_address(address)))

    def is_familiar(self, account: str, address: str, now: datetime) -> bool:
        """Whether the account was signed in at *address* lately."""
        with self._log.views.connect() as connection:
            return _counter(connection, account, address, int(now.timestamp())) == _of_both(account, address)

    def succeeded(self, account: str, address: str, now: datetime) -> None:
        """The attempt was good: forget the account's, take one back from the address's, and know the address again."""
        now_s = int(now.timestamp())
        known = _of_both(account, address)
        with self._log.writing() as connection:
            mine = _counter(connection, account, address, now_s)
            connection.execute(ATTEMPT.delete().where(ATTEMPT.c.digest == mine))
            if mine != known:
                connection.execute(_less_one(_of_address(address)))
            long_ago = now_s - int(FAMILIAR_FOR.total_seconds())
            connection.execute(
                FAMILIAR.delete().where(sa.or_(FAMILIAR.c.digest == known, FAMILIAR.c.seen_s < long_ago))
            )
            connection.execute(FAMILIAR.insert().values(digest=known, seen_s=now_s))


def _less_one(digest: str) -> sa.Update:
    return ATTEMPT.update().where(ATTEMPT.c.digest == digest, ATTEMPT.c.tries > 0).values(tries=ATTEMPT.c.tries - 1)


def _counter(connection: sa.Connection, account: str, address: str, now_s: int) -> str:
    """Which count of the account an attempt from *address* falls to: its own there, or that of all strangers."""
    known, since_s = _of_both(account, address), now_s - int(FAMILIAR_FOR.total_seconds())
    query = sa.select(FAMILIAR.c.digest).where(FAMILIAR.c.digest == known, FAMILIAR.c.seen_s >= since_s)
    return _digest(f"account {account}") if connection.execute(query).first() is None else known


def _of_both(account: str, address: str) -> str:
    return _digest(f"account {account}\n{address}")


def _of_address(address: str) -> str:
    return _digest(f"address {address}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
