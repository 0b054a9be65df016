"""What the portal's routes and pages work with, in one place; built by `wiring.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from services.portal.attempts import Attempts
from services.portal.handlers import Handlers
from services.portal.recovery import Recovery
from services.portal.sessions import Sessions
from services.portal.sign_in import SignIn
from services.portal.signing import Signing
from services.portal.standing import Standing
from shared.eventstore.handling import TRIES_MAX, Prepared, transact
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.kernel.clock import Clock
from shared.kernel.ids import IdSource
from shared.web.idempotency import Command

R = TypeVar("R")
VIEW_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal's parts."""

    log: LogWithViews
    clock: Clock
    ids: IdSource
    handlers: Handlers
    sign_in: SignIn
    sessions: Sessions
    attempts: Attempts
    signing: Signing
    projector: Projector
    standing: Standing
    recovery: Recovery
    secure_cookies: bool

    def write(
        self, command: Command, needed: str, prepare: Callable[[], Prepared[R]], tries_max: int = TRIES_MAX
    ) -> None:
        """Append what *prepare* decides, while the caller still may: a dismissal on the way wins. Raises Refused."""

        def prepared() -> Prepared[R]:
            return self.standing.written(command.principal, needed, prepare)

        transact(self.log, prepared, command.cause, command.marks, tries_max)

    def catch_up(self, view: str) -> None:
        """Wait until *view* has seen all that was written before the question."""
        self.projector.wait_for(view, self.log.head().position, VIEW_WAIT_S)
