"""The seam answers with a menu or with typed reasons, and honours each hard rule of the trade."""

from datetime import date, timedelta

import pytest

from services.capacity.domain.values import ChangeoverRule
from shared.contracts.planning import Interval, Limits, RecipeInput, Supply
from shared.contracts.reasons import ReasonCode, Relaxation
from tests.support.planning_world import (
    CHIBI,
    GAOXIN,
    T0,
    WUHAN,
    XIANAN,
    around_the_clock,
    at,
    board,
    book,
    capability,
    daily,
    demand,
    demand_line,
    licence,
    line,
    matched,
    papers,
    proof,
    step,
    unmatched,
    variant,
)


def test_one_step_is_placed_at_once_and_delivered_by_lorry() -> None:
    [option] = matched(demand(5_000), board(line("l1", "p1"))).options
    [made] = option.steps
    assert (made.starts_at, made.ends_at) == (T0, at(5))
    [trip] = option.trips
    assert (trip.departs_at, trip.to_process_id, trip.distance_km) == (at(5), "", 5)
    assert option.promise_at == trip.arrives_at == at(5) + timedelta(minutes=126)
    assert option.labels == ["fastest", "cheapest", "balanced", "fewest_plants"]


def test_price_is_setup_and_thousands_and_trips_with_tax_apart() -> None:
    [option] = matched(demand(5_000), board(line("l1", "p1", setup_fen=700, fen_per_thousand=333))).options
    assert option.steps[0].price_fen == 700 + 1_665
    assert option.trips[0].price_fen == 20_000
    assert (option.price_fen, option.vat_fen) == (22_365, 2_907)


def test_a_price_is_at_least_the_minimum() -> None:
    [option] = matched(demand(5), board(line("l1", "p1", setup_fen=0, minimum_fen=9_000))).options
    assert option.steps[0].price_fen == 9_000


def test_bookings_and_live_holds_are_avoided_and_expired_holds_are_not() -> None:
    world = board(line("l1", "p1"))
    book(world, "l1", 0, 3)
    book(world, "l1", 4, 9, until=2)
    assert matched(demand(2_000), world).options[0].steps[0].starts_at == at(9)
    assert matched(demand(2_000), world, hours=2).options[0].steps[0].starts_at == at(3)


def test_a_run_pauses_over_closed_time_and_goes_on() -> None:
    world = board(line("l1", "p1", offered=daily(0, 4)))
    [made] = matched(demand(6_000), world).options[0].steps
    assert (made.starts_at, made.ends_at) == (T0, at(26))


def test_the_slot_begins_with_the_set_up_from_the_run_before() -> None:
    rules = (ChangeoverRule("base", "*", "*", 15), ChangeoverRule("design", "*", "*", 45))
    world = board(line("l1", "p1", changeovers=rules))
    book(world, "l1", 0, 3, features={"design": "a"})
    [made] = matched(demand(2_000, variant(step(features={"design": "b"}))), world).options[0].steps
    assert (made.starts_at, made.setup_seconds, made.ends_at) == (at(3), 3_600, at(6))


def test_the_run_after_must_still_find_time_for_its_set_up() -> None:
    rules = (ChangeoverRule("design", "*", "*", 60),)
    world = board(line("l1", "p1", changeovers=rules))
    book(world, "l1", 0, 1, features={"design": "a"})
    book(world, "l1", 4, 8, features={"design": "a"})  # no set-up of its own: nothing had to change
    asked = demand(2_000, variant(step(features={"design": "b"})))
    assert matched(asked, world).options[0].steps[0].starts_at == at(8)
    world = board(line("l1", "p1", changeovers=rules))
    book(world, "l1", 0, 1, features={"design": "a"})
    book(world, "l1", 5, 8, features={"design": "a"})
    assert matched(asked, world).options[0].steps[0].starts_at == at(1)


def test_a_gap_behind_a_hold_fits_whether_or_not_the_hold_stays() -> None:
    """Were the hold to vanish, the run before it would be of another design and the set-up longer."""
    rules = (ChangeoverRule("design", "*", "*", 120),)
    world = board(line("l1", "p1", changeovers=rules))
    book(world, "l1", 0, 2, features={"design": "a"})
    book(world, "l1", 2, 3, until=1, features={"design": "b"})
    [made] = matched(demand(1_000, variant(step(features={"design": "b"}))), world).options[0].steps
    assert (made.setup_seconds, made.starts_at) == (0, at(4))


def test_a_forbidden_changeover_is_passed_over_for_a_later_gap() -> None:
    rules = (ChangeoverRule("family", "protein", "water", None), ChangeoverRule("family", "*", "*", 0))
    world = board(line("l1", "p1", changeovers=rules))
    book(world, "l1", 0, 2, features={"family": "protein"})
    book(world, "l1", 5, 6, features={"family": "tea"})
    [made] = matched(demand(1_000, variant(step(features={"family": "water"}))), world).options[0].steps
    assert made.starts_at == at(6)


def test_a_changeover_forbidden_on_one_day_waits_for_the_next() -> None:
    rules = (
        ChangeoverRule("family", "protein", "water", None, same_day_only=True),
        ChangeoverRule("family", "*", "*", 30),
    )
    world = board(line("l1", "p1", changeovers=rules))
    book(world, "l1", 0, 2, features={"family": "protein"})
    [made] = matched(demand(1_000, variant(step(features={"family": "water"}))), world).options[0].steps
    assert (made.starts_at, made.setup_seconds) == (at(16), 1_800)  # midnight in Shanghai


def test_no_rule_for_a_change_is_a_typed_reason() -> None:
    world = board(line("l1", "p1"))
    book(world, "l1", 0, 1, features={"design": "a"})
    answer = unmatched(demand(1_000, variant(step(features={"design": "b"}))), world)
    assert [one.code for one in answer.reasons] == [ReasonCode.CHANGEOVER_FORBIDDEN]


def test_the_licence_must_hold_over_the_whole_run() -> None:
    """It ends in the middle of the only possible window: today it still holds, and that is not enough."""
    held = papers("p1", licence("0603", until=date(2027, 3, 2)))
    world = board(line("l1", "p1"), papers=held)
    asked = demand(40_000, variant(step(category="0603")), limits=Limits(split_ok=False))
    answer = unmatched(asked, world)
    assert [one.code for one in answer.reasons] == [ReasonCode.LICENCE_EXPIRES]
    assert answer.reasons[0].facts["valid_until"] == "2027-03-02"
    assert answer.relaxation is not None
    assert answer.relaxation.kind == "quantity"
    matched(demand(int(answer.relaxation.to), variant(step(category="0603"))), world)


def test_a_licence_that_begins_later_lets_the_run_begin_later() -> None:
    world = board(line("l1", "p1"), papers=papers("p1", licence("0603", since=date(2027, 3, 4))))
    [made] = matched(demand(1_000, variant(step(category="0603"))), world).options[0].steps
    assert made.starts_at == at(24 * 3 - 8)


@pytest.mark.parametrize(
    ("masters", "asked", "code"),
    [
        (line("l1", "p1", capability("WELD")), {}, ReasonCode.CAPABILITY_MISSING),
        (line("l1", "p1", capability(formats=["500"])), {}, ReasonCode.FORMAT_UNSUPPORTED),
        (line("l1", "p1"), {"category": "0603"}, ReasonCode.LICENCE_MISSING),
        (line("l1", "p1"), {"food_contact": True}, ReasonCode.FOOD_CONTACT_CERT_MISSING),
        (line("l1", "p1", capability(batch_min=9_000)), {}, ReasonCode.MOQ_NOT_MET),
        (line("l1", "p1", offered=[Interval(at(0), at(1))]), {}, ReasonCode.CALENDAR_CLOSED),
        (line("l1", "p1", load_cap=1), {}, ReasonCode.FACTORY_LOAD_CAP),
    ],
)
def test_every_no_is_typed(masters: object, asked: dict[str, object], code: ReasonCode) -> None:
    answer = unmatched(demand(5_000, variant(step(**asked))), board(masters))  # type: ignore[arg-type]  # rows of mixed kinds
    assert answer.reasons[0].code is code


def test_the_minimum_batch_names_the_quantity_that_would_do() -> None:
    world = board(line("l1", "p1", capability(batch_min=204_225)))
    asked = variant(step(yield_ppm=990_000, fixed_loss=100, multiple=25))
    answer = unmatched(demand(12_000, asked), world)
    assert answer.reasons[0].relaxation == Relaxation("batch", "204225", "can")
    assert answer.relaxation is not None
    enough = int(answer.relaxation.to)
    matched(demand(enough, asked), world)
    unmatched(demand(enough - 1, asked), world)


def test_an_excluded_plant_is_left_out_and_said_so() -> None:
    world = board(line("l1", "p1"), line("l2", "p2"))
    answer = matched(demand(1_000, limits=Limits(exclude_plants=["p1"])), world)
    assert {one.plant_id for option in answer.options for one in option.steps} == {"p2"}
    assert [(one.code, one.plant_id) for one in answer.refusals] == [(ReasonCode.PLANT_EXCLUDED, "p1")]
    answer_none = unmatched(demand(1_000, limits=Limits(exclude_plants=["p1", "p2"])), world)
    assert answer_none.relaxation == Relaxation("plants_excluded", "p1")


def test_nothing_new_starts_within_the_frozen_fence() -> None:
    [made] = matched(demand(1_000), board(line("l1", "p1", fence=12))).options[0].steps
    assert made.starts_at == at(12)


def test_a_new_factory_takes_no_more_than_its_weekly_cap() -> None:
    world = board(line("l1", "p1", load_cap=10))
    book(world, "l1", 0, 8)
    [made] = matched(demand(5_000), world).options[0].steps
    assert made.starts_at == at(24 * 7 - 8)  # the next local Monday


def test_lines_of_two_plants_make_one_order_with_a_lorry_between() -> None:
    world = board(
        line("l1", "p1", capability("BODY"), district=GAOXIN), line("l2", "p2", capability("PRINT"), district=CHIBI)
    )
    steps = (step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body", lag_minutes_min=30)))
    [option] = matched(demand(4_000, variant(*steps), deliver_to=WUHAN), world).options
    first, second = option.steps
    between, last = option.trips
    assert (between.departs_at, between.from_district, between.to_district) == (at(4), GAOXIN, CHIBI)
    assert second.starts_at == between.arrives_at + timedelta(minutes=30)
    assert second.feeds_from == [first.process_id]
    assert last.departs_at >= second.ends_at
    assert option.plants == 2


def test_lorries_leave_between_six_and_eight_in_local_time() -> None:
    world = board(line("l1", "p1"))
    [option] = matched(demand(12_500), world).options  # ends 20:30 in Shanghai
    assert option.trips[0].departs_at == at(22)  # 06:00


def test_a_set_up_may_be_done_before_the_material_arrives() -> None:
    rules = (ChangeoverRule("base", "*", "*", 120),)
    world = board(line("l1", "p1", changeovers=rules))
    buyers = RecipeInput(item="label", unit="can", source="buyer")
    asked = demand(1_000, variant(step("print", "PRINT", buyers)), supplies=[Supply("label", 1_000, "can", at(10))])
    [made] = matched(asked, world).options[0].steps
    assert (made.starts_at, made.setup_seconds, made.ends_at) == (at(8), 7_200, at(11))


def test_material_that_is_never_announced_in_full_is_a_reason() -> None:
    buyers = RecipeInput(item="label", unit="can", source="buyer")
    asked = demand(1_000, variant(step("print", "PRINT", buyers)), supplies=[Supply("label", 600, "can", at(1))])
    answer = unmatched(asked, board(line("l1", "p1")))
    assert answer.reasons[0].code is ReasonCode.MATERIAL_MISSING
    assert answer.relaxation == Relaxation("supply", "label:1000", "can")


def test_a_maximum_lag_moves_the_step_before_to_the_right() -> None:
    """The cold store opens at hour 20; what goes in must be filled no more than two hours before."""
    world = board(
        line("l1", "p1", capability("FILL")), line("l2", "p1", capability("STORE"), offered=[Interval(at(20), at(40))])
    )
    chill = RecipeInput(step="fill", lag_minutes_max=120, cold_band="2-8")
    [option] = matched(demand(4_000, variant(step("fill", "FILL"), step("store", "STORE", chill))), world).options
    fill, store = option.steps
    assert store.starts_at == at(20)
    assert fill.ends_at == at(18)


def test_a_maximum_lag_that_cannot_be_kept_is_a_cold_chain_reason() -> None:
    world = board(
        line("l1", "p1", capability("FILL"), offered=[Interval(at(0), at(5))]),
        line("l2", "p1", capability("STORE"), offered=[Interval(at(20), at(40))]),
    )
    chill = RecipeInput(step="fill", lag_minutes_max=120, cold_band="2-8")
    answer = unmatched(demand(4_000, variant(step("fill", "FILL"), step("store", "STORE", chill))), world)
    assert answer.reasons[0].code is ReasonCode.COLD_CHAIN_NO_SLOT


def test_quarantine_is_part_of_the_promise() -> None:
    [option] = matched(demand(1_000, variant(step(quarantine=2_880))), board(line("l1", "p1"))).options
    assert option.trips[0].departs_at == at(49)


def test_two_runs_of_one_order_do_not_take_the_same_gap() -> None:
    world = board(line("l1", "p1"))
    asked = demand(0, lines=[demand_line(2_000, name="orl_1"), demand_line(3_000, name="orl_2")])
    made = sorted(matched(asked, world).options[0].steps, key=lambda one: one.starts_at)
    assert [(one.starts_at, one.ends_at) for one in made] == [(at(0), at(2)), (at(2), at(5))]


def test_branches_that_meet_do_not_take_the_same_gap() -> None:
    world = board(line("l1", "p1", capability("PART"), capability("JOIN")))
    steps = (
        step("left", "PART"),
        step("right", "PART"),
        step("join", "JOIN", RecipeInput(step="left"), RecipeInput(step="right")),
    )
    made = sorted(matched(demand(1_000, variant(*steps)), world).options[0].steps, key=lambda one: one.starts_at)
    assert [one.starts_at for one in made] == [at(0), at(1), at(2)]


def test_with_transfer_batches_the_next_step_starts_before_the_first_ends() -> None:
    world = board(line("l1", "p1", capability("BODY"), capability("PRINT")), line("l2", "p1", capability("PRINT")))
    made = (
        matched(
            demand(
                8_000,
                variant(
                    step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body", transfer_quantity=2_000))
                ),
            ),
            world,
        )
        .options[0]
        .steps
    )
    assert made[0].ends_at == at(8)
    assert (made[1].starts_at, made[1].ends_at) == (at(2), at(10))


def test_a_full_line_says_how_many_hours_are_needed_and_nothing_of_whose_they_are() -> None:
    world = board(line("l1", "p1"))
    book(world, "l1", 0, 24 * 60)
    [reason] = unmatched(demand(2_500), world).reasons
    assert (reason.code, reason.facts) == (ReasonCode.CAPACITY_FULL, {"hours_needed": "3"})


def test_the_menu_shows_the_fast_and_the_cheap_way() -> None:
    world = board(
        line("fast", "p1", capability(rate=10_000), fen_per_thousand=50_000),
        line("cheap", "p2", capability(rate=100), fen_per_thousand=100),
    )
    options = {
        label: option for option in matched(demand(10_000, by=24 * 30), world).options for label in option.labels
    }
    assert options["fastest"].steps[0].line_id == "fast"
    assert options["cheapest"].steps[0].line_id == "cheap"
    assert set(options) == {"fastest", "cheapest", "balanced", "fewest_plants"}


def test_a_late_plan_is_offered_with_its_reason_and_the_date_that_holds() -> None:
    world = board(line("l1", "p1"))
    book(world, "l1", 0, 100)
    [option] = matched(demand(1_000, by=24), world).options
    assert option.slack_minutes < 0
    assert option.binding is not None
    assert option.binding.code is ReasonCode.CAPACITY_FULL
    assert option.better_if == Relaxation("date", option.promise_at.isoformat().replace("+00:00", "Z"))


def test_a_somewhat_larger_and_cheaper_quantity_is_pointed_out() -> None:
    """Offset printing begins at 10,000 and costs a third a piece."""
    world = board(
        line("offset", "p1", capability("OFFSET", batch_min=10_000), fen_per_thousand=10_000),
        line("digital", "p2", capability("DIGITAL"), fen_per_thousand=30_000),
    )
    either = (variant(step("o", "OFFSET"), code="offset"), variant(step("d", "DIGITAL"), code="digital"))
    [near] = matched(demand(6_000, *either), world).options
    assert near.better_if == Relaxation("quantity", "10000", "can")
    [far] = matched(demand(2_000, *either), world).options
    assert far.better_if is None


def test_a_price_limit_out_of_reach_names_the_price_that_would_do() -> None:
    answer = unmatched(demand(1_000, limits=Limits(price_fen_max=100)), board(line("l1", "p1")))
    assert answer.reasons[0].code is ReasonCode.PRICE_ABOVE_LIMIT
    assert answer.relaxation == Relaxation("price", "310.00", "CNY")
    matched(demand(1_000, limits=Limits(price_fen_max=31_000)), board(line("l1", "p1")))


def test_more_plants_than_wanted_is_a_reason() -> None:
    world = board(line("l1", "p1", capability("BODY")), line("l2", "p2", capability("PRINT")))
    steps = (step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body")))
    answer = unmatched(demand(1_000, variant(*steps), limits=Limits(plants_max=1)), world)
    assert [one.code for one in answer.reasons] == [ReasonCode.PLANTS_ABOVE_LIMIT]
    assert answer.relaxation == Relaxation("plants", "2")


def test_a_line_that_is_too_small_for_the_batch_is_refused_beside_the_menu() -> None:
    world = board(line("l1", "p1"), line("l2", "p2", capability(batch_max=500)))
    assert [(one.code, one.line_id) for one in matched(demand(1_000), world).refusals] == [
        (ReasonCode.BATCH_TOO_LARGE, "l2")
    ]


def test_a_line_multiple_rounds_the_batch_up_and_its_inputs_with_it() -> None:
    world = board(line("l1", "p1", capability("BODY")), line("l2", "p1", capability("PRINT", multiple=600)))
    steps = (step("body", "BODY"), step("print", "PRINT", RecipeInput(step="body")))
    body, printed = matched(demand(1_000, variant(*steps)), world).options[0].steps
    assert (printed.quantity_net, printed.quantity_gross, body.quantity_net) == (1_000, 1_200, 1_200)


def test_food_contact_proof_may_run_out_before_the_run_ends() -> None:
    held = papers("p1", proof(until=date(2027, 3, 2)))
    asked = demand(40_000, variant(step(food_contact=True)), limits=Limits(split_ok=False))
    answer = unmatched(asked, board(line("l1", "p1"), papers=held))
    assert answer.reasons[0].code is ReasonCode.FOOD_CONTACT_CERT_MISSING


def test_a_demand_without_lines_is_an_error_of_the_caller() -> None:
    asked = demand(1_000)
    asked.lines.clear()
    with pytest.raises(ValueError, match="at least one line"):
        matched(asked, board(line("l1", "p1", offered=around_the_clock(), district=XIANAN)))


def test_nothing_that_is_said_names_another_order() -> None:
    world = board(line("l1", "p1", capability(batch_max=50_000)), line("l2", "p2", capability(batch_min=90_000)))
    for hours in range(0, 600, 10):
        book(world, "l1", hours, hours + 9, quote="quo_rival")
    said = [matched(demand(4_000, by=10), world), unmatched(demand(4_000, limits=Limits(price_fen_max=1)), world)]
    assert all("rival" not in str(one) for one in said)
