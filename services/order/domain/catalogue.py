"""What can be ordered: products with option schemas, units and variants of routing. Values only; packs fill them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.planning import RecipeStep
from shared.kernel.refusal import Language


@dataclass(frozen=True, slots=True)
class Named:
    """The two languages of one name."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Option:
    """One choice the buyer makes. *choices*: code -> name, empty for text; *default* "" where it must be given or
    may be left out (*required* tells which).
    """

    code: str
    name: Named
    kind: Literal["choice", "text"]
    choices: Mapping[str, Named]
    default: str
    required: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Options under which the product is not taken on: every option of *when* has one of its values."""

    when: Mapping[str, tuple[str, ...]]
    category: str
    name: Named


@dataclass(frozen=True, slots=True)
class ProductVariant:
    """One way to make the product. *steps* are templates: `$option` in a format or feature is the buyer's choice.

    *when*: the variant is open only while these options have one of these values. *usual_minimum* is a hint.
    """

    code: str
    name: Named
    when: Mapping[str, tuple[str, ...]]
    usual_minimum: int
    steps: tuple[RecipeStep, ...]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How finished goods keep. *wait_days_max*: at the plant, for the lorry to a window; *shelf_life_days* None: for ever;
    *days_left_min*: of it, when the window begins; *cold_band*: °C on the way to the buyer, "" for any; *cold_band_by*:
    option -> choice -> band, where the buyer chooses.
    """

    wait_days_max: int
    shelf_life_days: int | None
    days_left_min: int
    cold_band: str
    cold_band_by: Mapping[str, Mapping[str, str]]

    @property
    def age_days_max(self) -> int | None:
        """How old the goods may be when the window begins."""
        return None if self.shelf_life_days is None else self.shelf_life_days - self.days_left_min

    def band(self, options: Mapping[str, str]) -> str:
        """At how many °C the goods travel to the buyer, who chose *options*."""
        chosen = (bands.get(options.get(code, "")) for code, bands in self.cold_band_by.items())
        return next((one for one in chosen if one), self.cold_band)


@dataclass(frozen=True, slots=True)
class Product:
    """*keeping* None: nothing is known to spoil. *units*: unit code -> base units in one. *pack_version* is the content hash of the pack it came from."""

    product_id: str
    pack: str
    pack_version: str
    name: Named
    kind: Literal["packaging", "drink", "service"]
    licence_category: str
    unit: str
    units: Mapping[str, int]
    options: tuple[Option, ...]
    blocks: tuple[Block, ...]
    lead_days: tuple[int, int]
    variants: tuple[ProductVariant, ...]
    keeping: Keeping | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Something a step eats that no step makes. *buyer_only*: it cannot be pooled, the buyer must bring it.
    *shelf_life_days*: so soon must it be used that the buyer has brought; None: it keeps.
    """

    code: str
    name: Named
    unit: str
    buyer_only: bool
    shelf_life_days: int | None = None


@dataclass(frozen=True, slots=True)
class LabelRule:
    """A label standard in force on [from_on, until_on); *until_on* None: still in force."""

    code: str
    from_on: date
    until_on: date | None
    name: Named

    def holds_on(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


@dataclass(frozen=True, slots=True)
class EntrustedRule:
    """The rule on reports of entrusted production: in force from a date, with the fields such a report has."""

    rule: str
    from_on: date
    fields: tuple[tuple[str, Named], ...]


@dataclass(frozen=True, slots=True)
class CapabilityWords:
    """The vocabulary of one capability: what its steps may name, and lines publish."""

    code: str
    name: Named
    unit: str  # "any": each step says its own
    formats: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All packs together. *versions*: pack -> content hash."""

    versions: Mapping[str, str]
    units: Mapping[str, Named]
    items: Mapping[str, Item]
    capabilities: Mapping[str, CapabilityWords]
    products: Mapping[str, Product]
    label_rules: tuple[LabelRule, ...]
    entrusted: EntrustedRule

    def label_rules_on(self, on: date) -> list[LabelRule]:
        return [one for one in self.label_rules if one.holds_on(on)]
