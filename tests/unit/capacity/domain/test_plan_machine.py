"""Any sequence of requests, answers and changes to a plan, against a model of what is on the table and what is booked."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.capacity.domain.plan import PLAN
from services.capacity.domain.plan_commands import (
    AnswerChange,
    CancelPlan,
    ChangePlan,
    CloseQuote,
    ConfirmQuote,
    LoseQuote,
    OfferQuote,
    PlanCommand,
    ProposeChange,
    RefusePlan,
)
from services.capacity.domain.plan_events import Change, PlanAsked, PlanningEvent
from services.capacity.domain.plan_state import Booked, Cancelled, NoPlan, Plan, Quoted, Unplanned, quote_on_table
from shared.contracts.planning import Limits, Place, PlanOption
from shared.kernel.refusal import Refused
from tests.support.planning_world import T0, XIANAN

OPTION = PlanOption("opt_1", ["fastest"], 100, 13, T0, 0, 1, [], [])
HOLD = timedelta(minutes=30)
ATTEMPTS = st.integers(1, 5)


class Planned(RuleBasedStateMachine):
    """The model: highest attempt, quote on the table with its expiry, what is booked, what is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Plan = PLAN.initial
        self.events: list[PlanningEvent] = []
        self.now = T0
        self.attempt = 0
        self.table: tuple[str, object] | None = None
        self.booked = ""
        self.question = ""
        self.cancelled = False

    def say(self, command: PlanCommand) -> bool:
        try:
            events = PLAN.decide(command, self.state)
        except Refused:
            return False
        self.state = PLAN.fold(events, self.state)
        self.events += events
        return bool(events)

    def asked(self, attempt: int) -> PlanAsked:
        return PlanAsked(
            order_id="ord_1",
            buyer_org_id="org_b",
            attempt=attempt,
            lines=[],
            deliver_to=Place(XIANAN),
            earliest_start_at=T0,
            requested_by=T0,
            limits=Limits(),
            supplies=[],
            replaces_quote_id="",
            asked_at=self.now,
        )

    @rule(minutes=st.integers(1, 40))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(attempt=ATTEMPTS)
    def quote(self, attempt: int) -> None:
        fits = attempt > self.attempt and not self.cancelled
        quote_id, expires_at = f"quo_{attempt}", self.now + HOLD
        agreed = self.say(OfferQuote(self.asked(attempt), quote_id, [OPTION], [], self.now, expires_at))
        assert agreed == fits
        if agreed:
            self.attempt, self.table = attempt, (quote_id, expires_at)

    @rule(attempt=ATTEMPTS)
    def refuse(self, attempt: int) -> None:
        fits = attempt > self.attempt and not self.cancelled
        assert self.say(RefusePlan(self.asked(attempt), [], None, self.now)) == fits
        if fits:
            self.attempt, self.table = attempt, None

    @rule(attempt=ATTEMPTS)
    def confirm(self, attempt: int) -> None:
        quote_id = f"quo_{attempt}"
        fits = self.table is not None and self.table[0] == quote_id and self.table[1] > self.now  # type: ignore[operator] # an instant
        assert self.say(ConfirmQuote(quote_id, "opt_1", {}, "", self.now)) == (fits and not self.cancelled)
        if fits and not self.cancelled:
            self.booked, self.table, self.question = quote_id, None, ""

    @rule(attempt=ATTEMPTS, lost=st.booleans())
    def off_the_table(self, attempt: int, lost: bool) -> None:  # noqa: FBT001 - Hypothesis gives it by name
        quote_id = f"quo_{attempt}"
        if lost:
            self.say(LoseQuote("ord_1", "org_b", quote_id, [], self.now))
        else:
            self.say(CloseQuote(quote_id, "dropped", self.now))
        if self.table is not None and self.table[0] == quote_id:
            self.table = None

    @rule(asks=st.booleans(), number=st.integers(1, 3))
    def change(self, asks: bool, number: int) -> None:  # noqa: FBT001 - same
        made, replan_id = Change([], [], {}, [], [], self.now, number), f"rpl_{number}"
        command: PlanCommand = ChangePlan(replan_id, "declined", made, [], self.now)
        if asks:
            command = ProposeChange(replan_id, "declined", made, "accept", self.now, [], self.now)
        agreed = self.say(command)
        assert agreed == (bool(self.booked) and not self.cancelled)
        if agreed:
            self.question = replan_id if asks else ""

    @rule(number=st.integers(1, 3), takes=st.booleans())
    def answer(self, number: int, takes: bool) -> None:  # noqa: FBT001 - same
        made = Change([], [], {}, [], [], self.now, number) if takes else None
        choice = "accept" if takes else "cancel"
        agreed = self.say(AnswerChange(f"rpl_{number}", choice, False, made, self.now))  # type: ignore[arg-type] # one of two
        assert agreed == (self.question == f"rpl_{number}" and not self.cancelled)
        if agreed:
            self.question = ""

    @rule(really=st.integers(0, 9))
    def cancel(self, really: int) -> None:
        if really == 0:
            assert self.say(CancelPlan("ord_1", "org_b", self.now)) == (not self.cancelled)
            self.cancelled, self.table = True, None

    @invariant()
    def the_model_agrees(self) -> None:
        if self.cancelled:
            assert isinstance(self.state, Cancelled)
            return
        found = quote_on_table(self.state)
        assert (None if found is None else (found.quote_id, found.expires_at)) == self.table
        match self.state:
            case Booked(quote_id=quote_id, question=question):
                assert quote_id == self.booked
                assert ("" if question is None else question.replan_id) == self.question
            case NoPlan() | Unplanned() | Quoted():
                assert not self.booked
        assert PLAN.fold(self.events) == self.state


TestPlanned = Planned.TestCase
TestPlanned.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
