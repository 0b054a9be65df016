"""Planning reasons as a buyer may see them: limits of what was asked for, over all plants; never one plant's own."""

from collections.abc import Iterable
from typing import Any

from shared.contracts.impersonal import over_all_plants
from shared.contracts.reason_words import reason_detail, reason_title, relaxation_text
from shared.contracts.reasons import PlanReason, Relaxation
from shared.kernel.refusal import Language

Shown = dict[str, Any]


def relaxation_shown(relaxation: Relaxation | None) -> Shown | None:
    if relaxation is None:
        return None
    return {
        "kind": relaxation.kind,
        "to": relaxation.to,
        "unit": relaxation.unit,
        "text": {"zh": relaxation_text(relaxation, "zh"), "en": relaxation_text(relaxation, "en")},
    }


def reasons_shown(reasons: Iterable[PlanReason]) -> list[Shown]:
    """One row for each kind of no of a step, whatever number of lines says it."""
    return [_shown(one) for one in over_all_plants(reasons)]


def _shown(reason: PlanReason) -> Shown:
    return {
        "code": reason.code.value,
        "title": {"zh": reason_title(reason.code, "zh"), "en": reason_title(reason.code, "en")},
        "detail": {"zh": _detail(reason, "zh"), "en": _detail(reason, "en")},
        "step": reason.step,
        "capability": reason.capability,
        "variant": reason.variant,
        "plant": "",
        "facts": dict(reason.facts),
        "relaxation": relaxation_shown(reason.relaxation),
    }


def _detail(reason: PlanReason, language: Language) -> str:
    return reason_detail(reason, language) or reason_title(reason.code, language)
