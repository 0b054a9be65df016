"""One buyer's queue: one inquiry is planned at a time, and a day's questions and an hour's planning are bounded."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.order.domain.inquiry_queue import QUEUE, JoinQueue, LeaveQueue, Queue, cost_of
from services.order.domain.inquiry_queue_events import InquiryDequeued, InquiryQueued
from services.order.domain.refusals import Why
from services.order.domain.terms import InquiryTerms
from tests.support.order_world import BUYER, NOW, a_line
from tests.support.stories import given

TERMS = InquiryTerms(
    a_day_max=5, lines_max=8, cost_at_once=60, cost_an_hour=60, waiting_max=2, retry_seconds=5, answer_minutes_max=5
)


def joins(name: str, *, cost: int = 1, at: datetime = NOW, terms: InquiryTerms = TERMS) -> JoinQueue:
    return JoinQueue(f"inq_{name}", BUYER, cost, terms, at)


def leaves(name: str, at: datetime = NOW) -> LeaveQueue:
    return LeaveQueue(f"inq_{name}", BUYER, at)


def test_the_first_is_planned_at_once_and_the_next_wait_their_turn() -> None:
    story = given(QUEUE)
    (first,) = story.when(joins("a")).then(InquiryQueued)
    assert first.is_sent
    (second,) = story.after(joins("a")).when(joins("b")).then(InquiryQueued)
    assert not second.is_sent
    (left,) = story.after(joins("a"), joins("b"), joins("c")).when(leaves("a")).then(InquiryDequeued)
    assert left.next_inquiry_id == "inq_b"
    (last,) = story.after(joins("a"), joins("b"), leaves("a")).when(leaves("b")).then(InquiryDequeued)
    assert last.next_inquiry_id == ""


def test_an_answer_that_comes_twice_moves_nobody() -> None:
    story = given(QUEUE).after(joins("a"), joins("b"), leaves("a"))
    assert list(QUEUE.decide(leaves("a"), story.state)) == []


def test_too_many_waiting_are_refused_and_told_when_to_come_back() -> None:
    full = given(QUEUE).after(joins("a"), joins("b"), joins("c"))
    full.when(joins("d")).refused(Why.INQUIRIES_WAITING)
    full.after(leaves("a")).when(joins("d")).then(InquiryQueued)


def test_a_days_questions_are_bounded_and_midnight_gives_new_ones() -> None:
    story = given(QUEUE)
    for name in "abcde":
        story = story.after(joins(name), leaves(name))
    story.when(joins("f")).refused(Why.INQUIRIES_SPENT)
    story.when(joins("f", at=NOW + timedelta(hours=7, minutes=59))).refused(Why.INQUIRIES_SPENT)
    story.when(joins("f", at=NOW + timedelta(hours=8))).then(InquiryQueued)  # 00:00 in Shanghai


def test_an_hours_planning_is_bounded_and_time_makes_up_for_it() -> None:
    story = given(QUEUE).after(joins("a", cost=50), leaves("a"))
    story.when(joins("b", cost=11)).refused(Why.PLANNING_SPENT)
    story.when(joins("b", cost=10)).then(InquiryQueued)
    story.when(joins("b", cost=11, at=NOW + timedelta(seconds=59))).refused(Why.PLANNING_SPENT)
    story.when(joins("b", cost=11, at=NOW + timedelta(minutes=1))).then(InquiryQueued)
    story.when(joins("b", cost=61)).refused(Why.INQUIRY_TOO_LARGE)


def test_one_that_is_never_answered_does_not_stop_those_behind_it() -> None:
    story = given(QUEUE).after(joins("lost"), joins("b"))
    (late,) = story.when(joins("c", at=NOW + timedelta(minutes=6))).then(InquiryQueued)
    assert late.is_sent
    story = story.after(joins("c", at=NOW + timedelta(minutes=6)))
    (left,) = story.when(leaves("c")).then(InquiryDequeued)
    assert left.next_inquiry_id == "inq_b"


def test_the_cost_counts_variants_of_all_lines_and_weeks_begun() -> None:
    line = a_line()
    variants = len(line.demand.variants)
    assert cost_of([line], NOW + timedelta(days=7), NOW) == variants
    assert cost_of([line, line], NOW + timedelta(days=8), NOW) == 4 * variants
    assert cost_of([line], NOW + timedelta(minutes=1), NOW) == variants


def test_nothing_is_lost_in_any_order_of_answers() -> None:
    queue: Queue = QUEUE.initial
    terms = replace(TERMS, waiting_max=10, a_day_max=100)
    for name in "abcd":
        for event in QUEUE.decide(joins(name, terms=terms), queue):
            queue = QUEUE.evolve(queue, event)
    served = []
    while queue.planned:
        (now,) = queue.planned
        served.append(now)
        for event in QUEUE.decide(LeaveQueue(now, BUYER, NOW), queue):
            queue = QUEUE.evolve(queue, event)
    assert served == ["inq_a", "inq_b", "inq_c", "inq_d"]
    assert queue.waiting == ()
