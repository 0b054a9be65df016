"""Planning again around steps that stay: their parts, variants and quantities are given, their times are pinned."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.capacity.domain.bookings import Booking
from services.capacity.domain.changeover import run_of
from services.capacity.domain.hours import seconds_of
from services.capacity.domain.matching.chain import Chain, Part, Pin, chains
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.earliest import Placement
from services.capacity.domain.matching.eligibility import Candidate
from services.capacity.domain.matching.labels import Outcome, Stuck
from services.capacity.domain.matching.menu import Find
from services.capacity.domain.matching.parts import Way, Ways, after, fastest, near_ways
from shared.contracts.planning import DemandLine, PlannedStep, RecipeStep

Kept = dict[str, PlannedStep]


def again(kept: Sequence[PlannedStep], known: Sequence[PlannedStep]) -> Find:
    """How to find the ways of one line around *kept*; *known*: all steps that tell how the line is parted."""
    by_process = {one.process_id: one for one in kept}

    def find(context: Context, line: DemandLine) -> Ways:
        tried = [_chains(context, part, by_process) for part in _parts(line, known, context)]
        if len(tried) == 1:
            _, (found, stuck, off_colour) = near_ways(context, tried[0])
            return _ways([(one,) for one in found], stuck, tried, off_colour=off_colour)
        return _several(context, tried, by_process)

    return find


def _several(context: Context, tried: Sequence[Sequence[Chain]], kept: Kept) -> Ways:
    """Several parts, each placed as fast as it goes after the ones before."""
    chosen: list[Outcome] = []
    now = context
    for first in tried:
        here = _chains(now, first[0].part, kept) if first else []
        _, (found, stuck, off_colour) = near_ways(now, here)
        if not found:
            return _ways([], stuck, [here], off_colour=off_colour)
        one = fastest(found)
        chosen.append(one)
        now = after(now, one)
    return _ways([tuple(chosen)], [], tried, off_colour=False)


def _ways(
    found: Iterable[tuple[Outcome, ...]], stuck: Iterable[Stuck], tried: Iterable[Sequence[Chain]], *, off_colour: bool
) -> Ways:
    flat = [chain for one in tried for chain in one]
    return Ways(
        tuple(Way(parts) for parts in found),
        tuple(stuck),
        tuple(one for one in flat if not one.is_runnable),
        tuple(one for one in flat if one.is_runnable),
        off_colour,
    )


def _parts(line: DemandLine, known: Sequence[PlannedStep], context: Context) -> list[Part]:
    """The line's parts by what is known of them; a part known only by early steps gets what the others leave."""
    numbers = sorted({one.part for one in known if one.order_line_id == line.order_line_id}) or [1]
    last = {variant.code: variant.steps[-1].step for variant in line.variants}
    nets = {
        one.part: one.quantity_net
        for one in known
        if one.order_line_id == line.order_line_id and one.step == last.get(one.variant)
    }
    if len(numbers) == 1 and not nets:
        return [Part(line, numbers[0], line.quantity_net)]
    left = max(0, line.quantity_net - sum(nets.values()))
    unknown = [one for one in numbers if one not in nets]
    for number in unknown:
        nets[number] = left // len(unknown) + (left % len(unknown) if number == unknown[-1] else 0)
    if left and not unknown:
        nets[max(*numbers, context.demand.parts_ended.get(line.order_line_id, 0)) + 1] = left
    return [Part(line, number, net) for number, net in sorted(nets.items()) if net]


def _chains(context: Context, part: Part, kept: Kept) -> list[Chain]:
    """Chains of the part that agree with what is kept of it, pinned there."""
    mine = {
        one.step: one
        for one in kept.values()
        if one.order_line_id == part.line.order_line_id and one.part == part.number
    }
    variants = {one.variant for one in mine.values()}
    found = [chain for chain in chains(context, part) if not variants or chain.variant.code in variants]
    return [_pinned(context, chain, mine) for chain in found if _agrees(chain, mine)]


def _agrees(chain: Chain, mine: Kept) -> bool:
    """Whether the chain has the quantities of the kept steps."""
    return all(
        task.step.step not in mine
        or (task.net, task.gross) == (mine[task.step.step].quantity_net, mine[task.step.step].quantity_gross)
        for task in chain.tasks
    )


def _pinned(context: Context, chain: Chain, mine: Kept) -> Chain:
    tasks = []
    for task in chain.tasks:
        step = mine.get(task.step.step)
        if step is None:
            tasks.append(task)
            continue
        at = _placement(context, step)
        seconds = max(1, context.line(step.line_id).hours.between(at.runs_from, at.ends))
        candidate = Candidate(step.line_id, step.plant_id, step.district, seconds, step.price_fen, ())
        tasks.append(replace(task, candidates=(candidate,), supplied=task.supplied or 0, pin=Pin(step, at)))
    return replace(chain, tasks=tuple(tasks))


def _placement(context: Context, step: PlannedStep) -> Placement:
    starts, ends = seconds_of(step.starts_at), seconds_of(step.ends_at)
    hours = context.line(step.line_id).hours
    ready = hours.advance(starts, step.setup_seconds)
    runs_from = None if ready is None else hours.first_open(ready)
    return Placement(starts, min(ends, runs_from or starts + step.setup_seconds), ends, step.setup_seconds)


def with_unbooked(context: Context, kept: Iterable[PlannedStep]) -> Context:
    """The context with those kept steps taken that are not on the board yet."""
    recipes = {
        (line.order_line_id, variant.code, step.step): step
        for line in context.demand.lines
        for variant in line.variants
        for step in variant.steps
    }
    missing: dict[str, list[Booking]] = {}
    for one in kept:
        recipe = recipes.get((one.order_line_id, one.variant, one.step))
        known = {booking.slot_id for booking in context.line(one.line_id).bookings}
        if recipe is not None and one.slot_id not in known:
            missing.setdefault(one.line_id, []).append(_booking(context, one, recipe))
    return context.with_taken(missing)


def _booking(context: Context, one: PlannedStep, recipe: RecipeStep) -> Booking:
    at = _placement(context, one)
    busy = context.line(one.line_id).hours.between(at.starts, at.ends)
    run = run_of(recipe.capability, recipe.format, recipe.features)
    return Booking(at.starts, at.ends, one.slot_id, "", "", (), at.setup, busy, 0, run)
