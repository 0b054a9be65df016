"""The process tree of an order: as exploded from its snapshot before a plan is booked, as booked and moving after."""

from services.order.api.orders_shown import running_of
from services.order.api.reasons_shown import Shown
from services.order.domain.changing import body_of
from services.order.domain.situations import Body, Order, Running
from services.order.domain.values import OrderLine
from shared.contracts.explosion import explode
from shared.contracts.planning import PlannedStep, RecipeStep, Variant
from shared.kernel.units import Quantity


def processes_shown(order: Order) -> list[Shown]:
    running = running_of(order)
    if running is None:
        return [row for line in body_of(order).lines for row in _line_exploded(line)]
    return [_booked(one, running) for one in running.promise.steps]


def _line_exploded(line: OrderLine) -> list[Shown]:
    return [row for variant in line.demand.variants for row in _variant_exploded(line, variant)]


def _variant_exploded(line: OrderLine, variant: Variant) -> list[Shown]:
    quantities = explode(variant.steps, line.demand.quantity_net).steps
    return [
        {
            "id": None,
            "order_line_id": line.demand.order_line_id,
            "variant": variant.code,
            "part": 1,
            "quantity_net": Quantity(quantities[step.step].net, step.unit),
            "quantity_gross": Quantity(quantities[step.step].gross, step.unit),
            "state": "proposed",
            "plant": None,
            "starts_at": None,
            "ends_at": None,
            **_recipe_shown(step),
            **_output(0, 0, 0, step.unit),
        }
        for step in variant.steps
    ]


def _booked(step: PlannedStep, running: Running) -> Shown:
    work = running.work.get(step.process_id)
    recipe = recipe_of(step, running.body)
    shown = {
        "id": step.process_id,
        "order_line_id": step.order_line_id,
        "variant": step.variant,
        "part": step.part,
        "step": step.step,
        "name": {"zh": step.capability, "en": step.capability},
        "capability": step.capability,
        "quantity_net": Quantity(step.quantity_net, step.unit),
        "quantity_gross": Quantity(step.quantity_gross, step.unit),
        "eats": [],
        "includes_zh": [],
        "includes_en": [],
        "sampling_plan": None,
        "state": "confirmed" if work is None else work.state,
        "plant": step.plant_name,
        "starts_at": step.starts_at,
        "ends_at": step.ends_at,
        **_output(*((0, 0, 0) if work is None else (work.good, work.scrap, work.rework)), step.unit),
    }
    return shown if recipe is None else {**shown, **_recipe_shown(recipe)}


def recipe_of(step: PlannedStep, body: Body) -> RecipeStep | None:
    """The snapshot's step that *step* carries out."""
    line = body.line(step.order_line_id)
    if line is None:
        return None
    steps = [one for variant in line.demand.variants if variant.code == step.variant for one in variant.steps]
    return next((one for one in steps if one.step == step.step), None)


def _recipe_shown(step: RecipeStep) -> Shown:
    return {
        "step": step.step,
        "name": {"zh": step.name_zh, "en": step.name_en},
        "capability": step.capability,
        "eats": [one.step or one.item for one in step.inputs],
        "includes_zh": list(step.includes_zh),
        "includes_en": list(step.includes_en),
        "sampling_plan": step.sampling_plan or None,
    }


def _output(good: int, scrap: int, rework: int, unit: str) -> Shown:
    return {"good": Quantity(good, unit), "scrap": Quantity(scrap, unit), "rework": Quantity(rework, unit)}
