"""Time -> command: defaults of unanswered replans. Everything else that ends by time is read from the clock."""

from datetime import timedelta

from services.order.handlers.ordering import Ordering
from services.order.projections.questions import Question, list_due
from shared.eventstore.handling import transact
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id
from shared.scheduling import Job, each

DEFAULTS_EVERY = timedelta(seconds=10)
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
