"""One option under check: the demand, the option, the world it was planned in, and how its steps are looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from services.bench.checking.world import CheckedWorld, Taken
from services.capacity.domain.matching.problem import Demand
from services.capacity.domain.matching.rules import PlanningRules
from shared.contracts.planning import DemandLine, PlannedStep, PlanOption, RecipeStep, Variant


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule, where, and the numbers."""

    rule: str
    where: str
    detail: str


@dataclass(frozen=True)
class Check:
    """One option before it is booked. *at*: when it was planned."""

    demand: Demand
    option: PlanOption
    world: CheckedWorld
    rules: PlanningRules
    at: datetime

    def line(self, step: PlannedStep) -> DemandLine:
        return next(one for one in self.demand.lines if one.order_line_id == step.order_line_id)

    def variant(self, step: PlannedStep) -> Variant:
        return next(one for one in self.line(step).variants if one.code == step.variant)

    def recipe(self, step: PlannedStep) -> RecipeStep:
        return next(one for one in self.variant(step).steps if one.step == step.step)

    def part(self, step: PlannedStep) -> Mapping[str, PlannedStep]:
        """Steps of the same part of the same order line, by step code."""
        whole = (step.order_line_id, step.part)
        return {one.step: one for one in self.option.steps if (one.order_line_id, one.part) == whole}

    def own(self, step: PlannedStep) -> list[Taken]:
        """Other steps of the option on the same line."""
        return [
            self.taken(one) for one in self.option.steps if one.line_id == step.line_id and one.slot_id != step.slot_id
        ]

    def taken(self, step: PlannedStep) -> Taken:
        recipe = self.recipe(step)
        return Taken(
            step.slot_id,
            step.line_id,
            step.starts_at,
            step.ends_at,
            step.setup_seconds,
            recipe.capability,
            recipe.format,
            recipe.features,
            None,
        )


def up(value: Fraction) -> int:
    """The smallest whole number that is not less."""
    return -(-value.numerator // value.denominator)


def broken(rule: str, step: PlannedStep, detail: str) -> Violation:
    return Violation(rule, f"{step.order_line_id}/{step.part}/{step.step} on {step.line_id}", detail)
