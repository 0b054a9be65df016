"""Chosen plans in the words of the contracts: options with steps, trips, prices and dates, and the slots they need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.capacity.domain.hours import instant_of
from services.capacity.domain.matching.context import Context, has_own_terms
from services.capacity.domain.matching.labels import Outcome
from services.capacity.domain.matching.menu import Whole
from services.capacity.domain.matching.placing import Placed, leaves
from services.capacity.domain.slots import Slot
from shared.contracts.planning import PlannedStep, PlannedTrip, PlanOption
from shared.contracts.reasons import PlanReason, Relaxation
from shared.kernel.ids import derived_id
from shared.kernel.rounding import PPM, half_up_div

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Drawn:
    """An option and its new slots: line id -> slots; steps kept from an earlier plan need none."""

    option: PlanOption
    slots: Mapping[str, list[Slot]]


def drawn(
    context: Context, whole: Whole, quote_id: str, binding: PlanReason | None, better_if: Relaxation | None
) -> Drawn:
    """*whole* as an option of *quote_id*."""
    parts = [part for way in whole.ways for part in way.parts]
    steps = [_step(context, part, one, quote_id) for part in parts for one in part.placed.values()]
    promise, together = whole.arrives, _together(whole)
    trips = [
        trip
        for way in whole.ways
        for part in way.parts
        for trip in _trips(context.of_line(way.line), part, way.arrives if has_own_terms(way.line) else together)
    ]
    option_id = derived_id("opt", quote_id, *whole.labels)  # never of times or lines: whoever guesses them could check
    fen = sum(step.price_fen for step in steps) + sum(trip.price_fen for trip in trips)
    option = PlanOption(
        option_id=option_id,
        labels=list(whole.labels),
        price_fen=fen,
        vat_fen=half_up_div(fen * context.rules.vat_ppm, PPM),
        promise_at=instant_of(promise),
        slack_minutes=slack(context, whole) // _MINUTE,
        plants=len(whole.plants),
        steps=steps,
        trips=trips,
        binding=binding,
        better_if=better_if,
    )
    return Drawn(option, _slots(context, parts, quote_id, option_id))


def slack(context: Context, whole: Whole) -> int:
    """Seconds left before what was asked for, by the line that has the least."""
    return min(context.of_line(way.line).requested_by - way.arrives for way in whole.ways)


def _together(whole: Whole) -> int:
    """When all lines are there that have no place and no date of their own."""
    return max((way.arrives for way in whole.ways if not has_own_terms(way.line)), default=whole.arrives)


def slot_id_of(quote_id: str, placed: Placed) -> str:
    """The same for options of one quote that share the slot; a kept step keeps its slot."""
    if placed.task.pin is not None:
        return placed.task.pin.planned.slot_id
    start, _, end, setup = placed.at
    return derived_id("slt", quote_id, placed.task.process_id, placed.candidate.line_id, start, end, setup)


def _step(context: Context, part: Outcome, one: Placed, quote_id: str) -> PlannedStep:
    if one.task.pin is not None:
        return one.task.pin.planned
    line, task = context.line(one.candidate.line_id), one.task
    return PlannedStep(
        process_id=task.process_id,
        order_line_id=part.chain.part.line.order_line_id,
        part=part.chain.part.number,
        variant=part.chain.variant.code,
        step=task.step.step,
        capability=task.step.capability,
        plant_id=line.plant_id,
        plant_name=line.plant_name,
        district=line.district,
        line_id=line.line_id,
        slot_id=slot_id_of(quote_id, one),
        quantity_net=task.net,
        quantity_gross=task.gross,
        unit=task.step.unit,
        setup_seconds=one.at.setup,
        starts_at=instant_of(one.at.starts),
        ends_at=instant_of(one.at.ends),
        price_fen=one.candidate.price_fen,
        feeds_from=[part.placed[feed.task].task.process_id for feed in task.feeds],
        factory_org_id=line.master.factory_org_id,
        named=line.plant.is_named,
    )


def _trips(context: Context, part: Outcome, promise: int) -> Iterable[PlannedTrip]:
    for one in part.placed.values():
        for feed in one.task.feeds:
            source = part.placed[feed.task]
            if source.candidate.plant_id == one.candidate.plant_id:
                continue
            origin, destination = source.candidate.district, one.candidate.district
            ready = leaves(context, one.task, source, one.candidate, source.ready)
            trip = context.roads.trip(origin, destination, ready, feed.quantity, source.task.step.unit)
            if trip is not None:
                yield PlannedTrip(
                    process_id=source.task.process_id,
                    to_process_id=one.task.process_id,
                    from_district=origin,
                    to_district=destination,
                    departs_at=instant_of(trip.departs),
                    arrives_at=instant_of(trip.arrives),
                    distance_km=trip.distance_km,
                    price_fen=trip.price_fen,
                    cold_band=feed.need.cold_band,
                )
    yield _last_trip(context, part, promise)


def _last_trip(context: Context, part: Outcome, promise: int) -> PlannedTrip:
    """To the buyer. Where partial deliveries are not wanted, early parts wait and leave to arrive with the last."""
    last = part.placed[len(part.chain.tasks) - 1]
    origin, destination = last.candidate.district, context.demand.deliver_to.district
    departs = part.trip.departs
    if not context.demand.limits.partial_ok:
        together = context.roads.departure_to_arrive_by(origin, destination, promise)
        departs = max(departs, together or departs)
    return PlannedTrip(
        process_id=last.task.process_id,
        to_process_id="",
        from_district=origin,
        to_district=destination,
        departs_at=instant_of(departs),
        arrives_at=instant_of(departs + part.trip.arrives - part.trip.departs),
        distance_km=part.trip.distance_km,
        price_fen=part.trip.price_fen,
        cold_band=part.chain.part.line.cold_band,
    )


def _slots(context: Context, parts: Sequence[Outcome], quote_id: str, option_id: str) -> dict[str, list[Slot]]:
    found: dict[str, list[Slot]] = {}
    for part in parts:
        for one in part.placed.values():
            if one.task.pin is None:
                found.setdefault(one.candidate.line_id, []).append(_slot(context, one, quote_id, option_id))
    return found


def _slot(context: Context, one: Placed, quote_id: str, option_id: str) -> Slot:
    step = one.task.step
    return Slot(
        slot_id=slot_id_of(quote_id, one),
        quote_id=quote_id,
        order_id=context.demand.order_id,
        buyer_org_id=context.demand.buyer_org_id,
        process_id=one.task.process_id,
        option_ids=[option_id],
        capability=step.capability,
        format=step.format,
        features=step.features,
        quantity_gross=one.task.gross,
        unit=step.unit,
        setup_seconds=one.at.setup,
        run_seconds=one.candidate.seconds,
        starts_at=instant_of(one.at.starts),
        ends_at=instant_of(one.at.ends),
        expires_at=None,
    )


def slots_of(options: Sequence[Drawn]) -> dict[str, list[Slot]]:
    """line id -> slots of all options; a slot that options share appears once and names them all."""
    found: dict[str, dict[str, Slot]] = {}
    for one in options:
        for line_id, slots in one.slots.items():
            here = found.setdefault(line_id, {})
            for slot in slots:
                known = here.get(slot.slot_id)
                if known is None:
                    here[slot.slot_id] = slot
                else:
                    known.option_ids.extend(slot.option_ids)
    return {line_id: list(slots.values()) for line_id, slots in found.items()}
