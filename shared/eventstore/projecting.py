"""The seam of views: how a projection is written. The runner, checkpoints and rebuilds stand in `projector.py`."""

from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa

from shared.eventstore.port import Recorded


class Projection(Protocol):
    """One question's view. Its tables live beside the log; page and checkpoint are written in one transaction.

    *name* is stable. *tables* are the view's own; the runner creates them, and rebuilds them under a shadow name
    before it swaps. *code_digest* changes when the meaning does (use `digest_of` in `projector.py`): the view then
    refuses to serve until rebuilt. `apply` gets only events whose stored type is in *handles* (None: all).
    """

    name: str
    tables: Sequence[sa.Table]
    handles: frozenset[str] | None
    code_digest: str

    def apply(self, connection: sa.Connection, page: Sequence[Recorded]) -> None:
        """Fold *page* (ascending positions) into the tables. Raising parks the event alone and goes on."""
        ...
