"""Ways to make one order line: as one chain, or split into parts, each a chain of its own over its own plants.

Splitting searches on the finish: parts start equal and are weighed anew by how fast each came through, until they
finish together. Each part is exploded by itself, so material balances exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.capacity.domain.matching.chain import Chain, Part, chains
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.labels import Outcome, Stuck, outcomes, undominated
from services.capacity.domain.matching.near_window import releases
from services.capacity.domain.matching.placing import bookings_by_line
from shared.contracts.planning import DemandLine, Limits
from shared.contracts.reasons import ReasonCode
from shared.kernel.rounding import apportion

_ROUNDS = 3
_HOUR = 3_600
_FEN_A_DAY = 86_400

Found = tuple[list[Outcome], list[Stuck], bool]
Pick = Callable[[Sequence[Outcome]], Outcome]


@dataclass(frozen=True, slots=True)
class Way:
    """An order line placed whole, part by part."""

    parts: tuple[Outcome, ...]

    @property
    def line(self) -> DemandLine:
        return self.parts[0].chain.part.line

    @property
    def arrives(self) -> int:
        return max(one.arrives for one in self.parts)

    @property
    def fen(self) -> int:
        return sum(one.fen for one in self.parts)

    @property
    def cost(self) -> int:
        """The price with the hours of set-up: what ways are compared by."""
        return sum(one.cost for one in self.parts)

    @property
    def plants(self) -> frozenset[str]:
        return frozenset().union(*(one.plants for one in self.parts))


@dataclass(frozen=True, slots=True)
class Ways:
    """*found* ways of one line; *stuck*: chains that found no place; *idle*: chains no line may run; *off_colour*:
    some way was left out by the colour rule.
    """

    found: tuple[Way, ...]
    stuck: tuple[Stuck, ...]
    idle: tuple[Chain, ...]
    runnable: tuple[Chain, ...]
    off_colour: bool


def ways(context: Context, line: DemandLine) -> Ways:
    """Ways to make *line* whole. It is split only when no single chain makes it by the requested date."""
    tried = chains(context, Part(line, 1, line.quantity_net))
    context, (found, stuck, off_colour) = near_ways(context, tried)
    single = tuple(Way((one,)) for one in found)
    idle = tuple(one for one in tried if not one.is_runnable)
    runnable = tuple(one for one in tried if one.is_runnable)
    worth = _worth_splitting(context, single) if single else bool(stuck) or any(map(_is_only_too_large, idle))
    split = tuple(_split(context, line, single)) if worth and context.demand.limits.split_ok else ()
    return Ways(single + split, tuple(stuck), idle, runnable, off_colour)


def near_ways(context: Context, tried: Sequence[Chain]) -> tuple[Context, Found]:
    """Ways by *tried*, released as late as the buyer's window allows; and the context in which they are."""
    limit = max(context.requested_by, context.together or 0)
    answers = ((one, placed_ways(one, tried)) for one in releases(context, tried))
    for now, answer in answers:
        found, _, _ = answer
        if now is context or (found and min(one.arrives for one in found) <= limit):
            return now, answer
    raise AssertionError("the context itself is the last release")


def after(context: Context, outcome: Outcome) -> Context:
    """The context once *outcome* has been placed: its time, its supplies, and the plant of its design."""
    chain = outcome.chain
    used = dict(context.used)
    for item, quantity in chain.eaten.items():
        used[item] = used.get(item, 0) + quantity
    plants = dict(context.print_plants)
    if one_plant_a_design(context.demand.limits):
        for placed in outcome.placed.values():
            if placed.task.step.is_print:
                plants.setdefault(chain.design(placed.task), placed.candidate.plant_id)
    taken = context.with_taken(bookings_by_line(outcome.placed.values()))
    return replace(taken, used=used, print_plants=plants)


def one_plant_a_design(limits: Limits) -> bool:
    """Whether one design may be printed in one plant only: by wish, or because no colour difference is allowed."""
    return limits.one_plant_only or limits.delta_e_tenths_max is None


def placed_ways(context: Context, tried: Sequence[Chain]) -> Found:
    """Undominated outcomes of all runnable chains; those that are stuck; whether the colour rule left one out."""
    found: list[Outcome] = []
    stuck: list[Stuck] = []
    for chain in tried:
        if not chain.is_runnable:
            continue
        answer = outcomes(context, chain)
        if isinstance(answer, Stuck):
            stuck.append(answer)
        else:
            found += answer
    fitting = [one for one in found if _keeps_colour(context, one)]
    return undominated(fitting), stuck, len(fitting) < len(found)


def _keeps_colour(context: Context, outcome: Outcome) -> bool:
    """Whether each design of *outcome* is printed in one plant, where the order asks for that."""
    if not one_plant_a_design(context.demand.limits):
        return True
    plants: dict[str, set[str]] = {}
    for placed in outcome.placed.values():
        if placed.task.step.is_print:
            plants.setdefault(outcome.chain.design(placed.task), set()).add(placed.candidate.plant_id)
    return all(len(one) == 1 for one in plants.values())


def _is_only_too_large(chain: Chain) -> bool:
    """Whether every step that no line can run would find one for a smaller batch."""
    large = {one.step for one in chain.noes if one.code is ReasonCode.BATCH_TOO_LARGE}
    return all((task.candidates or task.step.step in large) and task.supplied is not None for task in chain.tasks)


def _worth_splitting(context: Context, single: Sequence[Way]) -> bool:
    """Whether the order is late though its longest run is long enough to be shared out."""
    first = min(single, key=lambda way: way.arrives)
    longest = max(placed.candidate.seconds for placed in first.parts[0].placed.values())
    return first.arrives > context.requested_by and longest >= context.rules.split_run_hours_min * _HOUR


def _split(context: Context, line: DemandLine, single: Sequence[Way]) -> list[Way]:
    """Splits into ever more parts, until the date is met or another part no longer helps."""
    found: list[Way] = []
    best = min((way.arrives for way in single), default=None)
    for count in range(2, context.rules.parts_max + 1):
        way = _balanced(context, line, count)
        if way is None:
            continue
        found.append(way)
        cheap = _parts(context, line, [one.chain.part.net for one in way.parts], _cheapest_by(context, way.arrives))
        if cheap is not None and cheap.cost < way.cost:
            found.append(cheap)
        if way.arrives <= context.requested_by or (best is not None and way.arrives >= best):
            break
        best = way.arrives
    return found


def _balanced(context: Context, line: DemandLine, count: int) -> Way | None:
    """*count* parts that finish close together; the best of a few rounds of weighing."""
    quantities = apportion(line.quantity_net, [1] * count)
    best: Way | None = None
    for _ in range(_ROUNDS):
        way = _parts(context, line, quantities, fastest)
        if way is None:
            break
        if best is None or way.arrives < best.arrives:
            best = way
        spans = [max(1, one.arrives - context.not_before) for one in way.parts]
        if (max(spans) - min(spans)) * 50 < max(spans):
            break
        weights = [_FEN_A_DAY * one // span for one, span in zip(quantities, spans, strict=True)]
        quantities = apportion(line.quantity_net, weights)
    return best


def _parts(context: Context, line: DemandLine, quantities: Sequence[int], pick: Pick) -> Way | None:
    """The line in parts of *quantities*, the largest placed first; None when one finds no place."""
    if min(quantities) < 1:
        return None
    chosen: list[Outcome] = []
    for number, net in enumerate(quantities, 1):
        found, _, _ = placed_ways(context, chains(context, Part(line, number, net)))
        if not found:
            return None
        one = pick(found)
        chosen.append(one)
        context = after(context, one)
    return Way(tuple(chosen))


def fastest(found: Sequence[Outcome]) -> Outcome:
    return min(found, key=lambda one: (one.arrives, one.cost))


def _cheapest_by(context: Context, arrives: int) -> Pick:
    """Picks the cheapest that comes by the requested date, or by *arrives* where that is later."""
    limit = max(context.requested_by, arrives)

    def pick(found: Sequence[Outcome]) -> Outcome:
        in_time = [one for one in found if one.arrives <= limit] or found
        return min(in_time, key=lambda one: (one.cost, one.arrives))

    return pick
