"""Lots are judged, goods leave and arrive: what arrives at the next plant is in the hands of its work order at once."""

from datetime import datetime

from services.capacity.domain.inspection import LABORATORY, lots_with
from services.capacity.domain.plan_state import Booked, work_ids_of
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_commands import (
    ConfirmGoods,
    DeliverGoods,
    DispositionLot,
    Moment,
    ReceiveMaterial,
    ShipGoods,
)
from services.capacity.domain.work_events import Disposition, GoodsDelivered, WorkOffered
from services.capacity.domain.work_state import Closed, Finished, NoWork
from services.capacity.handlers.access import own_work
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.making_up import MakeUps
from services.capacity.handlers.verdicts import all_confirmed, block_bad, tell_receivers, to_buyer
from shared.contracts.order import DeliveryConfirmed
from shared.eventstore.handling import Prepared
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused


class DeliveriesHandler:
    """Results are the version of the work order decided on."""

    def __init__(self, desk: Desk, make_ups: MakeUps) -> None:
        self._desk = desk
        self._make_ups = make_ups

    def disposition(
        self, work_id: str, inspection_lot_id: str, principal: Principal, disposition: Disposition, grounds: str
    ) -> Prepared[int]:
        """Release or block a lot, for the first time or anew: by its inspector, who may be the laboratory it is sent to.
        Whoever received it is told, and may not use what is left of it while it is blocked.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        work = draft.work_of(work_id)
        if isinstance(work, NoWork):
            raise Refused(Why.UNKNOWN_INSPECTION, id=inspection_lot_id)
        found = work.inspections.get(inspection_lot_id) if isinstance(work, Finished) else None
        sent = [] if found is None or not isinstance(work, Finished) else to_buyer(draft, work, found.lot_id)
        judge = DispositionLot(inspection_lot_id, disposition, grounds, principal.org_id, now, tuple(sent))
        draft.work(work_id, judge)
        judged = draft.work_of(work_id)
        if found is not None and isinstance(judged, Finished):
            tell_receivers(draft, judged, found.lot_id, disposition, now)
            if not all_confirmed(draft, judged.terms.order_id, sent):
                self._make_ups.plan_missing(draft, work_id)
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def confirmed(self, fact: DeliveryConfirmed) -> Prepared[None]:
        """The buyer found a delivery in order: whoever sent it knows."""
        draft = self._desk.draft()
        for work_id in work_ids_of(draft.plan_of(fact.order_id)).values():
            work = draft.work_of(work_id)
            if isinstance(work, Finished) and fact.delivery_id in work.shipments:
                draft.work(work_id, ConfirmGoods(fact.delivery_id, fact.quantity, fact.confirmed_at))
        return Prepared(draft.appends(), None)

    def ship(  # noqa: PLR0917 - what leaves, for where, and when
        self,
        work_id: str,
        delivery_id: str,
        principal: Principal,
        to_process_id: str | None,
        at: datetime | None,
        quantity: int | None = None,
    ) -> Prepared[int]:
        """Send output on, or *quantity* of it as a part. Within one plant it arrives at once."""
        draft = self._desk.draft()
        terms = own_work(draft, work_id, principal).terms
        command = ShipGoods(
            delivery_id=delivery_id,
            to_process_id=to_process_id,
            to_work_ids=_works_of(draft, terms.order_id),
            waiting_lots=_waiting_for_laboratory(draft, terms),
            when=self._moment(at),
            quantity=quantity,
            in_parts=_takes_parts(draft, terms.order_id),
        )
        events = draft.work(work_id, command)
        self._arrived(draft, terms, [one for one in events if isinstance(one, GoodsDelivered)])
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def deliver(
        self, work_id: str, principal: Principal, delivery_id: str | None, at: datetime | None
    ) -> Prepared[int]:
        """The shipment arrived. At the buyer's door, the buyer now confirms."""
        draft = self._desk.draft()
        terms = own_work(draft, work_id, principal).terms
        events = draft.work(work_id, DeliverGoods(delivery_id, _works_of(draft, terms.order_id), self._moment(at)))
        self._arrived(draft, terms, [one for one in events if isinstance(one, GoodsDelivered)])
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def _arrived(self, draft: Draft, terms: WorkOffered, deliveries: list[GoodsDelivered]) -> None:
        """Hand over to the work order that makes the next step."""
        for one in deliveries:
            if one.to_work_id and not isinstance(draft.work_of(one.to_work_id), NoWork | Closed):
                receive = ReceiveMaterial(terms.output_item, terms.work_id, list(one.lots), self._desk.clock.now())
                draft.work(one.to_work_id, receive)
                block_bad(draft, terms.work_id, one.to_work_id, self._desk.clock.now())

    def _moment(self, at: datetime | None) -> Moment:
        now = self._desk.clock.now()
        return Moment(now if at is None else at, now, self._desk.limits)


def _takes_parts(draft: Draft, order_id: str) -> bool:
    plan = draft.plan_of(order_id)
    return isinstance(plan, Booked) and plan.demand.limits.partial_ok


def _works_of(draft: Draft, order_id: str) -> dict[str, str]:
    """process -> work order of the plan as it stands."""
    plan = draft.plan_of(order_id)
    return plan.current.work_ids if isinstance(plan, Booked) else {}


def _waiting_for_laboratory(draft: Draft, terms: WorkOffered) -> list[str]:
    """Lots that this laboratory has not released yet: they may not go on to the buyer."""
    return [lot for work in sent_to_laboratory(draft, terms) for lot in lots_with(work, None, "blocked")]


def sent_to_laboratory(draft: Draft, terms: WorkOffered) -> list[Finished]:
    """The work whose lots this laboratory tests; none for a plant that is no laboratory."""
    if terms.capability != LABORATORY:
        return []
    works = _works_of(draft, terms.order_id)
    feeding = [draft.work_of(works.get(one.from_process_id, "")) for one in terms.inputs if one.from_process_id]
    return [one for one in feeding if isinstance(one, Finished)]
