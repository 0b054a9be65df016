"""Roads in whole seconds: when goods that are ready here arrive there, for how much, and how late they may be ready."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from functools import cache

from services.capacity.domain.hours import DAY, local_day_number, local_midnight
from services.capacity.domain.matching.rules import PlanningRules
from shared.kernel.rounding import ceil_div
from shared.reference.places import Transport, transport


@dataclass(frozen=True, slots=True)
class Trip:
    """One journey: leaves and arrives in seconds since 1970; *price_fen* of all its lorries."""

    departs: int
    arrives: int
    distance_km: int
    price_fen: int


@dataclass(frozen=True)
class Roads:
    """The road network with the lorry loads and the longest trip of *rules*."""

    network: Transport
    rules: PlanningRules
    opens: int
    closes: int
    seconds: Callable[[str, str], int | None]

    def departure(self, ready: int) -> int:
        """First departure at or after *ready* within the local departure window (its last second included)."""
        midnight = local_midnight(local_day_number(ready))
        of_day = ready - midnight
        if of_day < self.opens:
            return midnight + self.opens
        return ready if of_day <= self.closes else midnight + DAY + self.opens

    def trip(
        self, origin: str, destination: str, ready: int, quantity: int, unit: str, *, cold_band: str = ""
    ) -> Trip | None:
        """The first journey of *quantity* ready at *ready*; None when the places are too far apart or unknown, or no
        reefer keeps *cold_band* that far.
        """
        driving = self.seconds(origin, destination)
        if driving is None or not self.keeps_cold(origin, destination, cold_band):
            return None
        departs = self.departure(ready)
        price = self.network.price_fen(origin, destination) * self.lorries(quantity, unit)
        return Trip(departs, departs + driving, self.network.distance_km(origin, destination), price)

    def keeps_cold(self, origin: str, destination: str, cold_band: str) -> bool:
        """Whether goods of *cold_band* ("": any temperature will do) can be brought from one place to the other."""
        if not cold_band:
            return True
        cold = self.rules.cold_lanes
        return cold_band in cold.bands and self.network.distance_km(origin, destination) <= cold.km_max

    def lorries(self, quantity: int, unit: str) -> int:
        load = self.rules.lorry_loads.get(unit)
        return 1 if load is None else max(1, ceil_div(quantity, load))

    def ready_to_arrive(self, origin: str, destination: str, arrives: int) -> int | None:
        """The earliest readiness whose arrival is not before *arrives*."""
        driving = self.seconds(origin, destination)
        if driving is None:
            return None
        departs = arrives - driving
        midnight = local_midnight(local_day_number(departs))
        of_day = departs - midnight
        if self.opens < of_day <= self.closes:
            return departs
        # Nothing leaves at that hour: what is ready just after the window before it leaves with the next one.
        before = midnight if of_day > self.closes else midnight - DAY
        return before + self.closes + 1

    def departure_to_arrive_by(self, origin: str, destination: str, arrives: int) -> int | None:
        """The latest departure within the window whose arrival is not after *arrives*."""
        driving = self.seconds(origin, destination)
        if driving is None:
            return None
        departs = arrives - driving
        midnight = local_midnight(local_day_number(departs))
        of_day = departs - midnight
        if of_day < self.opens:
            return midnight - DAY + self.closes
        return min(departs, midnight + self.closes)


def roads(rules: PlanningRules) -> Roads:
    """The roads of `shared/reference/districts.yaml` under *rules*."""
    network = transport()

    @cache
    def seconds(origin: str, destination: str) -> int | None:
        km = network.distances_km.get((origin, destination))
        if km is None or km > rules.trip_km_max:
            return None
        return int(network.duration(origin, destination).total_seconds())

    return Roads(network, rules, _of_day(network.departs_from), _of_day(network.departs_until), seconds)


def _of_day(at: time) -> int:
    return at.hour * 3_600 + at.minute * 60 + at.second
