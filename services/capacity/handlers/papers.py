"""Whether plants may still make what was found at them: their papers may have ended between the search and the booking."""

from collections.abc import Iterable

from services.capacity.domain.allocation import recipe_step
from services.capacity.domain.hours import seconds_of
from services.capacity.domain.matching.eligibility import validity
from services.capacity.domain.plan_events import PlanAsked
from services.capacity.domain.refusals import Why
from services.capacity.handlers.draft import Draft
from shared.contracts.planning import PlannedStep
from shared.contracts.reasons import PlanReason
from shared.kernel.refusal import Refused


def papers_hold(draft: Draft, demand: PlanAsked, step: PlannedStep) -> bool:
    """Whether licence and food-contact proof hold from set-up to end, as they must for whatever is planned."""
    line, starts, ends = draft.board.line(step.line_id), seconds_of(step.starts_at), seconds_of(step.ends_at)
    windows = validity(line, recipe_step(demand, step), starts, ends)
    return not isinstance(windows, PlanReason) and (starts, ends) in windows


def check_papers(draft: Draft, demand: PlanAsked, steps: Iterable[PlannedStep]) -> None:
    """Raises Refused HOLD_LOST: what was held while the papers were good is not booked once they have ended."""
    for step in steps:
        if not papers_hold(draft, demand, step):
            raise Refused(Why.HOLD_LOST, slot_id=step.slot_id)
