"""Who may answer a question until when: the buyer before its end, from then on its stated default alone."""

from collections.abc import Sequence
from datetime import datetime

from services.order.domain.commands import AnswerReplan
from services.order.domain.refusals import Why
from shared.contracts.planning import ReplanChoice
from shared.kernel.refusal import Refused


def check_answer(
    command: AnswerReplan, answer_by: datetime, default: ReplanChoice, choices: Sequence[ReplanChoice]
) -> ReplanChoice:
    """What is answered. Raises Refused: REPLAN_ANSWER_LATE, DEFAULT_TOO_EARLY, NO_SUCH_CHOICE."""
    is_late, by_default = command.at >= answer_by, command.choice is None
    if is_late and not by_default:
        raise Refused(Why.REPLAN_ANSWER_LATE, answer_by=f"{answer_by:%FT%TZ}", default_choice=default)
    if by_default and not is_late:
        raise Refused(Why.DEFAULT_TOO_EARLY, answer_by=f"{answer_by:%FT%TZ}")
    choice = default if command.choice is None else command.choice
    if choice not in choices:
        raise Refused(Why.NO_SUCH_CHOICE, pointer="/choice", choices=", ".join(choices), found=choice)
    return choice
