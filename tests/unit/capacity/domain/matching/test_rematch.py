"""Planning again around what stays: only what must move moves, and nothing overlaps what is kept."""

from services.capacity.domain.board import Board
from services.capacity.domain.matching.match import rematch
from services.capacity.domain.matching.problem import Demand, Matched, Unmatched
from shared.contracts.planning import Limits, PlannedStep, PlanOption, RecipeInput
from shared.contracts.reasons import ReasonCode
from tests.support.planning_world import (
    RULES,
    at,
    board,
    book,
    capability,
    demand,
    line,
    matched,
    step,
    variant,
)

BODY, PRINT = step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body"))


def _world() -> Board:
    return board(
        line("b1", "p1", capability("BODY")),
        line("b2", "p2", capability("BODY")),
        line("r1", "p3", capability("PRINT")),
        line("r2", "p4", capability("PRINT")),
    )


def _booked(world: Board, asked: Demand) -> PlanOption:
    """The fastest option, firm on the board."""
    option = matched(asked, world).options[0]
    for one in option.steps:
        hours = [(when - at(0)).total_seconds() / 3_600 for when in (one.starts_at, one.ends_at)]
        book(world, one.line_id, hours[0], hours[1], code=one.capability)
    return option


def _again(
    world: Board, asked: Demand, option: PlanOption, kept: list[PlannedStep], hours: float = 0, /, **ban: str
) -> Matched | Unmatched:
    return rematch(
        asked,
        world,
        at(hours),
        RULES,
        quote_id="rpl_1",
        kept=kept,
        current=option.steps,
        ignored=frozenset(f"slt_{one.line_id}_{0.0}" for one in option.steps if one not in kept),
        banned={process: frozenset({plant}) for process, plant in ban.items()},
    )


def test_a_declined_last_step_goes_to_the_second_best_plant_and_the_rest_stays() -> None:
    world, asked = _world(), demand(2_000, variant(BODY, PRINT))
    option = _booked(world, asked)
    body, printed = option.steps
    answer = _again(world, asked, option, [body], **{printed.process_id: printed.plant_id})
    assert isinstance(answer, Matched)
    for one in answer.options:
        assert one.steps[0] == body
        assert one.steps[1].plant_id != printed.plant_id
        assert one.steps[1].process_id == printed.process_id
    assert {slot.process_id for slots in answer.slots.values() for slot in slots} == {printed.process_id}


def test_a_declined_first_step_fits_before_the_kept_second_or_not_at_all() -> None:
    world, asked = _world(), demand(2_000, variant(BODY, PRINT))
    option = _booked(world, asked)
    body, printed = option.steps
    answer = _again(world, asked, option, [printed], **{body.process_id: body.plant_id})
    assert isinstance(answer, Matched), "the other body line is as fast and as near"
    assert {one.steps[1].slot_id for one in answer.options} == {printed.slot_id}
    for line_id in ("b1", "b2"):
        book(world, line_id, 2, 900, code="BODY")
    answer = _again(world, asked, option, [printed], **{body.process_id: body.plant_id})
    assert isinstance(answer, Matched)
    other = "b2" if body.line_id == "b1" else "b1"
    book(world, other, 0, 2, code="BODY")
    answer = _again(world, asked, option, [printed], **{body.process_id: body.plant_id})
    assert isinstance(answer, Unmatched)


def test_a_journey_that_only_a_new_plan_brings_about_begins_when_it_is_made() -> None:
    """The body was made long ago and lies at the printer that was to have it: another one must wait for a lorry."""
    world, asked = _world(), demand(2_000, variant(BODY, PRINT))
    option = _booked(world, asked)
    body, printed = option.steps
    here = _again(world, asked, option, [body], 48)
    assert isinstance(here, Matched)
    assert (here.options[0].steps[1].plant_id, here.options[0].steps[1].starts_at) == (printed.plant_id, at(48))
    away = _again(world, asked, option, [body], 48, **{printed.process_id: printed.plant_id})
    assert isinstance(away, Matched)
    for one in away.options:
        [trip] = [trip for trip in one.trips if trip.to_process_id == printed.process_id]
        assert trip.departs_at >= at(48)
        assert one.steps[1].starts_at >= trip.arrives_at


def test_everything_may_move_when_nothing_is_kept() -> None:
    world, asked = _world(), demand(2_000, variant(BODY, PRINT))
    option = _booked(world, asked)
    answer = _again(world, asked, option, [])
    assert isinstance(answer, Matched)
    assert [one.process_id for one in answer.options[0].steps] == [one.process_id for one in option.steps]


def test_parts_keep_their_quantities() -> None:
    world = board(line("r1", "p1", capability(batch_max=4_000)), line("r2", "p2", capability(batch_max=4_000)))
    asked = demand(6_000)
    option = _booked(world, asked)
    first, second = option.steps
    answer = _again(world, asked, option, [first])
    assert isinstance(answer, Matched)
    [again] = [one for one in answer.options[0].steps if one.part == second.part]
    assert again.quantity_net == second.quantity_net
    assert answer.options[0].steps[0] == first


def test_no_other_plant_is_a_typed_reason() -> None:
    world, asked = board(line("r1", "p1")), demand(2_000, limits=Limits(split_ok=False))
    option = _booked(world, asked)
    answer = _again(world, asked, option, [], **{option.steps[0].process_id: "p1"})
    assert isinstance(answer, Unmatched)
    assert [one.code for one in answer.reasons] == [ReasonCode.PLANT_EXCLUDED]
