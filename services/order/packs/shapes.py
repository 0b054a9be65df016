"""The shape of a pack file: what keys there are and what they hold. Unknown keys are refused by path."""

from datetime import date
from typing import Annotated, Literal

import msgspec

Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,40}$")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Ppm = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=60 * 24 * 60)]
Band = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{1,2}-[0-9]{1,2})?$")]
Ratio = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$")]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all shapes: a key nobody knows is a mistake, not a wish."""


class NamedShape(Shape, frozen=True):
    zh: Words
    en: Words


class FeatureShape(NamedShape, frozen=True):
    values: list[str]


class ItemShape(NamedShape, frozen=True):
    unit: Code
    buyer_only: bool
    shelf_life_days: Positive | None = None


class IncludesShape(Shape, frozen=True):
    zh: list[Words]
    en: list[Words]


class ProcessShape(NamedShape, frozen=True):
    unit: Code
    formats: Annotated[list[Code], msgspec.Meta(min_length=1)]
    features: list[Code]
    yield_ppm: Ppm
    fixed_loss: Count
    sampling_plan: str
    includes: IncludesShape
    multiple: Positive = 1
    food_contact: bool = False
    is_print: bool = False


class InputShape(Shape, frozen=True):
    """Exactly one of *step* and *item*; *ratio* is units of input for one unit of the step, as `330/1`."""

    step: str = ""
    item: str = ""
    ratio: Ratio = "1/1"
    lag_minutes_min: Minutes = 0
    lag_minutes_max: Minutes | None = None
    transfer_quantity: Count = 0
    cold_band: str = ""


class StepShape(Shape, frozen=True):
    step: Code
    process: Code
    format: str
    features: dict[Code, str] = {}
    unit: str = ""
    inputs: list[InputShape] = []
    yield_ppm: Ppm | None = None
    fixed_loss: Count | None = None
    multiple: Positive | None = None
    licence_category: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4})?$")] = ""
    last_lag_minutes: Minutes = 0


class OptionShape(NamedShape, frozen=True):
    kind: Literal["choice", "text"]
    default: str = ""
    choices: dict[str, NamedShape] = {}


class BlockShape(NamedShape, frozen=True):
    when: dict[Code, list[str]]
    category: str


class KeepingShape(Shape, frozen=True):
    """How the finished goods keep. *wait_days_max*: at the plant, for the lorry to a window the buyer asked for.
    *days_left_min*: of the shelf life, when that window begins. *cold_band*: °C on the way to the buyer; *cold_band_by*:
    option -> choice -> band, where the buyer chooses it.
    """

    wait_days_max: Count
    shelf_life_days: Positive | None = None
    days_left_min: Count = 0
    cold_band: Band = ""
    cold_band_by: dict[Code, dict[str, Band]] = {}


class VariantShape(NamedShape, frozen=True):
    code: Code
    use: Annotated[list[Code], msgspec.Meta(min_length=1)]
    usual_minimum: Positive
    when: dict[Code, list[str]] = {}


class ProductShape(NamedShape, frozen=True):
    kind: Literal["packaging", "drink", "service"]
    unit: Code
    units: dict[Code, Positive]
    options: dict[Code, Literal["required", "optional"]]
    lead_days: tuple[Positive, Positive]
    variants: Annotated[list[VariantShape], msgspec.Meta(min_length=1)]
    licence_category: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4})?$")] = ""
    blocks: list[BlockShape] = []
    keeping: KeepingShape | None = None


class LabelRuleShape(NamedShape, frozen=True, rename={"from_on": "from", "until_on": "until"}):
    code: str
    from_on: date
    until_on: date | None = None


class FieldShape(NamedShape, frozen=True):
    code: Code


class EntrustedShape(Shape, frozen=True, rename={"from_on": "from"}):
    rule: str
    from_on: date
    fields: list[FieldShape]


class PackShape(NamedShape, frozen=True):
    """One file. *needs*: packs whose units, formats, routes and options this one uses; they are read first."""

    pack: Code
    needs: list[Code]
    units: dict[Code, NamedShape]
    features: dict[Code, FeatureShape]
    formats: dict[Code, NamedShape]
    items: dict[Code, ItemShape]
    processes: dict[Code, ProcessShape]
    routes: dict[Code, Annotated[list[StepShape], msgspec.Meta(min_length=1)]]
    options: dict[Code, OptionShape]
    products: dict[Code, ProductShape]
    label_rules: list[LabelRuleShape] = []
    entrusted_production: EntrustedShape | None = None
