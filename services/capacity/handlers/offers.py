"""Plants answer offers: accepted, declined (the second best is asked), or countered (the buyer is asked)."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from services.capacity.domain.matching.problem import Unmatched
from services.capacity.domain.plan_state import Booked
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_commands import AcceptOffer, CounterOffer, DeclineOffer
from services.capacity.domain.work_events import NO_ANSWER, WorkOffered
from services.capacity.domain.work_identity import work_id_of
from services.capacity.handlers.access import own_work
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft
from services.capacity.handlers.least_change import costs_nothing
from services.capacity.handlers.moving import Wish, moved_step
from services.capacity.handlers.papers import papers_hold
from services.capacity.handlers.replanning import Replanner
from services.capacity.handlers.trigger import Trigger
from shared.eventstore.handling import Prepared
from shared.kernel.clock import instant_text
from shared.kernel.principal import Principal, system
from shared.kernel.refusal import Refused

_PLATFORM = system("offers")


@dataclass(frozen=True, slots=True)
class Counter:
    """What the plant would take instead; None: as offered."""

    price_fen: int | None
    starts_at: datetime | None
    note: str


class OffersHandler:
    """Results are the version of the work order decided on."""

    def __init__(self, desk: Desk, replanner: Replanner) -> None:
        self._desk = desk
        self._replanner = replanner

    def accept(self, offer_id: str, principal: Principal) -> Prepared[int]:
        draft, work_id = self._desk.draft(), work_id_of(offer_id)
        own_work(draft, work_id, principal, Why.UNKNOWN_OFFER)
        draft.work(work_id, AcceptOffer(self._desk.clock.now()))
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def decline(self, offer_id: str, principal: Principal, reason: str, note: str, replan_id: str) -> Prepared[int]:
        """The plant is not asked again for this step; the second best is, at once."""
        draft, work_id = self._desk.draft(), work_id_of(offer_id)
        terms = own_work(draft, work_id, principal, Why.UNKNOWN_OFFER).terms
        draft.work(work_id, DeclineOffer(reason, note, self._desk.clock.now()))
        self._replan_without(draft, terms, replan_id)
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def lapse(self, work_id: str, replan_id: str) -> Prepared[int]:
        """The plant stayed silent beyond its time: as if declined. An offer that was answered is passed over."""
        draft, now = self._desk.draft(), self._desk.clock.now()
        terms = own_work(draft, work_id, _PLATFORM).terms
        try:
            draft.work(work_id, DeclineOffer(NO_ANSWER, "", now))
        except Refused:
            return Prepared([], draft.version_of_work(work_id))
        self._replan_without(draft, terms, replan_id)
        return Prepared(draft.appends(), draft.version_of_work(work_id))

    def _replan_without(self, draft: Draft, terms: WorkOffered, replan_id: str) -> None:
        plan = draft.plan_of(terms.order_id)
        if isinstance(plan, Booked) and plan.current.work_ids.get(terms.process_id) == terms.work_id:
            banned = {terms.process_id: frozenset({terms.plant_id})}
            trigger = Trigger(replan_id, "declined", frozenset({terms.process_id}), banned)
            self._replanner.replan(draft, terms.order_id, trigger)

    def check_counter(self, offer_id: str, principal: Principal) -> None:
        """Raises Refused where the plan takes no other terms now: OFFER_WITHDRAWN, BUYER_ASKED."""
        draft = self._desk.draft()
        _open_to_counter(draft, own_work(draft, work_id_of(offer_id), principal, Why.UNKNOWN_OFFER).terms)

    def counter(self, offer_id: str, principal: Principal, counter: Counter, replan_id: str) -> Prepared[int]:
        """Other terms: taken at once when they cost the buyer nothing, else the buyer is asked. Nothing is agreed anew, be
        it the price alone, for a time without papers. Raises Refused: COUNTER_WITHOUT_PAPERS.
        """
        draft, work_id, now = self._desk.draft(), work_id_of(offer_id), self._desk.clock.now()
        terms = own_work(draft, work_id, principal, Why.UNKNOWN_OFFER).terms
        plan = _open_to_counter(draft, terms)
        step = next(one for one in plan.current.steps if one.process_id == terms.process_id)
        wanted = terms.starts_at if counter.starts_at is None else counter.starts_at
        price = terms.price_fen if counter.price_fen is None else counter.price_fen
        after = step if wanted == terms.starts_at else moved_step(draft.board, plan, step, Wish(wanted, replan_id, now))
        after = msgspec.structs.replace(after, price_fen=price)
        if not papers_hold(draft, plan.demand, after):
            raise Refused(Why.COUNTER_WITHOUT_PAPERS, pointer="/starts_at", starts_at=instant_text(wanted))
        draft.work(work_id, CounterOffer(replan_id, price, after.starts_at, after.ends_at, counter.note, now))
        trigger = Trigger(replan_id, "countered", frozenset({terms.process_id}))
        found = self._replanner.with_step(draft, plan, after, trigger)
        if isinstance(found, Unmatched):
            raise Refused(Why.COUNTER_NO_TIME, pointer="/starts_at", starts_at=instant_text(wanted))
        if costs_nothing(found.change, plan.current):
            self._replanner.book(draft, plan, trigger, found)
        else:
            self._replanner.propose(draft, plan, trigger, found)
        return Prepared(draft.appends(), draft.version_of_work(work_id))


def _open_to_counter(draft: Draft, terms: WorkOffered) -> Booked:
    """The plan that the offered work stands in. Raises Refused: OFFER_WITHDRAWN, BUYER_ASKED."""
    plan, work_id = draft.plan_of(terms.order_id), terms.work_id
    if not isinstance(plan, Booked) or plan.current.work_ids.get(terms.process_id) != work_id:
        raise Refused(Why.OFFER_WITHDRAWN, id=terms.offer_id)
    if plan.question is not None:
        raise Refused(Why.BUYER_ASKED, id=work_id, answer_by=instant_text(plan.question.answer_by))
    return plan
