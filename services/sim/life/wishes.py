"""What brands want: products of all packs, log-normal quantities, lead times and limits of the trade's figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from math import exp, log
from random import Random
from typing import Any

from services.order.domain.values import Window
from services.order.handlers.snapshot import Asked, AskedLine, AskedSupply
from services.order.packs.loader import catalogue
from services.sim.life.diary import hours, within
from services.sim.life.world import Party, Plant, world_data
from shared.contracts.planning import Limits, Place
from shared.kernel.clock import LOCAL_ZONE

_MONTH_HOURS = 30 * 24
_SECOND_LINE = 0.12
_SECOND_PLACE = Place("420500", "宜昌仓库")
_SPARE = 1.35  # a buyer brings this much more than its goods, for losses
_SPARE_CANS = 3000  # and so many cans for start and stop


@dataclass(frozen=True, slots=True)
class Demand:
    """The figures of demand; see `world.yaml`."""

    months: Sequence[float]
    orders_a_month: float
    median_pieces: int
    sigma: float
    lead_days: tuple[int, int]
    shares: Mapping[str, int]


@cache
def demand() -> Demand:
    row = world_data()["demand"]
    return Demand(**{**row, "lead_days": tuple(row["lead_days"])})


def until_next(now: datetime, brands: int, chance: Random) -> timedelta:
    """How long one of *brands* waits until it wants something again: exponential, by the month's demand."""
    figures = demand()
    a_month = figures.orders_a_month * figures.months[now.astimezone(LOCAL_ZONE).month - 1] / brands
    return timedelta(seconds=int(chance.expovariate(a_month / (_MONTH_HOURS * 3600))))


def wish(me: Party, plants: Sequence[Plant], now: datetime, chance: Random) -> Asked:
    """One sound order or inquiry of *me*, as it would write it."""
    figures = demand()
    kind = chance.choices(list(figures.shares), list(figures.shares.values()))[0]
    rows = [chance.choice(world_data()["assortment"][kind])]
    if chance.random() < _SECOND_LINE:
        rows.append(chance.choice([one for one in world_data()["assortment"][kind] if "supply" not in one]))
    lines = [_line(row, chance) for row in rows]
    needed_by = now + within(chance, *(timedelta(days=one) for one in figures.lead_days))
    supplies = [
        _supply(row["supply"], int(line.value), now + hours(chance, 2, 72))
        for row, line in zip(rows, lines, strict=True)
        if "supply" in row
    ]
    if len(lines) > 1 and now.minute % 2:  # no draw: what else is wanted stays as it was
        lines[1] = replace(lines[1], window=Window(None, needed_by + timedelta(days=4)), deliver_to=_SECOND_PLACE)
    return Asked(
        lines=lines,
        deliver_to=Place(me.district, chance.choice(["江岸区", "仓库 3 号门", ""])),
        requested_from=needed_by - timedelta(days=3) if chance.random() < 0.1 else None,
        requested_by=needed_by,
        limits=_limits(plants, chance),
        supplies=supplies,
        reference=f"PO-{chance.randint(1000, 9999)}" if chance.random() < 0.7 else "",
    )


def _line(row: Mapping[str, Any], chance: Random) -> AskedLine:
    figures = demand()
    pieces = exp(chance.gauss(log(figures.median_pieces), figures.sigma))
    value = min(max(round(pieces / row.get("per", 1)), row["least"]), row["most"])
    unit = row.get("unit") or catalogue().products[row["product"]].unit
    return AskedLine(row["product"], row["options"], str(value), unit)


def _supply(item: str, goods: int, arrives_at: datetime) -> AskedSupply:
    unit = catalogue().items[item].unit
    spare = _SPARE_CANS if unit == "can" else 0
    return AskedSupply(item, str(int(goods * _SPARE) + spare), unit, arrives_at)


def _limits(plants: Sequence[Plant], chance: Random) -> Limits:
    """Most buyers set none; some bound price, plants or colours."""
    match chance.randrange(12):
        case 0:
            return Limits(price_fen_max=chance.randint(50_000, 9_000_000))
        case 1:
            return Limits(partial_ok=True, delta_e_tenths_max=chance.randint(5, 30))
        case 2:
            return Limits(one_plant_only=True)
        case 3:
            return Limits(plants_max=chance.randint(1, 3), split_ok=False)
        case 4:
            return Limits(exclude_plants=[chance.choice(plants).plant_id], partial_ok=True)
        case _:
            return Limits(partial_ok=chance.random() < 0.3)
