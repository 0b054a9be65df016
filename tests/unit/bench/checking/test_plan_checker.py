"""The checker finds nothing in a sound plan and names the rule in every plan that breaks one."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from services.bench.checking.plan_checker import violations
from services.bench.checking.subject import Check
from services.bench.checking.world import CheckedLine, CheckedWorld, Taken, offered_anew
from services.capacity.domain.board import Board
from services.capacity.domain.calendar import offered_hours
from services.capacity.domain.values import Calendar, ChangeoverRule, ClosedDay, Maintenance, Shift
from shared.contracts.planning import Interval, Limits, PlannedStep, PlannedTrip, PlanOption, RecipeInput, Supply
from tests.support.planning_world import (
    CHIBI,
    GAOXIN,
    RULES,
    T0,
    WUHAN,
    at,
    board,
    book,
    capability,
    daily,
    demand,
    licence,
    line,
    matched,
    papers,
    proof,
    step,
    variant,
)

STEPS = variant(
    step("body", "BODY", RecipeInput(item="coil", unit="g", source="buyer"), yield_ppm=970_000, food_contact=True),
    step(
        "print",
        "PRINT",
        RecipeInput(step="body", lag_minutes_min=60, lag_minutes_max=6_000),
        features={"design": "b"},
        fixed_loss=50,
        is_print=True,
    ),
    step(
        "fill", "FILL", RecipeInput(step="print"), RecipeInput(item="base", unit="mL", source="pooled"), category="0603"
    ),
)


def _world() -> Board:
    rules = (ChangeoverRule("base", "*", "*", 15), ChangeoverRule("design", "*", "*", 45))
    held = papers("p1", proof()) | papers("p3", licence("0603"), district=CHIBI)
    world = board(
        line("l1", "p1", capability("BODY", batch_min=100, batch_max=50_000), offered=daily(1, 13)),
        line("l2", "p2", capability("PRINT", multiple=10), district=GAOXIN, changeovers=rules, fence=30),
        line("l3", "p3", capability("FILL"), district=CHIBI, load_cap=60, minimum_fen=90_000),
        papers=held,
    )
    book(world, "l2", 0, 60, features={"design": "a"})
    book(world, "l1", 30, 32, code="BODY")
    return world


def _checked(world: Board) -> CheckedWorld:
    lines = {
        one.line_id: CheckedLine(
            line_id=one.line_id,
            plant_id=one.plant_id,
            district=one.district,
            capabilities=one.capabilities,
            prices=one.prices,
            changeovers=one.master.changeovers,
            offered=one.master.offered,
            licences=one.plant.licences,
            proofs=one.plant.proofs,
            load_cap_hours_per_week=one.master.load_cap_hours_per_week,
            frozen_fence_hours=one.master.frozen_fence_hours,
        )
        for one in world.lines()
    }
    found = CheckedWorld(lines)
    for one in world.lines():
        for slot in one.bookings:
            found.take(_taken(one.line_id, slot.slot_id, slot.starts, slot.ends, dict(slot.run.features)))
    return found


def _taken(line_id: str, slot_id: str, starts: int, ends: int, features: Mapping[str, str]) -> Taken:
    first, last = (T0 + timedelta(seconds=one - int(T0.timestamp())) for one in (starts, ends))
    return Taken(slot_id, line_id, first, last, 0, "", "", features, None)


DEMAND = demand(
    5_000, STEPS, deliver_to=WUHAN, start=1, limits=Limits(plants_max=3), supplies=[Supply("coil", 9_000, "g", at(2))]
)


def _check(**changes: Any) -> Check:
    world = _world()
    [option, *_] = matched(DEMAND, world).options
    return Check(**{"demand": DEMAND, "option": option, "world": _checked(world), "rules": RULES, "at": T0, **changes})


def _rules(check: Check) -> set[str]:
    return {one.rule for one in violations(check)}


def test_a_sound_plan_breaks_nothing() -> None:
    assert violations(_check()) == []


def _with_step(name: str, change: Callable[[PlannedStep], dict[str, Any]]) -> Callable[[PlanOption], PlanOption]:
    def planted(option: PlanOption) -> PlanOption:
        steps = [msgspec.structs.replace(one, **change(one)) if one.step == name else one for one in option.steps]
        return msgspec.structs.replace(option, steps=steps)

    return planted


def _moved(name: str, hours: float) -> Callable[[PlanOption], PlanOption]:
    by = timedelta(hours=hours)
    return _with_step(name, lambda one: {"starts_at": one.starts_at + by, "ends_at": one.ends_at + by})


def _with_trip(index: int, change: Callable[[PlannedTrip], dict[str, Any]]) -> Callable[[PlanOption], PlanOption]:
    def planted(option: PlanOption) -> PlanOption:
        trips = list(option.trips)
        trips[index] = msgspec.structs.replace(trips[index], **change(trips[index]))
        return msgspec.structs.replace(option, trips=trips)

    return planted


def _option(**changes: Any) -> Callable[[PlanOption], PlanOption]:
    return lambda option: msgspec.structs.replace(option, **changes)


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        ("net-quantity", _with_step("body", lambda one: {"quantity_net": one.quantity_net - 1})),
        ("gross-quantity", _with_step("body", lambda one: {"quantity_gross": one.quantity_gross + 1})),
        ("delivered-quantity", _with_step("fill", lambda one: {"quantity_net": one.quantity_net - 1})),
        ("part-incomplete", lambda option: msgspec.structs.replace(option, steps=option.steps[:2])),
        ("multiple", _with_step("print", lambda one: {"quantity_gross": one.quantity_gross + 5})),
        ("batch-min", _with_step("body", lambda _: {"quantity_gross": 99})),
        ("batch-max", _with_step("body", lambda _: {"quantity_gross": 50_001})),
        ("duration", _with_step("fill", lambda one: {"ends_at": one.ends_at - timedelta(minutes=1)})),
        ("duration", _with_step("print", lambda one: {"setup_seconds": one.setup_seconds - 1})),
        ("capability", _with_step("fill", lambda _: {"line_id": "l1"})),
        ("outside-hours", _moved("body", -4)),
        ("too-early", _moved("body", -2)),
        ("frozen-fence", _moved("print", -48)),
        ("overlap", _moved("print", -3)),
        (
            "changeover",
            _with_step("print", lambda one: {"setup_seconds": 0, "ends_at": one.ends_at - timedelta(hours=1)}),
        ),
        ("lag-min", _moved("print", -56)),
        ("lag-max", _moved("print", 240)),
        ("load-cap", _with_step("fill", lambda one: {"ends_at": one.ends_at + timedelta(hours=61)})),
        ("feeds", _with_step("fill", lambda _: {"feeds_from": []})),
        ("price-step", _with_step("body", lambda one: {"price_fen": one.price_fen + 1})),
        ("price-total", _option(price_fen=1)),
        ("vat", _option(vat_fen=1)),
        ("promise", _option(promise_at=at(1))),
        ("slack", _option(slack_minutes=7)),
        ("plants", _option(plants=1)),
        ("transport", lambda option: msgspec.structs.replace(option, trips=option.trips[1:])),
        ("transport-time", _with_trip(0, lambda one: {"arrives_at": one.arrives_at - timedelta(hours=1)})),
        ("departure", _with_trip(0, lambda one: {"departs_at": one.departs_at - timedelta(hours=9)})),
        ("distance", _with_trip(1, lambda _: {"distance_km": 1})),
        ("price-trip", _with_trip(1, lambda one: {"price_fen": one.price_fen - 1})),
        ("delivery", lambda option: msgspec.structs.replace(option, trips=option.trips[:-1])),
    ],
)
def test_a_planted_fault_is_named(rule: str, plant: Callable[[PlanOption], PlanOption]) -> None:
    check = _check()
    assert rule in _rules(_changed(check, option=plant(check.option)))


def _changed(check: Check, **changes: Any) -> Check:
    fields = {name: getattr(check, name) for name in ("demand", "option", "world", "rules", "at")}
    return Check(**{**fields, **changes})


def _limited(**limits: Any) -> dict[str, Any]:
    return {"demand": msgspec.structs.replace(DEMAND, limits=Limits(**limits))}


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("excluded-plant", _limited(exclude_plants=["p2"])),
        ("plants-max", _limited(plants_max=2)),
        ("price-max", _limited(price_fen_max=100)),
        ("supply", {"demand": msgspec.structs.replace(DEMAND, supplies=[])}),
        ("pooled-supply", {"rules": msgspec.structs.replace(RULES, pooled_lead_hours=900)}),
    ],
)
def test_a_plan_that_breaks_the_buyers_terms_is_named(rule: str, changes: dict[str, Any]) -> None:
    assert rule in _rules(_check(**changes))


def _papered(**changes: Any) -> CheckedWorld:
    world = _checked(_world())
    lines = dict(world.lines)
    for name, one in lines.items():
        fields = {field: getattr(one, field) for field in one.__dataclass_fields__}
        lines[name] = CheckedLine(**{**fields, **changes})
    return CheckedWorld(lines, world.taken, world.longest)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("licence", {"licences": (licence("0603", until=date(2027, 3, 4)),)}),
        ("licence", {"licences": (licence("0601"),)}),
        ("food-contact", {"proofs": (proof(until=date(2027, 3, 1)),)}),
        ("changeover-forbidden", {"changeovers": (ChangeoverRule("design", "a", "b", None),)}),
        ("format", {"capabilities": {code: capability(code, formats=["500"]) for code in ("BODY", "PRINT", "FILL")}}),
    ],
)
def test_what_the_plants_no_longer_allow_is_named(rule: str, changes: dict[str, Any]) -> None:
    assert rule in _rules(_check(world=_papered(**changes)))


def test_one_design_in_two_plants_needs_a_colour_limit() -> None:
    world = board(line("l1", "p1", capability(batch_max=3_000)), line("l2", "p2", capability(batch_max=3_000)))
    printed = variant(step(is_print=True))
    asked = demand(6_000, printed, by=5, limits=Limits(delta_e_tenths_max=20))
    option = matched(asked, world).options[0]
    assert len({one.plant_id for one in option.steps}) == 2
    check = Check(asked, option, _checked(world), RULES, T0)
    assert violations(check) == []
    strict = msgspec.structs.replace(asked, limits=Limits())
    assert _rules(_changed(check, demand=strict)) == {"colour"}


def test_two_steps_of_one_plan_may_not_overlap_either() -> None:
    check = _check()
    doubled = [
        msgspec.structs.replace(one, slot_id=f"{one.slot_id}_{i}")
        for one in check.option.steps
        for i in range(2)
        if one.step == "fill" or i == 0
    ]
    assert "overlap" in _rules(_changed(check, option=msgspec.structs.replace(check.option, steps=doubled)))


def test_offered_hours_derived_anew_agree_with_the_calendar_rule() -> None:
    shifts = [Shift(day, minute, 480) for day in range(1, 7) for minute in (0, 480, 960)]
    calendar = Calendar(
        valid_from=date(2027, 1, 1),
        valid_until=date(2027, 6, 1),
        shifts=[*shifts, Shift(7, 22 * 60, 600)],
        closed_days=[ClosedDay(date(2027, 2, 6), "春节"), ClosedDay(date(2027, 2, 7), "春节")],
        maintenance=[Maintenance(at(50), at(58), "upkeep"), Maintenance(at(57), at(70.5), "more")],
        offered="shifts",
        offered_shifts=[one for one in shifts if one.start_minute] + [Shift(7, 23 * 60, 600)],
    )
    since, until = at(-24 * 40), at(24 * 60)
    assert offered_anew(calendar, since, until) == tuple(offered_hours(calendar, since, until))
    assert offered_anew(msgspec.structs.replace(calendar, offered="all"), since, until)[0] != Interval(since, until)
