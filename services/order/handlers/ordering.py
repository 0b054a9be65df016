"""Commands on orders: the buyer's own, and what capacity's facts lead to. Another buyer's order is as absent as none."""

from collections.abc import Callable, Sequence
from datetime import datetime

from services.order.domain.catalogue import Catalogue
from services.order.domain.changing import ChangePreview, body_of, cancellation_fee, cancellation_parts, preview_change
from services.order.domain.commands import (
    AnswerReplan,
    BuyerCommand,
    CancelOrder,
    ChangeOrder,
    LetLapse,
    OrderCommand,
    PlaceOrder,
    Report,
)
from services.order.domain.order import ORDER, stream_of
from services.order.domain.refusals import Why
from services.order.domain.situations import Absent, Order
from services.order.domain.terms import FeeRow, Terms
from services.order.handlers.snapshot import Asked, snapshot_of
from shared.eventstore.handling import Loaded, Prepared, decide, load
from shared.eventstore.port import EventLog
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused

CheckVersion = Callable[[int], None]
"""Raises Refused when the version found is not the one the caller's change is based on."""


def any_version(found: int) -> None:
    """The caller's change does not depend on the version *found*."""


class Ordering:
    """Prepares; whoever calls appends, in the transaction that also stores its marks."""

    def __init__(self, log: EventLog, catalogue: Catalogue, terms: Terms) -> None:
        self.log, self.catalogue, self.terms = log, catalogue, terms

    def place(
        self, order_id: str, asked: Asked, principal: Principal, at: datetime, same_reference: Sequence[str] = ()
    ) -> Prepared[None]:
        """*same_reference*: the buyer's orders that had the reference before."""
        snapshot = snapshot_of(asked, self.catalogue, self.terms, owner_id=order_id, buyer_org_id=principal.org_id)
        command = PlaceOrder(
            order_id=order_id,
            buyer_org_id=principal.org_id,
            reference=asked.reference,
            lines=snapshot.lines,
            deliver_to=asked.deliver_to,
            requested_from=asked.requested_from,
            requested_by=asked.requested_by,
            limits=asked.limits,
            supplies=snapshot.supplies,
            terms=self.terms,
            at=at,
            made_from=asked.made_from,
            same_reference=tuple(same_reference),
        )
        return self._prepare(order_id, Loaded(ORDER.initial, 0), command)

    def find(self, order_id: str, principal: Principal) -> Loaded[Order]:
        """The order as *principal* may see it. Raises Refused UNKNOWN_ORDER, alike for absent and for another's."""
        loaded = self._load(order_id)
        if not may_see(principal, loaded.state):
            raise Refused(Why.UNKNOWN_ORDER)
        return loaded

    def act(
        self, order_id: str, command: BuyerCommand, principal: Principal, check: CheckVersion = any_version
    ) -> Prepared[None]:
        """A buyer's *command* on its own order."""
        loaded = self._own(order_id, principal)
        check(loaded.version)
        return self._prepare(order_id, loaded, command)

    def preview_change(self, order_id: str, command: ChangeOrder, principal: Principal) -> ChangePreview:
        return preview_change(command, self._own(order_id, principal).state)

    def preview_cancellation(
        self, order_id: str, command: CancelOrder, principal: Principal
    ) -> tuple[int, list[FeeRow]]:
        """The fee in fen, and what it is made of."""
        order = self._own(order_id, principal).state
        return cancellation_fee(command, order), cancellation_parts(command, order)

    def answer_by_default(self, order_id: str, replan_id: str, at: datetime) -> Prepared[None]:
        """Nobody answered in time: the default of the question holds. Nothing follows when somebody did after all."""
        loaded = self._load(order_id)
        try:
            return self._prepare(order_id, loaded, AnswerReplan(replan_id, None, at, self.terms))
        except Refused as refused:
            if refused.why is Why.NO_SUCH_REPLAN:
                return Prepared((), None)
            raise

    def let_lapse(self, order_id: str, at: datetime) -> Prepared[None]:
        """Nobody said anything: every default that is due is carried out; nothing follows where none is."""
        return self._prepare(order_id, self._load(order_id), LetLapse(self.terms, at))

    def receive(self, order_id: str, command: Report) -> Prepared[None]:
        """What a fact says about an order. Facts about orders we do not know lead to nothing."""
        return self._prepare(order_id, self._load(order_id), command)

    def _own(self, order_id: str, principal: Principal) -> Loaded[Order]:
        loaded = self._load(order_id)
        if isinstance(loaded.state, Absent) or not principal.owns(body_of(loaded.state).buyer_org_id):
            raise Refused(Why.UNKNOWN_ORDER)
        return loaded

    def _load(self, order_id: str) -> Loaded[Order]:
        return load(self.log, ORDER, stream_of(order_id))

    @staticmethod
    def _prepare(order_id: str, loaded: Loaded[Order], command: OrderCommand) -> Prepared[None]:
        return Prepared([decide(ORDER, loaded, stream_of(order_id), command)], None)


def may_see(principal: Principal, order: Order) -> bool:
    """The buyer its own; the office all that it audits; a factory none, it sees work through capacity."""
    if isinstance(order, Absent):
        return False
    if principal.role is Role.OFFICE:
        return True
    return principal.owns(body_of(order).buyer_org_id)
