"""Writes the seed world's workbooks, one .xlsx a plant, from `deploy/seed/plants.yaml` with the very template that
factories fill in: `python -m services.demo.seed_workbooks var/seed`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import click
import yaml

from services.capacity.domain.values import (
    AutoAcceptRule,
    Calendar,
    Capability,
    ChangeoverRule,
    ClosedDay,
    FoodContactProof,
    Licence,
    Maintenance,
    Price,
    Shift,
)
from services.capacity.workbook.book import Book, LineBook
from services.capacity.workbook.template import write_workbook
from shared.kernel.clock import LOCAL_ZONE
from shared.reference.capabilities import capabilities

DATA = Path(__file__).parents[2] / "deploy" / "seed" / "plants.yaml"
_PPM_PER_PERCENT = 10_000
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeedPlant:
    """What the plant's owner registers, and the workbook it then sends."""

    code: str
    name: str
    district: str
    book: Book

    @property
    def workbook(self) -> bytes:
        return write_workbook(self.book)


@cache
def seed_plants() -> dict[str, SeedPlant]:
    """All plants of the seed world by code, in the file's order."""
    return plants_in(yaml.safe_load(DATA.read_text("utf-8")))


def plants_in(data: Data) -> dict[str, SeedPlant]:
    """All plants of *data*, which is laid out like `plants.yaml`, by code, in its order."""
    return {
        row["code"]: SeedPlant(row["code"], row["name"], row["district"], _book(row, data)) for row in data["plants"]
    }


def _book(plant: Data, data: Data) -> Book:
    return Book(
        plant_code=plant["code"],
        plant_name=plant["name"],
        district=plant["district"],
        lines=[_line(one, plant, data) for one in plant["lines"]],
        licences=[Licence(one["number"], one["categories"], *_validity(one)) for one in plant.get("licences", [])],
        proofs=[
            FoodContactProof(one["standard"], one["certificate"], *_validity(one)) for one in plant.get("proofs", [])
        ],
    )


def _validity(row: Data) -> tuple[date, date]:
    return row["from"], row["last_day"] + timedelta(days=1)


def _line(line: Data, plant: Data, data: Data) -> LineBook:
    return LineBook(
        code=line["code"],
        name=line["name"],
        load_cap_hours_per_week=line.get("load_cap_hours", 0),
        frozen_fence_hours=line["fence_hours"],
        capabilities=[_capability(one) for one in line["abilities"]],
        calendar=_calendar(line.get("calendar", plant["calendar"]), plant["maintenance"], data),
        changeovers=[_changeover(*one) for one in data["changeovers"][line["changeovers"]]],
        prices=[Price(one["code"], *map(_fen, one["price"])) for one in line["abilities"]],
        auto_accept_rules=[AutoAcceptRule([], 0, 0, 0)] if line.get("auto_accept") else [],
    )


def _capability(row: Data) -> Capability:
    return Capability(
        code=row["code"],
        unit=capabilities()[row["code"]].unit,
        formats=row["formats"],
        rate_per_hour=row["rate"],
        efficiency_ppm=row["efficiency"] * _PPM_PER_PERCENT,
        batch_min=row["min"],
        batch_max=row["max"],
        multiple=row.get("multiple", 1),
    )


def _fen(yuan: object) -> int:
    return int(Decimal(str(yuan)) * 100)


def _changeover(feature: str, from_value: str, to_value: str, ruling: int | str) -> ChangeoverRule:
    minutes = ruling if isinstance(ruling, int) else None
    return ChangeoverRule(feature, from_value, to_value, minutes, ruling == "same-day")


def _calendar(name: str, maintenance: str, data: Data) -> Calendar:
    row, period = data["calendars"][name], data["period"]
    marked = row.get("offered")
    shifts = [(start, Shift(day, _minute(start), length)) for day in row["weekdays"] for start, length in row["shifts"]]
    offered: Literal["all", "shifts"] = "all" if marked is None else "shifts"
    return Calendar(
        valid_from=period["from"],
        valid_until=period["last_day"] + timedelta(days=1),
        shifts=[shift for _, shift in shifts],
        closed_days=[ClosedDay(on, reason) for on, reason in sorted(data["holidays"][row["closed"]].items())],
        maintenance=list(_maintenance(data["maintenance"][maintenance], period)),
        offered=offered,
        offered_shifts=[shift for start, shift in shifts if marked is not None and start in marked],
    )


def _minute(text: str) -> int:
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def _maintenance(rule: Data | None, period: Data) -> Iterator[Maintenance]:
    """The nth given weekday of each month within the period."""
    on: date = period["from"]
    while rule is not None and on <= period["last_day"]:
        if on.isoweekday() == rule["weekday"] and (on.day - 1) // 7 + 1 == rule["nth"]:
            start = datetime.combine(on, time.fromisoformat(rule["start"]), LOCAL_ZONE).astimezone(UTC)
            yield Maintenance(start, start + timedelta(hours=rule["hours"]), rule["reason"])
        on += timedelta(days=1)


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def main(directory: Path, *, as_json: bool) -> None:
    """Write one workbook a plant of the seed world into DIRECTORY. Exit code 0: written; 2: wrong arguments."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = []
    for plant in seed_plants().values():
        path = directory / f"{plant.code}.xlsx"
        path.write_bytes(plant.workbook)
        rows.append({"path": str(path), "code": plant.code, "name": plant.name, "lines": len(plant.book.lines)})
    if as_json:
        click.echo(json.dumps({"workbooks": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['path']}  {row['name']}  {row['lines']} lines")


if __name__ == "__main__":
    main()
