"""What the portal's routes and pages work with, in one place; built by `wiring.py`."""

from dataclasses import dataclass

from services.portal.attempts import Attempts
from services.portal.handlers import Handlers
from services.portal.sessions import Sessions
from services.portal.sign_in import SignIn
from services.portal.signing import Signing
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.kernel.clock import Clock
from shared.kernel.ids import IdSource

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
    secure_cookies: bool

    def catch_up(self, view: str) -> None:
        """Wait until *view* has seen all that was written before the question."""
        self.projector.wait_for(view, self.log.head().position, VIEW_WAIT_S)
