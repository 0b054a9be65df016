"""An order asks, is quoted and books: holds, menus, losses, cancellations, as facts in and facts out."""

from datetime import timedelta

import pytest

from services.capacity.domain.plan_state import Booked, Cancelled
from services.capacity.domain.work_state import Accepted, Closed, Offered, Running, SettingUp
from shared.contracts import capacity, line_time
from shared.contracts.envelope import Fact
from shared.contracts.order import OrderCancelled, QuoteDropped
from shared.contracts.planning import RecipeInput
from shared.kernel.refusal import Refused
from tests.support.capacity_world import BUYER, World, accepts, asks, capacity_world
from tests.support.planning_world import CHIBI, T0, capability, demand_line, line, step, variant

BODY, PRINT = step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"))
CANS = demand_line(4_000, variant(BODY, PRINT))


def two_plants_a_step(*, auto_accept: bool = True) -> World:
    return capacity_world(
        line("b1", "p1", capability("BODY")),
        line("b2", "p2", capability("BODY"), district=CHIBI),
        line("r1", "p3", capability("PRINT")),
        line("r2", "p4", capability("PRINT"), fen_per_thousand=20_000),
        auto_accept=auto_accept,
    )


def only(facts: list[Fact], kind: type[Fact]) -> Fact:
    found = [one for one in facts if isinstance(one, kind)]
    assert len(found) == 1, facts
    return found[0]


def quoted(world: World, attempt: int = 1) -> capacity.QuoteOffered:
    fact = only(world.tell(asks(CANS, attempt=attempt)), capacity.QuoteOffered)
    assert isinstance(fact, capacity.QuoteOffered)
    return fact


def booked(world: World) -> capacity.QuoteConfirmed:
    quote = quoted(world)
    fact = only(world.tell(accepts(quote.quote_id, quote.options[0])), capacity.QuoteConfirmed)
    assert isinstance(fact, capacity.QuoteConfirmed)
    return fact


def test_a_request_is_quoted_with_a_menu_that_is_held() -> None:
    world = two_plants_a_step()
    quote = quoted(world)
    assert quote.expires_at == T0 + timedelta(minutes=30)
    board = world.service.board.caught_up()
    held = {one.slot_id for found in board.lines() for one in found.bookings}
    assert held == {one.slot_id for option in quote.options for one in option.steps}


def test_nothing_is_quoted_that_would_begin_while_it_is_held() -> None:
    quote = quoted(two_plants_a_step())
    assert min(one.starts_at for option in quote.options for one in option.steps) >= quote.expires_at


def test_an_inquiry_reserves_nothing() -> None:
    world = two_plants_a_step()
    facts = world.tell(asks(CANS, order_id="inq_1", purpose="inquiry"))
    assert [type(one) for one in facts] == [capacity.InquiryAnswered]
    assert not any(one.bookings for one in world.service.board.caught_up().lines())


def test_accepting_books_the_option_and_offers_its_work() -> None:
    world = two_plants_a_step(auto_accept=False)
    quote = quoted(world)
    option = quote.options[0]
    facts = world.tell(accepts(quote.quote_id, option))
    confirmed = only(facts, capacity.QuoteConfirmed)
    assert isinstance(confirmed, capacity.QuoteConfirmed)
    slots = {one.slot_id for one in facts if isinstance(one, line_time.SlotBooked)}
    assert slots == {one.slot_id for one in option.steps}
    assert all(isinstance(world.work(one), Offered) for one in confirmed.work_ids.values())
    firm = {one.slot_id for found in world.service.board.caught_up().lines() for one in found.bookings}
    assert firm == slots, "the other options' holds are free"


def test_rules_of_automatic_acceptance_answer_at_once() -> None:
    world = two_plants_a_step()
    confirmed = booked(world)
    assert all(isinstance(world.work(one), Accepted) for one in confirmed.work_ids.values())


def test_a_quote_accepted_after_its_hold_expired_is_lost() -> None:
    world = two_plants_a_step()
    quote = quoted(world)
    world.clock.set(quote.expires_at)
    facts = world.tell(accepts(quote.quote_id, quote.options[0]))
    lost = only(facts, capacity.QuoteLost)
    assert isinstance(lost, capacity.QuoteLost)
    assert [one.code for one in lost.reasons] == ["HOLD_LOST"]
    assert quoted(world, attempt=2).quote_id != quote.quote_id


def test_hearing_the_same_fact_twice_changes_nothing() -> None:
    world = two_plants_a_step()
    quote = quoted(world)
    with pytest.raises(Refused, match="OUT_OF_DATE"):
        world.tell(asks(CANS))
    accept = accepts(quote.quote_id, quote.options[0])
    world.tell(accept)
    assert world.tell(accept) == []


def test_a_dropped_quote_frees_its_holds_at_once() -> None:
    world = two_plants_a_step()
    quote = quoted(world)
    world.tell(QuoteDropped(order_id="ord_1", quote_id=quote.quote_id))
    assert not any(one.bookings for one in world.service.board.caught_up().lines())
    assert world.tell(QuoteDropped(order_id="ord_1", quote_id=quote.quote_id)) == []


def test_a_newer_attempt_takes_the_older_quote_off_the_table() -> None:
    world = two_plants_a_step()
    first = quoted(world)
    second = quoted(world, attempt=2)
    board = world.service.board.caught_up()
    assert {one.quote_id for found in board.lines() for one in found.bookings} == {second.quote_id}
    facts = world.tell(accepts(first.quote_id, first.options[0]))
    assert [type(one) for one in facts] == [capacity.QuoteLost]


def test_a_cancelled_order_gives_everything_back() -> None:
    world = two_plants_a_step()
    confirmed = booked(world)
    facts = world.tell(OrderCancelled(order_id="ord_1", buyer_org_id=BUYER, fee_fen=0, cancelled_at=T0))
    released = {one.slot_id for one in facts if isinstance(one, line_time.SlotReleased)}
    assert released == {one.slot_id for one in confirmed.option.steps}
    assert all(isinstance(world.work(one), Closed) for one in confirmed.work_ids.values())
    assert isinstance(world.plan(), Cancelled)
    with pytest.raises(Refused, match="PLAN_ENDED"):
        world.tell(asks(CANS, attempt=2))


def test_work_that_has_begun_keeps_its_slot_when_its_order_is_cancelled() -> None:
    world = two_plants_a_step()
    confirmed = booked(world)
    body, printed = confirmed.option.steps
    work_id = confirmed.work_ids[body.process_id]
    world.clock.set(body.starts_at)
    world.do(lambda: world.service.handlers.production.start(work_id, world.owner(body.plant_id), None))
    cancelled = OrderCancelled(order_id="ord_1", buyer_org_id=BUYER, fee_fen=0, cancelled_at=world.clock.now())
    facts = world.tell(cancelled)
    assert [one.slot_id for one in facts if isinstance(one, line_time.SlotReleased)] == [printed.slot_id]
    assert isinstance(world.work(work_id), SettingUp | Running)
    assert [one.slot_id for one in world.service.board.caught_up().line(body.line_id).bookings] == [body.slot_id]


def test_a_changed_order_books_anew_and_releases_what_had_not_begun() -> None:
    world = two_plants_a_step()
    before = booked(world)
    more = demand_line(6_000, variant(BODY, PRINT))
    quote = only(world.tell(asks(more, attempt=2, replaces_quote_id=before.quote_id)), capacity.QuoteOffered)
    assert isinstance(quote, capacity.QuoteOffered)
    world.tell(accepts(quote.quote_id, quote.options[0], replaces=before.quote_id))
    plan = world.plan()
    assert isinstance(plan, Booked)
    assert plan.quote_id == quote.quote_id
    assert all(isinstance(world.work(one), Closed) for one in before.work_ids.values())
    firm = {one.slot_id for found in world.service.board.caught_up().lines() for one in found.bookings}
    assert firm == {one.slot_id for one in quote.options[0].steps}


def test_a_change_accepted_after_work_began_is_lost_and_gives_its_holds_back() -> None:
    """The order hears of the start only later: booking both plans would make the goods twice."""
    world = two_plants_a_step()
    before = booked(world)
    more = demand_line(6_000, variant(BODY, PRINT))
    quote = only(world.tell(asks(more, attempt=2, replaces_quote_id=before.quote_id)), capacity.QuoteOffered)
    assert isinstance(quote, capacity.QuoteOffered)
    body = next(one for one in before.option.steps if one.step == "body")
    work_id, start = before.work_ids[body.process_id], world.service.handlers.production.start
    world.do(lambda: start(work_id, world.owner(body.plant_id), None))
    lost = only(world.tell(accepts(quote.quote_id, quote.options[0], replaces=before.quote_id)), capacity.QuoteLost)
    assert isinstance(lost, capacity.QuoteLost)
    assert lost.quote_id == quote.quote_id
    plan = world.plan()
    assert isinstance(plan, Booked)
    assert (plan.quote_id, plan.current.work_ids) == (before.quote_id, before.work_ids)
    taken = {one.slot_id for found in world.service.board.caught_up().lines() for one in found.bookings}
    assert taken == {one.slot_id for one in before.option.steps}


def test_what_nobody_can_make_is_refused_with_reasons() -> None:
    world = capacity_world(line("b1", "p1", capability("BODY")))
    refused = only(world.tell(asks(CANS)), capacity.PlanRefused)
    assert isinstance(refused, capacity.PlanRefused)
    assert "CAPABILITY_MISSING" in {one.code for one in refused.reasons}


def test_the_board_saved_for_a_quick_start_equals_the_board_folded_anew() -> None:
    world = two_plants_a_step()
    booked(world)
    quoted(world, attempt=2)
    live = world.service.board
    live.save()
    again = type(live)(world.log)
    assert again.position == world.log.head().position
    assert again.caught_up().saved() == live.caught_up().saved()
    assert again.auto_accept_rules("b1") == live.auto_accept_rules("b1")
