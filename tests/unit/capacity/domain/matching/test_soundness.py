"""Whatever the world and the recipe look like: a plan that is offered breaks no rule, and a no has its reason."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.bench.checking.plan_checker import violations
from services.bench.checking.subject import Check
from services.bench.checking.world import CheckedLine, CheckedWorld, Taken
from services.capacity.domain.board import Board
from services.capacity.domain.hours import instant_of
from services.capacity.domain.line_on_board import LineMaster, PlantMaster
from services.capacity.domain.matching.problem import Demand, Unmatched
from services.capacity.domain.values import Capability, ChangeoverRule
from shared.contracts.planning import DemandLine, Interval, Limits, RecipeInput, RecipeStep, Supply, Variant
from tests.support.planning_world import (
    CHIBI,
    GAOXIN,
    RULES,
    T0,
    WUHAN,
    XIANAN,
    at,
    board,
    book,
    demand,
    demand_line,
    licence,
    line,
    plan,
    proof,
)

CODES = ("A", "B", "C")
DESIGNS = ("x", "y", "z")
SHAPES: Sequence[Sequence[Sequence[int]]] = (
    ((),),
    ((), (0,)),
    ((), (0,), (1,)),
    ((), (), (0, 1)),
    ((), (0,), (0,), (1, 2)),  # one output feeds two steps
)


@st.composite
def _rules(draw: st.DrawFn) -> list[ChangeoverRule]:
    rules = [
        ChangeoverRule("base", "*", "*", draw(st.integers(0, 30))),
        ChangeoverRule("design", "*", "*", draw(st.integers(0, 90))),
        ChangeoverRule("capability", "*", "*", 10),
    ]
    for _ in range(draw(st.integers(0, 3))):
        before, after = draw(st.permutations(DESIGNS))[:2]
        minutes = draw(st.sampled_from([None, 0, 45, 200]))
        rules.append(ChangeoverRule("design", before, after, minutes, minutes is None and draw(st.booleans())))
    return rules


@st.composite
def _hours(draw: st.DrawFn) -> list[Interval]:
    first, length = draw(st.integers(0, 12)), draw(st.integers(4, 12))
    shut = draw(st.sets(st.integers(0, 20), max_size=4))
    return [Interval(at(24 * day + first), at(24 * day + first + length)) for day in range(60) if day not in shut]


@st.composite
def _masters(draw: st.DrawFn) -> list[LineMaster]:
    found = []
    for number in range(draw(st.integers(3, 6))):
        codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True))
        abilities = [
            Capability(
                code,
                "can",
                ["330"],
                draw(st.integers(300, 3_000)),
                draw(st.sampled_from([700_000, 850_000, 1_000_000])),
                draw(st.sampled_from([1, 1, 2_000])),
                draw(st.sampled_from([0, 0, 4_000])),
                draw(st.sampled_from([1, 1, 7, 250])),
            )
            for code in codes
        ]
        plant = draw(st.integers(0, 2))
        found.append(
            line(
                f"l{number}",
                f"p{plant}",
                *abilities,
                district=(XIANAN, GAOXIN, CHIBI)[plant],
                offered=draw(_hours()),
                changeovers=draw(_rules()),
                setup_fen=draw(st.integers(0, 9_999)),
                fen_per_thousand=draw(st.integers(1, 99_999)),
                minimum_fen=draw(st.integers(0, 50_000)),
                load_cap=draw(st.sampled_from([0, 0, 20])),
                fence=draw(st.sampled_from([0, 12])),
            )
        )
    return found


@st.composite
def _world(draw: st.DrawFn) -> Board:
    until = date(2027, 3, 1) + timedelta(days=draw(st.integers(0, 30)))
    plants = {
        f"p{i}": PlantMaster(
            f"p{i}",
            f"org_p{i}",
            f"P{i}",
            (XIANAN, GAOXIN, CHIBI)[i],
            (licence("0603", until=until if i else date(2030, 1, 1)),),
            (proof(since=date(2027, 3, 1 + i)),),
        )
        for i in range(3)
    }
    world = board(*draw(_masters()), papers=plants)
    for found in world.lines():
        hour = 0.0
        for number in range(draw(st.integers(0, 4))):
            hour += draw(st.integers(0, 30)) / 2
            end = hour + draw(st.integers(1, 12)) / 2
            until_hour = draw(st.sampled_from([None, None, 0.5, 2.0]))
            design, code = draw(st.sampled_from(DESIGNS)), next(iter(found.capabilities))
            book(
                world,
                found.line_id,
                hour,
                end,
                until=until_hour,
                features={"design": design},
                code=code,
                quote=f"q{number}",
            )
            hour = end
    return world


@st.composite
def _variant(draw: st.DrawFn, code: str) -> Variant:
    steps = []
    for i, feeds in enumerate(draw(st.sampled_from(SHAPES))):
        inputs = [
            RecipeInput(
                step=f"s{feed}",
                ratio_num=draw(st.integers(1, 3)),
                ratio_den=draw(st.integers(1, 3)),
                lag_minutes_min=draw(st.sampled_from([0, 0, 90])),
                lag_minutes_max=draw(st.sampled_from([None, None, 600, 2_880])),
            )
            for feed in feeds
        ]
        if draw(st.booleans()):
            inputs.append(RecipeInput(item="coil", unit="g", source=draw(st.sampled_from(["pooled", "buyer"]))))
        steps.append(
            RecipeStep(
                step=f"s{i}",
                name_zh="",
                name_en="",
                capability=draw(st.sampled_from(CODES)),
                unit="can",
                format="330",
                features={"design": draw(st.sampled_from(DESIGNS))},
                inputs=inputs,
                yield_ppm=draw(st.sampled_from([1_000_000, 965_000])),
                fixed_loss=draw(st.sampled_from([0, 130])),
                multiple=draw(st.sampled_from([1, 1, 100])),
                licence_category=draw(st.sampled_from(["", "0603"])),
                food_contact=draw(st.booleans()),
                is_print=draw(st.booleans()),
                last_lag_minutes=draw(st.sampled_from([0, 0, 1_440])),
            )
        )
    return Variant(code, code, code, steps)


@st.composite
def _demand(draw: st.DrawFn) -> Demand:
    lines: list[DemandLine] = [
        demand_line(
            draw(st.integers(1, 9_000)),
            *(draw(_variant(f"v{k}")) for k in range(draw(st.integers(1, 2)))),
            name=f"orl_{i}",
        )
        for i in range(draw(st.sampled_from([1, 1, 2])))
    ]
    limits = Limits(
        partial_ok=draw(st.booleans()),
        split_ok=draw(st.booleans()),
        plants_max=draw(st.sampled_from([None, None, 1, 2])),
        price_fen_max=draw(st.sampled_from([None, None, 500_000])),
        exclude_plants=draw(st.sampled_from([[], [], ["p0"]])),
        delta_e_tenths_max=draw(st.sampled_from([None, 20])),
    )
    supplies = [Supply("coil", 40_000, "g", at(draw(st.integers(0, 60)))), Supply("coil", 40_000, "g", at(90))]
    return demand(
        0,
        lines=lines,
        deliver_to=WUHAN,
        start=draw(st.sampled_from([0, 30])),
        by=draw(st.sampled_from([60, 400])),
        limits=limits,
        supplies=supplies,
    )


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
            expires = None if not slot.expires_us else instant_of(slot.expires_us // 1_000_000)
            run = slot.run
            found.take(
                Taken(
                    slot.slot_id,
                    one.line_id,
                    instant_of(slot.starts),
                    instant_of(slot.ends),
                    slot.setup,
                    run.capability,
                    run.format,
                    dict(run.features),
                    expires,
                )
            )
    return found


@given(_world(), _demand(), st.sampled_from([0, 1]))
@settings(max_examples=120, deadline=None)
def test_no_plan_breaks_a_rule_and_no_refusal_lacks_its_reason(world: Board, asked: Demand, hours: int) -> None:
    answer = plan(asked, world, hours)
    told = msgspec.json.encode(answer).decode()
    taken = [one for found in world.lines() for one in found.bookings]
    assert not [one for one in taken if one.order_id in told or one.slot_id in told], "an answer tells of other orders"
    if isinstance(answer, Unmatched):
        assert answer.reasons
        return
    for option in answer.options:
        check = Check(asked, option, _checked(world), RULES, T0 + timedelta(hours=hours))
        assert violations(check) == []
