"""The buyer's limits and the arithmetic of prices and tax."""

from collections.abc import Iterator
from fractions import Fraction

from services.bench.checking.subject import Check, Violation, broken
from shared.reference.capabilities import makes


def limits(check: Check) -> Iterator[Violation]:
    limits, option = check.demand.limits, check.option
    plants = {step.plant_id for step in option.steps}
    if option.plants != len(plants):
        yield Violation("plants", option.option_id, f"{option.plants} said, {len(plants)} found")
    if limits.plants_max is not None and len(plants) > limits.plants_max:
        yield Violation("plants-max", option.option_id, f"{len(plants)} > {limits.plants_max}")
    if limits.price_fen_max is not None and option.price_fen > limits.price_fen_max:
        yield Violation("price-max", option.option_id, f"{option.price_fen} > {limits.price_fen_max}")
    if not limits.split_ok and any(step.part != 1 for step in option.steps):
        yield Violation("split", option.option_id, "split though it may not be")
    yield from _one_plant(check)
    if limits.one_plant_only or limits.delta_e_tenths_max is None:
        designs: dict[str, set[str]] = {}
        for step in option.steps:
            recipe = check.recipe(step)
            if recipe.is_print:
                designs.setdefault(recipe.features.get("design") or step.order_line_id, set()).add(step.plant_id)
        for design, where in designs.items():
            if len(where) > 1:
                yield Violation("colour", design, f"printed in {sorted(where)}")


def _one_plant(check: Check) -> Iterator[Violation]:
    makers = {step.plant_id for step in check.option.steps if makes(step.capability)}
    if check.demand.limits.one_plant_only and len(makers) > 1:
        yield Violation("one-plant", check.option.option_id, f"made in {sorted(makers)}")


def prices(check: Check) -> Iterator[Violation]:
    total = sum(step.price_fen for step in check.option.steps) + sum(trip.price_fen for trip in check.option.trips)
    if total != check.option.price_fen:
        yield Violation("price-total", check.option.option_id, f"{check.option.price_fen} said, {total} added up")
    vat = Fraction(check.option.price_fen * check.rules.vat_ppm, 1_000_000)
    if check.option.vat_fen != int(vat + Fraction(1, 2)):
        yield Violation("vat", check.option.option_id, f"{check.option.vat_fen} for {check.option.price_fen}")
    for step in check.option.steps:
        line = check.world.lines.get(step.line_id)
        price = None if line is None else line.prices.get(step.capability)
        if price is None:
            yield broken("price-step", step, "no price published")
            continue
        thousands = int(Fraction(step.quantity_net * price.fen_per_thousand, 1_000) + Fraction(1, 2))
        if step.price_fen != max(price.minimum_fen, price.setup_fen + thousands):
            yield broken("price-step", step, str(step.price_fen))
