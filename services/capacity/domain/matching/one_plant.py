"""One plant only: everything that is made for the order is made in one plant, whichever lines, parts and variants it
takes. Tests, cold stores and lorries make nothing, so they may be elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.menu import Find, Menu, Whole, labelled, menu, possible
from services.capacity.domain.matching.parts import ways
from shared.contracts.planning import DemandLine, PlannedStep, Variant
from shared.reference.capabilities import makes


def menu_within(context: Context, find: Find = ways, kept: Sequence[PlannedStep] = ()) -> Menu:
    """All options within the limits. *kept* steps of an earlier plan say which plant it is, once one of them makes."""
    if not context.demand.limits.one_plant_only:
        return menu(context, find)
    menus = [(one, menu(one, find)) for one in _by_plant(context, kept)]
    wholes = [whole for _, found in menus for whole in found.wholes]
    if wholes:
        trail = next(found.first for _, found in menus if found.wholes)
        return Menu(tuple(labelled(context, wholes)), trail, None, None)
    return _several_needed(context, find)


def possible_within(context: Context) -> bool:
    """Whether the order can be made at all within its limits."""
    if not context.demand.limits.one_plant_only:
        return possible(context)
    return any(possible(one) for one in _by_plant(context, ()))


def _by_plant(context: Context, kept: Sequence[PlannedStep]) -> Iterator[Context]:
    """A context for each plant that could make everything; the unbound one where nothing is made at all."""
    begun = {one.plant_id for one in kept if makes(one.capability)}
    plants = begun or _able(context)
    if plants is None:
        yield context
        return
    for plant in sorted(plants) if len(begun) < 2 else []:
        yield replace(context, only_plant=plant, remembered={})


def _able(context: Context) -> set[str] | None:
    """Plants with a line for every making step of some variant of every line; None when no step makes."""
    able: set[str] | None = None
    for line in context.demand.lines:
        mine = _able_of_line(context, line)
        able = mine if able is None else able if mine is None else able & mine
    return able


def _able_of_line(context: Context, line: DemandLine) -> set[str] | None:
    found = [_able_of_variant(context, one) for one in line.variants]
    known = [one for one in found if one is not None]
    return set().union(*known) if len(known) == len(found) else None


def _able_of_variant(context: Context, variant: Variant) -> set[str] | None:
    sets = [
        {one.plant_id for one in context.board.lines_with(step.capability)}
        for step in variant.steps
        if makes(step.capability)
    ]
    return set.intersection(*sets) if sets else None


def _several_needed(context: Context, find: Find) -> Menu:
    """Why no plant alone can: several could, which the limit forbids, or nobody could at all."""
    limits = msgspec.structs.replace(context.demand.limits, one_plant_only=False)
    free = replace(context, demand=msgspec.structs.replace(context.demand, limits=limits), remembered={})
    found = menu(free, find)
    if not found.wholes:
        return found
    makers = min(len(_makers(one)) for one in found.wholes)
    return Menu((), found.first, None, max(2, makers))


def _makers(whole: Whole) -> set[str]:
    placed = [one for way in whole.ways for part in way.parts for one in part.placed.values()]
    return {one.candidate.plant_id for one in placed if makes(one.task.step.capability)}
