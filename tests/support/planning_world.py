"""Small worlds to plan in: plants, lines, recipes and demands in a few words. Times are hours after T0."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from services.capacity.domain.board import Board
from services.capacity.domain.bookings import Booking, line_slots
from services.capacity.domain.changeover import run_of
from services.capacity.domain.hours import microseconds_of, seconds_of
from services.capacity.domain.line_on_board import LineMaster, PlantMaster
from services.capacity.domain.matching.match import match
from services.capacity.domain.matching.problem import Demand, Matched, Unmatched
from services.capacity.domain.matching.rules import standard_rules
from services.capacity.domain.values import Capability, ChangeoverRule, FoodContactProof, Licence, Price
from shared.contracts.planning import (
    DemandLine,
    Interval,
    Limits,
    Place,
    RecipeInput,
    RecipeStep,
    Supply,
    Variant,
)

T0 = datetime(2027, 3, 1, tzinfo=UTC)  # Monday, 08:00 in Shanghai
XIANAN, GAOXIN, CHIBI, WUHAN = "421202", "421271", "421281", "420100"
RULES = standard_rules()
FREE = (ChangeoverRule("base", "*", "*", 0),)


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def around_the_clock(days: int = 60) -> tuple[Interval, ...]:
    return (Interval(at(0), at(24 * days)),)


def daily(first: float, last: float, days: int = 60) -> tuple[Interval, ...]:
    """Open from hour *first* to *last* after T0's time of day, each day."""
    return tuple(Interval(at(24 * day + first), at(24 * day + last)) for day in range(days))


def capability(
    code: str = "PRINT",
    *,
    unit: str = "can",
    formats: Sequence[str] = ("330",),
    rate: int = 1_000,
    batch_min: int = 1,
    batch_max: int = 0,
    multiple: int = 1,
) -> Capability:
    return Capability(code, unit, list(formats), rate, 1_000_000, batch_min, batch_max, multiple)


def line(
    name: str,
    plant: str,
    *capabilities: Capability,
    district: str = XIANAN,
    offered: Sequence[Interval] = (),
    changeovers: Sequence[ChangeoverRule] = FREE,
    setup_fen: int = 1_000,
    fen_per_thousand: int = 10_000,
    minimum_fen: int = 0,
    load_cap: int = 0,
    fence: int = 0,
) -> LineMaster:
    able = capabilities or (capability(),)
    return LineMaster(
        line_id=name,
        plant_id=plant,
        factory_org_id=f"org_{plant}",
        plant_name=plant.upper(),
        district=district,
        capabilities=able,
        changeovers=tuple(changeovers),
        prices=tuple(Price(one.code, setup_fen, fen_per_thousand, minimum_fen) for one in able),
        offered=tuple(offered) or around_the_clock(),
        load_cap_hours_per_week=load_cap,
        frozen_fence_hours=fence,
    )


def licence(*categories: str, since: date = date(2026, 1, 1), until: date = date(2030, 1, 1)) -> Licence:
    return Licence("SC10642120290019", list(categories), since, until)


def proof(since: date = date(2026, 1, 1), until: date = date(2030, 1, 1)) -> FoodContactProof:
    return FoodContactProof("GB 4806.9", "C-1", since, until)


def board(*masters: LineMaster, papers: dict[str, PlantMaster] | None = None) -> Board:
    made = Board()
    for plant in (papers or {}).values():
        made.upsert_plant(plant)
    for master in masters:
        made.upsert_line(master)
    return made


def papers(plant: str, *held: Licence | FoodContactProof, district: str = XIANAN) -> dict[str, PlantMaster]:
    return {
        plant: PlantMaster(
            plant,
            f"org_{plant}",
            plant.upper(),
            district,
            tuple(one for one in held if isinstance(one, Licence)),
            tuple(one for one in held if isinstance(one, FoodContactProof)),
        )
    }


def book(
    world: Board,
    line_id: str,
    first: float,
    last: float,
    *,
    until: float | None = None,
    features: dict[str, str] | None = None,
    code: str = "PRINT",
    setup: int = 0,
    quote: str = "quo_rival",
) -> None:
    """Take time on a line: firm, or held until an hour."""
    found = world.line(line_id)
    start, end = seconds_of(at(first)), seconds_of(at(last))
    booking = Booking(
        starts=start,
        ends=end,
        slot_id=f"slt_{line_id}_{first}",
        quote_id=quote,
        order_id=f"ord_{quote}",
        option_ids=("opt_rival",),
        setup=setup,
        busy=found.hours.between(start, end),
        expires_us=0 if until is None else microseconds_of(at(until)),
        run=run_of(code, "330", features or {}),
    )
    changed = found.with_slots(line_slots([*found.bookings, booking]), found.slots_version + 1)
    world.upsert_line(found.master)
    for code_ in found.capabilities:
        world._by_capability[code_][line_id] = changed
    world._lines[line_id] = changed


def step(
    name: str = "print",
    code: str = "PRINT",
    *inputs: RecipeInput,
    unit: str = "can",
    features: dict[str, str] | None = None,
    yield_ppm: int = 1_000_000,
    fixed_loss: int = 0,
    multiple: int = 1,
    category: str = "",
    food_contact: bool = False,
    is_print: bool = False,
    quarantine: int = 0,
) -> RecipeStep:
    return RecipeStep(
        step=name,
        name_zh=name,
        name_en=name,
        capability=code,
        unit=unit,
        format="330",
        features=features or {},
        inputs=list(inputs),
        yield_ppm=yield_ppm,
        fixed_loss=fixed_loss,
        multiple=multiple,
        licence_category=category,
        food_contact=food_contact,
        is_print=is_print,
        last_lag_minutes=quarantine,
    )


def variant(*steps: RecipeStep, code: str = "plain") -> Variant:
    return Variant(code, code, code, list(steps))


def demand(
    quantity: int,
    *variants: Variant,
    lines: Sequence[DemandLine] = (),
    deliver_to: str = XIANAN,
    start: float = 0,
    by: float = 24 * 20,
    limits: Limits | None = None,
    supplies: Sequence[Supply] = (),
) -> Demand:
    made = list(lines) or [demand_line(quantity, *variants)]
    return Demand(
        order_id="ord_1",
        buyer_org_id="org_buyer",
        lines=made,
        deliver_to=Place(deliver_to),
        earliest_start_at=at(start),
        requested_by=at(by),
        limits=limits or Limits(),
        supplies=list(supplies),
    )


def demand_line(quantity: int, *variants: Variant, name: str = "orl_1") -> DemandLine:
    return DemandLine(name, "product", quantity, "can", list(variants) or [variant(step())])


def plan(asked: Demand, world: Board, hours: float = 0) -> Matched | Unmatched:
    return match(asked, world, at(hours), RULES, quote_id="quo_1")


def matched(asked: Demand, world: Board, hours: float = 0) -> Matched:
    found = plan(asked, world, hours)
    assert isinstance(found, Matched), found
    return found


def unmatched(asked: Demand, world: Board, hours: float = 0) -> Unmatched:
    found = plan(asked, world, hours)
    assert isinstance(found, Unmatched), found
    return found
