"""Checks one option of a plan against every hard rule of the trade and names each rule that it breaks."""

from services.bench.checking.flows import inputs, promise, trips, window
from services.bench.checking.lines import line_rules, neighbours, papers, times
from services.bench.checking.quantities import quantities
from services.bench.checking.subject import Check, Violation, broken
from services.bench.checking.terms import limits, prices


def violations(check: Check) -> list[Violation]:
    """All broken rules; empty for a sound plan."""
    found = [*quantities(check), *limits(check), *prices(check), *trips(check), *promise(check), *window(check)]
    for step in check.option.steps:
        if step.line_id not in check.world.lines:
            found.append(broken("unknown-line", step, step.line_id))
            continue
        line, recipe = check.world.lines[step.line_id], check.recipe(step)
        found += line_rules(check, step, recipe, line)
        found += times(check, step, line)
        found += neighbours(check, step, line)
        found += papers(check, step, recipe, line)
        found += inputs(check, step, recipe)
    return found
