"""A default that costs its buyer something is found: a dearer or later plan, a fee."""

from datetime import timedelta

from services.order.domain.events import OrderCancelled, PartsCancelled, PlanMoved, ReplanAnswered, ReplanAsked
from services.sim.invariants.book import Past
from services.sim.invariants.silence import SilenceCostsNothing
from shared.kernel.event import Event
from tests.support.made import T0, found, log_of, made

TERMS = {"old_price_fen": 100, "old_promise_at": T0}


def violations(*events: Event) -> list[str]:
    return found(SilenceCostsNothing(Past()), log_of(*events))


def asked(price_fen: int, hours: int) -> Event:
    promise_at = T0 + timedelta(hours=hours)
    return made(ReplanAsked, order_id="ord_1", new_price_fen=price_fen, new_promise_at=promise_at, **TERMS)


def answered(choice: str, *, by_default: bool) -> Event:
    return made(ReplanAnswered, order_id="ord_1", choice=choice, by_default=by_default)


def test_silence_that_accepts_what_is_dearer_or_later_is_found() -> None:
    for worse in (asked(101, 0), asked(100, 1)):
        assert "dearer or later" in violations(worse, answered("accept", by_default=True))[0]
        assert violations(worse, answered("accept", by_default=False)) == []
        assert violations(worse, answered("cancel", by_default=True)) == []
    assert violations(asked(100, 0), answered("accept", by_default=True)) == []


def test_a_fee_for_silence_is_found() -> None:
    assert "costs 7 fen" in violations(made(OrderCancelled, order_id="ord_1", fee_fen=7, by_default=True))[0]
    assert violations(made(OrderCancelled, order_id="ord_1", fee_fen=7, by_default=False)) == []
    assert violations(made(PartsCancelled, order_id="ord_1", fee_fen=0, by_default=True)) == []


def test_a_plan_that_moves_to_worse_terms_without_a_question_is_found() -> None:
    worse = made(PlanMoved, order_id="ord_1", new_price_fen=101, new_promise_at=T0, **TERMS)
    assert "without being asked" in violations(worse)[0]
    same = made(PlanMoved, order_id="ord_1", new_price_fen=100, new_promise_at=T0, **TERMS)
    assert violations(same) == []
