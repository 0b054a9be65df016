"""Reasons without the plants they came from: what was asked, and limits over all plants instead of one plant's own."""

from collections.abc import Iterable, Mapping

import msgspec

from shared.contracts.reasons import PlanReason

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


def over_all_plants(reasons: Iterable[PlanReason]) -> list[PlanReason]:
    """One reason for each kind of no of a step, whatever number of lines says it; no plant, no line, no figure of one."""
    found: dict[tuple[str, ...], PlanReason] = {}
    for one in reasons:
        key = (one.code, one.step, one.capability, one.variant)
        told = msgspec.structs.replace(one, plant_id="", plant_name="", line_id="", facts=_told(one.facts))
        found[key] = told if key not in found else _together(found[key], told)
    return list(found.values())


def _told(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if name in _ASKED or name in _OVER_ALL}


def _together(one: PlanReason, other: PlanReason) -> PlanReason:
    """Both as one: the limit that is easier to meet, with the change that meets it."""
    for name, best in _OVER_ALL.items():
        if name in one.facts and name in other.facts and one.facts[name] != other.facts[name]:
            chosen = best(int(one.facts[name]), int(other.facts[name]))
            return one if chosen == int(one.facts[name]) else other
    return one if one.relaxation is not None or other.relaxation is None else other
