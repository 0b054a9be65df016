"""Time -> command: defaults of unanswered replans. Everything else that ends by time is read from the clock."""

from datetime import timedelta

from services.order.handlers.ordering import Ordering
from services.order.projections.questions import list_due
from shared.eventstore.handling import transact
from shared.eventstore.projecting import LogWithViews
from shared.kernel.clock import Clock
from shared.kernel.event import Cause
from shared.kernel.ids import derived_id
from shared.scheduling import Job

DEFAULTS_EVERY = timedelta(seconds=10)


def default_answers(log: LogWithViews, ordering: Ordering, clock: Clock) -> Job:
    """Answer, by its stated default, every replan whose buyer was silent until the end."""

    def answer() -> int:
        now, answered = clock.now(), 0
        for question in list_due(log.views, now):
            cause = Cause(
                correlation_id=derived_id("cor", question.replan_id),
                causation_id=question.replan_id,
                org_id="system",
                subject="system:default-answers",
                at=now,
            )
            transact(
                log,
                lambda one=question: ordering.answer_by_default(one.order_id, one.replan_id, now),  # type: ignore[misc] # bound to this round
                cause,
            )
            answered += 1
        return answered

    return Job("order-default-answers", DEFAULTS_EVERY, answer)
