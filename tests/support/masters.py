"""Plants, lines and calendars for tests: one sound value of each kind, to be bent by the test that needs it."""

from datetime import UTC, date, datetime, timedelta

from services.capacity.domain.line_commands import RegisterLine
from services.capacity.domain.plant import RegisterPlant, plant_id_of
from services.capacity.domain.values import (
    Calendar,
    Capability,
    ClosedDay,
    FoodContactProof,
    Licence,
    Maintenance,
    Shift,
)
from shared.contracts.planning import Interval
from shared.kernel.ids import derived_id
from shared.reference.food import check_digit

NOW = datetime(2026, 12, 1, tzinfo=UTC)  # Tuesday 08:00 in Xianning
ORG = derived_id("org", "factory")
PLANT_ID = plant_id_of(ORG, "P08")
LINE_ID = derived_id("lin", "line")
XIANAN = "421202"


def licence_number(county: str = "02", sequence: str = "9001", category: str = "106") -> str:
    """A number that passes: fictional sequences run from 9000."""
    digits = f"{category}4212{county}{sequence}"
    return f"SC{digits}{check_digit(digits)}"


def licence(number: str = "", categories: tuple[str, ...] = ("0603",)) -> Licence:
    return Licence(number or licence_number(), list(categories), date(2026, 1, 1), date(2031, 1, 1))


def proof(certificate: str = "FCM-2026-0001") -> FoodContactProof:
    return FoodContactProof("GB 4806.9", certificate, date(2026, 1, 1), date(2028, 1, 1))


def capability(**changes: object) -> Capability:
    fields: dict[str, object] = {
        "code": "FILL_CAN",
        "unit": "can",
        "formats": ["SLEEK_330"],
        "rate_per_hour": 36_000,
        "efficiency_ppm": 800_000,
        "batch_min": 50_000,
        "batch_max": 0,
        "multiple": 1,
    }
    return Capability(**(fields | changes))  # type: ignore[arg-type] # a test bends any field


def day_shifts(start_hour: int = 8, hours: int = 8, weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)) -> list[Shift]:
    return [Shift(weekday, start_hour * 60, hours * 60) for weekday in weekdays]


def calendar(**changes: object) -> Calendar:
    fields: dict[str, object] = {
        "valid_from": date(2026, 12, 1),
        "valid_until": date(2027, 1, 1),
        "shifts": day_shifts(),
        "closed_days": [ClosedDay(date(2026, 12, 25), "盘点")],
        "maintenance": [Maintenance(at(9, 8), at(9, 12), "月度检修")],
        "offered": "all",
        "offered_shifts": [],
    }
    return Calendar(**(fields | changes))  # type: ignore[arg-type] # a test bends any field


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """The instant of local time on a day of December 2026; hour 24 is the next midnight."""
    return datetime(2026, 12, day, tzinfo=UTC) + timedelta(hours=hour - 8, minutes=minute)


def span(day: int, from_hour: int, to_hour: int) -> Interval:
    return Interval(at(day, from_hour), at(day, to_hour))


def register_plant(**changes: object) -> RegisterPlant:
    fields: dict[str, object] = {
        "plant_id": PLANT_ID,
        "factory_org_id": ORG,
        "code": "P08",
        "name": "淦河无菌茶饮厂",
        "district": XIANAN,
        "demo": True,
        "at": NOW,
    }
    return RegisterPlant(**(fields | changes))  # type: ignore[arg-type] # a test bends any field


def register_line(**changes: object) -> RegisterLine:
    fields: dict[str, object] = {
        "line_id": LINE_ID,
        "plant_id": PLANT_ID,
        "factory_org_id": ORG,
        "district": XIANAN,
        "plant_name": "淦河无菌茶饮厂",
        "code": "L1",
        "name": "一号线",
        "capabilities": [capability()],
        "at": NOW,
    }
    return RegisterLine(**(fields | changes))  # type: ignore[arg-type] # a test bends any field
