"""What silence means. The one place that says which answer holds when a buyer says nothing to a changed plan: derived
from the plan's effect on what was agreed, never from its cause. Dearer or later needs a yes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.planning import ReplanChoice

_KEEPS_OR_RELEASES: Mapping[str, ReplanChoice] = {
    "countered": "keep_terms",
    "moved": "keep_terms",
    "under_delivery": "take_less",
}
"""cause -> the answer that keeps the agreed terms or lets go without a fee, where that is not `cancel`."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a changed plan would do to what was agreed. Prices in fen before VAT."""

    old_promise_at: datetime
    new_promise_at: datetime
    old_price_fen: int
    new_price_fen: int

    @property
    def needs_a_yes(self) -> bool:
        """Whether the buyer would pay more or get its goods later than agreed."""
        return self.new_price_fen > self.old_price_fen or self.new_promise_at > self.old_promise_at


def silent_choice(cause: str, effect: Effect | None) -> ReplanChoice:
    """The answer of a buyer that stays silent. *effect* None: no plan was found that could be taken."""
    if effect is not None and not effect.needs_a_yes:
        return "accept"
    return _KEEPS_OR_RELEASES.get(cause, "cancel")


def choices_of(cause: str) -> list[ReplanChoice]:
    """What may be answered: the terms can only be kept where it is a plant that would not keep them, and an order of
    which most is made is not cancelled but ended with what there is.
    """
    other = _KEEPS_OR_RELEASES.get(cause, "cancel")
    return ["accept", "keep_terms", "cancel"] if other == "keep_terms" else ["accept", other]
