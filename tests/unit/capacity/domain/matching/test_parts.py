"""Lot splitting: an order line becomes parts when one chain cannot make it in time, or at all."""

from collections import defaultdict

from services.capacity.domain.matching.problem import Matched
from shared.contracts.explosion import explode
from shared.contracts.planning import Limits, PlanOption, RecipeInput, Supply
from shared.contracts.reasons import ReasonCode, Relaxation
from tests.support.planning_world import (
    at,
    board,
    book,
    capability,
    demand,
    line,
    matched,
    step,
    unmatched,
    variant,
)

COLOUR = Limits(delta_e_tenths_max=20)


def _parts(option: PlanOption) -> dict[int, int]:
    return {one.part: one.quantity_net for one in option.steps}


def _plants_by_part(option: PlanOption) -> dict[int, set[str]]:
    found = defaultdict(set)
    for one in option.steps:
        found[one.part].add(one.plant_id)
    return dict(found)


def test_an_order_in_time_is_not_split() -> None:
    world = board(line("l1", "p1"), line("l2", "p2"))
    assert all(_parts(option) == {1: 100_000} for option in matched(demand(100_000), world).options)


def test_an_order_too_late_for_one_line_is_split_and_finishes_together() -> None:
    world = board(line("l1", "p1", capability(rate=3_000)), line("l2", "p2", capability(rate=1_000)))
    option = matched(demand(120_000, by=36), world).options[0]
    parts = _parts(option)
    assert sum(parts.values()) == 120_000
    assert len(parts) == 2
    ends = sorted(one.ends_at for one in option.steps)
    assert (ends[-1] - ends[0]).total_seconds() < 6 * 3_600
    assert option.slack_minutes >= 0


def test_a_batch_beyond_every_line_is_split() -> None:
    world = board(line("l1", "p1", capability(batch_max=40_000)))
    option = matched(demand(100_000), world).options[0]
    assert sum(_parts(option).values()) == 100_000
    assert max(_parts(option).values()) <= 40_000


def test_a_buyer_who_wants_no_split_is_told_that_it_would_help() -> None:
    world = board(line("l1", "p1", capability(batch_max=40_000)))
    answer = unmatched(demand(100_000, limits=Limits(split_ok=False)), world)
    assert answer.reasons[0].code is ReasonCode.BATCH_TOO_LARGE
    assert answer.relaxation == Relaxation("split", "true")


def test_one_design_is_split_over_two_plants_only_with_a_colour_limit() -> None:
    world = board(line("l1", "p1"), line("l2", "p2"))
    printed = variant(step(is_print=True))
    split = matched(demand(200_000, printed, by=110, limits=COLOUR), world).options[0]
    assert len({one.plant_id for one in split.steps}) == 2
    for limits in (Limits(), Limits(one_plant_only=True, delta_e_tenths_max=20)):
        for option in matched(demand(200_000, printed, by=110, limits=limits), world).options:
            assert len({one.plant_id for one in option.steps}) == 1


def test_parts_may_differ_in_variant_and_each_balances_exactly() -> None:
    """The offset line is taken for days, so part of the cans are sleeved on blanks in another plant."""
    world = board(
        line("offset", "p1", capability("PRINT", rate=4_000)),
        line("blank", "p2", capability("BODY", rate=4_000)),
        line("sleeve", "p2", capability("SLEEVE", rate=2_000)),
    )
    variants = (
        variant(
            step("can", "PRINT", yield_ppm=965_000, fixed_loss=1_200, multiple=8_169, is_print=True), code="offset"
        ),
        variant(
            step("body", "BODY", yield_ppm=975_000, fixed_loss=400, multiple=8_169),
            step("decorate", "SLEEVE", RecipeInput(step="body"), yield_ppm=985_000, is_print=True),
            code="sleeve",
        ),
    )
    asked = demand(300_000, *variants, by=80, limits=COLOUR)
    options = matched(asked, world).options
    split = next(option for option in options if len(_parts(option)) > 1)
    assert {one.variant for one in split.steps} == {"offset", "sleeve"}
    assert len(_plants_by_part(split)) == 2
    for part in _plants_by_part(split):
        steps = [one for one in split.steps if one.part == part]
        recipe = next(one for one in variants if one.code == steps[0].variant)
        expected = explode(recipe.steps, steps[-1].quantity_net).steps
        assert {one.step: (one.quantity_net, one.quantity_gross) for one in steps} == {
            name: (quantity.net, quantity.gross) for name, quantity in expected.items()
        }


def test_parts_share_what_the_buyer_brings() -> None:
    buyers = RecipeInput(item="label", unit="can", source="buyer")
    world = board(line("l1", "p1", capability(batch_max=5_000)), line("l2", "p2", capability(batch_max=5_000)))
    supplies = [Supply("label", 5_000, "can", at(1)), Supply("label", 5_000, "can", at(50))]
    option = matched(demand(10_000, variant(step("print", "PRINT", buyers)), supplies=supplies), world).options[0]
    starts = sorted(one.starts_at for one in option.steps)
    assert starts[0] == at(1)
    assert starts[1] == at(50)


def test_parts_arrive_together_unless_partial_deliveries_are_welcome() -> None:
    world = board(line("l1", "p1", capability(batch_max=5_000)))
    for partial in (False, True):
        asked = demand(10_000, limits=Limits(partial_ok=partial))
        option = matched(asked, world).options[0]
        arrivals = {trip.arrives_at for trip in option.trips}
        assert max(arrivals) == option.promise_at
        assert (len(arrivals) == 1) is not partial


def test_a_split_that_brings_nothing_forward_is_not_offered() -> None:
    world = board(line("l1", "p1", capability(rate=10_000)))
    book(world, "l1", 0, 40)
    answer = matched(demand(100_000, by=20), world)
    assert isinstance(answer, Matched)
    assert all(set(_parts(option)) == {1} for option in answer.options)
