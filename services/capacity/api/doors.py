"""What the routes of offers, work, lots and boards work with, handed over once by the wiring."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.capacity.domain.refusals import Why
from services.capacity.domain.work import WORK
from services.capacity.domain.work_identity import work_stream
from services.capacity.domain.work_state import Closed, Live, NoWork
from services.capacity.handlers.access import unknown
from services.capacity.handlers.breakdowns import BreakdownsHandler
from services.capacity.handlers.deliveries import DeliveriesHandler
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.moving import MovingHandler
from services.capacity.handlers.offers import OffersHandler
from services.capacity.handlers.production import ProductionHandler
from shared.eventstore.handling import Loaded, Prepared, load, transact
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.kernel.ids import IdSource
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused
from shared.web.app import provided
from shared.web.etags import check_version, is_held_to_version
from shared.web.idempotency import Command
from shared.web.refusals import WebWhy

VIEW_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class FloorApi:
    """Handlers, log and views. *open_address* opens a delivery address for whoever ships there: facts carry it sealed."""

    log: LogWithViews
    ids: IdSource
    desk: Desk
    projector: Projector
    offers: OffersHandler
    production: ProductionHandler
    deliveries: DeliveriesHandler
    breakdowns: BreakdownsHandler
    moving: MovingHandler
    open_address: Callable[[str], str]

    def now(self) -> datetime:
        return self.desk.clock.now()

    def read(self, work_id: str, principal: Principal, absent: Why = Why.UNKNOWN_WORK) -> Loaded[Live | Closed]:
        """The work order as its plant or the office may see it. Raises Refused *absent*, alike for another's."""
        loaded = load(self.log, WORK, work_stream(work_id))
        work = loaded.state
        if isinstance(work, NoWork):
            raise unknown(absent, work_id)
        if principal.role is not Role.OFFICE and not principal.owns(work.terms.factory_org_id):
            raise unknown(absent, work_id)
        return Loaded(work, loaded.version)

    def run(self, command: Command, prepare: Callable[[], Prepared[int]]) -> None:
        """Decide and append. A caller who sends If-Match is held to it; facts of the floor are true without."""
        self._transact(command, prepare, needs_version=is_held_to_version())

    def run_on_version(self, command: Command, prepare: Callable[[], Prepared[int]]) -> None:
        """As `run`, only while the work order stands at the version in If-Match, which must be sent."""
        self._transact(command, prepare, needs_version=True)

    def _transact(self, command: Command, prepare: Callable[[], Prepared[int]], *, needs_version: bool) -> None:
        expected = command.expected_version if needs_version else None

        def checked() -> Prepared[int]:
            prepared = prepare()
            if expected is not None:
                check_version(expected, prepared.result)
            return prepared

        transact(self.log, checked, command.cause, command.marks)

    def wait_for_view(self, name: str) -> None:
        """Until the view has seen everything written so far. Raises Refused NOT_READY."""
        if not self.projector.wait_for(name, self.log.head().position, VIEW_WAIT_S):
            raise Refused(WebWhy.NOT_READY, names=name)


def doors() -> FloorApi:
    return provided(FloorApi)
