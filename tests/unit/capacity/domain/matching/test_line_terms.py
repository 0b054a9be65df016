"""A line may have a date, a window and a place of its own; the rest of the order does not wait for it."""

from datetime import datetime

import msgspec

from shared.contracts.planning import DemandLine, Place, PlanOption
from tests.support.planning_world import at, board, demand, demand_line, line, matched, step, variant

FAR = "421222"


def lines(**own: object) -> list[DemandLine]:
    """Two lines alike; the second with terms of its own."""
    first, second = (demand_line(2_000, variant(step()), name=name) for name in ("orl_1", "orl_2"))
    return [first, msgspec.structs.replace(second, **own)]


def arrivals(option: PlanOption) -> dict[str, datetime]:
    line_of = {one.process_id: one.order_line_id for one in option.steps}
    return {line_of[one.process_id]: one.arrives_at for one in option.trips if not one.to_process_id}


def test_each_line_goes_to_its_own_place() -> None:
    (option, *_) = matched(demand(0, lines=lines(deliver_to=Place(FAR))), board(line("l1", "p1"))).options
    line_of = {one.process_id: one.order_line_id for one in option.steps}
    assert {line_of[one.process_id]: one.to_district for one in option.trips} == {"orl_1": "421202", "orl_2": FAR}


def test_a_line_with_its_own_window_waits_for_it_alone() -> None:
    own = lines(requested_from=at(24 * 10), requested_by=at(24 * 12))
    (option, *_) = matched(demand(0, lines=own), board(line("l1", "p1"))).options
    came = arrivals(option)
    assert at(24 * 10) <= came["orl_2"] <= at(24 * 12)
    assert came["orl_1"] < at(24 * 5), "the other line does not wait for it, though parts come together"
    assert option.promise_at == came["orl_2"]


def test_slack_is_that_of_the_line_that_has_the_least() -> None:
    (easy, *_) = matched(demand(0, lines=lines()), board(line("l1", "p1"))).options
    (tight, *_) = matched(demand(0, lines=lines(requested_by=at(5))), board(line("l1", "p1"))).options
    late = arrivals(tight)["orl_2"] - at(5)
    assert easy.slack_minutes > 0
    assert tight.slack_minutes == -int(late.total_seconds() // 60)


def test_a_line_due_sooner_is_split_for_its_own_date() -> None:
    """Whether a line is late is asked by its own date, not by the order's."""
    world = board(line("l1", "p1"), line("l2", "p2"))
    own = [msgspec.structs.replace(demand_line(100_000, variant(step())), requested_by=at(90))]
    (option, *_) = matched(demand(0, lines=own, by=24 * 20), world).options
    assert len({one.part for one in option.steps}) == 2
