"""Authority on changeovers: how long a line needs from one run to the next, by an asymmetric matrix of features.

Rules of the feature `base` cost their minutes once whenever anything changes. `format` and `capability` of a run are
compared only where the line has rules for them. Nothing changed costs nothing; an unknown run before costs the base.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from services.capacity.domain.values import ChangeoverRule

BASE = "base"
ANY = "*"
_IMPLIED = ("capability", "format")
_SECONDS_PER_MINUTE = 60


class Run(NamedTuple):
    """What a line is made ready for. *features*: (name, value) pairs, ascending by name. Hashable, interned."""

    capability: str
    format: str
    features: tuple[tuple[str, str], ...]


def run_of(capability: str, format_code: str, features: Mapping[str, str]) -> Run:
    """The run of a recipe step."""
    return Run(capability, format_code, tuple(sorted(features.items())))


@dataclass(frozen=True)
class Changeovers:
    """The matrix of one line. Answers are remembered, since a line meets few different runs."""

    rules: tuple[ChangeoverRule, ...]

    @cached_property
    def _by_feature(self) -> Mapping[str, Sequence[ChangeoverRule]]:
        found: dict[str, list[ChangeoverRule]] = {}
        for rule in self.rules:
            found.setdefault(rule.feature, []).append(rule)
        return found

    @cached_property
    def base_seconds(self) -> int:
        """Cost of any change at all; the dearest `base` rule when several are named."""
        return max((rule.minutes or 0 for rule in self._by_feature.get(BASE, ())), default=0) * _SECONDS_PER_MINUTE

    @cached_property
    def _answers(self) -> dict[tuple[Run, Run, bool], int | None]:
        return {}

    def seconds(self, before: Run | None, after: Run, *, same_day: bool) -> int | None:
        """Set-up seconds from *before* (None: unknown) to *after*; None: forbidden.

        *same_day*: the two runs touch one local day, so prohibitions of one day hold as well.
        """
        if before is None:
            return self.base_seconds
        if before == after:
            return 0
        key = (before, after, same_day)
        if key not in self._answers:
            self._answers[key] = self._compute(before, after, same_day=same_day)
        return self._answers[key]

    def _compute(self, before: Run, after: Run, *, same_day: bool) -> int | None:
        changed = self._changes(before, after)
        if not changed:
            return 0
        total = self.base_seconds
        for feature, was, becomes in changed:
            minutes = _minutes(self._by_feature.get(feature, ()), was, becomes, same_day=same_day)
            if minutes is None:
                return None
            total += minutes * _SECONDS_PER_MINUTE
        return total

    def _changes(self, before: Run, after: Run) -> list[tuple[str, str, str]]:
        """(feature, value before, value after) of all that differ; a feature that one run lacks has the value ""."""
        was, becomes = dict(before.features), dict(after.features)
        for name in _IMPLIED:
            if name in self._by_feature:
                was.setdefault(name, getattr(before, name))
                becomes.setdefault(name, getattr(after, name))
        names = sorted(was.keys() | becomes.keys())
        pairs = ((name, was.get(name, ""), becomes.get(name, "")) for name in names)
        return [(name, old, new) for name, old, new in pairs if old != new]


def _minutes(rules: Iterable[ChangeoverRule], was: str, becomes: str, *, same_day: bool) -> int | None:
    """Minutes of the most specific rule; of two alike a prohibition wins. None: forbidden, or no rule at all.

    A prohibition for one day says nothing about other days: there the next rule decides, or, when there is none,
    the change is free.
    """
    fitting = [rule for rule in rules if rule.from_value in (was, ANY) and rule.to_value in (becomes, ANY)]
    holding = [rule for rule in fitting if same_day or not rule.same_day_only]
    if not holding:
        return 0 if fitting else None
    chosen = max(holding, key=lambda rule: (rule.from_value != ANY, rule.to_value != ANY, rule.minutes is None))
    return chosen.minutes
