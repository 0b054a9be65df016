"""What the routes work with: handlers, log and views, handed over once by the wiring."""

from dataclasses import dataclass
from datetime import datetime

from services.order.domain.catalogue import Catalogue
from services.order.domain.order import ORDER, stream_of
from services.order.domain.refusals import Why
from services.order.domain.situations import Order
from services.order.handlers.addresses import Addresses
from services.order.handlers.entrusting import Entrusting
from services.order.handlers.inquiring import Inquiring
from services.order.handlers.ordering import Ordering
from services.order.projections import order_overview, things
from shared.eventstore.handling import Loaded, load
from shared.eventstore.projecting import LogWithViews
from shared.eventstore.projector import Projector
from shared.kernel.clock import Clock
from shared.kernel.ids import IdSource
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.app import provided
from shared.web.refusals import WebWhy

VIEW_WAIT_S = 5.0
ROOM_AGAIN_S = 60


@dataclass(frozen=True, slots=True)
class OrderApi:
    log: LogWithViews
    clock: Clock
    ids: IdSource
    catalogue: Catalogue
    ordering: Ordering
    inquiring: Inquiring
    entrusting: Entrusting
    addresses: Addresses
    projector: Projector

    def now(self) -> datetime:
        return self.clock.now()

    def read(self, order_id: str) -> Loaded[Order]:
        """The order whoever asks; the caller has been checked."""
        return load(self.log, ORDER, stream_of(order_id))

    def order_of(self, thing_id: str, why: Why, principal: Principal) -> str:
        """The order of a quote or delivery. Raises Refused *why*, alike for absent and another's."""
        self.wait_for_view(things.NAME)
        found = things.find_order(self.log.views, thing_id, principal)
        if found is None:
            raise Refused(why)
        return found

    def check_room(self, principal: Principal, at: datetime, order_id: str = "") -> None:
        """Raises Refused ORDERS_OPEN when too many other orders of the caller wait for a plan or hold a quote.

        Counted on the view as it is: a burst may get a few more in, and nobody waits for the count.
        """
        limit = self.ordering.terms.unbooked_max
        if order_overview.count_unbooked(self.log.views, principal.org_id, at, order_id) >= limit:
            raise Refused(Why.ORDERS_OPEN, limit=limit, seconds=ROOM_AGAIN_S)

    def wait_for_view(self, name: str, position: int | None = None) -> None:
        """Until the view has seen everything written so far (or *position*). Raises Refused NOT_READY."""
        wanted = self.log.head().position if position is None else position
        if not self.projector.wait_for(name, wanted, VIEW_WAIT_S):
            raise Refused(WebWhy.NOT_READY, names=name, seconds=1)


def doors() -> OrderApi:
    return provided(OrderApi)
