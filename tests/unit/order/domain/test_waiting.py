"""No state waits without an end: each has its last moment and what then holds, and that never costs the silent anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import get_args

import pytest

from services.order.domain import situations
from services.order.domain.acting import actions
from services.order.domain.commands import (
    AcceptQuote,
    AnswerReplan,
    CancelOrder,
    ChangeOrder,
    ConfirmDelivery,
    DisputeDelivery,
    LetLapse,
    ReceiveConfirmation,
    ReceiveDelivery,
    ReceivePlanChange,
    ReceiveProgress,
    ReceiveQuote,
    ReceiveRefusal,
    ReportSupply,
)
from services.order.domain.events import (
    DeliveryConfirmed,
    OrderCancelled,
    OrderClosed,
    OrderDelivered,
    PartsCancelled,
    QuoteSetAside,
    ShortfallAnswered,
)
from services.order.domain.order import ORDER
from services.order.domain.situations import Cancelled, Closed, Order, Running
from services.order.domain.waiting import Default, WaitsFor, waits
from services.order.packs.terms import terms
from shared.contracts.planning import Supply
from tests.support.order_world import (
    NOW,
    WANTED,
    a_confirmation,
    a_line,
    a_plan_change,
    a_quote,
    a_refusal,
    a_shipment,
    demands,
    placing,
    progress,
)
from tests.support.stories import Story, given
from tests.unit.order.domain.conftest import accepted_with, confirmed_with, placed_with, quoted_with

OWN = a_line("sleeving-330", 20_000, supplied=("can-330-blank-own",))
BRINGS = Supply("can-330-blank-own", 20_427, "can", NOW + timedelta(days=3))


def delivered() -> Story:
    situation = confirmed_with(placing())
    last = situation.quote.options[0].steps[-1]
    return situation.story.after(
        ReceiveProgress(progress(last, "shipped", good=last.quantity_net), terms()),
        ReceiveDelivery(a_shipment(last, last.quantity_net), terms()),
    )


def delivery_in(story: Story) -> str:
    running = story.state.running if isinstance(story.state, Cancelled) else story.state
    assert isinstance(running, Running)
    return next(iter(running.deliveries))


def disputed() -> Story:
    story = delivered()
    return story.after(DisputeDelivery(delivery_in(story), "dented", NOW))


def asked() -> Story:
    situation = confirmed_with(placing())
    return situation.story.after(ReceivePlanChange(a_plan_change(situation.quote.options[0])))


def short(came: int = 15_000) -> Story:
    command = placing(OWN, supplies=[BRINGS])
    quote = a_quote(demands(command))
    return given(ORDER).after(
        command,
        ReceiveQuote(quote),
        AcceptQuote(quote.quote_id, quote.options[0].option_id, NOW),
        ReceiveConfirmation(a_confirmation(quote)),
        ReportSupply("can-330-blank-own", came, "can", NOW, terms(), NOW),
    )


def changing() -> Story:
    story = confirmed_with(placing()).story
    return story.after(ChangeOrder({}, WANTED + timedelta(days=5), None, 10_000_000, terms(), NOW))


def cancelled_with_goods() -> Story:
    situation = confirmed_with(placing(a_line(), a_line("end-202", 250_000, 1)))
    last = situation.quote.options[0].steps[-1]
    return situation.story.after(
        ReceiveProgress(progress(last, "shipped", good=last.quantity_net), terms()),
        ReceiveDelivery(a_shipment(last, last.quantity_net), terms()),
        CancelOrder(100_000_000, terms(), NOW),
    )


def refused() -> Story:
    return placed_with(placing()).story.after(ReceiveRefusal(a_refusal()))


STATES: dict[str, tuple[Callable[[], Story], set[WaitsFor]]] = {
    "planning": (lambda: placed_with(placing()).story, {"plan"}),
    "unplannable": (refused, {"order"}),
    "quoted": (lambda: quoted_with(placing()).story, {"quote", "order"}),
    "accepted": (lambda: accepted_with(placing()).story, {"booking"}),
    "confirmed": (lambda: confirmed_with(placing()).story, {"goods"}),
    "a change under way": (changing, {"goods", "change"}),
    "a plan that would change": (asked, {"goods", "replan"}),
    "material that came short": (short, {"goods", "supply"}),
    "delivered": (delivered, {"receipt"}),
    "disputed": (disputed, {"dispute"}),
    "cancelled with goods": (cancelled_with_goods, {"receipt"}),
}
"""Every way in which an order can wait, and what it then waits for."""


@pytest.mark.parametrize("name", STATES)
def test_every_waiting_state_has_a_last_moment_and_a_stated_default(name: str) -> None:
    make, waits_for = STATES[name]
    found = waits(make().state, terms())
    assert {one.waits_for for one in found} == waits_for
    assert all(one.answer_by > NOW and one.default in get_args(Default) for one in found)


def test_the_table_walks_every_situation_and_every_kind_of_waiting() -> None:
    walked = {type(make().state) for make, _ in STATES.values()}
    ended = {situations.Absent, Closed}
    assert walked | ended == set(get_args(Order)), "a situation nobody walks may wait for ever"
    assert set().union(*(waits_for for _, waits_for in STATES.values())) == set(get_args(WaitsFor))


@pytest.mark.parametrize("name", STATES)
def test_whoever_stays_silent_for_ever_comes_to_an_end_without_owing_anything_more(name: str) -> None:
    """Only the platform's jobs act: answers by default, and lapses."""
    story, silent_until = STATES[name][0](), NOW
    before = fees(story.state)
    for _ in range(120):  # days
        left = waits(story.state, terms())
        if not left:
            break
        silent_until = max(silent_until, min(one.answer_by for one in left))
        for one in left:
            if one.answer_by <= silent_until and one.waits_for in {"replan", "supply"}:
                story = story.after(AnswerReplan(one.subject, None, silent_until, terms()))
        story = story.after(LetLapse(terms(), silent_until))
        silent_until += timedelta(days=1)
    assert isinstance(story.state, Cancelled | Closed), waits(story.state, terms())
    assert fees(story.state) == before


def fees(order: Order) -> int:
    """Fen charged, beside the goods."""
    match order:
        case Running():
            return order.charged_fen
        case Cancelled(running=running):
            return order.fee_fen + (0 if running is None else running.charged_fen)
        case Closed(running=running, cancelled=cancelled):
            return running.charged_fen + (0 if cancelled is None else cancelled.fee_fen)
        case _:
            return 0


def lapsing(at: datetime) -> LetLapse:
    return LetLapse(terms(), at)


def test_nothing_lapses_before_its_time() -> None:
    for make, _ in STATES.values():
        make().when(lapsing(NOW)).then()
    given(ORDER).when(lapsing(NOW)).then()


def test_an_open_quote_is_given_back_when_its_order_lapses() -> None:
    command = placing()
    ends_at = WANTED + terms().waiting.unbooked
    quote = a_quote(demands(command), holds_for=timedelta(days=60))
    story = placed_with(command).story.after(ReceiveQuote(quote))
    dropped, ended = story.when(lapsing(ends_at)).then(QuoteSetAside, OrderCancelled)
    assert (dropped.quote_id, ended.why, ended.fee_fen, ended.by_default) == (quote.quote_id, "lapsed", 0, True)


def test_silence_takes_no_more_than_was_ordered_and_nothing_that_is_disputed() -> None:
    situation = confirmed_with(placing())
    last, ordered = situation.quote.options[0].steps[-1], placing().lines[0].demand.quantity_net
    over = situation.story.after(
        ReceiveProgress(progress(last, "shipped", good=ordered + 500), terms()),
        ReceiveDelivery(a_shipment(last, ordered + 500), terms()),
    )
    confirmed, _ = over.when(lapsing(NOW + terms().waiting.receipt)).then(DeliveryConfirmed, OrderClosed)
    assert (confirmed.quantity, confirmed.by_default, confirmed.over_accepted) == (ordered, True, 0)
    none, _ = disputed().when(lapsing(NOW + terms().waiting.dispute)).then(DeliveryConfirmed, OrderClosed)
    assert (none.quantity, none.by_default) == (0, True)


def test_what_has_not_come_long_after_its_promise_is_let_go_and_the_rest_settled() -> None:
    situation = confirmed_with(placing(a_line(), a_line("end-202", 250_000, 1)))
    last = situation.quote.options[0].steps[-1]
    story = situation.story.after(
        ReceiveProgress(progress(situation.quote.options[0].steps[3], "in_progress"), terms()),
        ReceiveProgress(progress(last, "shipped", good=last.quantity_net), terms()),
        ReceiveDelivery(a_shipment(last, last.quantity_net), terms()),
    )
    delivery = delivery_in(story)
    story = story.after(ConfirmDelivery(delivery, None, NOW))
    due = situation.quote.options[0].promise_at + terms().waiting.overdue
    ended, _, _ = story.when(lapsing(due)).then(PartsCancelled, OrderDelivered, OrderClosed)
    assert (ended.why, ended.fee_fen, ended.by_default) == ("overdue", 0, True)


@pytest.mark.parametrize(("came", "choice"), [(15_000, "cancel"), (19_000, "take_less")])
def test_short_material_is_asked_about_until_its_work_begins(came: int, choice: str) -> None:
    story = short(came)
    assert isinstance(story.state, Running)
    (asked_about,) = story.state.shortfalls.values()
    assert asked_about.answer_by == story.state.promise.steps[0].starts_at
    assert "answer_replan" in actions(story.state, NOW, terms())
    assert "answer_replan" not in actions(story.state, asked_about.answer_by, terms())
    answer = AnswerReplan(asked_about.question_id, None, asked_about.answer_by, terms())
    events = story.when(answer).events()
    assert isinstance(events[0], ShortfallAnswered)
    assert (events[0].choice, events[0].by_default) == (choice, True)
    assert [type(one) for one in events[1:]] == ([OrderCancelled] if choice == "cancel" else [])
    assert all(one.fee_fen == 0 for one in events[1:])


def test_the_share_to_begin_with_is_the_one_capacity_goes_by() -> None:
    from services.capacity.domain.execution import standard_limits

    assert terms().waiting.start_share_ppm == standard_limits().start_share_ppm
