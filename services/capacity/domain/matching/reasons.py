"""Why not, in typed reasons: what stops a chain that finds no place, what keeps a plan from being earlier, and the
refusals shown beside a menu. Facts are limits of lines and the asker's own figures, never another's order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from services.capacity.domain.bookings import LineSlots, line_slots
from services.capacity.domain.hours import instant_of
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.matching.chain import Task
from services.capacity.domain.matching.context import Context
from services.capacity.domain.matching.earliest import Search, earliest
from services.capacity.domain.matching.eligibility import Candidate
from services.capacity.domain.matching.labels import Outcome, Stuck
from services.capacity.domain.matching.menu import Menu, Whole
from services.capacity.domain.matching.parts import Ways
from services.capacity.domain.matching.placing import Late, Placed, end_near_window, inflow, place
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.clock import instant_text
from shared.kernel.money import Money

_HOUR = 3_600
_OF_ANOTHER_KIND = frozenset({ReasonCode.CAPABILITY_MISSING, ReasonCode.FORMAT_UNSUPPORTED})
_PRECEDENCE = {code: i for i, code in enumerate(ReasonCode)}


def in_order(reasons: Iterable[PlanReason], count: int) -> list[PlanReason]:
    """By precedence, one row for the same no of the same line and step, at most *count*."""
    found: dict[tuple[str, ...], PlanReason] = {}
    for one in reasons:
        found.setdefault((one.code, one.step, one.capability, one.line_id), one)
    return sorted(found.values(), key=lambda one: _PRECEDENCE[one.code])[:count]


def refusals(context: Context, menu: Menu) -> list[PlanReason]:
    """Why other lines are not in the menu whatever stands on them: a line that is merely full is passed over, because a
    quote that said so would tell of others' orders.
    """
    ways = [replace(one, stuck=()) for one in menu.first]
    return in_order(_all_noes(context, ways), context.rules.refusals_max)


def refusals_when_free(context: Context, menu: Menu) -> list[PlanReason]:
    """The same, and what keeps a way from being made even on lines free of orders."""
    return in_order(_all_noes(context, menu.first), context.rules.refusals_max)


def unmatched(context: Context, menu: Menu) -> list[PlanReason]:
    """Why there is no plan at all; never empty."""
    reasons: list[PlanReason] = []
    if menu.over_price is not None:
        price = str(Money(menu.over_price))
        reasons.append(
            PlanReason(
                ReasonCode.PRICE_ABOVE_LIMIT,
                facts={"price": price, "limit": str(Money(context.demand.limits.price_fen_max or 0))},
                relaxation=Relaxation("price", price, "CNY"),
            )
        )
    if menu.over_plants is not None:
        reasons.append(
            PlanReason(
                ReasonCode.PLANTS_ABOVE_LIMIT,
                facts={
                    "plants": str(menu.over_plants),
                    "limit": str(1 if context.demand.limits.one_plant_only else context.demand.limits.plants_max),
                },
                relaxation=Relaxation("plants", str(menu.over_plants)),
            )
        )
    stopped = [one for one in menu.first if not one.found] or ([] if reasons else list(menu.first))
    reasons += (one for one in _all_noes(context, stopped) if _stops(one, stopped))
    return in_order(reasons, context.rules.refusals_max) or [PlanReason(ReasonCode.CAPACITY_FULL)]


def _stops(reason: PlanReason, lines: Iterable[Ways]) -> bool:
    """Whether the step it speaks of is one that no line can run, or that found no place."""
    if not reason.step:
        return True
    idle = (chain for ways in lines for chain in ways.idle if chain.variant.code == reason.variant)
    blocked = any(
        task.step.step == reason.step and (not task.candidates or task.supplied is None)
        for chain in idle
        for task in chain.tasks
    )
    stuck = (one for ways in lines for one in ways.stuck)
    return blocked or any(
        (one.chain.variant.code, one.task.step.step) == (reason.variant, reason.step) for one in stuck
    )


def _all_noes(context: Context, lines: Iterable[Ways]) -> Iterator[PlanReason]:
    for ways in lines:
        for chain in ways.runnable:
            yield from _telling(chain.noes, {task.step.step for task in chain.tasks})
        for chain in ways.idle:
            yield from _telling(chain.noes, {task.step.step for task in chain.tasks if task.candidates})
        for stuck in ways.stuck:
            yield from stuck_reasons(context, stuck)
        if ways.off_colour:
            yield PlanReason(ReasonCode.COLOUR_RULE, relaxation=Relaxation("colour", "delta_e_tenths_max"))


def _telling(noes: Iterable[PlanReason], served: set[str]) -> Iterator[PlanReason]:
    """Without lines that are simply of another kind, where the step is *served* or another line came closer."""
    rows = list(noes)
    closer = served | {one.step for one in rows if one.code not in _OF_ANOTHER_KIND}
    return (one for one in rows if one.code not in _OF_ANOTHER_KIND or one.step not in closer)


def stuck_reasons(context: Context, stuck: Stuck) -> Iterator[PlanReason]:
    """One reason a line for the step that found no place."""
    for candidate in stuck.task.candidates:
        code, facts = _why(context, stuck, candidate)
        line = context.line(candidate.line_id)
        yield PlanReason(
            code,
            step=stuck.task.step.step,
            capability=stuck.task.step.capability,
            variant=stuck.chain.variant.code,
            plant_id=line.plant_id,
            plant_name=line.plant_name,
            line_id=line.line_id,
            facts=facts,
        )


def _why(context: Context, stuck: Stuck, candidate: Candidate) -> tuple[ReasonCode, dict[str, str]]:
    task, placed = stuck.task, stuck.placed
    if any(feed.task not in placed for feed in task.feeds):
        return ReasonCode.LAG_EXCEEDED, {}
    flows = [inflow(context, task, feed, placed[feed.task], candidate) for feed in task.feeds]
    if None in flows:
        cold = [feed.need.cold_band for feed, flow in zip(task.feeds, flows, strict=True) if flow is None]
        return _too_far(context, cold[0])
    found = place(context, task, candidate, placed)
    if isinstance(found, list):
        return _lag(task, found)
    if found is not None:
        return _too_far(context, stuck.chain.part.line.cold_band)
    release = max([context.not_before, task.supplied or 0, *(flow.begin for flow in flows if flow is not None)])
    floor = end_near_window(context, task, candidate)
    if task.use_by is not None and context.earliest(task.run, candidate, release, floor) is not None:
        return ReasonCode.MATERIAL_MISSING, {"use_by": instant_text(instant_of(task.use_by))}
    return _no_gap(context, task, candidate, release)


def _too_far(context: Context, cold_band: str) -> tuple[ReasonCode, dict[str, str]]:
    """Goods that must stay cold go only where a reefer goes, which is less far than any other lorry."""
    rules = context.rules
    if cold_band:
        return ReasonCode.COLD_CHAIN_NO_SLOT, {"cold_band": cold_band, "km_max": str(rules.cold_lanes.km_max)}
    return ReasonCode.TRANSPORT_TOO_LONG, {"km_max": str(rules.trip_km_max)}


def _lag(task: Task, late: Iterable[Late]) -> tuple[ReasonCode, dict[str, str]]:
    broken = {one.feed for one in late}
    needs = [feed.need for feed in task.feeds if feed.task in broken]
    cold = [need.cold_band for need in needs if need.cold_band]
    facts = {"lag_minutes_max": str(min(need.lag_minutes_max or 0 for need in needs))}
    if cold:
        return ReasonCode.COLD_CHAIN_NO_SLOT, {**facts, "cold_band": cold[0]}
    return ReasonCode.LAG_EXCEEDED, facts


def _no_gap(context: Context, task: Task, candidate: Candidate, release: int) -> tuple[ReasonCode, dict[str, str]]:
    """Which rule, when lifted, would leave a gap; asked in order of precedence."""
    line, floor = context.line(candidate.line_id), end_near_window(context, task, candidate)
    search = context.search(line, task.run, candidate.seconds, candidate.windows)
    always = replace(search, windows=((context.at, context.horizon),))
    if earliest(always, release, floor) is not None:
        return _papers(task, line)
    alike = line_slots(msgspec.structs.replace(one, run=task.run) for one in line.bookings)
    if earliest(replace(always, line=line.with_slots(alike, 0)), release, floor) is not None:
        return ReasonCode.CHANGEOVER_FORBIDDEN, {}
    if earliest(_empty(always), release, floor) is None:
        return ReasonCode.CALENDAR_CLOSED, {"hours_needed": str(-(-candidate.seconds // _HOUR))}
    if earliest(replace(always, load_cap_seconds=0), release, floor) is not None:
        return ReasonCode.FACTORY_LOAD_CAP, {"hours_per_week": str(line.master.load_cap_hours_per_week)}
    return ReasonCode.CAPACITY_FULL, {"hours_needed": str(-(-candidate.seconds // _HOUR))}


def _empty(search: Search) -> Search:
    return replace(search, line=search.line.with_slots(LineSlots(), 0), load_cap_seconds=0)


def _papers(task: Task, line: LineOnBoard) -> tuple[ReasonCode, dict[str, str]]:
    category = task.step.licence_category
    until = [one.valid_until for one in line.plant.licences if category in one.categories]
    if category and until:
        return ReasonCode.LICENCE_EXPIRES, {"category": category, "valid_until": max(until).isoformat()}
    return ReasonCode.FOOD_CONTACT_CERT_MISSING, {}


@dataclass(frozen=True, slots=True)
class _Wait:
    seconds: int
    code: ReasonCode
    placed: Placed
    release: int


def binding(context: Context, whole: Whole) -> PlanReason:
    """What keeps the last arrival from being earlier: the longest wait on its critical path, or the work itself."""
    part = max((one for way in whole.ways for one in way.parts), key=lambda one: one.arrives)
    late = whole.arrives > context.requested_by
    relaxation = Relaxation("date", instant_text(instant_of(whole.arrives))) if late else None
    longest = max(_waits(context, part), key=lambda wait: wait.seconds, default=None)
    if longest is None or longest.seconds < _HOUR:
        return PlanReason(ReasonCode.DATE_TOO_EARLY, variant=part.chain.variant.code, relaxation=relaxation)
    one = longest.placed
    line = context.line(one.candidate.line_id)
    return PlanReason(
        longest.code,
        step=one.task.step.step,
        capability=one.task.step.capability,
        variant=part.chain.variant.code,
        plant_id=line.plant_id,
        plant_name=line.plant_name,
        line_id=line.line_id,
        facts={
            "wait_hours": str(longest.seconds // _HOUR),
            "ready_at": instant_text(instant_of(longest.release)),
            "runs_from": instant_text(instant_of(one.at.runs_from)),
        },
        relaxation=relaxation,
    )


def _waits(context: Context, part: Outcome) -> Iterator[_Wait]:
    """Waits along the critical path, from the last step back."""
    index = len(part.chain.tasks) - 1
    if context.deliver_from is not None:  # what was held back for the buyer's window has waited for nothing else
        context = context.begun_at(min(one.at.starts for one in part.placed.values()))
    while True:
        one = part.placed[index]
        begins = _begins(context, part.placed, one)
        supplied = one.task.supplied or 0
        release = max([context.not_before, supplied, *begins.values()])
        if one.task.pin is None:
            yield from _waits_of(context, one, release)
        if supplied == release and supplied > context.not_before:
            yield _Wait(supplied - context.not_before, ReasonCode.MATERIAL_MISSING, one, release)
            return
        critical = [task for task, begin in begins.items() if begin == release]
        if not critical:
            return
        index = critical[0]


def _begins(context: Context, placed: Mapping[int, Placed], one: Placed) -> dict[int, int]:
    """feeding task -> when its output lets *one* begin."""
    found = {}
    for feed in one.task.feeds:
        flow = inflow(context, one.task, feed, placed[feed.task], one.candidate)
        if flow is not None:
            found[feed.task] = flow.begin
    return found


def _waits_of(context: Context, one: Placed, release: int) -> Iterator[_Wait]:
    line = context.board.line(one.candidate.line_id)
    search = context.search(line, one.task.run, one.candidate.seconds, one.candidate.windows)
    floor = end_near_window(context, one.task, one.candidate)
    alone = earliest(_empty(search), release, floor)
    if alone is None:
        return
    fenced = search.not_before > release
    if not floor:
        code = ReasonCode.FROZEN_FENCE if fenced else ReasonCode.CALENDAR_CLOSED
        yield _Wait(alone.runs_from - release, code, one, release)
    capped = search.load_cap_seconds and earliest(replace(search, load_cap_seconds=0), release, floor) != one.at
    full = ReasonCode.FACTORY_LOAD_CAP if capped else ReasonCode.CAPACITY_FULL
    yield _Wait(one.at.runs_from - alone.runs_from, full, one, release)
