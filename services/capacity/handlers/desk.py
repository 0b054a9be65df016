"""What every handler of capacity works with: the log, the live board, the clock and the settings."""

from dataclasses import dataclass

from services.capacity.domain.execution import ExecutionLimits
from services.capacity.handlers.draft import Draft
from services.capacity.projections.board import LiveBoard
from services.capacity.settings import Settings
from shared.eventstore.port import EventLog
from shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Desk:
    """Handlers share one. `draft` is where each of their decisions begins."""

    log: EventLog
    board: LiveBoard
    clock: Clock
    settings: Settings
    limits: ExecutionLimits

    def draft(self) -> Draft:
        """A fresh draft on the board as of the end of the log."""
        return Draft(self.log, self.board.caught_up())
