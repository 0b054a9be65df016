"""The menu: whole orders by four wishes (fastest, cheapest, balanced, fewest plants) within the buyer's limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations

import msgspec

from services.capacity.domain.matching.context import Context, has_own_terms
from services.capacity.domain.matching.parts import Way, Ways, after, ways
from shared.contracts.planning import DemandLine

_DAY = 86_400
_ORDERS_MAX = 6
_HOUR = 3_600
Chosen = tuple[list[Way] | None, tuple[Ways, ...]]
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
    def cost(self) -> int:
        """The price with the hours of set-up: what ways are compared by."""
        return sum(way.cost for way in self.ways)

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

    *find* gives the ways of one line in a context. Ways are compared by price and set-up hours together; where the
    buyer's price limit leaves none of those, by the price alone.
    """
    first = _first(context, find)
    wholes: list[Whole] = []
    trail: tuple[Ways, ...] = (first,)
    for label in LABELS:
        chosen, seen = _whole(context, find, first, label, limited=True)
        trail = seen if len(seen) > len(trail) else trail
        if chosen is not None:
            wholes.append(Whole((label,), tuple(chosen)))
    if wholes:
        swapped = _swapped(context, find, wholes[0])
        return Menu(tuple(labelled(context, _merged([*wholes, *swapped]))), trail, None, None)
    if context.setup_fen_per_hour and context.demand.limits.price_fen_max is not None:
        return menu(replace(context, setup_fen_per_hour=0), find)
    return Menu((), trail, *_over_limits(context, find, first))


def _first(context: Context, find: Find) -> Ways:
    """Ways of the first line: the same whatever is liked best of them."""
    line = context.demand.lines[0]
    return find(context.of_line(line), line)


def fastest_arrival(context: Context, find: Find = ways) -> int | None:
    """When the whole order comes at the soonest within its limits; None when it does not come at all."""
    first = _first(context, find)
    chosen, _ = _whole(context, find, first, "fastest", limited=True)
    if chosen is None:
        return None
    whole = Whole((), tuple(chosen))
    return min(one.arrives for one in (whole, *_swapped(context, find, whole)))


def labelled(context: Context, wholes: Sequence[Whole]) -> list[Whole]:
    """Each label on an option that it is true of among all that are offered, and no option without one.

    None is earlier than the fastest; of those in time (if any is) none has fewer plants than the one of fewest plants.
    The cheapest is so with its hours of set-up; what has a lower price by more set-up is not offered, except that the
    fastest then is the cheapest as well. So none that is offered has a lower price than the cheapest.
    """
    in_time = [one for one in wholes if _is_in_time(context, one)] or list(wholes)
    fastest = min(in_time, key=lambda one: (one.arrives, one.cost, len(one.plants)))
    cheapest = min(in_time, key=lambda one: (one.cost, one.arrives, len(one.plants)))
    if fastest.fen < cheapest.fen:
        cheapest = fastest
    fair = [one for one in in_time if one.fen >= cheapest.fen]
    chosen = {
        "fastest": fastest,
        "cheapest": cheapest,
        "balanced": min(fair, key=lambda one: (_balance(context, one), one.arrives)),
        "fewest_plants": min(fair, key=lambda one: (len(one.plants), _balance(context, one), one.arrives)),
    }
    labels = ((one, tuple(label for label in LABELS if chosen[label] is one)) for one in wholes)
    return [replace(one, labels=true) for one, true in labels if true]


def _is_in_time(context: Context, whole: Whole) -> bool:
    return all(way.arrives <= context.of_line(way.line).requested_by for way in whole.ways)


def _balance(context: Context, one: Way | Whole) -> int:
    return one.cost * _DAY + (one.arrives - context.at) * context.rules.balanced_fen_per_day


def _swapped(context: Context, find: Find, fastest: Whole) -> list[Whole]:
    """The fastest once more with the lines of the order taken in other orders, where two of them want one production
    line: either may be better first.
    """
    lines = [
        {placed.candidate.line_id for part in way.parts for placed in part.placed.values()} for way in fastest.ways
    ]
    if not any(one & other for i, one in enumerate(lines) for other in lines[:i]):
        return []
    found = []
    for order in islice(permutations(range(len(lines))), 1, _ORDERS_MAX):
        demand = msgspec.structs.replace(context.demand, lines=[context.demand.lines[i] for i in order])
        now = replace(context, demand=demand)
        chosen, _ = _whole(now, find, _first(now, find), "fastest", limited=True)
        if chosen is not None:
            found.append(Whole((), tuple(chosen[order.index(i)] for i in range(len(lines)))))
    return found


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


def _whole(context: Context, find: Find, first: Ways, label: str, *, limited: bool) -> Chosen:
    """The ways *label* likes best; where they come together, none that would lie finished too long for the others."""
    chosen, seen = _line_by_line(context, find, first, label, limited=limited)
    if chosen is None or context.demand.limits.partial_ok:
        return chosen, seen
    together = max((way.arrives for way in chosen if not has_own_terms(way.line)), default=0)
    if not any(_lies_too_long(way, together) for way in chosen):
        return chosen, seen
    held = replace(context, together=together, remembered={})
    again, _ = _line_by_line(held, find, _first(held, find), label, limited=limited)
    if again is None or max(way.arrives for way in again) > max(together, context.requested_by):
        return chosen, seen
    return again, seen


def _lies_too_long(way: Way, together: int) -> bool:
    """Whether a part of *way* is finished longer than it may be before it leaves to arrive with the rest."""
    bound = None if has_own_terms(way.line) else way.line.wait_hours_max
    if bound is None:
        return False
    lasts = (part.placed[len(part.chain.tasks) - 1].ready + part.trip.arrives - part.trip.departs for part in way.parts)
    return min(lasts) < together - bound * _HOUR


def _line_by_line(context: Context, find: Find, first: Ways, label: str, *, limited: bool) -> Chosen:
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

    if label == "fastest":
        return lambda way: (way.arrives, way.cost, len(way.plants | used))
    if label == "cheapest":
        return lambda way: (way.cost, way.arrives, len(way.plants | used))
    if label == "balanced":
        return lambda way: (_balance(context, way), way.arrives)
    return lambda way: (len(way.plants | used), _balance(context, way), way.arrives)


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


def possible(context: Context) -> bool:
    """Whether the order can be made at all within its limits."""
    first = _first(context, ways)
    return any(_whole(context, ways, first, label, limited=True)[0] is not None for label in ("fastest", "cheapest"))
