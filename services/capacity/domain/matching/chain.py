"""One part of an order line as a chain of tasks: quantities exploded exactly, and the lines that may run each step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import lcm

import msgspec

from services.capacity.domain.changeover import Run, run_of
from services.capacity.domain.hours import seconds_of
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.earliest import Placement
from services.capacity.domain.matching.eligibility import Ask, Candidate, candidate, refusal
from shared.contracts.explosion import Explosion, Need, explode, gross_quantity
from shared.contracts.planning import DemandLine, PlannedStep, RecipeInput, RecipeStep, Variant
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.ids import derived_id
from shared.reference.capabilities import makes

_SCENARIOS_MAX = 24
_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Feed:
    """An input made by an earlier task of the chain: *task* is its index, *quantity* what this one eats of it."""

    task: int
    need: RecipeInput
    quantity: int


@dataclass(frozen=True, slots=True)
class Keeps:
    """In seconds, None without bound. *wait_max*: how long finished goods may wait for the lorry that arrives within the
    buyer's window; *age_max*: how long before that window the step may end that begins their shelf life.
    """

    wait_max: int | None = None
    age_max: int | None = None


NOTHING_KEPT = Keeps()


@dataclass(frozen=True, slots=True)
class Pin:
    """A step that an earlier plan has placed and that stays: as it was *planned*, and in seconds *at*."""

    planned: PlannedStep
    at: Placement


@dataclass(frozen=True, slots=True)
class Task:
    """One step of a part. *supplied*: when its bought and brought inputs are there (None: never); *use_by*: when the run
    must have begun, or what was brought has spoilt (None: never). *keeps*: how long before
    the buyer's window its output may be made. *pin*: it stays on the one candidate left.
    """

    index: int
    process_id: str
    step: RecipeStep
    net: int
    gross: int
    run: Run
    feeds: tuple[Feed, ...]
    supplied: int | None
    candidates: tuple[Candidate, ...]
    keeps: Keeps = NOTHING_KEPT
    pin: Pin | None = None
    use_by: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """So many delivered good units of an order line, made by one chain. Parts of a line count from 1."""

    line: DemandLine
    number: int
    net: int


@dataclass(frozen=True, slots=True)
class Chain:
    """A part made by one variant. *eaten*: item -> units of the buyer's supplies; *noes*: lines that cannot take part."""

    part: Part
    variant: Variant
    tasks: tuple[Task, ...]
    eaten: Mapping[str, int]
    noes: tuple[PlanReason, ...]

    @property
    def is_runnable(self) -> bool:
        return all(task.candidates and task.supplied is not None for task in self.tasks)

    def design(self, task: Task) -> str:
        return design_of(self.part.line, task.step)


def design_of(line: DemandLine, step: RecipeStep) -> str:
    """What the colour rule keeps together: the named design, else everything printed for one order line."""
    return step.features.get("design") or line.order_line_id


def process_id(order_id: str, order_line_id: str, part: int, step: str) -> str:
    """The id of a process order: the same step of the same part keeps it over replans."""
    return derived_id("pro", order_id, order_line_id, part, step)


def chains(context: Context, part: Part) -> list[Chain]:
    """All ways to make *part*: variants, and within one the batch multiples lines may ask for."""
    return [chain for variant in part.line.variants for chain in _of_variant(context, part, variant)]


def _of_variant(context: Context, part: Part, variant: Variant) -> Iterator[Chain]:
    """One chain a scenario of multiples: every line finds its multiple met in some scenario, and no step is rounded
    up for a line that it does not use.
    """
    choices = [_multiples(context, step) for step in variant.steps]
    seen = set()
    for multiples in islice(product(*choices), _SCENARIOS_MAX):
        steps = [
            msgspec.structs.replace(step, multiple=multiple)
            for step, multiple in zip(variant.steps, multiples, strict=True)
        ]
        explosion = explode(steps, part.net)
        key = tuple(one.gross for one in explosion.steps.values())
        if key not in seen:
            seen.add(key)
            yield chain_of(context, part, variant, explosion)


def _multiples(context: Context, step: RecipeStep) -> list[int]:
    """Multiples worth trying for a step: the recipe's own first, then with those of lines that could run it."""
    found = {step.multiple}
    for line in context.board.lines_with(step.capability):
        capability = line.capabilities[step.capability]
        if not step.format or step.format in capability.formats:
            found.add(lcm(step.multiple, capability.multiple))
    return sorted(found)


def chain_of(context: Context, part: Part, variant: Variant, explosion: Explosion) -> Chain:
    """The chain of *variant* with the quantities of *explosion*."""
    index_of = {step.step: i for i, step in enumerate(variant.steps)}
    needs: dict[str, list[Need]] = {step.step: [] for step in variant.steps}
    eaten: dict[str, int] = {}
    for need in explosion.needs:
        needs[need.by_step].append(need)
        if need.source == "buyer":
            eaten[need.item] = eaten.get(need.item, 0) + need.quantity
    noes: list[PlanReason] = []
    tasks: list[Task] = []
    for i, step in enumerate(variant.steps):
        quantities = explosion.steps[step.step]
        name = process_id(context.demand.order_id, part.line.order_line_id, part.number, step.step)
        pairs = zip(step.inputs, needs[step.step], strict=True)
        feeds = tuple(Feed(index_of[one.step], one, need.quantity) for one, need in pairs if one.step)
        excluded = frozenset(context.demand.limits.exclude_plants) | context.banned.get(name, frozenset())
        ask = Ask(step, variant.code, quantities.net, quantities.gross, context.at, context.horizon, excluded)
        only = context.print_plants.get(design_of(part.line, step)) if step.is_print else None
        found, refused = _candidates(context, ask, only)
        answer = _supplied(context, needs[step.step], eaten)
        supplied = None if isinstance(answer, PlanReason) else answer
        noes += refused
        if isinstance(answer, PlanReason):
            noes.append(msgspec.structs.replace(answer, step=step.step, variant=variant.code))
        run = run_of(step.capability, step.format, step.features)
        keeps = _keeps(part.line, variant, i)
        tasks.append(
            Task(
                i,
                name,
                step,
                quantities.net,
                quantities.gross,
                run,
                feeds,
                supplied,
                found,
                keeps,
                use_by=_use_by(context, step),
            )
        )
    return Chain(part, variant, tuple(tasks), eaten, tuple(noes))


def _keeps(line: DemandLine, variant: Variant, index: int) -> Keeps:
    """Finished goods wait after the last step; shelf life begins where food is made, else with the last step."""
    last = len(variant.steps) - 1
    food = [i for i, step in enumerate(variant.steps) if step.licence_category]
    wait, age = line.wait_hours_max, line.age_hours_max
    return Keeps(
        None if wait is None or index != last else wait * _HOUR,
        None if age is None or index != max(food, default=last) else age * _HOUR,
    )


def _candidates(context: Context, ask: Ask, only_plant: str | None) -> tuple[tuple[Candidate, ...], list[PlanReason]]:
    """Lines that may run the step, and why others may not."""
    lines = context.board.lines_with(ask.step.capability)
    found: list[Candidate] = []
    refused: list[PlanReason] = []
    bound_to = context.only_plant if makes(ask.step.capability) else ""
    for one in lines:
        if bound_to and one.plant_id != bound_to:
            continue  # each plant that could make everything is tried by itself
        answer = candidate(one, ask)
        if isinstance(answer, PlanReason):
            refused.append(answer)
        elif only_plant is not None and one.plant_id != only_plant:
            refused.append(refusal(ReasonCode.COLOUR_RULE, one, ask))
        elif ask.gross == _gross_for(one, ask):
            found.append(answer)
    if not lines:
        refused.append(PlanReason(ReasonCode.CAPABILITY_MISSING, ask.step.step, ask.step.capability, ask.variant))
    return tuple(found), refused


def _gross_for(line: LineOnBoard, ask: Ask) -> int:
    """What the step would start with on *line*: rounded up for that line and no other."""
    multiple = lcm(ask.step.multiple, line.capabilities[ask.step.capability].multiple)
    return gross_quantity(ask.net, ask.step.fixed_loss, ask.step.yield_ppm, multiple)


def _use_by(context: Context, step: RecipeStep) -> int | None:
    """When the first of what the buyer brings for the step has spoilt."""
    ends = [
        seconds_of(min(came)) + one.life_hours_max * _HOUR
        for one in step.inputs
        if one.source == "buyer" and one.life_hours_max is not None
        if (came := [supply.arrives_at for supply in context.demand.supplies if supply.item == one.item])
    ]
    return min(ends, default=None)


def _supplied(context: Context, needs: Sequence[Need], eaten: Mapping[str, int]) -> int | PlanReason:
    """When all bought and brought inputs of the step are there, or that the buyer brings too little."""
    ready = 0
    for need in needs:
        if need.source == "pooled":
            ready = max(ready, context.at + context.rules.pooled_lead_hours * _HOUR)
        elif need.source == "buyer":
            arrival = context.supplied_at(need.item, eaten[need.item])
            if arrival is None:
                brought = sum(one.quantity for one in context.demand.supplies if one.item == need.item)
                left = max(0, brought - context.used.get(need.item, 0))
                facts = {"item": need.item, "needed": str(eaten[need.item]), "announced": str(left), "unit": need.unit}
                return PlanReason(
                    ReasonCode.MATERIAL_MISSING,
                    facts=facts,
                    relaxation=Relaxation("supply", str(eaten[need.item]), need.unit),
                )
            ready = max(ready, arrival)
    return ready
