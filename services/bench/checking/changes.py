"""Changeovers as the checker reads the matrix: rule by rule, nothing remembered."""

from collections.abc import Sequence
from datetime import timedelta

from services.bench.checking.world import Taken
from services.capacity.domain.values import ChangeoverRule
from shared.kernel.clock import LOCAL_ZONE

_SPECIFICITY = ((False, False), (True, False), (False, True), (True, True))  # (from is *, to is *), most specific first


def setup_seconds(rules: Sequence[ChangeoverRule], before: Taken | None, after: Taken) -> int | None:
    """Seconds from one run to the next; None: forbidden. An unknown run before costs the base."""
    base = max([0, *(rule.minutes or 0 for rule in rules if rule.feature == "base")])
    if before is None:
        return base * 60
    named = {rule.feature for rule in rules}
    features = set(before.features) | set(after.features) | ({"capability", "format"} & named)
    minutes, changed = 0, False
    for feature in features:
        was, becomes = _value(before, feature), _value(after, feature)
        if was == becomes:
            continue
        changed = True
        found = _ruling([rule for rule in rules if rule.feature == feature], was, becomes, _one_day(before, after))
        if found is None:
            return None
        minutes += found
    return (base + minutes) * 60 if changed else 0


def _value(run: Taken, feature: str) -> str:
    if feature in run.features:
        return run.features[feature]
    return {"capability": run.capability, "format": run.format}.get(feature, "")


def _one_day(before: Taken, after: Taken) -> bool:
    last = (before.ends_at - timedelta(microseconds=1)).astimezone(LOCAL_ZONE).date()
    return last == after.starts_at.astimezone(LOCAL_ZONE).date()


def _ruling(rules: Sequence[ChangeoverRule], was: str, becomes: str, one_day: bool) -> int | None:  # noqa: FBT001 - read where it is called
    fitting = 0
    for from_any, to_any in _SPECIFICITY:
        row = [
            rule
            for rule in rules
            if rule.from_value == ("*" if from_any else was) and rule.to_value == ("*" if to_any else becomes)
        ]
        fitting += len(row)
        holding = [rule for rule in row if one_day or not rule.same_day_only]
        if any(rule.minutes is None for rule in holding):
            return None
        if holding:
            return holding[0].minutes
    return 0 if fitting else None
