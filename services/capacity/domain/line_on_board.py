"""A line as planning sees it: what it publishes, with its hours and standing bookings indexed by time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import msgspec

from services.capacity.domain import master_events as masters
from services.capacity.domain.bookings import RETENTION, Booking, LineSlots, line_slots
from services.capacity.domain.changeover import Changeovers
from services.capacity.domain.hours import OpenHours, hours_of
from services.capacity.domain.spans import after, merged, minus
from services.capacity.domain.values import Capability, ChangeoverRule, FoodContactProof, Licence, Price
from shared.contracts.planning import Interval
from shared.kernel.event import Event


class PlantMaster(msgspec.Struct, frozen=True, gc=False):
    """What a plant publishes about itself. *is_named*: also to brands that have not booked it."""

    plant_id: str
    factory_org_id: str
    name: str
    district: str
    licences: tuple[Licence, ...] = ()
    proofs: tuple[FoodContactProof, ...] = ()
    is_named: bool = False


class LineMaster(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What a line publishes. *offered*: hours it offers, ascending and apart; caps and fences as in its events."""

    line_id: str
    plant_id: str
    factory_org_id: str
    plant_name: str
    district: str
    code: str = ""
    name: str = ""
    capabilities: tuple[Capability, ...] = ()
    changeovers: tuple[ChangeoverRule, ...] = ()
    prices: tuple[Price, ...] = ()
    offered: tuple[Interval, ...] = ()
    load_cap_hours_per_week: int = 0
    frozen_fence_hours: int = 0


@dataclass(frozen=True)
class LineOnBoard:
    """One line. *slots* are its bookings, ascending by start; *slots_version* the version of stream `slots-…`."""

    master: LineMaster
    plant: PlantMaster
    slots: LineSlots = field(default_factory=LineSlots)
    slots_version: int = 0

    @property
    def line_id(self) -> str:
        return self.master.line_id

    @property
    def plant_id(self) -> str:
        return self.master.plant_id

    @property
    def plant_name(self) -> str:
        return self.plant.name

    @property
    def district(self) -> str:
        return self.master.district

    @cached_property
    def capabilities(self) -> Mapping[str, Capability]:
        return {one.code: one for one in self.master.capabilities}

    @cached_property
    def prices(self) -> Mapping[str, Price]:
        return {one.capability: one for one in self.master.prices}

    @cached_property
    def changeovers(self) -> Changeovers:
        return Changeovers(self.master.changeovers)

    @cached_property
    def hours(self) -> OpenHours:
        return hours_of(self.master.offered)

    @cached_property
    def bookings(self) -> tuple[Booking, ...]:
        return self.slots.bookings

    def first_ending_after(self, at: int) -> int:
        """Index of the first booking that ends beyond *at*; every earlier one has ended by then."""
        return self.slots.first_ending_after(at)

    def with_slots(self, slots: LineSlots, version: int) -> "LineOnBoard":
        changed = LineOnBoard(self.master, self.plant, slots, version)
        for name in ("capabilities", "prices", "changeovers", "hours"):  # what masters alone decide is kept
            if name in self.__dict__:
                changed.__dict__[name] = self.__dict__[name]
        return changed

    def with_plant(self, plant: PlantMaster) -> "LineOnBoard":
        return LineOnBoard(self.master, plant, self.slots, self.slots_version)

    def plus(self, bookings: Iterable[Booking]) -> "LineOnBoard":
        """The line as if *bookings* had been taken too."""
        return self.with_slots(line_slots([*self.slots.bookings, *bookings]), self.slots_version)


def masters_after(found: LineMaster | None, event: masters.LineEvent) -> LineMaster | None:
    """What a line publishes after *event*; None when the event says nothing that planning needs."""
    if isinstance(event, masters.LineRegistered):
        return LineMaster(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            plant_name=event.plant_name,
            district=event.district,
            code=event.code,
            name=event.name,
            capabilities=tuple(event.capabilities),
        )
    if found is None:
        return None
    match event:
        case masters.CapabilitiesSet():
            return msgspec.structs.replace(found, name=event.name, capabilities=tuple(event.capabilities))
        case masters.CapacityPublished():
            return _offering(found, merged([*found.offered, *event.intervals]), event.published_at)
        case masters.CapacityWithdrawn():
            return _offering(found, minus(found.offered, merged(event.intervals)), event.withdrawn_at)
        case masters.ChangeoversSet():
            return msgspec.structs.replace(found, changeovers=tuple(event.rules))
        case masters.PricesSet():
            return msgspec.structs.replace(found, prices=tuple(event.prices))
        case masters.PlanningLimitsSet():
            return msgspec.structs.replace(
                found,
                load_cap_hours_per_week=event.load_cap_hours_per_week,
                frozen_fence_hours=event.frozen_fence_hours,
            )
        case _:
            return None


def _offering(found: LineMaster, offered: list[Interval], at: datetime) -> LineMaster:
    """*found* with *offered* hours, without those so long gone that no standing booking can touch them."""
    return msgspec.structs.replace(found, offered=tuple(after(offered, at - RETENTION)))


def plant_after(plants: Mapping[str, PlantMaster], event: Event) -> PlantMaster | None:
    """What a plant publishes after *event*; None when nothing that planning needs has changed."""
    if isinstance(event, masters.PlantRegistered):
        named = event.named_before_booking
        return PlantMaster(event.plant_id, event.factory_org_id, event.name, event.district, is_named=named)
    match event:
        case masters.LicenceRecorded():
            found = plants[event.plant_id]
            others = (one for one in found.licences if one.number != event.licence.number)
            return msgspec.structs.replace(found, licences=(*others, event.licence))
        case masters.LicenceEnded():
            found = plants[event.plant_id]
            licences = (
                msgspec.structs.replace(one, valid_until=min(one.valid_until, event.ends_on))
                if one.number == event.number
                else one
                for one in found.licences
            )
            return msgspec.structs.replace(found, licences=tuple(licences))
        case masters.FoodContactProofRecorded():
            found = plants[event.plant_id]
            certificates = (one for one in found.proofs if one.certificate != event.proof.certificate)
            return msgspec.structs.replace(found, proofs=(*certificates, event.proof))
        case masters.FoodContactProofEnded():
            found = plants[event.plant_id]
            proofs = (
                msgspec.structs.replace(one, valid_until=min(one.valid_until, event.ends_on))
                if one.certificate == event.certificate
                else one
                for one in found.proofs
            )
            return msgspec.structs.replace(found, proofs=tuple(proofs))
        case _:
            return None
