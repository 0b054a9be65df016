"""What a factory keeps in mind of one work order, and how it tells the platform what it does."""

from collections.abc import Callable
from datetime import timedelta

from services.capacity.wiring import Handlers
from services.sim.life.doors import capacity_of
from services.sim.life.world import Party
from services.sim.seams import Platform
from shared.eventstore.handling import Prepared

Look = tuple[str, timedelta | None]
"""What was done in a few words, and how long to wait before the next look; None: nothing is left to do."""


class Task:
    """A work order of *me*. *refused* counts starts that were refused in a row; *reports* pieces reported so far."""

    def __init__(self, me: Party, work_id: str, patience: int) -> None:
        self.me, self.work_id, self.patience = me, work_id, patience
        self.refused = 0
        self.reports = 0
        self.is_signed = False

    def do(self, platform: Platform, deed: str, prepare: Callable[[Handlers], Prepared[int]], *, of: str = "") -> bool:
        """POST *deed* on the work order or on *of*; whether it took effect, as far as the factory can tell."""
        done = platform.command(
            "capacity",
            self.me.principal,
            f"POST /v1/{of or f'work-orders/{self.work_id}'}/{deed}",
            lambda: prepare(capacity_of(platform.house).handlers),
        )
        return done is not None
