"""The seed world as planning and its checker see it, each built from the published workbooks by its own way."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import msgspec

from services.bench.checking.world import CheckedLine, CheckedWorld, offered_anew
from services.capacity.domain.board import Board
from services.capacity.domain.calendar import offered_hours
from services.capacity.domain.line_on_board import LineMaster, PlantMaster
from services.capacity.domain.values import Calendar
from services.capacity.workbook.book import LineBook
from services.demo.seed_workbooks import SeedPlant, seed_plants
from shared.contracts.planning import Interval
from shared.kernel.ids import derived_id

SINCE = datetime(2026, 11, 30, tzinfo=UTC)
UNTIL = datetime(2028, 1, 3, tzinfo=UTC)


def planning_board() -> Board:
    """All lines of the seed world with nothing booked."""
    board = Board()
    for plant in seed_plants().values():
        board.upsert_plant(
            PlantMaster(
                _plant_id(plant),
                f"org_{plant.code}",
                plant.name,
                plant.district,
                tuple(plant.book.licences),
                tuple(plant.book.proofs),
            )
        )
        for line in plant.book.lines:
            board.upsert_line(_master(plant, line))
    return board


def checked_world() -> CheckedWorld:
    """The same lines for the checker, their hours derived from the calendars anew."""
    return CheckedWorld({line.line_id: line for plant in seed_plants().values() for line in _checked(plant)})


def _plant_id(plant: SeedPlant) -> str:
    return derived_id("plt", plant.code)


def _master(plant: SeedPlant, line: LineBook) -> LineMaster:
    calendar = line.calendar
    return LineMaster(
        line_id=derived_id("lin", line.code),
        plant_id=_plant_id(plant),
        factory_org_id=f"org_{plant.code}",
        plant_name=plant.name,
        district=plant.district,
        code=line.code,
        name=line.name,
        capabilities=tuple(line.capabilities),
        changeovers=tuple(line.changeovers),
        prices=tuple(line.prices),
        offered=() if calendar is None else tuple(offered_hours(calendar, SINCE, UNTIL)),
        load_cap_hours_per_week=line.load_cap_hours_per_week,
        frozen_fence_hours=line.frozen_fence_hours,
    )


@cache  # lines of one plant share their calendar
def _offered(calendar: bytes) -> tuple[Interval, ...]:
    return offered_anew(msgspec.json.decode(calendar, type=Calendar), SINCE, UNTIL)


def _checked(plant: SeedPlant) -> Iterator[CheckedLine]:
    for line in plant.book.lines:
        calendar = line.calendar
        yield CheckedLine(
            line_id=derived_id("lin", line.code),
            plant_id=_plant_id(plant),
            district=plant.district,
            capabilities={one.code: one for one in line.capabilities},
            prices={one.capability: one for one in line.prices},
            changeovers=tuple(line.changeovers),
            offered=() if calendar is None else _offered(msgspec.json.encode(calendar)),
            licences=tuple(plant.book.licences),
            proofs=tuple(plant.book.proofs),
            load_cap_hours_per_week=line.load_cap_hours_per_week,
            frozen_fence_hours=line.frozen_fence_hours,
        )
