"""The seam: a demand, the board and an instant in; a menu of options or typed reasons out. Pure, and deterministic."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.capacity.domain.board import Board, FreeBoard
from services.capacity.domain.hours import DAY, instant_of, microseconds_of, seconds_up
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.menu import Menu, Whole
from services.capacity.domain.matching.one_plant import menu_within
from services.capacity.domain.matching.options import drawn, slack, slots_of
from services.capacity.domain.matching.problem import Demand, Matched, Unmatched
from services.capacity.domain.matching.reasons import binding, refusals, unmatched
from services.capacity.domain.matching.relaxation import cheaper_quantity, relaxation
from services.capacity.domain.matching.rematching import again, with_unbooked
from services.capacity.domain.matching.rules import PlanningRules
from services.capacity.domain.matching.transport import roads
from shared.contracts.planning import PlannedStep
from shared.contracts.reasons import ReasonCode, Relaxation
from shared.kernel.clock import instant_text

_NONE: frozenset[str] = frozenset()


def match(
    demand: Demand,
    board: Board,
    at: datetime,
    rules: PlanningRules,
    *,
    quote_id: str,
    ignored: frozenset[str] = _NONE,
    banned: Mapping[str, frozenset[str]] | None = None,
) -> Matched | Unmatched:
    """Plan *demand* as of *at*. Ids of options and slots follow from *quote_id*, so equal questions have equal answers.

    *ignored*: ids of slots or quotes that will be released together with taking the new slots, so their time is free.
    *banned*: process id -> ids of plants that may not make it (one that has declined it). Raises ValueError for a
    demand without lines. A plan that misses the requested date is offered all the same, with negative slack.
    """
    if not demand.lines:
        raise ValueError(f"expected at least one line to plan, found none in {demand.order_id}")
    context = context_of(demand, board, at, rules, ignored=ignored, banned=banned or {})
    found = menu_within(context)
    if not found.wholes:
        return unmatched_of(context, found)
    return _matched(context, found, quote_id)


def rematch(
    demand: Demand,
    board: Board,
    at: datetime,
    rules: PlanningRules,
    *,
    quote_id: str,
    kept: Sequence[PlannedStep],
    current: Sequence[PlannedStep] = (),
    ignored: frozenset[str] = _NONE,
    banned: Mapping[str, frozenset[str]] | None = None,
) -> Matched | Unmatched:
    """Plan again what is not in *kept*: those steps stay where they are, in their parts, variants and quantities.

    *current*: the whole plan as it stands, from which parts of which nothing is kept take their quantities; without
    it a line's quantity that no kept step accounts for is one part. Other arguments as for `match`. Slots of steps
    that are not kept must be named in *ignored* (or be off the board). Matched.slots holds new slots only.
    """
    context = context_of(demand, board, at, rules, ignored=ignored, banned=banned or {})
    context = replace(with_unbooked(context, kept), plants={one.process_id: one.plant_id for one in current})
    found = menu_within(context, again(kept, [*kept, *current]), kept)
    if not found.wholes:
        return Unmatched(unmatched(context, found), None)
    return _matched(context, found, quote_id)


def _matched(context: Context, found: Menu, quote_id: str) -> Matched:
    free = replace(context, board=FreeBoard(context.board), taken={}, remembered={})
    cheaper = cheaper_quantity(free, found)  # a better quantity must not tell what others have ordered
    options = [
        drawn(context, whole, quote_id, binding(context, whole), better_if(context, whole, cheaper))
        for whole in found.wholes
    ]
    return Matched([one.option for one in options], refusals(context, found), slots_of(options))


def context_of(
    demand: Demand,
    board: Board,
    at: datetime,
    rules: PlanningRules,
    *,
    ignored: frozenset[str] = _NONE,
    banned: Mapping[str, frozenset[str]],
) -> Context:
    """The context in which a demand is planned as of *at*; nothing starts within the second that has begun."""
    now = seconds_up(at)
    return Context(
        demand=demand,
        board=board,
        rules=rules,
        roads=roads(rules),
        at=now,
        at_us=microseconds_of(at),
        not_before=max(now, seconds_up(demand.earliest_start_at)),
        horizon=now + rules.horizon_days * DAY,
        ignored=ignored,
        banned=banned,
        setup_fen_per_hour=rules.setup_fen_per_hour,
    )


def better_if(context: Context, whole: Whole, cheaper: tuple[Relaxation, int] | None) -> Relaxation | None:
    """What would make the option better: for a late one the date it can keep, else a quantity at a lower unit price."""
    if slack(context, whole) < 0:
        return Relaxation("date", instant_text(instant_of(whole.arrives)))
    if cheaper is None:
        return None
    change, fen_per_thousand = cheaper
    asked = context.demand.lines[0].quantity_net
    return change if fen_per_thousand * asked < whole.fen * 1_000 else None


def unmatched_of(context: Context, found: Menu) -> Unmatched:
    """Why *found* is empty, and the smallest change that would help."""
    reasons = unmatched(context, found)
    chains = [chain for ways in found.first for chain in ways.idle]
    change = relaxation(context, reasons, chains)
    known = {ReasonCode.PRICE_ABOVE_LIMIT, ReasonCode.PLANTS_ABOVE_LIMIT}
    if change is None and reasons[0].code in known:
        change = reasons[0].relaxation
    return Unmatched(reasons, change)
