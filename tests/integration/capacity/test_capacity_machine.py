"""Any sequence of orders, answers, outages and production on a few lines: what is firm never overlaps, lies in offered
hours, and is exactly what the plans say.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.capacity.domain.hours import microseconds_of
from services.capacity.domain.plan_state import Booked, Plan, quote_on_table
from services.capacity.domain.work_identity import offer_id_of
from services.capacity.domain.work_state import Accepted, Closed, Finished, Offered, Running, SettingUp
from services.capacity.handlers.breakdowns import Outage
from services.capacity.handlers.offers import Counter
from services.capacity.handlers.production import Output
from shared.contracts.order import OrderCancelled, QuoteDropped, ReplanAnswered
from shared.contracts.planning import PlannedStep, RecipeInput
from shared.eventstore.handling import Prepared
from shared.kernel.refusal import Refused
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import capability, daily, demand_line, line, step, variant

BODY, PRINT = step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"))
PLANTS = {"b1": "p1", "b2": "p2", "r1": "p3", "r2": "p4"}
ORDERS = st.integers(0, 3).map(lambda number: f"ord_{number}")
LINES = st.sampled_from(sorted(PLANTS))


class Capacity(RuleBasedStateMachine):
    """The service itself, driven as its neighbours drive it; refusals are answers."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None
        self.attempts: dict[str, int] = {}
        self.outages: dict[str, str] = {}
        self.step = 0

    @property
    def live(self) -> World:
        assert self.world is not None
        return self.world

    @initialize(auto=st.booleans(), dearer=st.booleans(), booked=st.integers(0, 3))
    def open(self, auto: bool, dearer: bool, booked: int) -> None:  # noqa: FBT001 - Hypothesis gives it by name
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
        hours = daily(0, 12, 40)
        self.world = capacity_world(
            line("b1", "p1", capability("BODY"), offered=hours),
            line("b2", "p2", capability("BODY"), offered=hours),
            line("r1", "p3", capability("PRINT"), offered=hours),
            line("r2", "p4", capability("PRINT"), offered=hours, fen_per_thousand=20_000 if dearer else 10_000),
            auto_accept=auto,
        )
        for number in range(booked):
            self.order(f"ord_{number}", 3 + number, 0, 1)

    def try_to(self, prepare: Callable[[], Prepared[Any]]) -> None:
        try:
            self.live.done(prepare)
        except Refused:
            return

    def plan(self, order_id: str) -> Plan:
        return self.live.plan(order_id)

    def steps_with(self, *kinds: type) -> list[tuple[str, PlannedStep]]:
        """Work orders of booked plans in one of the situations *kinds*, with their steps."""
        found = []
        for order_id in sorted(self.attempts):
            plan = self.plan(order_id)
            if isinstance(plan, Booked):
                for one in plan.current.steps:
                    work_id = plan.current.work_ids[one.process_id]
                    if isinstance(self.live.work(work_id), kinds):
                        found.append((work_id, one))
        return found

    @rule(order_id=ORDERS, thousand=st.integers(1, 9), number=st.integers(0, 3), takes=st.integers(0, 3))
    def order(self, order_id: str, thousand: int, number: int, takes: int) -> None:
        """Ask, and mostly take what is offered at once."""
        self.ask(order_id, thousand)
        if takes:
            self.accept(order_id, number)

    def ask(self, order_id: str, thousand: int) -> None:
        attempt = self.attempts.get(order_id, 0) + 1
        wanted = demand_line(thousand * 1_000, variant(BODY, PRINT))
        try:
            self.live.tell(asks(wanted, order_id=order_id, attempt=attempt, by=24 * 30))
        except Refused:
            return
        self.attempts[order_id] = attempt

    @rule(order_id=ORDERS, number=st.integers(0, 3))
    def accept(self, order_id: str, number: int) -> None:
        quote = quote_on_table(self.plan(order_id))
        if quote is not None:
            option = quote.options[number % len(quote.options)]
            self.live.tell(accepts(quote.quote_id, option, order_id))

    @rule(order_id=ORDERS, really=st.integers(0, 4))
    def give_up(self, order_id: str, really: int) -> None:
        quote = quote_on_table(self.plan(order_id))
        if quote is not None:
            self.live.tell(QuoteDropped(order_id=order_id, quote_id=quote.quote_id))
        elif really == 0 and order_id in self.attempts:
            cancelled = OrderCancelled(
                order_id=order_id, buyer_org_id=BUYER, fee_fen=0, cancelled_at=self.live.clock.now()
            )
            self.live.tell(cancelled)

    @rule(data=st.data(), says=st.sampled_from(["accept", "decline", "price", "later"]))
    def plant_answers(self, data: st.DataObject, says: str) -> None:
        waiting = self.steps_with(Offered)
        if not waiting:
            return
        work_id, one = data.draw(st.sampled_from(waiting))
        self.step += 1
        owner, offers, replan_id = self.live.owner(one.plant_id), self.live.service.handlers.offers, f"rpl_{self.step}"
        offer_id = offer_id_of(work_id)
        counters = {
            "price": Counter(one.price_fen + 5_000, None, ""),
            "later": Counter(None, one.starts_at + timedelta(days=1), ""),
        }
        if says == "accept":
            self.try_to(lambda: offers.accept(offer_id, owner))
        elif says == "decline":
            self.try_to(lambda: offers.decline(offer_id, owner, "price", "", replan_id))
        else:
            self.try_to(lambda: offers.counter(offer_id, owner, counters[says], replan_id))

    @rule(order_id=ORDERS, takes=st.booleans())
    def buyer_answers(self, order_id: str, takes: bool) -> None:  # noqa: FBT001 - same
        plan = self.plan(order_id)
        if isinstance(plan, Booked) and plan.question is not None:
            now = self.live.clock.now()
            answered = ReplanAnswered(
                order_id=order_id,
                buyer_org_id=BUYER,
                replan_id=plan.question.replan_id,
                choice="accept" if takes else "cancel",
                by_default=False,
                answered_at=now,
            )
            self.live.tell(answered)
            if not takes:
                self.live.tell(OrderCancelled(order_id=order_id, buyer_org_id=BUYER, fee_fen=0, cancelled_at=now))

    @rule(line_id=LINES, ahead=st.integers(0, 3), hours=st.integers(1, 60))
    def break_down(self, line_id: str, ahead: int, hours: int) -> None:
        self.step += 1
        starts_at = self.live.clock.now() + timedelta(hours=ahead * 12)
        outage = Outage(starts_at, starts_at + timedelta(hours=hours), "breakdown")
        owner, stoppage_id = self.live.owner(PLANTS[line_id]), f"stp_{self.step}"
        breakdowns = self.live.service.handlers.breakdowns
        self.try_to(lambda: breakdowns.break_line(line_id, stoppage_id, owner, outage))
        down = breakdowns._desk.draft().floor_of(line_id).down
        if down is not None:
            self.outages[line_id] = down.stoppage_id

    @precondition(lambda self: bool(self.outages))
    @rule(data=st.data())
    def mend(self, data: st.DataObject) -> None:
        line_id = data.draw(st.sampled_from(sorted(self.outages)))
        owner, stoppage_id = self.live.owner(PLANTS[line_id]), self.outages.pop(line_id)
        self.try_to(lambda: self.live.service.handlers.breakdowns.mend_line(line_id, stoppage_id, owner))

    @rule(data=st.data())
    def make(self, data: st.DataObject) -> None:
        """One step further with some work order: start, report and finish, ship, deliver."""
        work = self.steps_with(Accepted, SettingUp, Running, Finished)
        if not work:
            return
        work_id, one = data.draw(st.sampled_from(work))
        self.step += 1
        handlers, owner, tag = self.live.service.handlers, self.live.owner(one.plant_id), self.step
        state = self.live.work(work_id)
        if isinstance(state, Accepted):
            self.live.clock.set(max(self.live.clock.now(), one.starts_at))
            self.try_to(lambda: handlers.production.start(work_id, owner, None))
        elif isinstance(state, Running):
            self.live.clock.advance(timedelta(hours=1))
            made = Output(one.quantity_net, 0, 0, "can", None, (), None, None)
            self.try_to(lambda: handlers.production.report(work_id, f"rpt_{tag}", owner, made))
            self.try_to(lambda: handlers.production.finish(work_id, owner, None))
        elif isinstance(state, Finished):
            self.try_to(lambda: handlers.deliveries.ship(work_id, f"dlv_{tag}", owner, None, None))
            self.live.clock.advance(timedelta(hours=2))
            self.try_to(lambda: handlers.deliveries.deliver(work_id, owner, None, None))

    @rule(minutes=st.integers(1, 2_000))
    def wait(self, minutes: int) -> None:
        self.live.clock.advance(timedelta(minutes=minutes))

    def firm(self) -> dict[str, tuple[str, str]]:
        """slot id -> line and order of every firm booking."""
        lines = self.live.service.board.caught_up().lines()
        return {
            booking.slot_id: (one.line_id, booking.order_id)
            for one in lines
            for booking in one.bookings
            if not booking.expires_us
        }

    def booked_plans(self) -> list[tuple[str, Booked]]:
        plans = [(order_id, self.plan(order_id)) for order_id in sorted(self.attempts)]
        return [(order_id, plan) for order_id, plan in plans if isinstance(plan, Booked)]

    @invariant()
    def nothing_overlaps_what_is_firm(self) -> None:
        if self.world is None:
            return
        now_us = microseconds_of(self.live.clock.now())
        for found in self.live.service.board.caught_up().lines():
            standing = [booking for booking in found.bookings if booking.stands(now_us)]
            for booking in standing:
                for other in standing:
                    apart = other.ends <= booking.starts or booking.ends <= other.starts
                    assert other is booking or apart or (booking.expires_us and other.quote_id == booking.quote_id)

    @invariant()
    def every_step_that_is_wanted_has_its_slot(self) -> None:
        if self.world is None:
            return
        firm = self.firm()
        for order_id, plan in self.booked_plans():
            change = None if plan.question is None else plan.question.change
            kept = None if change is None else {one.slot_id for one in change.steps}
            for planned in plan.current.steps:
                work = self.live.work(plan.current.work_ids[planned.process_id])
                if isinstance(work, Closed):
                    assert plan.question is not None, "what nobody makes is a question to the buyer"
                elif not isinstance(work, Finished) and (kept is None or planned.slot_id in kept):
                    assert firm.get(planned.slot_id) == (planned.line_id, order_id), planned.step

    @invariant()
    def every_slot_is_of_a_plan_or_of_work_that_had_begun(self) -> None:
        if self.world is None:
            return
        plans = dict(self.booked_plans())
        for slot_id, (_, order_id) in self.firm().items():
            if order_id in plans and slot_id not in {one.slot_id for one in plans[order_id].current.steps}:
                assert self.is_of_older_work(slot_id), "a slot that nobody wants"

    def is_of_older_work(self, slot_id: str) -> bool:
        """Work that had begun when its order was planned anew is made to its end in its own slot."""
        for recorded in self.live.log.read_all(0):
            work_id = getattr(recorded.event, "work_id", "")
            if work_id and getattr(recorded.event, "slot_id", "") == slot_id:
                return isinstance(self.live.work(work_id), SettingUp | Running | Finished)
        return False


TestCapacity = Capacity.TestCase
TestCapacity.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
