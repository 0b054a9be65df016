"""Districts, road distances and transport times, read once from `districts.yaml`."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from math import asin, ceil, cos, radians, sin, sqrt
from pathlib import Path

import yaml

from shared.kernel.clock import LOCAL_ZONE

_EARTH_KM = 6_371
_DATA = Path(__file__).with_name("districts.yaml")


@dataclass(frozen=True, slots=True)
class District:
    """A county of Xianning or a prefecture of Hubei; *county_digits* are those of food licence numbers, "" where plants
    are not registered. Coordinates in degrees, of its seat of government.
    """

    code: str
    zh: str
    en: str
    county_digits: str
    latitude: float
    longitude: float

    @property
    def is_prefecture(self) -> bool:
        """Prefectures, and the four places the province governs itself, end in 00 or begin with 4290."""
        return self.code.endswith("00") or self.code.startswith("4290")


@dataclass(frozen=True, slots=True)
class Transport:
    """How goods travel between districts by road. *approximate*: pairs whose distance is reckoned, not measured."""

    distances_km: dict[tuple[str, str], int]
    seconds_per_km: int
    loading: timedelta
    unloading: timedelta
    departs_from: time
    departs_until: time
    fen_per_km: int
    fen_minimum: int
    approximate: frozenset[tuple[str, str]] = frozenset()

    def distance_km(self, origin: str, destination: str) -> int:
        """Road distance in km; within one district the table's own diagonal. Raises KeyError for unknown codes."""
        return self.distances_km[origin, destination]

    def duration(self, origin: str, destination: str) -> timedelta:
        """Loading, driving and unloading."""
        driving = timedelta(seconds=self.distance_km(origin, destination) * self.seconds_per_km)
        return self.loading + driving + self.unloading

    def departure(self, ready_at: datetime) -> datetime:
        """First departure at or after *ready_at* within the local departure window."""
        local = ready_at.astimezone(LOCAL_ZONE)
        opens = local.replace(hour=self.departs_from.hour, minute=self.departs_from.minute, second=0, microsecond=0)
        closes = local.replace(hour=self.departs_until.hour, minute=self.departs_until.minute, second=0, microsecond=0)
        if local < opens:
            return opens.astimezone(ready_at.tzinfo)
        if local <= closes:
            return ready_at
        return (opens + timedelta(days=1)).astimezone(ready_at.tzinfo)

    def price_fen(self, origin: str, destination: str) -> int:
        """Price of one lorry trip before VAT."""
        return max(self.fen_minimum, self.distance_km(origin, destination) * self.fen_per_km)


@cache
def districts() -> dict[str, District]:
    """All districts by code, in the file's order."""
    rows = yaml.safe_load(_DATA.read_text("utf-8"))["districts"]
    return {row["code"]: District(**row) for row in rows}


@cache
def transport() -> Transport:
    """The road network and its rules."""
    data = yaml.safe_load(_DATA.read_text("utf-8"))
    codes = [row["code"] for row in data["districts"]]
    table: dict[tuple[str, str], int] = {}
    for i, row in enumerate(data["distances_km"]):
        for j, km in enumerate(row):
            table[codes[i], codes[j]] = table[codes[j], codes[i]] = int(km)
    reckoned = {
        (one.code, other.code): _road_km(one, other, data["road_factor"], int(data["within_km"]))
        for one in districts().values()
        for other in districts().values()
        if (one.code, other.code) not in table
    }
    rules = data["transport"]
    return Transport(
        distances_km={**reckoned, **table},
        seconds_per_km=int(rules["seconds_per_km"]),
        loading=timedelta(minutes=int(rules["loading_minutes"])),
        unloading=timedelta(minutes=int(rules["unloading_minutes"])),
        departs_from=time.fromisoformat(rules["departures_from"]),
        departs_until=time.fromisoformat(rules["departures_until"]),
        fen_per_km=int(rules["fen_per_km"]),
        fen_minimum=int(rules["fen_minimum"]),
        approximate=frozenset(reckoned),
    )


def _road_km(one: District, other: District, road_factor: float, within_km: int) -> int:
    """Great circle (haversine, Earth's mean radius 6,371 km) times *road_factor*, rounded up to whole km."""
    if one.code == other.code:
        return within_km
    latitudes = radians(one.latitude), radians(other.latitude)
    across = sin((latitudes[1] - latitudes[0]) / 2) ** 2
    along = cos(latitudes[0]) * cos(latitudes[1]) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return max(within_km, ceil(2 * _EARTH_KM * asin(sqrt(across + along)) * road_factor))
