"""Time -> command: the defaults of questions, and of orders and deliveries about which nobody says anything. Everything
else that ends by time is read from the clock.
"""

from datetime import timedelta

from services.order.handlers.ordering import Ordering
from services.order.projections.questions import Question, list_due
from services.order.projections.receipts import list_overdue, list_silent
from shared.eventstore.handling import transact
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id
from shared.scheduling import Job, each

DEFAULTS_EVERY = timedelta(seconds=10)
LAPSES_EVERY = timedelta(minutes=5)
ANSWERED_MAX = 500  # a run


def default_answers(log: LogWithViews, ordering: Ordering, clock: Clock) -> Job:
    """Answer, by its stated default, every replan whose buyer was silent until the end."""

    def answer() -> int:
        now = clock.now()

        def by_default(question: Question) -> None:
            cause = Cause(
                correlation_id=derived_id("cor", question.replan_id),
                causation_id=question.replan_id,
                org_id="system",
                subject="system:default-answers",
                at=now,
            )
            transact(log, lambda: ordering.answer_by_default(question.order_id, question.replan_id, now), cause)

        return each(list_due(log.views, now), by_default, lambda one: f"{one.order_id} {one.replan_id}", ANSWERED_MAX)

    return Job("order-default-answers", DEFAULTS_EVERY, answer)


def lapses(log: LogWithViews, ordering: Ordering, clock: Clock) -> Job:
    """Orders that nothing came of end, goods that nobody says anything about are taken: as their waits state."""

    def lapse() -> int:
        now, waiting = clock.now(), ordering.terms.waiting

        def let_lapse(order_id: str) -> None:
            cause = Cause(
                correlation_id=derived_id("cor", order_id, "lapsed"),
                causation_id=order_id,
                org_id="system",
                subject="system:lapses",
                at=now,
            )
            transact(log, lambda: ordering.let_lapse(order_id, now), cause)

        silent = list_silent(log.views, now, waiting.receipt, waiting.dispute)
        overdue = list_overdue(log.views, now, waiting.unbooked, waiting.overdue)
        return each(dict.fromkeys([*silent, *overdue]), let_lapse, str, ANSWERED_MAX)

    return Job("order-lapses", LAPSES_EVERY, lapse)
