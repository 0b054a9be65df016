"""The words order and capacity plan in: recipes that explode by quantity, limits, planned steps and menu options."""

from datetime import datetime
from typing import Literal

import msgspec

from shared.contracts.reasons import PlanReason, Relaxation

ReplanChoice = Literal["accept", "keep_terms", "take_less", "cancel"]
"""What a buyer may say to a changed plan. `keep_terms` answers a counter-offer: the terms stay as agreed, the next
plant is asked, and who countered is held to its offer when nobody else keeps them. `take_less` answers a make-up run:
the order ends with what there is, and only that is paid.
"""


class Interval(msgspec.Struct, frozen=True, gc=False):
    """Half-open span of time [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime


class Place(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where something is: 6-digit district code of `shared/reference/districts.yaml`, and an address.

    *contact*: whom to call there, name and telephone on a line each. Both are tokens that the order service sealed.
    """

    district: str
    address: str = ""
    contact: str = ""


class RecipeInput(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What one step eats: the good output of *step* of the same recipe, or a bought / buyer-supplied *item*.

    *ratio_num / ratio_den* units of input for one unit of this step's gross quantity. Lags run from the end of the
    feeding step (plus transport) to the start of this one; *lag_minutes_max* None: no upper limit.
    *transfer_quantity* > 0: this step may start once the first transfer batch has arrived. *life_hours_max*: what the buyer
    brings of an *item* must be used so soon after it came; None: it keeps.
    """

    step: str = ""
    item: str = ""
    unit: str = ""
    source: Literal["made", "pooled", "buyer"] = "made"
    ratio_num: int = 1
    ratio_den: int = 1
    lag_minutes_min: int = 0
    lag_minutes_max: int | None = None
    transfer_quantity: int = 0
    cold_band: str = ""
    life_hours_max: int | None = None


class RecipeStep(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One routing step as snapshotted by the order. It names a capability, never a machine.

    gross = ceil((net + fixed_loss) / yield), rounded up to *multiple* (`shared/contracts/explosion.py`).
    *features* drive changeovers, e.g. {"design": …, "colour": "dark", "family": "tea", "sugar": "no"}.
    *last_lag_minutes* is quarantine after the step before its output may leave (release tests).
    """

    step: str
    name_zh: str
    name_en: str
    capability: str
    unit: str
    format: str = ""
    features: dict[str, str] = {}
    inputs: list[RecipeInput] = []
    yield_ppm: int = 1_000_000
    fixed_loss: int = 0
    multiple: int = 1
    licence_category: str = ""  # food licence category detail, e.g. "0603"; "" where none is needed
    food_contact: bool = False  # the plant must hold a valid food-contact proof
    is_print: bool = False  # the colour rule looks at steps that carry the design
    includes_zh: list[str] = []  # operations inside the line, for people
    includes_en: list[str] = []
    sampling_plan: str = ""  # e.g. "GB/T 2828.1 II, AQL 0/0.65/2.5"
    last_lag_minutes: int = 0


class Variant(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One alternative of a routing. *steps* are in topological order; the last one yields the delivered good."""

    code: str
    name_zh: str
    name_en: str
    steps: list[RecipeStep]


class DemandLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One order line to plan: *quantity_net* good units delivered; any of *variants* will do.

    *units*: other units of the product -> base units in one, as snapshotted. *product_zh*, *product_en*, *options* (code ->
    value, free texts such as the artwork's reference among them) tell whoever makes it what it is. *requested_from*,
    *requested_by* and *deliver_to* are the line's own; None: those of the order. *wait_hours_max*: so long finished goods
    may wait for the lorry that arrives within the buyer's window; *age_hours_max*: so long before that window begins their
    shelf life may have begun; None: without bound. *cold_band*: the goods travel to the buyer at so many °C, e.g. "2-8".
    """

    order_line_id: str
    product_id: str
    quantity_net: int
    unit: str
    variants: list[Variant]
    units: dict[str, int] = {}
    requested_from: datetime | None = None
    requested_by: datetime | None = None
    deliver_to: Place | None = None
    product_zh: str = ""
    product_en: str = ""
    options: dict[str, str] = {}
    wait_hours_max: int | None = None
    age_hours_max: int | None = None
    cold_band: str = ""


class Limits(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The buyer's own limits. None or empty: no limit.

    Colour rule: one design printed in two plants needs *delta_e_tenths_max*; *one_plant_only* forbids it.
    *split_ok* lets a line be made as several parts, each a chain of its own over its own plants.
    """

    price_fen_max: int | None = None
    partial_ok: bool = False
    split_ok: bool = True
    one_plant_only: bool = False
    plants_max: int | None = None
    exclude_plants: list[str] = []
    delta_e_tenths_max: int | None = None


class Supply(msgspec.Struct, frozen=True, gc=False):
    """Material the buyer brings (来料): it must be there before the step that eats it starts."""

    item: str
    quantity: int
    unit: str
    arrives_at: datetime


class PlannedStep(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One step of one part on one line. [starts_at, ends_at) is the slot: set-up first, then the run."""

    process_id: str  # derived from order line, part and step: the same step keeps its id over replans
    order_line_id: str
    part: int
    variant: str
    step: str
    capability: str
    plant_id: str
    plant_name: str
    district: str
    line_id: str
    slot_id: str
    quantity_net: int
    quantity_gross: int
    unit: str
    setup_seconds: int
    starts_at: datetime
    ends_at: datetime
    price_fen: int
    feeds_from: list[str]  # process ids whose output this step eats
    factory_org_id: str = ""  # who owns the plant: the other party of an entrusted-production report
    named: bool = False  # the plant lets itself be named before it is booked


class PlannedTrip(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A lorry trip: output of *process_id* to the plant of *to_process_id*, or to the buyer when that is empty."""

    process_id: str
    to_process_id: str
    from_district: str
    to_district: str
    departs_at: datetime
    arrives_at: datetime
    distance_km: int
    price_fen: int
    cold_band: str = ""


class PlanOption(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One way to make the order. *labels* of fastest, cheapest, balanced, fewest_plants. Prices before VAT.

    *slack_minutes* before the requested date (negative: late). *binding* says what keeps it from being earlier.
    An indicative option of an inquiry has no steps and no trips; *districts*, *variants* and *named_plants* stand for
    them, and its promise is the end of a local day.
    """

    option_id: str
    labels: list[str]
    price_fen: int
    vat_fen: int
    promise_at: datetime
    slack_minutes: int
    plants: int
    steps: list[PlannedStep]
    trips: list[PlannedTrip]
    binding: PlanReason | None = None
    better_if: Relaxation | None = None
    districts: list[str] = []
    variants: list[str] = []
    named_plants: list[str] = []
