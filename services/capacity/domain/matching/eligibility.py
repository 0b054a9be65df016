"""Whether a line may run a step of given size at all, before its calendar is looked at; the first no in precedence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from services.capacity.domain.hours import seconds_of
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.matching.earliest import Window
from shared.contracts.planning import RecipeStep
from shared.contracts.reasons import PlanReason, ReasonCode, Relaxation
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.rounding import PPM, ceil_div, half_up_div

_HOUR = 3_600

COUNTED_IN_ANYTHING = "any"  # a laboratory counts in whatever the lot is counted in


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may run the step: open *seconds* of run, price of its good units before VAT, windows in which papers
    hold.
    """

    line_id: str
    plant_id: str
    district: str
    seconds: int
    price_fen: int
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a step asks of a line. *since*, *until*: the span planning looks at."""

    step: RecipeStep
    variant: str
    net: int
    gross: int
    since: int
    until: int
    excluded: frozenset[str]


def candidate(line: LineOnBoard, ask: Ask) -> Candidate | PlanReason:
    """The line as a candidate, or why not. The line is known to have the capability."""
    step, capability = ask.step, line.capabilities[ask.step.capability]
    price = line.prices.get(capability.code)
    if price is None or capability.unit not in {step.unit, COUNTED_IN_ANYTHING}:
        return refusal(ReasonCode.CAPABILITY_MISSING, line, ask)
    if step.format and step.format not in capability.formats:
        return refusal(ReasonCode.FORMAT_UNSUPPORTED, line, ask, format=step.format)
    if line.plant_id in ask.excluded:
        return refusal(ReasonCode.PLANT_EXCLUDED, line, ask)
    windows = validity(line, step, ask.since, ask.until)
    if isinstance(windows, PlanReason):
        return _named(windows, line, ask)
    if ask.gross < capability.batch_min:
        return refusal(
            ReasonCode.MOQ_NOT_MET,
            line,
            ask,
            relaxation=Relaxation("batch", str(capability.batch_min), step.unit),
            batch_min=str(capability.batch_min),
            quantity=str(ask.gross),
        )
    if capability.batch_max and ask.gross > capability.batch_max:
        return refusal(
            ReasonCode.BATCH_TOO_LARGE,
            line,
            ask,
            relaxation=Relaxation("batch", str(capability.batch_max), step.unit),
            batch_max=str(capability.batch_max),
            quantity=str(ask.gross),
        )
    seconds = run_seconds(ask.gross, capability.rate_per_hour, capability.efficiency_ppm)
    fen = max(price.minimum_fen, price.setup_fen + half_up_div(ask.net * price.fen_per_thousand, 1_000))
    return Candidate(line.line_id, line.plant_id, line.district, seconds, fen, windows)


def run_seconds(quantity: int, rate_per_hour: int, efficiency_ppm: int) -> int:
    """Open seconds to run *quantity* at rated speed x efficiency, rounded up; at least one."""
    return max(1, ceil_div(quantity * _HOUR * PPM, rate_per_hour * efficiency_ppm))


def validity(line: LineOnBoard, step: RecipeStep, since: int, until: int) -> tuple[Window, ...] | PlanReason:
    """Windows within [since, until) in which licence and food-contact proof hold, or the reason that none is left."""
    windows: list[Window] = [(since, until)]
    if step.licence_category:
        held = [one for one in line.plant.licences if step.licence_category in one.categories]
        if not held:
            return PlanReason(ReasonCode.LICENCE_MISSING, facts={"category": step.licence_category})
        windows = _common(windows, _spans([(one.valid_from, one.valid_until) for one in held]))
        if not windows:
            last = max(one.valid_until for one in held)
            return PlanReason(
                ReasonCode.LICENCE_EXPIRES,
                facts={"category": step.licence_category, "valid_until": last.isoformat()},
            )
    if step.food_contact:
        windows = _common(windows, _spans([(one.valid_from, one.valid_until) for one in line.plant.proofs]))
        if not windows:
            return PlanReason(ReasonCode.FOOD_CONTACT_CERT_MISSING)
    return tuple(windows)


def _spans(validities: Sequence[tuple[date, date]]) -> list[Window]:
    """Validities by local dates as spans of seconds, merged where they touch or overlap."""
    result: list[Window] = []
    for first, last in sorted((_day(one[0]), _day(one[1])) for one in validities if one[0] < one[1]):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return result


def _day(on: date) -> int:
    return seconds_of(datetime.combine(on, time(), LOCAL_ZONE))


def _common(left: Sequence[Window], right: Sequence[Window]) -> list[Window]:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right)
    return sorted(pair for pair in pairs if pair[0] < pair[1])


def refusal(
    code: ReasonCode, line: LineOnBoard, ask: Ask, relaxation: Relaxation | None = None, **facts: str
) -> PlanReason:
    """A reason why *line* does not run the step, naming both."""
    return _named(PlanReason(code, facts=facts, relaxation=relaxation), line, ask)


def _named(reason: PlanReason, line: LineOnBoard, ask: Ask) -> PlanReason:
    return PlanReason(
        reason.code,
        step=ask.step.step,
        capability=ask.step.capability,
        variant=ask.variant,
        plant_id=line.plant_id,
        plant_name=line.plant_name,
        line_id=line.line_id,
        facts=reason.facts,
        relaxation=reason.relaxation,
    )
