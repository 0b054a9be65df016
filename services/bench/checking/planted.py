"""Faults planted into sound plans: a checker that has never been seen to find one is not yet a checker."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.bench.checking.subject import Check
from services.bench.checking.world import CheckedWorld, Taken
from services.capacity.domain.values import ChangeoverRule
from shared.contracts.planning import Limits, PlannedStep, PlannedTrip, RecipeStep

Plant = Callable[[Check], Check | None]
_HOUR = timedelta(hours=1)


def _steps(change: Callable[[PlannedStep], Mapping[str, Any]], which: int = 0) -> Plant:
    """Change one step of the option."""

    def plant(check: Check) -> Check:
        steps = list(check.option.steps)
        steps[which] = msgspec.structs.replace(steps[which], **change(steps[which]))
        return replace(check, option=msgspec.structs.replace(check.option, steps=steps))

    return plant


def _option(change: Callable[[Check], Mapping[str, Any]]) -> Plant:
    return lambda check: replace(check, option=msgspec.structs.replace(check.option, **change(check)))


def _trip(change: Callable[[PlannedTrip], Mapping[str, Any]]) -> Plant:
    """Change the last trip of the option."""

    def plant(check: Check) -> Check:
        trips = list(check.option.trips)
        trips[-1] = msgspec.structs.replace(trips[-1], **change(trips[-1]))
        return replace(check, option=msgspec.structs.replace(check.option, trips=trips))

    return plant


def _line(change: Callable[[RecipeStep], Mapping[str, Any] | None]) -> Plant:
    """Change what the line of the first step that qualifies publishes."""

    def plant(check: Check) -> Check | None:
        for step in check.option.steps:
            changes = change(check.recipe(step))
            if changes is not None:
                lines = dict(check.world.lines)
                lines[step.line_id] = replace(lines[step.line_id], **changes)
                return replace(check, world=CheckedWorld(lines, check.world.taken, check.world.longest))
        return None

    return plant


def _limits(change: Callable[[Check], Limits]) -> Plant:
    return lambda check: replace(check, demand=msgspec.structs.replace(check.demand, limits=change(check)))


def _demand(changes: Mapping[str, Any]) -> Callable[[Check], Check]:
    return lambda check: replace(check, demand=msgspec.structs.replace(check.demand, **changes))


def _lines(changes: Mapping[str, Any]) -> Callable[[Check], Check]:
    """Change all lines of the order."""
    return lambda check: _demand({"lines": [msgspec.structs.replace(one, **changes) for one in check.demand.lines]})(
        check
    )


def _at(starts_at: datetime, which: int) -> Plant:
    return _steps(lambda _: {"starts_at": starts_at, "ends_at": starts_at + _HOUR}, which)


def _fed_too_early(check: Check) -> Check | None:
    """A step that eats another's output begins an hour before it."""
    for which, step in enumerate(check.option.steps):
        if step.feeds_from:
            source = next(one for one in check.option.steps if one.process_id == step.feeds_from[0])
            return _at(source.starts_at - _HOUR, which)(check)
    return None


def _neighbour(features: Mapping[str, str] | None, ends_after: timedelta) -> Plant:
    """Another's firm slot right before the first step that carries a design, reaching *ends_after* into it."""

    def plant(check: Check) -> Check | None:
        for step in check.option.steps:
            recipe = check.recipe(step)
            if "design" not in recipe.features:
                continue
            end = step.starts_at + ends_after
            other = recipe.features if features is None else {**recipe.features, **features}
            taken = {name: list(rows) for name, rows in check.world.taken.items()}
            world = CheckedWorld(check.world.lines, taken, check.world.longest)
            world.take(
                Taken("slt_planted", step.line_id, end - _HOUR, end, 0, recipe.capability, recipe.format, other, None)
            )
            return replace(check, world=world)
        return None

    return plant


def _forbidden(check: Check) -> Check | None:
    """The matrix loses all rules, and another design stands before."""
    changed = _neighbour({"design": "another"}, timedelta())(check)
    ruled = _line(lambda recipe: {"changeovers": (_NEVER,)} if "design" in recipe.features else None)
    return None if changed is None else ruled(changed)


_NEVER = ChangeoverRule("design", "*", "*", None)

PLANTED: Mapping[str, Plant] = {
    "net-quantity": lambda check: (
        _steps(lambda one: {"quantity_net": one.quantity_net + 1})(check) if len(check.option.steps) > 1 else None
    ),
    "gross-quantity": _steps(lambda one: {"quantity_gross": one.quantity_gross + 1}),
    "delivered-quantity": _steps(lambda one: {"quantity_net": one.quantity_net - 1}, -1),
    "part-incomplete": lambda check: (
        _option(lambda it: {"steps": it.option.steps[1:]})(check) if len(check.option.steps) > 1 else None
    ),
    "duration": _steps(lambda one: {"ends_at": one.ends_at - timedelta(seconds=1)}),
    "too-early": lambda check: _steps(lambda _: {"starts_at": check.at - _HOUR})(check),
    "frozen-fence": lambda check: _steps(lambda _: {"starts_at": check.at})(check),
    "lag-min": _fed_too_early,
    "overlap": _neighbour(None, timedelta(minutes=1)),
    "changeover-forbidden": _forbidden,
    "batch-min": _steps(lambda _: {"quantity_gross": 0}),
    "batch-max": lambda check: _steps(lambda _: {"quantity_gross": 10**12})(check) if _is_bounded(check) else None,
    "outside-hours": _line(lambda _: {"offered": ()}),
    "load-cap": lambda check: _line(lambda _: {"load_cap_hours_per_week": 1})(check) if _is_long(check) else None,
    "capability": _line(lambda _: {"capabilities": {}}),
    "licence": _line(lambda recipe: {"licences": ()} if recipe.licence_category else None),
    "food-contact": _line(lambda recipe: {"proofs": ()} if recipe.food_contact else None),
    "excluded-plant": _limits(lambda check: Limits(exclude_plants=[check.option.steps[0].plant_id])),
    "plants-max": _limits(lambda _: Limits(plants_max=0)),
    "price-max": _limits(lambda _: Limits(price_fen_max=0)),
    "price-step": _steps(lambda one: {"price_fen": one.price_fen + 1}),
    "price-total": _option(lambda check: {"price_fen": check.option.price_fen - 1}),
    "vat": _option(lambda check: {"vat_fen": check.option.vat_fen + 1}),
    "promise": _option(lambda check: {"promise_at": check.option.promise_at - _HOUR}),
    "slack": _option(lambda check: {"slack_minutes": check.option.slack_minutes + 60}),
    "transport-time": _trip(lambda one: {"arrives_at": one.arrives_at - _HOUR}),
    "departure": _trip(lambda one: {"departs_at": one.departs_at - 24 * _HOUR}),
    "price-trip": _trip(lambda one: {"price_fen": one.price_fen + 1}),
    "cold-band": _trip(lambda one: {"cold_band": one.cold_band + "0-4"}),
    "cold-lane": _lines({"cold_band": "60-80"}),
    "window": lambda check: _demand({"deliver_from": check.option.promise_at + _HOUR})(check),
    "too-old": lambda check: _demand({"deliver_from": check.option.promise_at})(_lines({"age_hours_max": 0})(check)),
    "waits-too-long": lambda check: _demand({"deliver_from": check.option.promise_at + 100 * 24 * _HOUR})(
        _lines({"wait_hours_max": 24})(check)
    ),
    "delivery": _option(lambda check: {"trips": check.option.trips[:-1]}),
}


def _is_bounded(check: Check) -> bool:
    first = check.option.steps[0]
    return check.world.lines[first.line_id].capabilities[first.capability].batch_max > 0


def _is_long(check: Check) -> bool:
    first = check.option.steps[0]
    return first.ends_at - first.starts_at > 2 * _HOUR
