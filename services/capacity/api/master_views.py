"""Between the trade's values and the wire: what a plant and a line show, and what a body means."""

from collections.abc import Mapping
from typing import Any

import msgspec

from services.capacity.domain.line_state import Line
from services.capacity.domain.plant import Plant
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
from shared.kernel.money import Money


def plant_view(plant: Plant, version: int) -> dict[str, Any]:
    return {
        "id": plant.plant_id,
        "object": "plant",
        "state": "registered",
        "version": version,
        "created_at": plant.registered_at,
        "organisation_id": plant.factory_org_id,
        "code": plant.code,
        "name": plant.name,
        "district": plant.district,
        "demo": plant.demo,
        "named_before_booking": plant.named_before_booking,
        "lines": list(plant.lines.values()),
        "licences": list(plant.licences.values()),
        "food_contact_proofs": list(plant.proofs.values()),
    }


def line_view(line: Line, version: int) -> dict[str, Any]:
    return {
        "id": line.line_id,
        "object": "line",
        "state": "registered" if line.calendar is None else "published",
        "version": version,
        "created_at": line.registered_at,
        "plant_id": line.plant_id,
        "plant_name": line.plant_name,
        "organisation_id": line.factory_org_id,
        "district": line.district,
        "code": line.code,
        "name": line.name,
        "capability_codes": line.capability_codes,
        "capabilities": line.capabilities,
        "calendar": None if line.calendar is None else _calendar_view(line.calendar),
        "changeovers": line.changeovers,
        "prices": [_price_view(one) for one in line.prices],
        "load_cap_hours_per_week": line.load_cap_hours_per_week,
        "frozen_fence_hours": line.frozen_fence_hours,
        "auto_accept_rules": [
            {**msgspec.structs.asdict(one), "price_min": Money(one.price_fen_min)} for one in line.auto_accept_rules
        ],
    }


def _price_view(price: Price) -> dict[str, Any]:
    return {
        "capability": price.capability,
        "setup": Money(price.setup_fen),
        "per_thousand": Money(price.fen_per_thousand),
        "minimum": Money(price.minimum_fen),
    }


def _calendar_view(calendar: Calendar) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(calendar),
        "shifts": [_shift_view(one) for one in calendar.shifts],
        "offered_shifts": [_shift_view(one) for one in calendar.offered_shifts],
    }


def _shift_view(shift: Shift) -> dict[str, Any]:
    start = f"{shift.start_minute // 60:02d}:{shift.start_minute % 60:02d}"
    return {"weekday": shift.weekday, "start": start, "minutes": shift.minutes}


def capabilities_from(body: Mapping[str, Any]) -> list[Capability]:
    return [Capability(**one) for one in body["capabilities"]]


def changeovers_from(body: Mapping[str, Any]) -> list[ChangeoverRule]:
    return [ChangeoverRule(**one) for one in body["rules"]]


def prices_from(body: Mapping[str, Any]) -> list[Price]:
    return [
        Price(one["capability"], one["setup"].fen, one["per_thousand"].fen, one["minimum"].fen)
        for one in body["prices"]
    ]


def auto_accept_from(body: Mapping[str, Any]) -> list[AutoAcceptRule]:
    return [
        AutoAcceptRule(one["capabilities"], one["quantity_max"], one["price_min"].fen, one["lead_hours_min"])
        for one in body["rules"]
    ]


def licence_from(body: Mapping[str, Any]) -> Licence:
    return Licence(**body)


def proof_from(body: Mapping[str, Any]) -> FoodContactProof:
    return FoodContactProof(**body)


def calendar_from(body: Mapping[str, Any]) -> Calendar:
    """Marked shifts mean nothing where all are offered, so they are dropped there."""
    offered = body["offered"]
    return Calendar(
        valid_from=body["valid_from"],
        valid_until=body["valid_until"],
        shifts=[_shift_from(one) for one in body["shifts"]],
        closed_days=[ClosedDay(**one) for one in body["closed_days"]],
        maintenance=[Maintenance(**one) for one in body["maintenance"]],
        offered=offered,
        offered_shifts=[_shift_from(one) for one in body["offered_shifts"]] if offered == "shifts" else [],
    )


def _shift_from(body: Mapping[str, Any]) -> Shift:
    hour, _, minute = body["start"].partition(":")
    return Shift(body["weekday"], int(hour) * 60 + int(minute), body["minutes"])
