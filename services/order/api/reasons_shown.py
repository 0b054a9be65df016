"""Planning reasons as a buyer may see them: limits of what was asked for, over all plants; never one plant's own."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shared.contracts.reason_words import reason_detail, reason_title, relaxation_text
from shared.contracts.reasons import PlanReason, Relaxation
from shared.kernel.refusal import Language

Shown = dict[str, Any]

_ASKED = frozenset(
    {
        "quantity",
        "format",
        "category",
        "item",
        "needed",
        "announced",
        "unit",
        "km_max",
        "lag_minutes_max",
        "cold_band",
        "price",
        "limit",
        "plants",
    }
)
"""Facts that follow from what was asked, the recipe or the rules; a line's speed, hours, papers and waits do not."""
_OVER_ALL = {"batch_min": min, "batch_max": max}
"""Limits of single lines that are told as the limit of the product: the best of all lines."""


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
    found: dict[tuple[str, ...], PlanReason] = {}
    for one in reasons:
        key = (one.code, one.step, one.capability, one.variant)
        told = msgspec.structs.replace(one, plant_id="", plant_name="", line_id="", facts=_told(one.facts))
        found[key] = told if key not in found else _together(found[key], told)
    return [_shown(one) for one in found.values()]


def _told(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if name in _ASKED or name in _OVER_ALL}


def _together(one: PlanReason, other: PlanReason) -> PlanReason:
    """Both as one: the limit that is easier to meet, with the change that meets it."""
    for name, best in _OVER_ALL.items():
        if name in one.facts and name in other.facts and one.facts[name] != other.facts[name]:
            chosen = best(int(one.facts[name]), int(other.facts[name]))
            return one if chosen == int(one.facts[name]) else other
    return one if one.relaxation is not None or other.relaxation is None else other


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
