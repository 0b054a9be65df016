"""Speaking for the silent: a question that cannot be answered by default keeps nobody else's from being answered."""

from datetime import timedelta

from services.order.domain.refusals import Why
from services.order.jobs import default_answers
from services.order.projections.questions import TABLE
from shared.clock import StoryClock
from shared.eventstore.handling import Prepared
from shared.eventstore.memory import MemoryLog
from shared.kernel.refusal import Refused
from shared.scheduling import Scheduler
from tests.support.notes import NOTE_TYPES, START


def test_a_question_that_is_refused_stops_no_other() -> None:
    clock, answered = StoryClock(START), list[str]()
    log = MemoryLog("order", NOTE_TYPES, clock)
    with log.writing() as connection:
        TABLE.create(connection)
        for order_id in ("ord_bad", "ord_good", "ord_worse", "ord_fine"):
            row = {"order_id": order_id, "replan_id": "rpl_1", "answer_by_s": int(START.timestamp())}
            connection.execute(TABLE.insert().values(row))

    class Ordering:
        def answer_by_default(self, order_id: str, *_: object) -> Prepared[None]:
            if order_id in {"ord_bad", "ord_worse"}:
                raise Refused(Why.NO_SUCH_CHOICE, choices="", found="")
            answered.append(order_id)
            return Prepared((), None)

    job = default_answers(log, Ordering(), clock)  # type: ignore[arg-type] # the one method asked of it
    scheduler = Scheduler([job], clock)
    scheduler.run_due(clock.advance(timedelta(seconds=10)))
    assert set(answered) == {"ord_good", "ord_fine"}
    assert scheduler.failing == {"order-default-answers": 2}
    assert "ord_bad rpl_1" in scheduler.failures["order-default-answers"]
