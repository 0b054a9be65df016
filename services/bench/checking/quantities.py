"""Material balance: parts are whole, every step yields exactly what is eaten, gross follows from net."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from services.bench.checking.subject import Check, Violation, broken, up
from shared.contracts.planning import PlannedStep, RecipeStep, Variant

BALANCE = frozenset({"gross-quantity", "net-quantity", "delivered-quantity", "part-incomplete"})


def quantities(check: Check) -> Iterator[Violation]:
    """Material balance: each part is whole, each step yields exactly what the next ones eat, parts add up."""
    for line in check.demand.lines:
        mine = [one for one in check.option.steps if one.order_line_id == line.order_line_id]
        delivered = 0
        for number in sorted({one.part for one in mine}):
            part = {one.step: one for one in mine if one.part == number}
            variant = check.variant(next(iter(part.values())))
            if set(part) != {one.step for one in variant.steps}:
                yield Violation("part-incomplete", f"{line.order_line_id}/{number}", str(sorted(part)))
                continue
            delivered += part[variant.steps[-1].step].quantity_net
            yield from _balance(check, variant, part)
        if delivered != line.quantity_net:
            yield Violation("delivered-quantity", line.order_line_id, f"{delivered} of {line.quantity_net}")


def _balance(check: Check, variant: Variant, part: Mapping[str, PlannedStep]) -> Iterator[Violation]:
    for i, recipe in enumerate(variant.steps):
        step = part[recipe.step]
        eaten = [
            up(Fraction(part[other.step].quantity_gross * one.ratio_num, one.ratio_den))
            for other in variant.steps[i + 1 :]
            for one in other.inputs
            if one.step == recipe.step
        ]
        if eaten and sum(eaten) != step.quantity_net:
            yield broken("net-quantity", step, f"{step.quantity_net} made, {sum(eaten)} eaten")
        least = up(Fraction((step.quantity_net + recipe.fixed_loss) * 1_000_000, recipe.yield_ppm))
        multiple = _multiple(check, step, recipe)
        if step.quantity_gross != up(Fraction(least, multiple)) * multiple:
            yield broken("gross-quantity", step, f"{step.quantity_gross} for at least {least} by {multiple}")


def _multiple(check: Check, step: PlannedStep, recipe: RecipeStep) -> int:
    """The recipe's multiple, or the least that also suits the line, whichever the step was rounded to."""
    line = check.world.lines.get(step.line_id)
    own = (
        1
        if line is None or recipe.capability not in line.capabilities
        else (line.capabilities[recipe.capability].multiple)
    )
    common = recipe.multiple
    while common % own:
        common += recipe.multiple
    return common
