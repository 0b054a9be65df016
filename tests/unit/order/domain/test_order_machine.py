"""Any story of one order, told at random: no illegal state, counts never negative, views and facts true to the fold."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.order.domain.acting import actions, notes
from services.order.domain.changing import body_of
from services.order.domain.commands import (
    AcceptQuote,
    AnswerReplan,
    CancelOrder,
    ChangeOrder,
    CloseOrder,
    ConfirmDelivery,
    DisputeDelivery,
    ReceiveConfirmation,
    ReceiveDelivery,
    ReceiveLoss,
    ReceivePlanChange,
    ReceiveProgress,
    ReceiveQuote,
    ReceiveRefusal,
    ReportSupply,
    RequestQuote,
)
from services.order.domain.events import (
    EVENT_TYPES,
    SHORT_CHOICES,
    OrderClosed,
    OrderConfirmed,
    QuoteAccepted,
    QuoteSetAside,
)
from services.order.domain.order import ORDER, stream_of
from services.order.domain.situations import Absent, Accepted, Cancelled, Closed, Order, Running
from services.order.domain.standing import open_quote, standing_of
from services.order.packs.terms import terms
from services.order.projections.order_overview import OrderOverview, list_orders
from services.order.publishing import fact_of
from shared.contracts.planning import Limits, Supply
from shared.contracts.registry import FACTS
from shared.eventstore.database import memory_engine
from shared.eventstore.port import Recorded
from shared.kernel.event import Cause
from shared.kernel.principal import Principal, Role
from shared.kernel.refusal import Refused
from tests.support.order_world import (
    BUYER,
    NOW,
    ORDER_ID,
    a_confirmation,
    a_line,
    a_loss,
    a_plan_change,
    a_quote,
    a_refusal,
    a_shipment,
    placing,
    progress,
)

ITEM = "can-330-blank-own"
WORK_STATES = st.sampled_from(["confirmed", "in_progress", "completed", "released", "blocked", "shipped", "cancelled"])


class OrderStories(RuleBasedStateMachine):
    """Drives the decider as buyer, clock and capacity would, in any order, with facts late and doubled."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Order = Absent()
        self.now: datetime = NOW
        self.events: list[Any] = []
        self.quotes: list[Any] = []
        self.refusals = 0

    @initialize(
        partial_ok=st.booleans(),
        quantity=st.integers(1_000, 50_000),
        own=st.booleans(),
        ahead=st.sampled_from([3, 2, 1, 0]),
    )
    def place(self, partial_ok: bool, quantity: int, own: bool, ahead: int) -> None:  # noqa: FBT001 - drawn by Hypothesis
        supplies = []
        if own:
            line = a_line("sleeving-330", quantity, supplied=[ITEM])
            supplies.append(Supply(item=ITEM, quantity=2 * quantity, unit="can", arrives_at=NOW + timedelta(days=2)))
        else:
            line = a_line("can-330-sleek", quantity)
        self.tell(placing(line, limits=Limits(partial_ok=partial_ok), supplies=supplies))
        # Chance alone seldom gets past the quote, so most stories begin further on.
        if ahead >= 1:
            self.capacity_answers(0, refused=False)
        if ahead >= 2:
            self.buyer_accepts(1, 0)
        if ahead >= 3:
            self.capacity_confirms(1, is_lost=False)

    def tell(self, command: Any) -> None:
        try:
            found = ORDER.decide(command, self.state)
        except Refused:
            self.refusals += 1
            return
        for event in found:
            before = self.state
            self.state = ORDER.evolve(self.state, event)
            self.events.append(event)
            self.check_step(before, event)

    def check_step(self, before: Order, event: Any) -> None:
        if isinstance(event, QuoteAccepted):
            quote = open_quote(before, self.now)
            assert quote is not None, "only an open quote is accepted"
            assert quote.option(event.option_id) is not None
        if isinstance(event, OrderConfirmed):
            assert isinstance(before, Accepted | Running), "only what was accepted is confirmed"
        if isinstance(before, Cancelled | Closed):
            assert isinstance(event, QuoteSetAside), "nothing follows the end but giving back what came too late"

    @rule(minutes=st.integers(1, 4_000))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(attempt_back=st.integers(0, 1), refused=st.booleans())
    def capacity_answers(self, attempt_back: int, refused: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        attempt = self.attempt() - attempt_back
        if refused:
            self.tell(ReceiveRefusal(a_refusal(attempt=attempt, at=self.now)))
            return
        quote = a_quote([one.demand for one in self.target().lines], attempt=attempt, at=self.now)
        self.quotes.append(quote)
        self.tell(ReceiveQuote(quote))

    def attempt(self) -> int:
        return self.state.attempt if isinstance(self.state, Running) else body_of(self.state).attempt

    def target(self) -> Any:
        if isinstance(self.state, Running) and self.state.revision is not None:
            return self.state.revision.target
        return body_of(self.state)

    @precondition(lambda self: self.quotes)
    @rule(back=st.integers(1, 2), option=st.integers(0, 1))
    def buyer_accepts(self, back: int, option: int) -> None:
        quote = self.quotes[-min(back, len(self.quotes))]
        self.tell(AcceptQuote(quote.quote_id, quote.options[option].option_id, self.now))

    @precondition(lambda self: self.quotes)
    @rule(back=st.integers(1, 2), is_lost=st.booleans())
    def capacity_confirms(self, back: int, is_lost: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        quote = self.quotes[-min(back, len(self.quotes))]
        fact = ReceiveLoss(a_loss(quote, at=self.now)) if is_lost else ReceiveConfirmation(a_confirmation(quote))
        self.tell(fact)

    @rule(quantity=st.integers(0, 60_000), agreed=st.booleans())
    def buyer_changes(self, quantity: int, agreed: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        line_id = body_of(self.state).lines[0].demand.order_line_id
        fee = 10**9 if agreed else None
        self.tell(ChangeOrder({line_id: quantity}, None, None, fee, terms(), self.now))

    @rule()
    def buyer_asks_again(self) -> None:
        self.tell(RequestQuote(terms(), self.now))

    @rule(agreed=st.booleans(), unlikely=st.integers(0, 5))
    def buyer_cancels(self, agreed: bool, unlikely: int) -> None:  # noqa: FBT001 - drawn by Hypothesis
        if unlikely == 5:
            self.tell(CancelOrder(10**9 if agreed else None, terms(), self.now))

    @precondition(lambda self: isinstance(self.state, Running))
    @rule(
        needs_answer=st.booleans(), cancels=st.booleans(), number=st.integers(1, 3), dearer=st.integers(-1_000, 10**6)
    )
    def capacity_replans(self, needs_answer: bool, cancels: bool, number: int, dearer: int) -> None:  # noqa: FBT001 - drawn by Hypothesis
        assert isinstance(self.state, Running)
        option = self.quotes[-1].options[0]
        change = a_plan_change(
            option,
            number=number,
            needs_answer=needs_answer,
            default_choice="cancel" if cancels else "accept",
            at=self.now,
            dearer_fen=dearer,
        )
        self.tell(ReceivePlanChange(change))

    @precondition(lambda self: isinstance(self.state, Running) and self.state.asked is not None)
    @rule(choice=st.sampled_from(["accept", "keep_terms", "cancel", None]))
    def replan_is_answered(self, choice: Any) -> None:
        assert isinstance(self.state, Running)
        assert self.state.asked is not None
        self.tell(AnswerReplan(self.state.asked.replan_id, choice, self.now))

    @rule(quantity=st.integers(1, 60_000))
    def material_arrives(self, quantity: int) -> None:
        self.tell(ReportSupply(ITEM, quantity, "can", self.now, terms(), self.now))

    @precondition(lambda self: isinstance(self.state, Running))
    @rule(state=WORK_STATES, good=st.integers(0, 60_000), which=st.integers(0, 3))
    def work_moves(self, state: Any, good: int, which: int) -> None:
        assert isinstance(self.state, Running)
        steps = self.state.promise.steps
        fact = progress(steps[which % len(steps)], state, good=good, at=self.now)
        self.tell(ReceiveProgress(fact, terms()))

    @precondition(lambda self: isinstance(self.state, Running))
    @rule(quantity=st.integers(1, 60_000), number=st.integers(1, 4))
    def goods_arrive(self, quantity: int, number: int) -> None:
        assert isinstance(self.state, Running)
        fact = a_shipment(self.state.promise.steps[-1], quantity, number, at=self.now)
        self.tell(ReceiveDelivery(fact, terms()))

    @precondition(lambda self: isinstance(self.state, Running) and bool(self.state.deliveries))
    @rule(which=st.integers(0, 3), part=st.integers(0, 120), disputes=st.booleans())
    def buyer_receives(self, which: int, part: int, disputes: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
        assert isinstance(self.state, Running)
        found = list(self.state.deliveries.values())
        delivery = found[which % len(found)]
        if disputes:
            self.tell(DisputeDelivery(delivery.delivery_id, "dented", self.now))
        else:
            self.tell(ConfirmDelivery(delivery.delivery_id, delivery.quantity * part // 100, self.now))

    @rule()
    def buyer_closes(self) -> None:
        self.tell(CloseOrder(self.now))

    @invariant()
    def counts_are_never_negative_and_confirmed_never_above_delivered(self) -> None:
        running = self.running()
        if running is None:
            return
        assert running.charged_fen >= 0
        assert running.promise.price_fen >= 0
        for delivery in running.deliveries.values():
            assert 0 <= (delivery.confirmed or 0) <= delivery.quantity
        for line in running.body.lines:
            confirmed = sum(one.confirmed or 0 for one in running.deliveries.values())
            assert terms().payable(confirmed, line.demand.quantity_net) <= line.demand.quantity_net * 21 // 20

    def running(self) -> Running | None:
        match self.state:
            case Running():
                return self.state
            case Closed(running=running) | Cancelled(running=running):
                return running
            case _:
                return None

    @invariant()
    def closed_means_delivered_and_confirmed(self) -> None:
        if isinstance(self.state, Closed):
            assert self.state.running.deliveries
            assert all(one.confirmed is not None for one in self.state.running.deliveries.values())
            assert sum(isinstance(one, OrderClosed) for one in self.events) == 1

    @invariant()
    def what_the_buyer_can_do_is_what_the_rule_allows(self) -> None:
        """Each action that is listed has a command that passes; of one that is not, all are refused."""
        found = {one.action: one for one in notes(self.state, self.now, terms())}
        listed = set(actions(self.state, self.now, terms()))
        assert listed == {name for name, one in found.items() if one.is_allowed}
        assert ("accept" in listed) == (open_quote(self.state, self.now) is not None)
        for action, commands in self.commands().items():
            passing = [one for one in commands if self.passes(one)]
            assert bool(passing) == (action in listed), (action, self.state)
            if action in listed and "agreed_fee" in found[action].needs:
                assert not any(self.passes(replace(one, agreed_fee_fen=None)) for one in passing)
            elif action in {"change", "cancel"} and action in listed:
                assert all(self.passes(replace(one, agreed_fee_fen=None)) for one in passing)

    def passes(self, command: Any) -> bool:
        """Whether the rule obeys *command*; accepting what has expired only asks anew, which is no acceptance."""
        try:
            events = ORDER.decide(command, self.state)
        except Refused:
            return False
        return not isinstance(command, AcceptQuote) or isinstance(events[0], QuoteAccepted)

    def commands(self) -> dict[str, list[Any]]:
        """Commands of every action, as well said as they can be."""
        at, body, running = self.now, body_of(self.state), self.running()
        line = body.lines[0].demand
        ids = [] if running is None else list(running.deliveries)
        more = {line.order_line_id: line.quantity_net + 1}
        return {
            "accept": [
                AcceptQuote(quote.quote_id, option.option_id, at) for quote in self.quotes for option in quote.options
            ],
            "requote": [RequestQuote(terms(), at)],
            "change": [ChangeOrder(more, None, None, 10**12, terms(), at)],
            "cancel": [CancelOrder(10**12, terms(), at)],
            "answer_replan": [AnswerReplan(question, one, at) for question, choices in self.asked() for one in choices],
            "report_supply": [ReportSupply(one.item, 1, one.unit, at, terms(), at) for one in body.supplies],
            "confirm_delivery": [ConfirmDelivery(one, None, at) for one in ids],
            "dispute_delivery": [DisputeDelivery(one, "broken", at) for one in ids],
            "close": [CloseOrder(at)],
        }

    @invariant()
    def every_choice_of_a_question_that_can_be_answered_is_taken(self) -> None:
        listed = "answer_replan" in actions(self.state, self.now, terms())
        for question, choices in self.asked() if listed else []:
            assert len({self.passes(AnswerReplan(question, one, self.now)) for one in choices}) == 1, "all or none"

    def asked(self) -> list[tuple[str, list[Any]]]:
        """Open questions, about the plan and about material that came short, with their choices."""
        if not isinstance(self.state, Running):
            return []
        short = [(one.question_id, list(SHORT_CHOICES)) for one in self.state.shortfalls.values()]
        return [*([] if self.state.asked is None else [(self.state.asked.replan_id, self.state.asked.choices)]), *short]

    def teardown(self) -> None:
        """The whole story, stored and read back, tells the same state, the same facts and the same row."""
        if not self.events:
            return
        cause = Cause(correlation_id="cor", org_id=BUYER, subject="usr", at=NOW)
        story = []
        for number, event in enumerate(self.events, 1):
            name = EVENT_TYPES.name_of(event)
            read = EVENT_TYPES.decode(name, EVENT_TYPES.encode(event))
            story.append(Recorded(number, stream_of(ORDER_ID), number, f"evt_{number}", name, read, cause, NOW))
            found = fact_of(read)
            if found is not None:
                assert found[0] == ORDER_ID
                assert FACTS.encode(found[1])
        assert ORDER.fold([one.event for one in story]) == self.state  # type: ignore[misc] # all are order events
        row = folded(story, self.now)
        assert (row.state, row.version) == (standing_of(self.state, self.now), len(story))
        running = self.running()
        assert row.promise_at == (None if running is None else running.promise.promise_at)
        assert row.price_fen == (None if running is None else running.promise.price_fen)
        body = body_of(self.state)
        assert (row.requested_by, row.quantity) == (body.requested_by, body.lines[0].demand.quantity_net)


def folded(story: list[Recorded], at: datetime) -> Any:
    """The overview's row of the order after *story*, folded in two pages."""
    engine, view = memory_engine(), OrderOverview()
    with engine.begin() as connection:
        for table in view.tables:
            table.create(connection)
        for page in (story[: len(story) // 2], story[len(story) // 2 :]):
            if page:
                view.apply(connection, page)
        assert connection.execute(sa.select(sa.func.count()).select_from(view.tables[0])).scalar_one() == 1
    (row,) = list_orders(engine, Principal(BUYER, Role.BUYER, "usr", frozenset()), at=at, limit=10)
    engine.dispose()
    return row


TestOrderStories = OrderStories.TestCase
TestOrderStories.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
