"""Authority on how a plan becomes work: which step is offered to whom, what feeds it, where its output goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.capacity.domain.execution import ExecutionLimits
from services.capacity.domain.inspection import LABORATORY
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.plan_events import PlanAsked
from services.capacity.domain.slots import Slot
from services.capacity.domain.work_events import Destination, WorkInput, WorkOffered
from services.capacity.domain.work_identity import offer_id_of
from shared.contracts.planning import DemandLine, PlannedStep, PlannedTrip, RecipeInput, RecipeStep
from shared.kernel.ids import derived_id
from shared.kernel.rounding import ceil_div

ANSWER_AT_LEAST = timedelta(hours=1)  # however soon the work would begin


def work_id_for(plan_id: str, process_id: str) -> str:
    """The work order of a step in the plan that quote or replanning *plan_id* made."""
    return derived_id("wrk", plan_id, process_id)


def line_of(demand: PlanAsked, planned: PlannedStep) -> DemandLine:
    """The order line that *planned* is for. Raises LookupError when the plan names what the demand does not hold."""
    for line in demand.lines:
        if line.order_line_id == planned.order_line_id:
            return line
    raise LookupError(f"order line {planned.order_line_id} is not in the demand")


def recipe_step(demand: PlanAsked, planned: PlannedStep) -> RecipeStep:
    """The order's own snapshot of the step. Raises LookupError when the plan names what the demand does not hold."""
    for variant in line_of(demand, planned).variants:
        if variant.code == planned.variant:
            for step in variant.steps:
                if step.step == planned.step:
                    return step
    raise LookupError(f"step {planned.order_line_id}/{planned.variant}/{planned.step} is not in the demand")


def slot_of(demand: PlanAsked, planned: PlannedStep, quote_id: str, option_ids: list[str], run_seconds: int) -> Slot:
    """The firm slot of *planned*."""
    recipe = recipe_step(demand, planned)
    return Slot(
        slot_id=planned.slot_id,
        quote_id=quote_id,
        order_id=demand.order_id,
        buyer_org_id=demand.buyer_org_id,
        process_id=planned.process_id,
        option_ids=option_ids,
        capability=planned.capability,
        format=recipe.format,
        features=recipe.features,
        quantity_gross=planned.quantity_gross,
        unit=planned.unit,
        setup_seconds=planned.setup_seconds,
        run_seconds=run_seconds,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        expires_at=None,
    )


@dataclass(frozen=True, slots=True)
class Allocation:
    """A whole plan on its way to the plants: *steps* and *trips* of *demand*, offered *at*, to be answered within."""

    demand: PlanAsked
    steps: Sequence[PlannedStep]
    trips: Sequence[PlannedTrip]
    limits: ExecutionLimits
    at: datetime
    answer_within: timedelta


def answer_due(at: datetime, within: timedelta, starts_at: datetime) -> datetime:
    """Until when a plant may think: before the work would begin, in urgent cases after it."""
    return max(at + ANSWER_AT_LEAST, min(at + within, starts_at))


def offer_for(allocation: Allocation, planned: PlannedStep, work_id: str, line: LineOnBoard) -> WorkOffered:
    """What the plant of *planned* is asked."""
    demand, steps, at = allocation.demand, allocation.steps, allocation.at
    recipe = recipe_step(demand, planned)
    is_laboratory = planned.capability == LABORATORY
    return WorkOffered(
        work_id=work_id,
        order_id=demand.order_id,
        buyer_org_id=demand.buyer_org_id,
        process_id=planned.process_id,
        line_id=planned.line_id,
        plant_id=planned.plant_id,
        factory_org_id=line.master.factory_org_id,
        district=line.district,
        slot_id=planned.slot_id,
        capability=planned.capability,
        unit=planned.unit,
        offer_id=offer_id_of(work_id),
        plant_name=planned.plant_name,
        order_line_id=planned.order_line_id,
        part=planned.part,
        step=planned.step,
        name_zh=recipe.name_zh,
        name_en=recipe.name_en,
        quantity_net=planned.quantity_net,
        quantity_gross=planned.quantity_gross,
        setup_seconds=planned.setup_seconds,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        price_fen=planned.price_fen,
        inputs=[_input(one, planned, steps, allocation.limits) for one in recipe.inputs],
        destinations=destinations_of(planned, demand, steps, allocation.trips),
        sampling_plan="" if is_laboratory else recipe.sampling_plan,
        inspector_org_id=_inspector(planned, line, steps),
        output_item=planned.step,
        offered_at=at,
        answer_by=answer_due(at, allocation.answer_within, planned.starts_at),
        product_unit=line_of(demand, planned).unit,
        product_units=line_of(demand, planned).units,
    )


def _input(one: RecipeInput, planned: PlannedStep, steps: Sequence[PlannedStep], limits: ExecutionLimits) -> WorkInput:
    quantity = ceil_div(planned.quantity_gross * one.ratio_num, one.ratio_den)
    feeding = next((step for step in steps if one.step and step.step == one.step and _same_part(step, planned)), None)
    return WorkInput(
        item=one.step or one.item,
        unit=one.unit or (feeding.unit if feeding is not None else planned.unit),
        source="made" if one.step else one.source,
        quantity=quantity,
        quantity_to_start=one.transfer_quantity or limits.needed_to_start(quantity),
        ratio_num=one.ratio_num,
        ratio_den=one.ratio_den,
        from_process_id="" if feeding is None else feeding.process_id,
    )


def _same_part(one: PlannedStep, other: PlannedStep) -> bool:
    return (one.order_line_id, one.part) == (other.order_line_id, other.part)


def _inspector(planned: PlannedStep, line: LineOnBoard, steps: Sequence[PlannedStep]) -> str:
    """The laboratory the step feeds, else the factory itself."""
    for step in steps:
        if step.capability == LABORATORY and planned.process_id in step.feeds_from and step.factory_org_id:
            return step.factory_org_id
    return line.master.factory_org_id


def destinations_of(
    planned: PlannedStep, demand: PlanAsked, steps: Sequence[PlannedStep], trips: Sequence[PlannedTrip]
) -> list[Destination]:
    """Where the output goes; shares by what each receiver needs of it."""
    by_receiver: Mapping[str, PlannedTrip] = {
        trip.to_process_id: trip for trip in trips if trip.process_id == planned.process_id
    }
    receivers = [step for step in steps if planned.process_id in step.feeds_from]
    if not receivers:
        place = line_of(demand, planned).deliver_to or demand.deliver_to
        return [_destination("", place.district, planned.quantity_net, by_receiver.get(""))]
    return [
        _destination(
            step.process_id,
            step.district,
            _eaten(demand, step, planned),
            by_receiver.get(step.process_id),
            is_internal=step.plant_id == planned.plant_id,
            before_release=step.capability == LABORATORY,
        )
        for step in receivers
    ]


def _eaten(demand: PlanAsked, receiver: PlannedStep, feeding: PlannedStep) -> int:
    for one in recipe_step(demand, receiver).inputs:
        if one.step == feeding.step:
            return ceil_div(receiver.quantity_gross * one.ratio_num, one.ratio_den)
    return receiver.quantity_gross


def _destination(
    to_process_id: str,
    district: str,
    share: int,
    trip: PlannedTrip | None,
    *,
    is_internal: bool = False,
    before_release: bool = False,
) -> Destination:
    return Destination(
        to_process_id=to_process_id,
        to_district=district,
        share=share,
        is_internal=is_internal,
        before_release=before_release,
        departs_at=None if trip is None else trip.departs_at,
        arrives_at=None if trip is None else trip.arrives_at,
        cold_band="" if trip is None else trip.cold_band,
    )
