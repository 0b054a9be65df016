"""What the routes read from: one moment of all views at a time, with its size and root."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from services.ledger.domain.refusals import Why
from services.ledger.projections.evidence import last_recorded, sees_all, size_as_of
from services.ledger.projections.scope import GROUPINGS, Scope
from services.ledger.projections.snapshot import snapshot
from services.ledger.projections.tree import stored_frontier, stored_size
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector, ViewStale
from shared.kernel.clock import instant_text
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.access import current_principal
from shared.web.refusals import WebWhy

CATCH_UP_S = 5.0
PERIOD_DAYS_MAX = 400
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """The views at one moment: *size* entries are asked about (all there are, or as of an earlier size).

    *as_of* names the moment to who asks: that size, or an instant for those who see only part of the ledger.
    """

    connection: sa.Connection
    size: int
    root: str
    is_earlier: bool
    as_of: int | str

    @property
    def named(self) -> dict[str, int | str]:
        """What an answer says of its moment: the tree's size and root count everybody's entries."""
        if isinstance(self.as_of, str):
            return {"as_of": self.as_of}
        return {"as_of": self.as_of, "root": self.root}

    def scoped(self, scope: Scope) -> Scope:
        """*scope* as of this moment; the present is read from balances, the past summed from postings."""
        return replace(scope, size=self.size) if self.is_earlier else scope


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger's log and views, for its routes."""

    log: LogWithViews
    projector: Projector

    @contextmanager
    def moment(self, as_of: int | datetime | None = None) -> Iterator[Moment]:
        """All that was recorded before now, the first *as_of* entries, or those recorded by the instant *as_of*.

        Refuses a size beyond the ledger, and any size of somebody who sees only part of it.
        """
        principal = current_principal()
        if isinstance(as_of, int) and not sees_all(principal):
            raise Refused(Why.AS_OF_INSTANT_ONLY, pointer="/as_of", asked=as_of)
        try:
            self.projector.wait_for(None, self.log.head().position, CATCH_UP_S)
        except ViewStale as stale:
            raise Refused(WebWhy.NOT_READY, names=stale.name) from stale
        with snapshot(self.log.views) as connection:
            size = stored_size(connection)
            instant = as_of if isinstance(as_of, datetime) else None
            if isinstance(as_of, datetime):
                as_of = size_as_of(connection, size, as_of)
            if as_of is not None and as_of > size:
                raise Refused(Why.SIZE_BEYOND_LEDGER, pointer="/as_of", asked=as_of, size=size)
            asked = size if as_of is None else as_of
            root = stored_frontier(connection, asked).root.hex()
            known_as = asked if sees_all(principal) else _instant(connection, asked, principal, instant)
            yield Moment(connection, asked, root, asked != size, known_as)


def _instant(connection: sa.Connection, size: int, principal: Principal, asked: datetime | None) -> str:
    """The instant asked for, or that of the principal's last entry: as of it, the same question has the same answer."""
    if asked is not None:
        return instant_text(asked)
    return last_recorded(connection, size, principal) or instant_text(_BEFORE_ALL)


def scope_of(query: dict[str, Any]) -> Scope:
    """The scope a query asks for. Refuses a period that is empty or too long."""
    first, end = query.get("first"), query.get("end")
    if isinstance(first, date) and isinstance(end, date):
        if first >= end:
            raise Refused(Why.PERIOD_INVALID, pointer="/to", first=first.isoformat(), end=end.isoformat())
        if (end - first).days > PERIOD_DAYS_MAX:
            raise Refused(Why.PERIOD_TOO_LONG, pointer="/to", days=(end - first).days, limit=PERIOD_DAYS_MAX)
    return Scope(
        first=first.isoformat() if first else "",
        end=end.isoformat() if end else "",
        line=query.get("line") or "",
        plant=query.get("plant") or "",
        county=query.get("county") or "",
    )


def grouping_of(text: str) -> list[str]:
    """What to group by, e.g. `line,day`. Refuses unknown and repeated ones."""
    found = text.split(",")
    if not set(found) <= set(GROUPINGS) or len(set(found)) != len(found):
        raise Refused(Why.GROUPING_INVALID, pointer="/by", known=", ".join(GROUPINGS), found=text)
    return found
