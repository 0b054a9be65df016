"""The menu: whole orders by four wishes (fastest, cheapest, balanced, fewest plants) within the buyer's limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.parts import Way, Ways, after, ways
from shared.contracts.planning import DemandLine

_DAY = 86_400
Find = Callable[[Context, DemandLine], Ways]
LABELS = ("fastest", "cheapest", "balanced", "fewest_plants")


@dataclass(frozen=True, slots=True)
class Whole:
    """One way to make the whole order: *ways* in the order of its lines, *labels* that it answers to."""

    labels: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def arrives(self) -> int:
        return max(way.arrives for way in self.ways)

    @property
    def fen(self) -> int:
        return sum(way.fen for way in self.ways)

    @property
    def plants(self) -> frozenset[str]:
        return frozenset().union(*(way.plants for way in self.ways))


@dataclass(frozen=True, slots=True)
class Menu:
    """*wholes*: the options, merged where alike. *first*: what the lines found, one by one, in the first attempt.

    *over_price*, *over_plants*: the least the order costs, and the fewest plants, when only that limit stands against.
    """

    wholes: tuple[Whole, ...]
    first: tuple[Ways, ...]
    over_price: int | None
    over_plants: int | None


def menu(context: Context, find: Find = ways) -> Menu:
    """All options within the limits. With none, `first` tells which line found nothing, or a limit is named.

    *find* gives the ways of one line in a context.
    """
    first = find(context.of_line(context.demand.lines[0]), context.demand.lines[0])
    wholes: list[Whole] = []
    trail: tuple[Ways, ...] = (first,)
    for label in LABELS:
        chosen, seen = _whole(context, find, first, label, limited=True)
        trail = seen if len(seen) > len(trail) else trail
        if chosen is not None:
            wholes.append(Whole((label,), tuple(chosen)))
    if wholes:
        return Menu(tuple(_merged(wholes)), trail, None, None)
    return Menu((), trail, *_over_limits(context, find, first))


def fastest_arrival(context: Context, find: Find = ways) -> int | None:
    """When the whole order comes at the soonest within its limits; None when it does not come at all."""
    first = find(context, context.demand.lines[0])
    chosen, _ = _whole(context, find, first, "fastest", limited=True)
    return None if chosen is None else Whole((), tuple(chosen)).arrives


def _over_limits(context: Context, find: Find, first: Ways) -> tuple[int | None, int | None]:
    """Least price and fewest plants without limits, each only where it breaks the buyer's limit."""
    limits = context.demand.limits
    cheapest, _ = _whole(context, find, first, "cheapest", limited=False)
    fewest, _ = _whole(context, find, first, "fewest_plants", limited=False)
    price = None if cheapest is None else Whole((), tuple(cheapest)).fen
    plants = None if fewest is None else len(Whole((), tuple(fewest)).plants)
    over_price = price if price and limits.price_fen_max is not None and price > limits.price_fen_max else None
    over_plants = plants if plants and limits.plants_max is not None and plants > limits.plants_max else None
    return over_price, over_plants


def _whole(
    context: Context, find: Find, first: Ways, label: str, *, limited: bool
) -> tuple[list[Way] | None, tuple[Ways, ...]]:
    """Line by line the way *label* likes best, each seeing what the lines before it took."""
    chosen: list[Way] = []
    seen: list[Ways] = []
    for i, line in enumerate(context.demand.lines):
        here = context.of_line(line)
        answer = first if i == 0 else find(here, line)
        seen.append(answer)
        fitting = [way for way in answer.found if not limited or _fits(context, [*chosen, way])]
        if not fitting:
            return None, tuple(seen)
        in_time = [way for way in fitting if way.arrives <= here.requested_by] or fitting
        best = min(in_time, key=_taste(context, label, chosen))
        chosen.append(best)
        for part in best.parts:
            context = after(context, part)
    return chosen, tuple(seen)


def _fits(context: Context, chosen: Sequence[Way]) -> bool:
    limits = context.demand.limits
    whole = Whole((), tuple(chosen))
    return (limits.price_fen_max is None or whole.fen <= limits.price_fen_max) and (
        limits.plants_max is None or len(whole.plants) <= limits.plants_max
    )


def _taste(context: Context, label: str, chosen: Sequence[Way]) -> Callable[[Way], tuple[int, ...]]:
    """What *label* wants least of, first things first."""
    used = Whole((), tuple(chosen)).plants

    def balance(way: Way) -> int:
        return way.fen * _DAY + (way.arrives - context.at) * context.rules.balanced_fen_per_day

    if label == "fastest":
        return lambda way: (way.arrives, way.fen, len(way.plants | used))
    if label == "cheapest":
        return lambda way: (way.fen, way.arrives, len(way.plants | used))
    if label == "balanced":
        return lambda way: (balance(way), way.arrives)
    return lambda way: (len(way.plants | used), balance(way), way.arrives)


def _merged(wholes: Sequence[Whole]) -> list[Whole]:
    """One row for options that place everything alike, under all their labels."""
    found: dict[tuple[object, ...], Whole] = {}
    for one in wholes:
        key = tuple(
            (placed.task.process_id, part.chain.variant.code, placed.candidate.line_id, placed.at, placed.task.gross)
            for way in one.ways
            for part in way.parts
            for placed in part.placed.values()
        )
        same = found.get(key)
        found[key] = one if same is None else Whole(same.labels + one.labels, same.ways)
    return list(found.values())


def taste_of(context: Context, label: str, whole: Whole) -> tuple[int, ...]:
    """How little of what *label* does not want *whole* has: in time first, as for the lines one by one."""
    late = int(any(way.arrives > context.of_line(way.line).requested_by for way in whole.ways))
    balance = whole.fen * _DAY + (whole.arrives - context.at) * context.rules.balanced_fen_per_day
    wants = {
        "fastest": (whole.arrives, whole.fen),
        "cheapest": (whole.fen, whole.arrives),
        "balanced": (balance, whole.arrives),
        "fewest_plants": (len(whole.plants), balance),
    }
    return late, *wants[label]


def possible(context: Context) -> bool:
    """Whether the order can be made at all within its limits."""
    first = ways(context.of_line(context.demand.lines[0]), context.demand.lines[0])
    return any(_whole(context, ways, first, label, limited=True)[0] is not None for label in ("fastest", "cheapest"))
