"""The configurable figures of planning: tax, horizon, lorry loads, how much a day is worth. Data in `rules.yaml`."""

from functools import cache
from pathlib import Path

import msgspec
import yaml

_DATA = Path(__file__).with_name("rules.yaml")


class ColdLanes(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What reefers do: the bands (°C) they keep, and how far they go."""

    bands: tuple[str, ...]
    km_max: int


class PlanningRules(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """*lorry_loads*: unit -> units in one lorry; a unit that is not named rides in one lorry whatever its number.

    *balanced_fen_per_day*: what the balanced option pays to be a day earlier. *labels_max*: alternatives kept for
    one step at one plant. *candidates_max*: lines tried for one step, of more those that finish first and the cheapest.
    *setup_fen_per_hour*: what an hour of set-up weighs beside the price when plans are compared; nobody is charged it.
    *pooled_lead_hours*: until pooled purchases are at the plant. *held_share_ppm*: of the hours a line offers in the next
    *held_window_days* one buyer holds at most so much by several quotes. *hold_minutes_min*: no renewal is held shorter.
    """

    vat_ppm: int
    horizon_days: int
    parts_max: int
    split_run_hours_min: int
    labels_max: int
    candidates_max: int
    balanced_fen_per_day: int
    setup_fen_per_hour: int
    trip_km_max: int
    pooled_lead_hours: int
    better_quantity_times_max: int
    refusals_max: int
    held_share_ppm: int
    held_window_days: int
    hold_minutes_min: int
    lorry_loads: dict[str, int]
    cold_lanes: ColdLanes


def planning_rules_from(text: str) -> PlanningRules:
    """Rules from YAML. Raises msgspec.ValidationError for a missing, unknown or mistyped figure."""
    return msgspec.convert(yaml.safe_load(text), PlanningRules)


@cache
def standard_rules() -> PlanningRules:
    """The figures of `rules.yaml`."""
    return planning_rules_from(_DATA.read_text("utf-8"))
