"""What a line allows: ability, batches, speed, hours, fence, load cap, neighbours with changeovers, papers."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from fractions import Fraction

from services.bench.checking.changes import setup_seconds
from services.bench.checking.subject import Check, Violation, broken, up
from services.bench.checking.world import CheckedLine, Taken
from shared.contracts.planning import PlannedStep, RecipeStep
from shared.kernel.clock import LOCAL_ZONE

_MICROSECOND = timedelta(microseconds=1)


def line_rules(check: Check, step: PlannedStep, recipe: RecipeStep, line: CheckedLine) -> Iterator[Violation]:
    able = line.capabilities.get(recipe.capability)
    if able is None or step.capability != recipe.capability or step.plant_id != line.plant_id:
        yield broken("capability", step, recipe.capability)
        return
    if recipe.format and recipe.format not in able.formats:
        yield broken("format", step, recipe.format)
    if able.unit not in {recipe.unit, "any"} or step.unit != recipe.unit:
        yield broken("unit", step, able.unit)
    if step.plant_id in check.demand.limits.exclude_plants:
        yield broken("excluded-plant", step, step.plant_id)
    if step.quantity_gross < able.batch_min:
        yield broken("batch-min", step, f"{step.quantity_gross} < {able.batch_min}")
    if able.batch_max and step.quantity_gross > able.batch_max:
        yield broken("batch-max", step, f"{step.quantity_gross} > {able.batch_max}")
    if step.quantity_gross % able.multiple:
        yield broken("multiple", step, f"{step.quantity_gross} by {able.multiple}")
    run = Fraction(step.quantity_gross * 3_600 * 1_000_000, able.rate_per_hour * able.efficiency_ppm)
    needed = step.setup_seconds + max(1, up(run))
    busy = line.open_seconds(step.starts_at, step.ends_at)
    if busy != needed:
        yield broken("duration", step, f"{busy} open seconds, {needed} needed")


def times(check: Check, step: PlannedStep, line: CheckedLine) -> Iterator[Violation]:
    if not line.is_open(step.starts_at) or not line.is_open(step.ends_at - _MICROSECOND):
        yield broken("outside-hours", step, f"{step.starts_at} to {step.ends_at}")
    if step.starts_at < check.demand.earliest_start_at or step.starts_at < check.at:
        yield broken("too-early", step, str(step.starts_at))
    if step.starts_at < check.at + timedelta(hours=line.frozen_fence_hours):
        yield broken("frozen-fence", step, str(step.starts_at))
    if line.load_cap_hours_per_week:
        yield from _load_cap(check, step, line)


def _load_cap(check: Check, step: PlannedStep, line: CheckedLine) -> Iterator[Violation]:
    monday = step.starts_at.astimezone(LOCAL_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    while monday < step.ends_at:
        last = monday + timedelta(days=7)
        there = [*check.world.standing(step.line_id, monday, last, check.at), *check.own(step), check.taken(step)]
        booked = sum(
            line.open_seconds(max(one.starts_at, monday), min(one.ends_at, last))
            for one in there
            if one.starts_at < last and one.ends_at > monday
        )
        if booked > line.load_cap_hours_per_week * 3_600:
            yield broken("load-cap", step, f"{booked} s in the week of {monday:%F}")
        monday = last


def neighbours(check: Check, step: PlannedStep, line: CheckedLine) -> Iterator[Violation]:
    own = check.own(step)
    others = [*check.world.standing(step.line_id, step.starts_at, step.ends_at, check.at)]
    others += [one for one in own if one.starts_at < step.ends_at and step.starts_at < one.ends_at]
    if any(one.starts_at < step.ends_at and step.starts_at < one.ends_at for one in others):
        yield broken("overlap", step, ", ".join(one.slot_id for one in others))
        return
    me = check.taken(step)
    runs_from = line.run_start(step.starts_at, step.setup_seconds)
    before = [*check.world.next_to(step.line_id, step.starts_at, check.at, -1)]
    before += [one for one in own if one.ends_at <= step.starts_at]
    after = [*check.world.next_to(step.line_id, step.starts_at, check.at, 1)]
    after += [one for one in own if one.starts_at >= step.ends_at]
    for one in _until_firm(sorted(before, key=lambda taken: taken.ends_at, reverse=True)):
        needed = setup_seconds(line.changeovers, one, me)
        yield from _change(step, (one, me), needed, line.open_seconds(one.ends_at, runs_from))
    if not before and step.setup_seconds != setup_seconds(line.changeovers, None, me):
        yield broken("changeover", step, "the first set-up of a line costs the base")
    for one in _until_firm(sorted(after, key=lambda taken: taken.starts_at)):
        their_run = line.run_start(one.starts_at, one.setup_seconds)
        needed = setup_seconds(line.changeovers, me, one)
        yield from _change(step, (me, one), needed, line.open_seconds(step.ends_at, their_run))


def _change(step: PlannedStep, runs: tuple[Taken, Taken], needed: int | None, room: int) -> Iterator[Violation]:
    before, after = runs
    if needed is None:
        yield broken("changeover-forbidden", step, f"{before.features} to {after.features}")
    elif room < needed:
        yield broken("changeover", step, f"{room} s for a set-up of {needed} s")


def papers(_: Check, step: PlannedStep, recipe: RecipeStep, line: CheckedLine) -> Iterator[Violation]:
    day = step.starts_at.astimezone(LOCAL_ZONE).date()
    last = (step.ends_at - _MICROSECOND).astimezone(LOCAL_ZONE).date()
    while day <= last:
        if recipe.licence_category and not any(
            recipe.licence_category in one.categories and one.valid_from <= day < one.valid_until
            for one in line.licences
        ):
            yield broken("licence", step, f"{recipe.licence_category} on {day}")
            return
        if recipe.food_contact and not any(one.valid_from <= day < one.valid_until for one in line.proofs):
            yield broken("food-contact", step, str(day))
            return
        day += timedelta(days=1)


def _until_firm(rows: Iterable[Taken]) -> Iterator[Taken]:
    for one in rows:
        yield one
        if one.expires_at is None:
            return
