"""What the routes read from: one moment of all views at a time, with its size and root."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.ledger.domain.refusals import Why
from services.ledger.projections.evidence import size_as_of
from services.ledger.projections.scope import GROUPINGS, Scope
from services.ledger.projections.snapshot import snapshot
from services.ledger.projections.tree import stored_frontier, stored_size
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector, ViewStale
from shared.kernel.refusal import Refused
from shared.web.refusals import WebWhy

CATCH_UP_S = 5.0
PERIOD_DAYS_MAX = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """The views at one moment: *size* entries are asked about (all there are, or as of an earlier size)."""

    connection: sa.Connection
    size: int
    root: str
    is_earlier: bool

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

        Refuses a size beyond the ledger.
        """
        try:
            self.projector.wait_for(None, self.log.head().position, CATCH_UP_S)
        except ViewStale as stale:
            raise Refused(WebWhy.NOT_READY, names=stale.name) from stale
        with snapshot(self.log.views) as connection:
            size = stored_size(connection)
            if isinstance(as_of, datetime):
                as_of = size_as_of(connection, size, as_of)
            if as_of is not None and as_of > size:
                raise Refused(Why.SIZE_BEYOND_LEDGER, pointer="/as_of", asked=as_of, size=size)
            asked = size if as_of is None else as_of
            root = stored_frontier(connection, asked).root.hex()
            yield Moment(connection, asked, root, asked != size)


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
