"""The lease on publishing a log: one holder at a time, an epoch that rises with each new holder, an end by itself."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from shared.eventstore.codec import instant, microseconds
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.tables import LEASE
from shared.kernel.clock import Clock

_FIND = sa.select(LEASE).where(LEASE.c.name == sa.bindparam("lease"))  # built once: a relay renews for ever
_TAKE = (
    LEASE.update()
    .where(LEASE.c.name == sa.bindparam("lease"))
    .values(holder=sa.bindparam("by"), epoch=sa.bindparam("in_epoch"), expires_us=sa.bindparam("until_us"))
)
_EXTEND = (
    LEASE.update()
    .where(LEASE.c.name == sa.bindparam("lease"), LEASE.c.holder == sa.bindparam("by"))
    .values(expires_us=sa.bindparam("until_us"))
)


class Held(msgspec.Struct, frozen=True):
    """A lease as its holder knows it."""

    epoch: int
    expires_at: datetime


class Lease:
    """Lease *name* in the database of *log*, asked for by *holder*. *clock* must run as all holders' clocks do."""

    def __init__(self, log: LogWithViews, name: str, holder: str, clock: Clock, lasts_for: timedelta) -> None:
        self._log = log
        self._name = name
        self._holder = holder
        self._clock = clock
        self._lasts_for = lasts_for
        self._held: Held | None = None

    @property
    def epoch(self) -> int:
        """The epoch held, 0 when the lease is not held."""
        return self._held.epoch if self._held is not None else 0

    def hold(self) -> bool:
        """Whether the lease is ours now: kept while fresh, renewed past half its life, taken when free or expired."""
        now = self._clock.now()
        if self._held is not None and now + self._lasts_for / 2 < self._held.expires_at:
            return True
        self._held = self._take(now)
        return self._held is not None

    def take_over(self) -> None:
        """Hold it now, whoever held it: for a caller who knows that the last holder is dead."""
        self._held = self._take(self._clock.now(), from_anybody=True)

    def _take(self, now: datetime, *, from_anybody: bool = False) -> Held | None:
        expires_at = now + self._lasts_for
        with self._log.writing() as connection:
            extended = {"lease": self._name, "by": self._holder, "until_us": microseconds(expires_at)}
            if self._held is not None and connection.execute(_EXTEND, extended).rowcount:
                return Held(self._held.epoch, expires_at)
            row = connection.execute(_FIND, {"lease": self._name}).one_or_none()
            is_anothers = row is not None and row.holder != self._holder and instant(row.expires_us) > now
            if is_anothers and not from_anybody:
                return None
            if row is None:
                values = {"name": self._name, "holder": self._holder, "epoch": 1}
                connection.execute(LEASE.insert().values(**values, expires_us=microseconds(expires_at)))
                return Held(1, expires_at)
            epoch: int = row.epoch + 1
            connection.execute(_TAKE, {**extended, "in_epoch": epoch})
            return Held(epoch, expires_at)

    def release(self) -> None:
        """Let go at once, so that the next holder need not wait for the end."""
        if self._held is None:
            return
        self._held = None
        with self._log.writing() as connection:
            mine = sa.and_(LEASE.c.name == self._name, LEASE.c.holder == self._holder)
            connection.execute(LEASE.update().where(mine).values(expires_us=0))
