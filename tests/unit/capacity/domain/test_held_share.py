"""One buyer's quotes hold a share of a line, each further quote of an order is held shorter, and no order is too large."""

from datetime import timedelta

import msgspec
import pytest

from services.capacity.domain.board import Board
from services.capacity.domain.bookings import line_slots
from services.capacity.domain.held_share import HELD_ENOUGH, held_seconds, hold_for, share_seconds, within_share
from services.capacity.domain.matching.problem import Matched
from services.capacity.domain.slots import booking_of
from tests.support.planning_world import RULES, T0, at, board, book, demand, line, matched

BUYER = "org_buyer"
HALF_AN_HOUR = timedelta(minutes=30)


def region() -> Board:
    return board(line("l1", "p1"))


def with_held(world: Board, answer: Matched, until_hours: float = 0.5) -> Board:
    """The board on which the slots of *answer* are held."""
    lines = []
    for line_id, slots in answer.held_until(at(until_hours)).items():
        found = world.line(line_id)
        lines.append(found.with_slots(line_slots([*found.bookings, *map(booking_of, slots)]), 1))
    return world.with_lines(lines)


def quote(world: Board, quantity: int, quote_id: str) -> Matched:
    """A plan of *quantity* at 1,000 an hour, as if of another order."""
    answer = matched(demand(quantity), world)
    slots = {
        name: [msgspec.structs.replace(one, quote_id=quote_id, slot_id=f"{one.slot_id}-{quote_id}") for one in found]
        for name, found in answer.slots.items()
    }
    return Matched(answer.options, answer.refusals, slots)


def test_one_order_is_never_too_large_and_a_second_one_keeps_to_the_share() -> None:
    world = region()
    share = share_seconds(world.line("l1"), T0, RULES)
    assert share == 28 * 24 * 3_600 // 4
    large = quote(world, 300_000, "quo_1")
    assert within_share(large, world, BUYER, T0, RULES) is large
    held = with_held(world, large)
    assert held_seconds(held.line("l1"), BUYER, T0) == 300 * 3_600
    assert within_share(quote(held, 1_000, "quo_2"), held, BUYER, T0, RULES) is HELD_ENOUGH


def test_small_orders_go_together_up_to_the_share() -> None:
    world, quotes = region(), 0
    while quotes < 20:
        asked = quote(world, 24_000, f"quo_{quotes}")
        if within_share(asked, world, BUYER, T0, RULES) is HELD_ENOUGH:
            break
        world, quotes = with_held(world, asked), quotes + 1
    assert quotes == 7  # of 28 days offered one buyer holds 7


def test_what_others_hold_or_has_expired_or_is_booked_is_not_counted() -> None:
    world = region()
    asked = quote(world, 300_000, "quo_1")
    held = with_held(world, asked)
    again = quote(held, 24_000, "quo_2")
    assert within_share(again, held, "org_other", T0, RULES) is again
    assert held_seconds(held.line("l1"), BUYER, T0 + timedelta(minutes=30)) == 0
    assert held_seconds(held.line("l1"), BUYER, T0, frozenset({"quo_1"})) == 0
    booked = region()
    book(booked, "l1", 0, 300)
    assert held_seconds(booked.line("l1"), BUYER, T0) == 0


def test_a_proposal_for_what_is_booked_is_nobodys_hoarding() -> None:
    world = region()
    held = with_held(world, quote(world, 300_000, "rpl_1"))
    assert held_seconds(held.line("l1"), BUYER, T0) == 0


def test_an_option_beyond_the_share_leaves_the_others_in_the_menu() -> None:
    world = board(line("l1", "p1"), line("l2", "p2", fen_per_thousand=1_000))
    book(world, "l2", 0, 400)  # so the fastest is on l1 and the cheapest on l2
    held = with_held(world, Matched([], [], quote(region(), 160_000, "quo_0").slots))
    asked = quote(held, 24_000, "quo_1")
    assert [one.steps[0].line_id for one in asked.options] == ["l1", "l2"]
    left = within_share(asked, held, BUYER, T0, RULES)
    assert isinstance(left, Matched)
    assert left.options == asked.options[1:]
    assert {name: [one.option_ids for one in found] for name, found in left.slots.items()} == {
        "l2": [[left.options[0].option_id]]
    }


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 30), (2, 15), (3, 10), (6, 5), (40, 5)])
def test_each_further_quote_of_an_order_is_held_shorter(attempt: int, minutes: int) -> None:
    assert hold_for(attempt, HALF_AN_HOUR, RULES) == timedelta(minutes=minutes)


def test_a_short_hold_is_never_lengthened() -> None:
    assert hold_for(3, timedelta(minutes=2), RULES) == timedelta(minutes=2)
