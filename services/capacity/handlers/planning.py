"""Orders ask, take and drop quotes: match on the live board, hold, book, offer the work. One append a decision."""

from datetime import datetime

import msgspec

from services.capacity.domain.allocation import work_id_for
from services.capacity.domain.held_share import HELD_ENOUGH, hold_for, within_share
from services.capacity.domain.matching.indication import indicate, why_not
from services.capacity.domain.matching.match import match
from services.capacity.domain.matching.problem import Matched, Unmatched
from services.capacity.domain.matching.rules import standard_rules
from services.capacity.domain.plan import check_attempt, open_quote
from services.capacity.domain.plan_commands import (
    AnswerInquiry,
    CancelPlan,
    CloseQuote,
    ConfirmQuote,
    LoseQuote,
    OfferQuote,
    RecordSupply,
    RefusePlan,
)
from services.capacity.domain.plan_events import PlanAsked
from services.capacity.domain.plan_state import Booked, asked_of, quote_on_table
from services.capacity.domain.refusals import Why
from services.capacity.domain.slots import ConfirmSlots
from services.capacity.handlers.booking import firm_slot, has_begun, hold, offer_work, release_quote, release_unstarted
from services.capacity.handlers.changing import release_proposed
from services.capacity.handlers.demand import demand_of
from services.capacity.handlers.desk import Desk
from services.capacity.handlers.draft import Draft, of_line
from services.capacity.handlers.missing_material import MissingMaterial
from services.capacity.handlers.papers import check_papers
from services.capacity.handlers.supplies import hand_over_supplies
from shared.contracts.order import QuoteAccepted, SupplyArrived
from shared.contracts.planning import DemandLine
from shared.contracts.reasons import PlanReason, ReasonCode
from shared.eventstore.handling import Prepared
from shared.kernel.ids import derived_id
from shared.kernel.refusal import Refused

_LOST = frozenset({Why.HOLD_LOST, Why.UNKNOWN_QUOTE})


class PlanningHandler:
    """Quotes, from request to booking."""

    def __init__(self, desk: Desk, material: MissingMaterial) -> None:
        self._desk = desk
        self._material = material

    def inquire(self, asked: PlanAsked) -> Prepared[None]:
        """Who could, by which day, for about how much. Nothing is reserved, and the recipes asked about are not kept.
        Raises Refused OUT_OF_DATE.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        check_attempt(draft.plan_of(asked.order_id), asked.attempt, asked.order_id)
        answer = indicate(demand_of(asked), draft.board, now, standard_rules(), inquiry_id=asked.order_id)
        kept = msgspec.structs.replace(asked, lines=[without_recipes(one) for one in asked.lines])
        if isinstance(answer, Unmatched):
            draft.plan(asked.order_id, RefusePlan(kept, answer.reasons, answer.relaxation, now))
        else:
            draft.plan(asked.order_id, AnswerInquiry(kept, answer.options, answer.refusals, now, answer.earliest_at))
        return Prepared(draft.appends(), None)

    def plan(self, asked: PlanAsked) -> Prepared[None]:
        """Quote a menu and hold the slots of all its options, or say why not. Raises Refused OUT_OF_DATE, PLAN_ENDED.

        The holds of an older quote of the same order make room first, and each further quote of an order is held shorter;
        of a line one buyer's quotes hold no more than its share. Nothing is quoted that would begin while it is
        held: whoever accepts at the last moment still gets all of it.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        plan = draft.plan_of(asked.order_id)
        check_attempt(plan, asked.attempt, asked.order_id)
        earlier = quote_on_table(plan)
        ignored = frozenset() if earlier is None else frozenset({earlier.quote_id})
        quote_id = quote_id_of(asked.order_id, asked.attempt)
        rules = standard_rules()
        expires_at = now + hold_for(asked.attempt, self._desk.settings.hold_for, rules)
        demand = msgspec.structs.replace(demand_of(asked), earliest_start_at=max(asked.earliest_start_at, expires_at))
        answer = match(demand, draft.board, now, rules, quote_id=quote_id, ignored=ignored)
        if isinstance(answer, Matched):
            answer = within_share(answer, draft.board, asked.buyer_org_id, now, rules, ignored=ignored)
        if earlier is not None:
            release_quote(draft, earlier, "replaced", now)
        if answer is HELD_ENOUGH:
            draft.plan(asked.order_id, RefusePlan(asked, HELD_ENOUGH.reasons, None, now))
        elif isinstance(answer, Unmatched):
            told = why_not(demand, draft.board, now, rules, answer)
            draft.plan(asked.order_id, RefusePlan(asked, told.reasons, told.relaxation, now))
        else:
            self._quote(draft, asked, answer, now, expires_at)
        return Prepared(draft.appends(), None)

    @staticmethod
    def _quote(draft: Draft, asked: PlanAsked, answer: Matched, now: datetime, expires_at: datetime) -> None:
        for line_id, slots in answer.held_until(expires_at).items():
            hold(draft, line_id, slots, now)
        quote_id = quote_id_of(asked.order_id, asked.attempt)
        draft.plan(asked.order_id, OfferQuote(asked, quote_id, answer.options, answer.refusals, now, expires_at))

    def confirm(self, fact: QuoteAccepted) -> Prepared[None]:
        """Book the accepted option and offer its work to the plants; or say that it was lost. A change is lost once work
        has begun, which its buyer could not know yet: what is made would be made twice.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        plan = draft.plan_of(fact.order_id)
        if isinstance(plan, Booked) and plan.quote_id == fact.quote_id:
            return Prepared([], None)  # heard twice
        if isinstance(plan, Booked) and has_begun(draft, plan.current):
            return self._lost(fact, now)
        try:
            self._book(draft, fact, now)
        except Refused as refused:
            if refused.why not in _LOST:
                raise
            return self._lost(fact, now)
        return Prepared(draft.appends(), None)

    def _lost(self, fact: QuoteAccepted, now: datetime) -> Prepared[None]:
        """What the quote still holds is free at once."""
        draft = self._desk.draft()
        quote = quote_on_table(draft.plan_of(fact.order_id))
        if quote is not None and quote.quote_id == fact.quote_id:
            release_quote(draft, quote, "lost", now)
        reasons = [PlanReason(ReasonCode.HOLD_LOST)]
        draft.plan(fact.order_id, LoseQuote(fact.order_id, fact.buyer_org_id, fact.quote_id, reasons, now))
        return Prepared(draft.appends(), None)

    def _book(self, draft: Draft, fact: QuoteAccepted, now: datetime) -> None:
        """Papers and slots first: a lost hold ends it before anything else is said."""
        plan = draft.plan_of(fact.order_id)
        quote = open_quote(plan, fact.quote_id, now)
        option = quote.option(fact.option_id)
        if option is None:
            raise Refused(Why.UNKNOWN_QUOTE, id=fact.option_id)
        demand = asked_of(plan)
        check_papers(draft, demand, option.steps)
        for line_id in sorted({step.line_id for one in quote.options for step in one.steps}):
            chosen = [step for step in option.steps if step.line_id == line_id]
            slots = [firm_slot(draft.board, demand, step, quote.quote_id, option.option_id) for step in chosen]
            line = of_line(draft.board.line(line_id))
            draft.slots(ConfirmSlots(**line, quote_id=quote.quote_id, option_id=option.option_id, slots=slots, at=now))
        if isinstance(plan, Booked):
            release_unstarted(draft, plan.current, "replaced", now)
        work_ids = {step.process_id: work_id_for(quote.quote_id, step.process_id) for step in option.steps}
        replaces = fact.replaces_quote_id
        draft.plan(fact.order_id, ConfirmQuote(quote.quote_id, option.option_id, work_ids, replaces, now))
        booked = draft.plan_of(fact.order_id)
        if isinstance(booked, Booked):
            offer_work(self._desk, draft, demand, booked.current, work_ids)
        hand_over_supplies(draft, fact.order_id, now)

    def drop(self, order_id: str, quote_id: str) -> Prepared[None]:
        """The buyer will not take the quote: its holds are free at once. A quote that is gone is passed over."""
        draft, now = self._desk.draft(), self._desk.clock.now()
        quote = quote_on_table(draft.plan_of(order_id))
        if quote is None or quote.quote_id != quote_id:
            return Prepared([], None)
        release_quote(draft, quote, "dropped", now)
        draft.plan(order_id, CloseQuote(quote_id, "dropped", now))
        return Prepared(draft.appends(), None)

    def cancel(self, command: CancelPlan) -> Prepared[None]:
        """Free what the order holds and what has not begun. What runs is made to its end."""
        draft, now = self._desk.draft(), self._desk.clock.now()
        plan = draft.plan_of(command.order_id)
        quote = quote_on_table(plan)
        if quote is not None:
            release_quote(draft, quote, "cancelled", now)
        if isinstance(plan, Booked):
            release_proposed(draft, plan, now)
            release_unstarted(draft, plan.current, "cancelled", now)
        draft.plan(command.order_id, command)
        return Prepared(draft.appends(), None)

    def receive_supply(self, fact: SupplyArrived) -> Prepared[None]:
        """Note what the buyer brought (*fact.quantity*: in all so far) and hand it to the work that eats it. A plan that
        waited for it is made anew.
        """
        draft, now = self._desk.draft(), self._desk.clock.now()
        lot_id = derived_id("lot", fact.order_id, fact.item, fact.quantity)
        draft.plan(
            fact.order_id,
            RecordSupply(fact.item, fact.quantity, fact.expected, fact.unit, lot_id, fact.arrived_at),
        )
        hand_over_supplies(draft, fact.order_id, now)
        self._material.supplied(draft, fact.order_id)
        return Prepared(draft.appends(), None)


def without_recipes(line: DemandLine) -> DemandLine:
    return msgspec.structs.replace(line, variants=[])


def quote_id_of(order_id: str, attempt: int) -> str:
    """A request has one quote, however often it is heard."""
    return derived_id("quo", order_id, attempt)
