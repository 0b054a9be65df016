"""`one_plant_only` means one plant: for every line, part, variant and replan; what makes nothing may be elsewhere."""

from itertools import pairwise

import pytest

from services.capacity.domain.matching.match import rematch
from services.capacity.domain.matching.problem import Matched
from shared.contracts.planning import DemandLine, Limits, PlanOption, RecipeInput
from shared.contracts.reasons import ReasonCode
from shared.reference.capabilities import makes
from tests.support.planning_world import (
    RULES,
    T0,
    board,
    capability,
    demand,
    demand_line,
    line,
    matched,
    step,
    unmatched,
    variant,
)

ONE = Limits(one_plant_only=True)
CHAIN = variant(step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"), is_print=True))
TESTED = variant(*CHAIN.steps, step("release", "LAB_TEST", RecipeInput(step="print")))


def makers(option: PlanOption) -> set[str]:
    return {one.plant_id for one in option.steps if makes(one.capability)}


def test_a_dearer_plant_that_can_do_all_takes_the_place_of_two_cheap_ones() -> None:
    world = board(
        line("b1", "p1", capability("BODY")),
        line("r1", "p2", capability("PRINT")),
        line("b2", "p3", capability("BODY"), fen_per_thousand=30_000),
        line("r2", "p3", capability("PRINT"), fen_per_thousand=30_000),
    )
    assert any(len(makers(one)) == 2 for one in matched(demand(2_000, CHAIN), world).options)
    for option in matched(demand(2_000, CHAIN, limits=ONE), world).options:
        assert makers(option) == {"p3"}


def test_all_lines_and_all_parts_of_an_order_are_made_in_the_one_plant() -> None:
    world = board(line("l1", "p1"), line("l2", "p1"), line("l3", "p2"))
    lines = [demand_line(60_000, variant(step()), name="orl_1"), demand_line(70_000, variant(step()), name="orl_2")]
    options = matched(demand(0, lines=lines, by=48, limits=ONE), world).options
    assert options
    assert all(len(makers(one)) == 1 for one in options)
    assert any(one.part > 1 for option in options for one in option.steps), "a part is a plant's too"


def test_the_laboratory_may_be_elsewhere_because_it_makes_nothing() -> None:
    world = board(
        line("b1", "p1", capability("BODY")),
        line("r1", "p1", capability("PRINT")),
        line("t1", "p9", capability("LAB_TEST")),
    )
    (option, *_) = matched(demand(2_000, TESTED, limits=ONE), world).options
    assert makers(option) == {"p1"}
    assert {one.plant_id for one in option.steps} == {"p1", "p9"}


def test_where_only_several_plants_could_it_is_refused_and_told_how_many() -> None:
    world = board(line("b1", "p1", capability("BODY")), line("r1", "p2", capability("PRINT")))
    answer = unmatched(demand(2_000, CHAIN, limits=ONE), world)
    assert answer.reasons[0].code is ReasonCode.PLANTS_ABOVE_LIMIT
    assert answer.reasons[0].facts == {"plants": "2", "limit": "1"}


def test_where_nobody_could_at_all_the_reason_is_the_usual_one() -> None:
    answer = unmatched(demand(2_000, CHAIN, limits=ONE), board(line("b1", "p1", capability("BODY"))))
    assert answer.reasons[0].code is ReasonCode.CAPABILITY_MISSING


@pytest.mark.parametrize("kept", [0, 1])
def test_a_replan_stays_in_the_plant_that_has_begun_and_may_move_whole_before(kept: int) -> None:
    """The second best is asked for everything or for nothing."""
    world = board(
        *(line(f"{code}{plant}", plant, capability(code)) for plant in ("p1", "p2") for code in ("BODY", "PRINT"))
    )
    asked = demand(2_000, CHAIN, limits=ONE)
    (option, *_) = matched(asked, world).options
    (first,) = makers(option)
    print_step = option.steps[1]
    answer = rematch(
        asked,
        world,
        T0,
        RULES,
        quote_id="rpl_1",
        kept=option.steps[:kept],
        current=option.steps,
        banned={print_step.process_id: frozenset({first})},
    )
    if kept:
        assert not isinstance(answer, Matched), "what is begun in one plant cannot be ended in another"
    else:
        assert isinstance(answer, Matched)
        assert all(makers(one) == {"p1", "p2"} - {first} for one in answer.options)


def test_each_wish_gets_the_best_of_all_plants() -> None:
    quick = line("q", "p1", capability(rate=4_000), fen_per_thousand=30_000)
    cheap = line("c", "p2", capability(rate=500), fen_per_thousand=5_000)
    options = matched(demand(4_000, limits=ONE), board(quick, cheap)).options
    by_label = {label: one for one in options for label in one.labels}
    assert makers(by_label["fastest"]) == {"p1"}
    assert makers(by_label["cheapest"]) == {"p2"}
    free: dict[str, PlanOption] = {
        label: one for one in matched(demand(4_000), board(quick, cheap)).options for label in one.labels
    }
    assert {name: one.price_fen for name, one in free.items()} == {
        name: one.price_fen for name, one in by_label.items()
    }
    assert all(a.promise_at <= b.promise_at for a, b in pairwise([by_label["fastest"], by_label["cheapest"]]))


def test_lines_of_one_plant_share_their_design_with_nobody() -> None:
    """The colour rule holds within the one plant as it did."""
    asked: list[DemandLine] = [demand_line(2_000, variant(step(is_print=True)))]
    (option, *_) = matched(demand(0, lines=asked, limits=ONE), board(line("l1", "p1"), line("l2", "p2"))).options
    assert len(makers(option)) == 1
