"""Chains routes into the steps of one variant: `previous` resolved, every code held against the vocabulary."""

from collections.abc import Mapping, Sequence
from typing import Literal

from services.order.domain.catalogue import Option
from services.order.packs.faults import Spot
from services.order.packs.shapes import InputShape, ProcessShape, StepShape
from services.order.packs.shelf import Shelf
from shared.contracts.planning import RecipeInput, RecipeStep

_DAY_HOURS = 24


def chain(file: str, use: Sequence[str], options: Mapping[str, Option], shelf: Shelf) -> tuple[RecipeStep, ...]:
    """The steps of the routes in *use*, one after another. Raises PackFault."""
    steps: list[RecipeStep] = []
    for route in use:
        previous = steps[-1].step if steps else ""
        for index, shape in enumerate(shelf.routes[route]):
            spot = Spot(file) / "routes" / route / index
            (spot / "process").expect_known(shape.process, shelf.processes)
            process = shelf.processes[shape.process]
            _check_words(spot, shape, options, shelf)
            if any(one.step == shape.step for one in steps):
                raise (spot / "step").fault(f"expected each step once in a variant, found {shape.step!r}")
            inputs = [
                _input(spot / "inputs" / number, one, previous, steps, shelf) for number, one in enumerate(shape.inputs)
            ]
            steps.append(_step(spot, shape, process, inputs))
    return tuple(steps)


def _check_words(spot: Spot, shape: StepShape, options: Mapping[str, Option], shelf: Shelf) -> None:
    """Formats and features of a step must be of the vocabulary of its capability, or of an option that is."""
    process = shelf.processes[shape.process]
    for code in _values(spot / "format", shape.format, options):
        if code not in process.formats:
            raise (spot / "format").fault(f"expected one of {process.formats}, found {code!r}")
    if set(shape.features) != set(process.features):
        raise (spot / "features").fault(f"expected exactly {sorted(process.features)}, found {sorted(shape.features)}")
    for code, text in shape.features.items():
        allowed = shelf.features[code].values
        for value in _values(spot / "features" / code, text, options):
            if allowed and value not in allowed:
                raise (spot / "features" / code).fault(f"expected one of {allowed}, found {value!r}")


def _values(spot: Spot, text: str, options: Mapping[str, Option]) -> list[str]:
    """All values *text* can take: itself, or every choice of the option it names; none for a text option."""
    if not text.startswith("$"):
        return [text]
    option = options.get(text[1:])
    if option is None:
        raise spot.fault(f"a product that uses this route has no option {text[1:]!r}")
    if not (option.required or option.default):
        raise spot.fault(f"option {option.code!r} may be left out and has no default")
    return list(option.choices)


def _input(spot: Spot, shape: InputShape, previous: str, steps: Sequence[RecipeStep], shelf: Shelf) -> RecipeInput:
    if bool(shape.step) == bool(shape.item):
        raise spot.fault("expected either a step or an item")
    num, den = (int(part) for part in shape.ratio.split("/"))
    step = previous if shape.step == "previous" else shape.step
    source: Literal["made", "pooled", "buyer"] = "made"
    life = None
    if shape.item:
        life = shelf.items[shape.item].shelf_life_days if shape.item in shelf.items else None
        (spot / "item").expect_known(shape.item, shelf.items)
        unit, source = shelf.items[shape.item].unit, "buyer" if shelf.items[shape.item].buyer_only else "pooled"
    else:
        eaten = next((one for one in steps if one.step == step), None)
        if eaten is None:
            raise (spot / "step").fault(f"expected an earlier step, found {shape.step!r}")
        unit = eaten.unit
    return RecipeInput(
        step=step,
        item=shape.item,
        unit=unit,
        source=source,
        ratio_num=num,
        ratio_den=den,
        lag_minutes_min=shape.lag_minutes_min,
        lag_minutes_max=shape.lag_minutes_max,
        transfer_quantity=shape.transfer_quantity,
        cold_band=shape.cold_band,
        life_hours_max=None if life is None else life * _DAY_HOURS,
    )


def _step(spot: Spot, shape: StepShape, process: ProcessShape, inputs: list[RecipeInput]) -> RecipeStep:
    unit = shape.unit or process.unit
    if unit == "any" or process.unit not in {"any", unit}:
        raise (spot / "unit").fault(f"expected the unit of the process ({process.unit}), found {unit!r}")
    return RecipeStep(
        step=shape.step,
        name_zh=process.zh,
        name_en=process.en,
        capability=shape.process,
        unit=unit,
        format=shape.format,
        features=dict(shape.features),
        inputs=inputs,
        yield_ppm=process.yield_ppm if shape.yield_ppm is None else shape.yield_ppm,
        fixed_loss=process.fixed_loss if shape.fixed_loss is None else shape.fixed_loss,
        multiple=process.multiple if shape.multiple is None else shape.multiple,
        licence_category=shape.licence_category,
        food_contact=process.food_contact,
        is_print=process.is_print,
        includes_zh=list(process.includes.zh),
        includes_en=list(process.includes.en),
        sampling_plan=process.sampling_plan,
        last_lag_minutes=shape.last_lag_minutes,
    )
