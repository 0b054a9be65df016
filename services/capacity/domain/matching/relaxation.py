"""The smallest change that would make an order possible, found by planning the changed order, never by guessing.

Kinds: `quantity` (of the order line), `split`, `supply`, `start`, `plants_excluded` (a plant to allow again), `colour`,
`price`, `plants`; and `date` on options that come late.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

import msgspec

from services.capacity.domain.hours import instant_of, seconds_up
from services.capacity.domain.matching.chain import Chain
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.menu import Menu, fastest_arrival
from services.capacity.domain.matching.one_plant import possible_within
from services.capacity.domain.matching.parts import ways
from services.capacity.domain.matching.problem import Demand
from shared.contracts.explosion import explode
from shared.contracts.planning import DemandLine, Limits, Supply
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.clock import instant_text

_EASED_BY_LESS = frozenset(
    {
        ReasonCode.LICENCE_EXPIRES,
        ReasonCode.FOOD_CONTACT_CERT_MISSING,
        ReasonCode.BATCH_TOO_LARGE,
        ReasonCode.CALENDAR_CLOSED,
        ReasonCode.CAPACITY_FULL,
        ReasonCode.FACTORY_LOAD_CAP,
        ReasonCode.MATERIAL_MISSING,
        ReasonCode.LAG_EXCEEDED,
        ReasonCode.COLD_CHAIN_NO_SLOT,
    }
)
_TRIES_MAX = 8
_HALVINGS = 7
_COLOUR_TENTHS = 20  # any limit will do: that one is named is what allows two plants


def relaxation(context: Context, reasons: Iterable[PlanReason], chains: Iterable[Chain]) -> Relaxation | None:
    """The first of the candidate changes, smallest kinds first, under which the order is possible."""
    rows = list(reasons)
    for one in rows:
        if one.code in {ReasonCode.PRICE_ABOVE_LIMIT, ReasonCode.PLANTS_ABOVE_LIMIT} and one.relaxation is not None:
            return one.relaxation  # measured without that limit already
    for change, demand in islice(_changes(context, rows, list(chains)), _TRIES_MAX):
        if possible_within(_asking(context, demand)):
            return change
    return _sooner(context) or (_smaller(context) if any(one.code in _EASED_BY_LESS for one in rows) else None)


def _sooner(context: Context) -> Relaxation | None:
    """The earliest date there is, where the window asked for is what nobody can keep."""
    if context.deliver_from is None:
        return None
    arrives = fastest_arrival(_asking(context, msgspec.structs.replace(context.demand, deliver_from=None)))
    return None if arrives is None else Relaxation("date", instant_text(instant_of(arrives)))


def cheaper_quantity(context: Context, menu: Menu) -> tuple[Relaxation, int] | None:
    """A somewhat larger quantity that meets a minimum batch, and the fen of 1,000 units at it; for one-line orders.

    None when no minimum is near, or when the larger order is not possible either.
    """
    chains = [chain for ways in menu.first for chain in ways.idle]
    if len(context.demand.lines) != 1 or not chains:
        return None
    reasons = [one for chain in chains for one in chain.noes]
    asked = context.demand.lines[0].quantity_net
    for change, demand in _larger(context, reasons, chains):
        if int(change.to) > asked * context.rules.better_quantity_times_max:
            return None
        found = ways(_asking(context, demand).of_line(demand.lines[0]), demand.lines[0]).found
        if found:
            return change, min(way.fen for way in found) * 1_000 // int(change.to)
    return None


def _asking(context: Context, demand: Demand) -> Context:
    not_before = max(context.at, seconds_up(demand.earliest_start_at))
    return replace(context, demand=demand, not_before=not_before, remembered={})


def _changes(context: Context, reasons: list[PlanReason], chains: list[Chain]) -> Iterator[tuple[Relaxation, Demand]]:
    """Changes worth trying, with the demand as it would be."""
    demand, codes = context.demand, {one.code for one in reasons}
    limits = demand.limits
    if ReasonCode.BATCH_TOO_LARGE in codes and not limits.split_ok:
        yield Relaxation("split", "true"), _limited(demand, split_ok=True)
    if ReasonCode.MATERIAL_MISSING in codes:
        yield from _more_supply(demand, reasons)
    for plant in sorted({one.plant_id for one in reasons if one.code is ReasonCode.PLANT_EXCLUDED}):
        rest = [one for one in limits.exclude_plants if one != plant]
        yield Relaxation("plants_excluded", plant), _limited(demand, exclude_plants=rest)
    if ReasonCode.COLOUR_RULE in codes:
        yield (
            Relaxation("colour", "delta_e_tenths_max"),
            _limited(demand, one_plant_only=False, delta_e_tenths_max=_COLOUR_TENTHS),
        )
    if demand.earliest_start_at > instant_of(context.at):
        now = instant_of(context.at)
        yield (
            Relaxation("start", instant_text(now)),
            msgspec.structs.replace(demand, earliest_start_at=now),
        )
    if ReasonCode.MOQ_NOT_MET in codes:
        yield from _larger(context, reasons, chains)


def _limited(demand: Demand, **changes: object) -> Demand:
    fields = {name: getattr(demand.limits, name) for name in demand.limits.__struct_fields__}
    return msgspec.structs.replace(demand, limits=Limits(**{**fields, **changes}))


def _more_supply(demand: Demand, reasons: list[PlanReason]) -> Iterator[tuple[Relaxation, Demand]]:
    for one in reasons:
        if one.code is ReasonCode.MATERIAL_MISSING and "item" in one.facts:
            item, needed = one.facts.get("item", ""), int(one.facts.get("needed", "0"))
            unit = one.facts.get("unit", "")
            more = Supply(item, needed, unit, demand.earliest_start_at)
            changed = msgspec.structs.replace(demand, supplies=[*demand.supplies, more])
            yield Relaxation("supply", f"{item}:{needed}", unit), changed


def _larger(context: Context, reasons: list[PlanReason], chains: list[Chain]) -> Iterator[tuple[Relaxation, Demand]]:
    """Line quantities at which a minimum batch is met, smallest first."""
    minimums = {
        (one.variant, one.step): int(one.relaxation.to)
        for one in reversed(reasons)
        if one.code is ReasonCode.MOQ_NOT_MET and one.relaxation is not None
    }
    wanted: set[tuple[int, int]] = set()
    for chain in chains:
        line = context.demand.lines.index(chain.part.line)
        gross = [
            (index, minimums[chain.variant.code, task.step.step])
            for index, task in enumerate(chain.tasks)
            if (chain.variant.code, task.step.step) in minimums and not task.candidates
        ]
        if gross:
            wanted.add((max(_net_for(chain, index, minimum) for index, minimum in gross), line))
    for net, index in sorted(wanted):
        yield _with_quantity(context.demand, index, net)


def _net_for(chain: Chain, index: int, minimum: int) -> int:
    """The smallest delivered quantity at which step *index* starts with at least *minimum*: by bisection."""
    step = chain.tasks[index].step.step
    return _first(chain.part.net, 2 * minimum + chain.part.net, lambda net: _gross(chain, net, step) >= minimum)


def _gross(chain: Chain, net: int, step: str) -> int:
    return explode(chain.variant.steps, net).steps[step].gross


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number in low..high for which the rising property holds; *high* grows until it does."""
    while not holds(high):
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _with_quantity(demand: Demand, index: int, net: int) -> tuple[Relaxation, Demand]:
    line = demand.lines[index]
    changed: list[DemandLine] = list(demand.lines)
    changed[index] = msgspec.structs.replace(line, quantity_net=net)
    return Relaxation("quantity", str(net), line.unit), msgspec.structs.replace(demand, lines=changed)


def _smaller(context: Context) -> Relaxation | None:
    """The largest part of a one-line order that is possible, to a hundredth of what was asked."""
    if len(context.demand.lines) != 1:
        return None
    asked = context.demand.lines[0].quantity_net
    low, high, found = 0, asked, None
    for _ in range(_HALVINGS):
        middle = (low + high) // 2
        if middle < 1:
            break
        change, demand = _with_quantity(context.demand, 0, middle)
        if possible_within(_asking(context, demand)):
            low, found = middle, change
        else:
            high = middle
    return found
