"""Who asks for a window gets nothing promised before it begins: what is made early waits for its lorry."""

from datetime import timedelta

import msgspec
import pytest

from services.capacity.domain.board import Board
from services.capacity.domain.matching.match import rematch
from services.capacity.domain.matching.problem import Demand, Matched
from shared.contracts.planning import DemandLine, Interval, Limits, PlannedStep, RecipeInput, Supply, Variant
from shared.contracts.reason_words import reason_detail
from shared.contracts.reasons import ReasonCode
from tests.support.planning_world import (
    CHIBI,
    RULES,
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
    step,
    unmatched,
    variant,
)


def wanted_from(hours: float) -> Demand:
    return msgspec.structs.replace(demand(5_000), deliver_from=at(hours))


@pytest.mark.parametrize("district", ["421202", CHIBI])
@pytest.mark.parametrize("hours", [40, 47.5, 60, 66, 71, 100])
def test_nothing_is_promised_before_the_window_begins(hours: float, district: str) -> None:
    [option] = matched(wanted_from(hours), board(line("l1", "p1", district=district))).options
    assert option.promise_at >= at(hours)
    assert option.promise_at < at(hours) + timedelta(days=1), "the first lorry that does, no later one"
    assert option.trips[-1].arrives_at == option.promise_at


def test_a_plan_that_is_ready_later_anyway_is_promised_as_before() -> None:
    world = board(line("l1", "p1"))
    assert matched(wanted_from(1), world).options == matched(demand(5_000), world).options


def test_the_work_itself_is_not_held_back() -> None:
    [option] = matched(wanted_from(100), board(line("l1", "p1"))).options
    assert option.steps[0].ends_at == at(5)


FAR = 24 * 40.0  # hours until the window begins
TWO_STEPS = variant(step("body", "BODY"), step("fill", "FILL", RecipeInput(step="body")))
THREE_STEPS = variant(*TWO_STEPS.steps, step("pack", "PACK", RecipeInput(step="fill"), quarantine=24 * 60))


def keeping(
    recipe: Variant, *, wait: float | None = None, age: float | None = None, by: float = 24 * 10, since: float = FAR
) -> Demand:
    """A demand for a window, whose goods may wait so many hours for it and be so many hours old when it begins."""
    kept = msgspec.structs.replace(demand_line(5_000, recipe), wait_hours_max=wait, age_hours_max=age)
    return msgspec.structs.replace(demand(0, lines=[kept], by=since + by), deliver_from=at(since))


def world(days: int = 60) -> Board:
    able = [capability(code) for code in ("BODY", "FILL", "PACK")]
    return board(*(line(f"l{i}", "p1", one, offered=daily(0, 10, days)) for i, one in enumerate(able)))


@pytest.mark.parametrize("wait", [0, 5, 24, 24 * 7])
@pytest.mark.parametrize("recipe", [TWO_STEPS, THREE_STEPS])
def test_finished_goods_wait_no_longer_than_they_may_for_the_window(wait: float, recipe: Variant) -> None:
    for option in matched(keeping(recipe, wait=wait), world()).options:
        quarantine = timedelta(minutes=recipe.steps[-1].last_lag_minutes)
        assert option.promise_at >= at(FAR)
        assert option.trips[-1].departs_at - (option.steps[-1].ends_at + quarantine) <= timedelta(hours=max(wait, 24))
        assert option.slack_minutes >= 0


def test_what_goes_into_the_goods_is_made_near_the_window_too() -> None:
    """Cans made a year before the drink that they are for would lie as long as the drink itself."""
    [option] = matched(keeping(THREE_STEPS, wait=48), world()).options
    assert all(one.starts_at > at(FAR - 24 * 12) for one in option.steps)


def test_goods_without_a_bound_are_made_at_once_as_before() -> None:
    [option] = matched(keeping(TWO_STEPS), world()).options
    assert option.steps[-1].ends_at == at(10)


def test_a_window_that_is_near_holds_nothing_back() -> None:
    near = keeping(TWO_STEPS, wait=24 * 14, since=60)
    free = msgspec.structs.replace(near, lines=[demand_line(5_000, TWO_STEPS)])
    assert matched(near, world()).options == matched(free, world()).options


def test_shelf_life_counts_from_the_step_that_makes_food() -> None:
    """Filled on the last day that is allowed, though the tests after it take two days more."""
    tested = variant(
        step("fill", "FILL", category="0603"), step("test", "PACK", RecipeInput(step="fill"), quarantine=2_880)
    )
    able = [capability("FILL"), capability("PACK")]
    made = board(*(line(f"l{i}", "p1", one) for i, one in enumerate(able)), papers=papers("p1", licence("0603")))
    [option] = matched(keeping(tested, age=24 * 10), made).options
    assert at(FAR - 24 * 10) <= option.steps[0].ends_at < at(FAR - 24 * 9)


def test_a_busy_line_near_the_window_is_passed_over_for_a_later_day_within_it() -> None:
    busy = world()
    book(busy, "l1", FAR - 24 * 5, FAR + 24 * 2, code="FILL")
    [option] = matched(keeping(TWO_STEPS, wait=24), busy).options
    assert option.steps[-1].ends_at > at(FAR + 24 * 2)
    assert option.slack_minutes >= 0


def test_a_line_that_is_full_from_before_the_window_to_its_end_is_used_before_that_for_what_may_wait() -> None:
    busy = world()
    book(busy, "l0", FAR - 24 * 8, FAR + 24 * 12, code="BODY")
    [option] = matched(keeping(TWO_STEPS, wait=24), busy).options
    assert option.steps[0].ends_at <= at(FAR - 24 * 8)
    assert option.steps[1].ends_at > at(FAR - 24 * 3)


def test_a_window_beyond_every_calendar_is_refused_and_the_earliest_date_said() -> None:
    """It used to be promised, made fifteen months before."""
    answer = unmatched(keeping(TWO_STEPS, wait=24, since=24 * 50), world(days=30))
    assert {one.code for one in answer.reasons} == {ReasonCode.CALENDAR_CLOSED}
    assert answer.relaxation is not None
    assert answer.relaxation.kind == "date"
    assert answer.relaxation.to < "2027-03-05"


@pytest.mark.parametrize("beyond_days", [399, 401, 900])
def test_a_window_beyond_the_horizon_of_planning_is_refused(beyond_days: int) -> None:
    endless = board(line("l0", "p1", capability("BODY"), offered=around_the_clock(2_000)))
    asked = keeping(variant(step("body", "BODY")), wait=1, since=24.0 * beyond_days)
    if beyond_days < RULES.horizon_days:
        matched(asked, endless)
    else:
        assert unmatched(asked, endless).reasons[0].code is ReasonCode.CALENDAR_CLOSED


def test_a_new_plan_of_all_steps_is_made_near_the_window_too() -> None:
    asked = keeping(THREE_STEPS, wait=48)
    [option] = matched(asked, world()).options
    again = rematch(asked, world(), at(1), RULES, quote_id="quo_2", kept=[], current=option.steps)
    assert isinstance(again, Matched)
    assert all(one.starts_at > at(FAR - 24 * 12) for each in again.options for one in each.steps)


def test_what_is_made_already_is_no_reason_to_begin_later() -> None:
    """The body is there: the fill keeps its bound, and nothing is moved away from what stays."""
    asked = keeping(TWO_STEPS, wait=48)
    [option] = matched(asked, world()).options
    kept: list[PlannedStep] = [option.steps[0]]
    again = rematch(asked, world(), at(1), RULES, quote_id="quo_2", kept=kept, current=option.steps)
    assert isinstance(again, Matched)
    assert [one.steps[0] for one in again.options] == kept
    assert again.options[0].steps[1].ends_at >= at(FAR - 24 * 4)


def test_lines_of_one_order_keep_each_to_its_own_bound() -> None:
    lines: list[DemandLine] = [
        msgspec.structs.replace(demand_line(1_000, variant(step("a", "BODY")), name="orl_1"), wait_hours_max=24),
        demand_line(1_000, variant(step("b", "FILL")), name="orl_2"),
    ]
    asked = msgspec.structs.replace(demand(0, lines=lines, by=FAR + 240), deliver_from=at(FAR))
    [option] = matched(asked, world()).options
    ends = {one.order_line_id: one.ends_at for one in option.steps}
    assert ends["orl_1"] > at(FAR - 72)
    assert ends["orl_2"] == at(1)


def test_offered_hours_that_end_within_the_window_are_used_to_their_last() -> None:
    short = board(line("l0", "p1", capability("BODY"), offered=[Interval(at(FAR - 30), at(FAR - 20))]))
    [option] = matched(keeping(variant(step("body", "BODY")), wait=24), short).options
    assert option.steps[0].ends_at <= at(FAR - 20)


def _quick_and_slow(*, partial_ok: bool = False, wait: int | None = 48) -> Demand:
    """One line is done in an hour, the other has a quarantine of thirty days; both may come by day fifty."""
    slow = variant(step("b", "FILL", quarantine=30 * 24 * 60))
    lines = [
        msgspec.structs.replace(demand_line(1_000, variant(step("a", "BODY")), name="orl_1"), wait_hours_max=wait),
        demand_line(1_000, slow, name="orl_2"),
    ]
    return demand(0, lines=lines, by=24 * 50, limits=Limits(partial_ok=partial_ok))


def test_what_comes_with_the_rest_of_the_order_is_not_made_long_before_it() -> None:
    [option] = matched(_quick_and_slow(), world()).options
    ends = {one.order_line_id: one.ends_at for one in option.steps}
    assert ends["orl_2"] == at(1)
    assert option.promise_at - timedelta(hours=60) < ends["orl_1"] < option.promise_at
    assert option.promise_at == matched(_quick_and_slow(wait=None), world()).options[0].promise_at


def test_what_need_not_wait_for_the_rest_is_made_and_brought_at_once() -> None:
    [option] = matched(_quick_and_slow(partial_ok=True), world()).options
    assert {one.ends_at for one in option.steps} == {at(1)}


def test_where_nothing_is_free_before_the_rest_comes_the_goods_wait_as_they_must() -> None:
    """A line that offers hours only at once: late goods or none would be worse than goods that wait."""
    early = board(
        line("l0", "p1", capability("BODY"), offered=[Interval(at(0), at(20))]), line("l1", "p1", capability("FILL"))
    )
    [option] = matched(_quick_and_slow(), early).options
    assert {one.ends_at for one in option.steps} == {at(1)}


def _brought(arrives: float, days: int | None, since: float | None = None) -> Demand:
    """A drink of what the buyer brings at hour *arrives*, which keeps for *days*."""
    base = RecipeInput(item="base", source="buyer", life_hours_max=None if days is None else 24 * days)
    line_ = msgspec.structs.replace(demand_line(1_000, variant(step("fill", "FILL", base))), wait_hours_max=48)
    asked = demand(0, lines=[line_], by=FAR + 240, supplies=[Supply("base", 1_000, "can", at(arrives))])
    return asked if since is None else msgspec.structs.replace(asked, deliver_from=at(since))


def test_what_the_buyer_brings_is_used_before_it_spoils_or_the_plan_is_refused() -> None:
    assert matched(_brought(24, 3), world()).options[0].steps[0].starts_at == at(24)
    assert matched(_brought(24 * 36, 10, since=FAR), world()).options
    refused = unmatched(_brought(24, 10, since=FAR), world())
    assert [(one.code, one.facts) for one in refused.reasons] == [
        (ReasonCode.MATERIAL_MISSING, {"use_by": "2027-03-12T00:00:00Z"})
    ]
    assert "2027-03-12" in reason_detail(refused.reasons[0], "en")
    assert "2027-03-12" in reason_detail(refused.reasons[0], "zh")
    assert refused.relaxation is not None
    assert refused.relaxation.kind == "date"


def test_a_line_that_is_free_only_after_it_has_spoilt_is_passed_over() -> None:
    busy = world()
    book(busy, "l1", 0, 24 * 8, code="FILL")
    refused = unmatched(_brought(0, 5), busy)
    assert refused.reasons[0].code is ReasonCode.MATERIAL_MISSING
    other = board(
        line("l1", "p1", capability("FILL"), offered=daily(0, 10)), line("l2", "p2", capability("FILL"), district=CHIBI)
    )
    book(other, "l1", 0, 24 * 8, code="FILL")
    assert {one.steps[0].line_id for one in matched(_brought(0, 5), other).options} == {"l2"}


def test_what_keeps_is_used_whenever_it_is_needed() -> None:
    assert matched(_brought(24, None, since=FAR), world()).options[0].steps[0].starts_at > at(FAR - 24 * 4)
