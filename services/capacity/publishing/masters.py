"""What the world learns when a plant or line publishes its masters: private event -> public facts, pure."""

from services.capacity.domain import master_events as private
from services.capacity.domain.values import Capability
from shared.contracts import line_time
from shared.contracts.envelope import Fact


def plant_registered(event: private.PlantRegistered) -> list[Fact]:
    return [
        line_time.PlantRegistered(
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            name=event.name,
            district=event.district,
            registered_at=event.registered_at,
        )
    ]


def line_registered(event: private.LineRegistered) -> list[Fact]:
    return [
        line_time.LineRegistered(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            district=event.district,
            name=event.name,
            ideal_rates=_ideal_rates(event.capabilities),
            registered_at=event.registered_at,
        )
    ]


def capabilities_set(event: private.CapabilitiesSet) -> list[Fact]:
    """The line's registration again, with the rates that hold from now on."""
    return [
        line_time.LineRegistered(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            district=event.district,
            name=event.name,
            ideal_rates=_ideal_rates(event.capabilities),
            registered_at=event.registered_at,
        )
    ]


def calendar_declared(event: private.CalendarDeclared) -> list[Fact]:
    return [
        line_time.CalendarDeclared(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            district=event.district,
            period_from=event.period_from,
            period_to=event.period_to,
            operation=event.operation,
            planned_downtime=event.planned_downtime,
            declared_at=event.declared_at,
        )
    ]


def capacity_published(event: private.CapacityPublished) -> list[Fact]:
    return [
        line_time.CapacityPublished(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            district=event.district,
            intervals=event.intervals,
            published_at=event.published_at,
        )
    ]


def capacity_withdrawn(event: private.CapacityWithdrawn) -> list[Fact]:
    """Hours of a broken line are told by its stoppage: they stay offered, and could not be had."""
    if event.stoppage_id:
        return []
    return [
        line_time.CapacityWithdrawn(
            line_id=event.line_id,
            plant_id=event.plant_id,
            factory_org_id=event.factory_org_id,
            district=event.district,
            intervals=event.intervals,
            reason=event.reason,
            withdrawn_at=event.withdrawn_at,
        )
    ]


def _ideal_rates(capabilities: list[Capability]) -> dict[str, int]:
    return {one.code: one.rate_per_hour for one in capabilities}
