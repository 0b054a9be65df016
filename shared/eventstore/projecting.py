"""The seam of views: how a projection is written, and what a log offers to its views. The runner is `projector.py`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

from shared.eventstore.port import EventLog, Recorded


class Projection(Protocol):
    """One question's view. Its tables live beside the log; page and checkpoint are written in one transaction.

    *name* is stable. *tables* are the view's own; the runner creates them, and rebuilds them under a shadow name
    before it swaps. *code_digest* changes when the meaning does (use `digest_of` in `projector.py`): the view then
    refuses to serve until rebuilt. `apply` gets only events whose stored type is in *handles* (None: all); it reads
    and writes no table but its own, because a rebuild runs in a database of its own.
    """

    name: str
    tables: Sequence[sa.Table]
    handles: frozenset[str] | None
    code_digest: str

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        """Fold *page* (ascending positions) into the tables. Raising parks the event alone and goes on."""
        ...


class LogWithViews(EventLog, Protocol):
    """A log whose database also holds views, leases and keys: every engine is one."""

    views: sa.Engine  # for readers: autocommit, and nothing can be written through it

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """One transaction for tables beside the log, in turn with appends. Never append inside it."""
        ...

    def scrub(self) -> None:
        """Remove the bytes of what was deleted from the engine's files, as far as the engine can."""
        ...
