"""The number of each published fact within its log: 1, 2, 3… without gaps, and the same whenever it is published again.

A fact's number is how many facts the events before it have published, and its part. Counting begins at the nearest
stored count, so that neither a restart nor a group that asks for older facts makes anybody count from the beginning.
An event that cannot be published holds one number back: whoever takes facts in order stops there, and goes on with the
right numbers once publishing is mended. No count is stored beyond such an event, because it is a guess until then.
"""

from collections.abc import Callable

import sqlalchemy as sa

from shared.eventstore.parking import list_parked
from shared.eventstore.port import PAGE_MAX, Recorded
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.tables import FACT_COUNT

STORED_EVERY = 1_000  # events: what is counted again after a restart at most

_NEAREST = (
    sa.select(FACT_COUNT)
    .where(FACT_COUNT.c.position <= sa.bindparam("up_to"))
    .order_by(FACT_COUNT.c.position.desc())
    .limit(1)
)


class Numbering:
    """How many facts *log* has published up to any position. *count* tells of one event; *owner* parks poison."""

    def __init__(self, log: LogWithViews, count: Callable[[Recorded], int], owner: str) -> None:
        self._log = log
        self._count = count
        self._owner = owner
        self._position, self._facts = 0, 0  # what was counted last
        self._stored: int | None = None  # the last position whose count is stored; None: not looked up

    def facts_up_to(self, position: int) -> int:
        """Facts published by the events up to and including *position*."""
        if position != self._position:
            self._position, self._facts = self._nearest(position)
            while self._position < position:
                page = self._log.read_all(self._position, min(PAGE_MAX, position - self._position))
                if not page:
                    break
                self.passed(page[-1].position, self._facts + sum(map(self._count, page)))
        return self._facts

    def passed(self, position: int, facts: int) -> None:
        """Note that *facts* were published up to *position*, and store it now and then."""
        self._position, self._facts = position, facts
        if self._stored is None:
            self._stored = self._nearest(position)[0]
        if position >= self._stored + STORED_EVERY:
            self.store()

    def store(self) -> None:
        """Store the last count, unless it rests on an event that could not be published."""
        position, facts = self._position, self._facts
        if position <= (self._stored or 0) or self._is_guess(position):
            return
        with self._log.writing() as connection:
            connection.execute(FACT_COUNT.delete().where(FACT_COUNT.c.position == position))
            connection.execute(FACT_COUNT.insert().values(position=position, facts=facts))
        self._stored = position

    def forget(self) -> None:
        """Count anew from what is stored: publishing was mended, or another relay has gone on meanwhile."""
        self._position, self._facts, self._stored = 0, 0, None

    def _is_guess(self, position: int) -> bool:
        return any(one.mark <= position for one in list_parked(self._log.views, self._owner, limit=1))

    def _nearest(self, position: int) -> tuple[int, int]:
        with self._log.views.connect() as connection:
            row = connection.execute(_NEAREST, {"up_to": position}).first()
        stored = (0, 0) if row is None else (int(row[0]), int(row[1]))
        is_nearer = stored[0] < self._position <= position
        return (self._position, self._facts) if is_nearer else stored
