"""Who is left without an answer is found: orders, accepted quotes, inquiries, buyers who were asked, plants."""

from datetime import timedelta
from typing import cast

import pytest

from services.capacity.domain.work_events import OfferAccepted, OfferDeclined, WorkOffered
from services.order.domain.events import (
    OrderCancelled,
    OrderChanged,
    OrderConfirmed,
    OrderPlaced,
    PlanMoved,
    PlanningFailed,
    PlanningRequested,
    QuoteAccepted,
    QuoteLost,
    QuoteReceived,
    ReplanAnswered,
    ReplanAsked,
    WorkMoved,
)
from services.order.domain.inquiry_events import InquiryAnswered, InquiryMade
from services.sim.invariants.answered import EveryoneAnswered
from services.sim.invariants.book import Past
from services.sim.seams import Platform
from shared.clock import StoryClock
from shared.kernel.event import Event
from tests.support.made import T0, found, log_of, made


def violations(*events: Event, hours: float = 0) -> list[str]:
    """What is found at rest, *hours* after the beginning; only the time of the platform is asked for."""
    book = EveryoneAnswered(Past())
    assert found(book, log_of(*events)) == []
    return list(book.at_rest(cast("Platform", StoryClock(T0 + timedelta(hours=hours)))))


def of(kind: type[Event], **more: object) -> Event:
    return made(kind, order_id="ord_1", **more)


PLACED, AGAIN = of(OrderPlaced), of(PlanningRequested, attempt=2)
QUOTED, REFUSED = of(QuoteReceived, attempt=1), of(PlanningFailed, attempt=1)
TAKEN = of(QuoteAccepted, quote_id="quo_1")


@pytest.mark.parametrize("answer", [QUOTED, REFUSED, of(OrderCancelled)])
def test_an_order_waits_until_it_is_quoted_refused_or_cancelled(answer: Event) -> None:
    assert violations(PLACED) == ["ord_1 asked for plan 1 and has no answer"]
    assert violations(PLACED, answer) == []


def test_an_answer_to_an_older_question_is_none() -> None:
    assert violations(PLACED, AGAIN, QUOTED) == ["ord_1 asked for plan 2 and has no answer"]
    assert violations(PLACED, AGAIN, of(QuoteReceived, attempt=2)) == []


def test_a_change_waits_until_work_has_begun() -> None:
    changed = [PLACED, QUOTED, TAKEN, of(OrderConfirmed, quote_id="quo_1"), of(OrderChanged), AGAIN]
    assert "asked for plan 2" in violations(*changed)[0]
    assert "asked for plan 2" in violations(*changed, of(WorkMoved, state="scheduled"))[0]
    assert violations(*changed, of(WorkMoved, state="in_progress")) == []


@pytest.mark.parametrize("kind", [OrderConfirmed, QuoteLost])
def test_an_accepted_quote_is_confirmed_or_lost(kind: type[Event]) -> None:
    taken = [PLACED, QUOTED, TAKEN]
    assert violations(*taken) == ["ord_1 accepted quo_1, which is neither confirmed nor lost"]
    assert "accepted quo_1" in violations(*taken, of(kind, quote_id="quo_0"))[0]
    assert violations(*taken, of(kind, quote_id="quo_1")) == []


def test_an_inquiry_waits_for_its_answer() -> None:
    asked = made(InquiryMade, inquiry_id="inq_1")
    assert violations(asked) == ["inq_1 has no answer"]
    assert violations(asked, made(InquiryAnswered, inquiry_id="inq_1")) == []


def test_a_question_is_answered_soon_after_its_last_moment() -> None:
    asked = of(ReplanAsked, replan_id="rpl_1", answer_by=T0)
    assert violations(asked, hours=1) == []
    assert "rpl_1 was to be answered by" in violations(asked, hours=13)[0]
    assert violations(asked, of(ReplanAnswered, replan_id="rpl_1"), hours=13) == []


def test_a_plan_that_moves_ends_what_was_asked_about_the_one_before() -> None:
    asked = of(ReplanAsked, replan_id="rpl_1", answer_by=T0)
    assert violations(asked, of(PlanMoved, replan_id="rpl_2"), hours=13) == []
    assert "rpl_1 was to be answered by" in violations(of(PlanMoved, replan_id="rpl_2"), asked, hours=13)[0]


@pytest.mark.parametrize("kind", [OfferAccepted, OfferDeclined])
def test_an_offer_lapses_soon_after_its_last_moment(kind: type[Event]) -> None:
    offered = made(WorkOffered, work_id="wrk_1", answer_by=T0)
    assert violations(offered, hours=1) == []
    assert "the offer of wrk_1 was to be answered by" in violations(offered, hours=13)[0]
    assert violations(offered, made(kind, work_id="wrk_1"), hours=13) == []
