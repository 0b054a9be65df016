"""What connects steps: inputs, lags, trips, supplies, the delivery and the promise."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction

from services.bench.checking.subject import Check, Violation, broken, up
from shared.contracts.planning import PlannedStep, PlannedTrip, RecipeInput, RecipeStep
from shared.reference.places import transport


def inputs(check: Check, step: PlannedStep, recipe: RecipeStep) -> Iterator[Violation]:
    line, part = check.world.lines[step.line_id], check.part(step)
    runs_from = line.run_start(step.starts_at, step.setup_seconds)
    for one in recipe.inputs:
        if one.step in part:
            yield from _fed(check, step, one, part[one.step], runs_from)
        elif one.source == "pooled" and runs_from < check.at + timedelta(hours=check.rules.pooled_lead_hours):
            yield broken("pooled-supply", step, str(runs_from))
    feeding = sorted(part[one.step].process_id for one in recipe.inputs if one.step in part)
    if feeding != sorted(step.feeds_from):
        yield broken("feeds", step, str(step.feeds_from))
    yield from _supplies(check, step, recipe, runs_from)


def _fed(
    check: Check, step: PlannedStep, need: RecipeInput, source: PlannedStep, runs_from: datetime
) -> Iterator[Violation]:
    came = _came(check, source, step)
    if came is None:
        yield broken("transport", step, f"no trip from {source.district} to {step.district}")
        return
    if need.transfer_quantity:
        return  # overlap of batches has its own tests; the packs use none
    if runs_from < came + timedelta(minutes=need.lag_minutes_min):
        yield broken("lag-min", step, f"runs from {runs_from}, input there at {came}")
    limit = need.lag_minutes_max
    if limit is not None and runs_from > came + timedelta(minutes=limit):
        yield broken("lag-max", step, f"runs from {runs_from}, input there at {came}")


def _came(check: Check, source: PlannedStep, step: PlannedStep) -> datetime | None:
    """When the output of *source* is at the plant of *step*, by the trip the plan names."""
    ready = source.ends_at + timedelta(minutes=check.recipe(source).last_lag_minutes)
    if source.plant_id == step.plant_id:
        return ready
    for trip in check.option.trips:
        if (trip.process_id, trip.to_process_id) == (source.process_id, step.process_id):
            return trip.arrives_at
    return None


def _supplies(check: Check, step: PlannedStep, recipe: RecipeStep, runs_from: datetime) -> Iterator[Violation]:
    """What the buyer brings must cover all that has been eaten by then, parts in their order."""
    for one in recipe.inputs:
        if one.source != "buyer" or one.step:
            continue
        eaten = sum(
            up(Fraction(other.quantity_gross * need.ratio_num, need.ratio_den))
            for other in check.option.steps
            for need in check.recipe(other).inputs
            if need.item == one.item and need.source == "buyer" and other.part <= step.part
        )
        there = sum(
            supply.quantity
            for supply in check.demand.supplies
            if supply.item == one.item and supply.arrives_at <= runs_from
        )
        if there < eaten:
            yield broken("supply", step, f"{there} of {eaten} {one.item} there at {runs_from}")


def trips(check: Check) -> Iterator[Violation]:
    option, roads = check.option, transport()
    by_id = {step.process_id: step for step in option.steps}
    for trip in option.trips:
        source = by_id.get(trip.process_id)
        if source is None:
            yield Violation("transport", trip.process_id, "a trip from a step that is not in the plan")
            continue
        ready = source.ends_at + timedelta(minutes=check.recipe(source).last_lag_minutes)
        target = by_id.get(trip.to_process_id)
        place = check.demand.deliver_to.district if target is None else target.district
        if (trip.from_district, trip.to_district) != (source.district, place):
            yield broken("transport", source, f"from {trip.from_district} to {trip.to_district}")
            continue
        if trip.departs_at < ready or roads.departure(trip.departs_at) != trip.departs_at:
            yield broken("departure", source, f"leaves {trip.departs_at}, ready {ready}")
        if trip.arrives_at != trip.departs_at + roads.duration(trip.from_district, trip.to_district):
            yield broken("transport-time", source, f"{trip.departs_at} to {trip.arrives_at}")
        km = roads.distance_km(trip.from_district, trip.to_district)
        if trip.distance_km != km or km > check.rules.trip_km_max:
            yield broken("distance", source, str(trip.distance_km))
        yield from _cold(check, source, target, trip)
        if trip.price_fen != roads.price_fen(trip.from_district, trip.to_district) * _lorries(check, source, target):
            yield broken("price-trip", source, str(trip.price_fen))


def _cold(check: Check, source: PlannedStep, target: PlannedStep | None, trip: PlannedTrip) -> Iterator[Violation]:
    """A trip names the band that the goods need, and no reefer goes further than reefers go."""
    if target is None:
        needed = check.line(source).cold_band
    else:
        needed = next((one.cold_band for one in check.recipe(target).inputs if one.step == source.step), "")
    if trip.cold_band != needed:
        yield broken("cold-band", source, f"{trip.cold_band!r}, needed {needed!r}")
    cold = check.rules.cold_lanes
    if needed and (needed not in cold.bands or trip.distance_km > cold.km_max):
        yield broken("cold-lane", source, f"{needed} °C over {trip.distance_km} km")


def window(check: Check) -> Iterator[Violation]:
    """Nothing is brought before the buyer's window, waits for it longer than it may, or is too old when it begins."""
    since = check.demand.deliver_from
    if since is None:
        return
    if check.option.promise_at < since:
        yield Violation("window", check.option.option_id, f"{check.option.promise_at} before {since}")
    for step in check.option.steps:
        line, steps = check.line(step), check.variant(step).steps
        food = [one.step for one in steps if one.licence_category] or [steps[-1].step]
        age = line.age_hours_max if step.step == food[-1] else None
        if age is not None and step.ends_at < since - timedelta(hours=age):
            yield broken("too-old", step, f"made by {step.ends_at}, window from {since}")
        if line.wait_hours_max is not None and step.step == steps[-1].step:
            ready = step.ends_at + timedelta(minutes=steps[-1].last_lag_minutes)
            way = transport().duration(step.district, check.demand.deliver_to.district)
            if ready < transport().departure(since - way) - timedelta(hours=line.wait_hours_max):
                yield broken("waits-too-long", step, f"ready at {ready}, window from {since}")


def promise(check: Check) -> Iterator[Violation]:
    option = check.option
    lasts = {step.process_id for step in option.steps if step.step == check.variant(step).steps[-1].step}
    arrivals = {trip.process_id: trip.arrives_at for trip in option.trips if not trip.to_process_id}
    if set(arrivals) != lasts:
        yield Violation("delivery", option.option_id, "a part is not brought to the buyer, or one too many")
    elif max(arrivals.values(), default=None) != option.promise_at:
        yield Violation("promise", option.option_id, f"{option.promise_at} said, {sorted(arrivals.values())} found")
    slack = (check.demand.requested_by - option.promise_at) // timedelta(minutes=1)
    if slack != option.slack_minutes:
        yield Violation("slack", option.option_id, f"{option.slack_minutes} said, {slack} found")


def _lorries(check: Check, source: PlannedStep, target: PlannedStep | None) -> int:
    load = check.rules.lorry_loads.get(source.unit)
    if load is None:
        return 1
    quantity = source.quantity_net
    if target is not None:
        quantity = sum(
            up(Fraction(target.quantity_gross * one.ratio_num, one.ratio_den))
            for one in check.recipe(target).inputs
            if one.step == source.step
        )
    return max(1, up(Fraction(quantity, load)))
