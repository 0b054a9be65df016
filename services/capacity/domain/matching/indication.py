"""What an inquiry is answered: ways to make the order on lines free of everybody's orders, each with the day by which
it would really come.

Two worlds that differ in others' orders only have the same answer but for those days. Nothing is reserved and nothing
is kept of how a way was found: no steps, no lines, no hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from services.capacity.domain.board import Board, FreeBoard
from services.capacity.domain.hours import instant_of
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.match import better_if, context_of, unmatched_of
from services.capacity.domain.matching.menu import Menu, fastest_arrival, menu
from services.capacity.domain.matching.options import drawn
from services.capacity.domain.matching.problem import Demand, Unmatched
from services.capacity.domain.matching.reasons import binding, refusals_when_free
from services.capacity.domain.matching.relaxation import cheaper_quantity
from services.capacity.domain.matching.rematching import again
from services.capacity.domain.matching.rules import PlanningRules
from shared.contracts.impersonal import over_all_plants
from shared.contracts.planning import DemandLine, Limits, PlannedStep, PlanOption
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.clock import instant_text
from shared.kernel.local_days import end_of_local_day, local_day_of

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Indication:
    """*options* have no steps; *earliest_at*: the end of the day on which the goods could come at the soonest, by
    whatever way. *refusals* are limits over all plants.
    """

    options: list[PlanOption]
    refusals: list[PlanReason]
    earliest_at: datetime


def indicate(
    demand: Demand, board: Board, at: datetime, rules: PlanningRules, *, inquiry_id: str
) -> Indication | Unmatched:
    """Answer an inquiry as of *at*. Raises ValueError for a demand without lines."""
    if not demand.lines:
        raise ValueError(f"expected at least one line to plan, found none in {demand.order_id}")
    free = context_of(demand, FreeBoard(board), at, rules, banned={})
    found = menu(free)
    if not found.wholes:
        return impersonal(unmatched_of(free, found))
    real = context_of(demand, board, at, rules, banned={})
    earliest = fastest_arrival(real)
    options = [one for one in _options(free, real, found, inquiry_id) if one is not None]
    if earliest is None or not options:
        return FULL
    refusals = over_all_plants(refusals_when_free(free, found))
    return Indication(options, refusals, end_of_local_day(instant_of(earliest)))


FULL = Unmatched([PlanReason(ReasonCode.CAPACITY_FULL)], None)
"""No day within the horizon of planning: all that is told of a way that others' orders leave no room for."""


def why_not(demand: Demand, board: Board, at: datetime, rules: PlanningRules, answer: Unmatched) -> Unmatched:
    """*answer* as its buyer may hear it: why free lines could not do it either, else that there is no room.

    Limits of the whole order (its price, its number of plants) are the asker's own.
    """
    free = context_of(demand, FreeBoard(board), at, rules, banned={})
    found = menu(free)
    if not found.wholes:
        return impersonal(unmatched_of(free, found))
    own = [one for one in answer.reasons if one.code in _OF_THE_WHOLE]
    return Unmatched(own, own[0].relaxation) if own else FULL


_OF_THE_WHOLE = frozenset({ReasonCode.PRICE_ABOVE_LIMIT, ReasonCode.PLANTS_ABOVE_LIMIT})


def impersonal(answer: Unmatched) -> Unmatched:
    return Unmatched(over_all_plants(answer.reasons), answer.relaxation)


def _options(free: Context, real: Context, found: Menu, inquiry_id: str) -> Sequence[PlanOption | None]:
    cheaper = cheaper_quantity(free, found)
    return [
        _option(
            real,
            drawn(free, one, inquiry_id, binding(free, one), better_if(free, one, cheaper)).option,
            len(one.plants),
        )
        for one in found.wholes
    ]


def _option(real: Context, ideal: PlanOption, plants: int) -> PlanOption | None:
    """The way *ideal* with its real day, and without its steps; None when it finds no day at all."""
    arrives = fastest_arrival(_same_way(real, ideal.steps), again([], ideal.steps))
    if arrives is None:
        return None
    promise_at = end_of_local_day(instant_of(arrives))
    slack = (local_day_of(real.demand.requested_by) - local_day_of(promise_at)).days
    binding_told = None if ideal.binding is None else over_all_plants([ideal.binding])[0]
    return PlanOption(
        option_id=ideal.option_id,
        labels=ideal.labels,
        price_fen=ideal.price_fen,
        vat_fen=ideal.vat_fen,
        promise_at=promise_at,
        slack_minutes=slack * _DAY_MINUTES,
        plants=plants,
        steps=[],
        trips=[],
        binding=None if binding_told is None else _without_date(binding_told),
        better_if=Relaxation("date", instant_text(promise_at)) if slack < 0 else _quantity(ideal.better_if),
        districts=sorted({one.district for one in ideal.steps}),
        variants=sorted({one.variant for one in ideal.steps}),
        named_plants=sorted({one.plant_name for one in ideal.steps if one.named}),
    )


def _quantity(better: Relaxation | None) -> Relaxation | None:
    return None if better is None or better.kind == "date" else better


def _without_date(reason: PlanReason) -> PlanReason:
    return msgspec.structs.replace(reason, relaxation=_quantity(reason.relaxation))


def _same_way(real: Context, steps: Sequence[PlannedStep]) -> Context:
    """The context in which every step has only the plant and the variant that it has in *steps*."""
    chosen: dict[str, set[str]] = {}
    for one in steps:
        chosen.setdefault(one.order_line_id, set()).add(one.variant)
    lines: list[DemandLine] = [
        msgspec.structs.replace(line, variants=[one for one in line.variants if one.code in chosen[line.order_line_id]])
        for line in real.demand.lines
    ]
    limits: Limits = msgspec.structs.replace(real.demand.limits, price_fen_max=None, plants_max=None)
    demand = msgspec.structs.replace(real.demand, lines=lines, limits=limits)
    return replace(real, demand=demand, banned=_others(real, steps), remembered={})


def _others(real: Context, steps: Sequence[PlannedStep]) -> Mapping[str, frozenset[str]]:
    """process id -> every plant but the one that makes it in *steps*."""
    return {
        one.process_id: frozenset(line.plant_id for line in real.board.lines_with(one.capability)) - {one.plant_id}
        for one in steps
    }
