"""The backward explosion of a recipe by quantity. Order shows it, capacity plans with it: one formula, one place."""

from dataclasses import dataclass

from shared.contracts.planning import RecipeStep
from shared.kernel.rounding import PPM, ceil_div, ceil_to_multiple


@dataclass(frozen=True, slots=True)
class StepQuantities:
    """What one step must yield (*net*) and must start with (*gross*), in the step's own unit."""

    net: int
    gross: int


@dataclass(frozen=True, slots=True)
class Need:
    """How much of an input a step eats: *step* or *item* as in its RecipeInput."""

    by_step: str
    step: str
    item: str
    source: str
    unit: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Explosion:
    """*steps*: step code -> quantities, in recipe order; *needs*: every input of every step."""

    steps: dict[str, StepQuantities]
    needs: tuple[Need, ...]


def gross_quantity(net: int, fixed_loss: int, yield_ppm: int, multiple: int) -> int:
    """Units to start so that *net* good ones come out: ceil((net + fixed_loss) / yield), up to *multiple*.

    Raises ValueError when the yield is not in 1..1,000,000 ppm or another argument is negative.
    """
    if not 0 < yield_ppm <= PPM or net < 0 or fixed_loss < 0 or multiple < 1:
        raise ValueError(
            f"expected 0 < yield <= {PPM} ppm and no negatives: {net=} {fixed_loss=} {yield_ppm=} {multiple=}"
        )
    return ceil_to_multiple(ceil_div((net + fixed_loss) * PPM, yield_ppm), multiple)


def explode(steps: list[RecipeStep], delivered: int) -> Explosion:
    """Quantities of every step so that the last one yields *delivered* good units.

    *steps* are in topological order (inputs name earlier steps only); a step that feeds two others makes the sum
    of what they eat. Raises ValueError for an unknown or later input, or when nothing eats an earlier step.
    """
    if not steps:
        raise ValueError("expected at least one step")
    known = [one.step for one in steps]
    net: dict[str, int] = {steps[-1].step: delivered}
    found: dict[str, StepQuantities] = {}
    needs: list[Need] = []
    for index in range(len(steps) - 1, -1, -1):
        step = steps[index]
        if step.step not in net:
            raise ValueError(f"expected a later step to eat the output of {step.step!r}, found none")
        gross = gross_quantity(net[step.step], step.fixed_loss, step.yield_ppm, step.multiple)
        found[step.step] = StepQuantities(net[step.step], gross)
        for one in step.inputs:
            quantity = ceil_div(gross * one.ratio_num, one.ratio_den)
            needs.append(Need(step.step, one.step, one.item, one.source, one.unit, quantity))
            if one.step:
                if one.step not in known[:index]:
                    raise ValueError(f"{step.step!r} eats {one.step!r}, which is not an earlier step")
                net[one.step] = net.get(one.step, 0) + quantity
    return Explosion({one.step: found[one.step] for one in steps}, tuple(needs))
