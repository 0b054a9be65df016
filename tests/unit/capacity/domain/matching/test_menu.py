"""The menu: labels are true of all that is offered, and hours of set-up weigh beside the price that is paid."""

import pytest

from services.capacity.domain.board import Board
from services.capacity.domain.values import ChangeoverRule
from shared.contracts.planning import Limits, RecipeInput
from tests.support.planning_world import (
    CHIBI,
    RULES,
    at,
    board,
    book,
    capability,
    demand,
    demand_line,
    line,
    matched,
    step,
    variant,
)

RETOOLED = (ChangeoverRule("base", "*", "*", 0), ChangeoverRule("design", "*", "*", 24 * 60))


def _two_ways_to_print(saving_fen: int) -> Board:
    """On `other` another design ran before: a day of set-up for a price that is *saving_fen* lower."""
    world = board(
        line("same", "p1", changeovers=RETOOLED, setup_fen=1_000_000),
        line("other", "p2", changeovers=RETOOLED, setup_fen=1_000_000 - saving_fen),
    )
    book(world, "same", 0, 10, features={"design": "mine"})
    book(world, "other", 0, 1, features={"design": "yours"})
    return world


@pytest.mark.parametrize(("saving_fen", "chosen"), [(700_000, "same"), (740_000, "other")])
def test_the_cheapest_weighs_hours_of_set_up_beside_the_price(saving_fen: int, chosen: str) -> None:
    """A day of set-up weighs 24 hours at the rate of the rules; the buyer pays the published price all the same."""
    asked = demand(1_000, variant(step(features={"design": "mine"})))
    assert 24 * RULES.setup_fen_per_hour == 720_000
    options = {name: one for one in matched(asked, _two_ways_to_print(saving_fen)).options for name in one.labels}
    [made] = options["cheapest"].steps
    assert made.line_id == chosen
    assert made.price_fen == 1_000_000 + 10_000 - (saving_fen if chosen == "other" else 0)


def test_what_has_a_lower_price_by_more_set_up_is_not_offered_beside_the_cheapest() -> None:
    asked = demand(1_000, variant(step(features={"design": "mine"})))
    options = matched(asked, _two_ways_to_print(700_000)).options
    assert [[one.line_id for one in option.steps] for option in options] == [["same"]]


def test_a_price_limit_is_kept_though_it_takes_more_set_up() -> None:
    asked = demand(1_000, variant(step(features={"design": "mine"})), limits=Limits(price_fen_max=500_000))
    [option] = matched(asked, _two_ways_to_print(700_000)).options
    assert option.steps[0].line_id == "other"


def test_labels_are_true_of_all_that_is_offered() -> None:
    """Two order lines that want one production line: what each of them likes best is not what the order likes best."""
    world = board(
        line("l1", "p1", capability("PRINT", rate=2_000), fen_per_thousand=40_000),
        line("l2", "p2", capability("PRINT", rate=1_000), fen_per_thousand=9_000, district=CHIBI),
        line("l3", "p2", capability("PACK", rate=500), district=CHIBI),
    )
    packed = variant(step(), step("pack", "PACK", RecipeInput(step="print")))
    asked = demand(0, lines=[demand_line(9_000, name="orl_1"), demand_line(9_000, packed, name="orl_2")])
    options = matched(asked, world).options
    by_label = {label: option for option in options for label in option.labels}
    assert by_label["fastest"].promise_at == min(one.promise_at for one in options)
    assert by_label["cheapest"].price_fen == min(one.price_fen for one in options)
    assert by_label["fewest_plants"].plants == min(one.plants for one in options)
    assert all(one.labels for one in options)


def test_two_lines_of_an_order_that_want_one_production_line_are_tried_in_both_orders() -> None:
    """The one with a long step after it goes first, whichever the buyer named first."""
    world = board(line("l1", "p1"), line("l2", "p1", capability("PACK", rate=250)))
    packed = variant(step(), step("pack", "PACK", RecipeInput(step="print")))
    short, long = demand_line(4_000, name="orl_1"), demand_line(2_000, packed, name="orl_2")
    for lines in ([short, long], [long, short]):
        [option] = [one for one in matched(demand(0, lines=lines), world).options if "fastest" in one.labels]
        assert {one.order_line_id: one.starts_at for one in option.steps if one.step == "print"} == {
            "orl_2": at(0),
            "orl_1": at(2),
        }
        assert [one.order_line_id for one in option.steps if one.step == "print"] == [
            one.order_line_id for one in lines
        ]
