"""An inquiry is answered from lines free of orders, and dated on lines as they stand; nothing finer than a day."""

from datetime import timedelta

import msgspec

from services.capacity.domain.board import Board
from services.capacity.domain.matching.indication import FULL, Indication, indicate, why_not
from services.capacity.domain.matching.problem import Demand, Unmatched
from shared.contracts.planning import Limits
from shared.contracts.reasons import ReasonCode
from shared.kernel.local_days import end_of_local_day
from tests.support.planning_world import (
    RULES,
    T0,
    XIANAN,
    board,
    book,
    capability,
    demand,
    line,
    unmatched,
)

CANS = 5_000


def region() -> Board:
    """Two printers: p1 is cheap and slow to be free, p2 dear."""
    return board(line("cheap", "p1"), line("dear", "p2", fen_per_thousand=30_000))


def told(world: Board, asked: Demand | None = None) -> Indication:
    found = indicate(asked or demand(CANS), world, T0, RULES, inquiry_id="inq_1")
    assert isinstance(found, Indication)
    return found


def test_an_answer_keeps_no_step_and_no_hour() -> None:
    found = told(region())
    for one in found.options:
        assert (one.steps, one.trips, one.districts, one.variants) == ([], [], [XIANAN], ["plain"])
        assert one.promise_at == end_of_local_day(one.promise_at)
        assert one.slack_minutes % (24 * 60) == 0
    assert found.earliest_at == min(one.promise_at for one in found.options)


def test_what_others_have_ordered_moves_the_day_and_nothing_else() -> None:
    quiet, busy = region(), region()
    book(busy, "cheap", 0, 24 * 9)
    one, other = told(quiet), told(busy)
    undated = [
        [msgspec.structs.replace(each, promise_at=T0, slack_minutes=0) for each in found.options]
        for found in (one, other)
    ]
    assert undated[0] == undated[1]
    assert one.refusals == other.refusals
    assert other.options[0].promise_at - one.options[0].promise_at == timedelta(days=9)


def test_the_day_on_which_it_could_come_by_another_way_is_told_beside() -> None:
    busy = region()
    book(busy, "cheap", 0, 24 * 9)
    found = told(busy)
    assert [one.labels for one in found.options] == [["fastest", "cheapest", "balanced", "fewest_plants"]]
    assert found.earliest_at == told(region()).earliest_at < found.options[0].promise_at


def test_only_a_plant_that_says_so_is_named() -> None:
    world = region()
    assert [one.named_plants for one in told(world).options] == [[]]
    named = msgspec.structs.replace(world.plant("p1"), is_named=True)
    world.upsert_plant(named)
    assert [one.named_plants for one in told(world).options] == [[named.name]]


def test_a_late_day_is_told_as_the_day_that_would_do() -> None:
    busy = region()
    for name in ("cheap", "dear"):
        book(busy, name, 0, 24 * 9)
    (option,) = told(busy, demand(CANS, by=24 * 3)).options
    assert option.slack_minutes < 0
    assert option.better_if is not None
    assert option.better_if.kind == "date"


def test_where_no_day_is_left_only_that_is_told() -> None:
    full = board(line("cheap", "p1"))
    book(full, "cheap", 0, 24 * 60)
    assert indicate(demand(CANS), full, T0, RULES, inquiry_id="inq_1") == FULL


def test_what_no_free_line_could_do_has_the_same_reasons_whatever_is_booked() -> None:
    small = capability(batch_min=50_000)
    quiet, busy = (board(line("l1", "p1", small), line("l2", "p2", capability(batch_min=20_000))) for _ in range(2))
    book(busy, "l1", 0, 24 * 9)
    one, other = (indicate(demand(CANS), world, T0, RULES, inquiry_id="inq_1") for world in (quiet, busy))
    assert isinstance(one, Unmatched)
    assert one == other
    (reason,) = one.reasons
    assert (reason.code, reason.plant_name, reason.facts["batch_min"]) == (ReasonCode.MOQ_NOT_MET, "", "20000")


def test_an_order_that_finds_no_room_hears_no_line_by_name() -> None:
    full = board(line("cheap", "p1"))
    book(full, "cheap", 0, 24 * 60)
    answer = unmatched(demand(CANS), full)
    assert answer.reasons[0].plant_name == "P1"
    assert why_not(demand(CANS), full, T0, RULES, answer) == FULL


def test_an_order_above_its_price_limit_hears_its_own_limit() -> None:
    busy = region()
    book(busy, "cheap", 0, 24 * 60)
    cheap = told(region()).options[0].price_fen
    asked = demand(CANS, limits=Limits(price_fen_max=cheap + 1))
    answer = unmatched(asked, busy)
    told_why = why_not(asked, busy, T0, RULES, answer)
    assert [one.code for one in told_why.reasons] == [ReasonCode.PRICE_ABOVE_LIMIT]
