"""What the packs read so far have named: units, features, formats, items, processes, routes and options."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.order.domain.catalogue import CapabilityWords, EntrustedRule, Item, LabelRule, Named
from services.order.packs.faults import Spot
from services.order.packs.shapes import FeatureShape, NamedShape, OptionShape, PackShape, ProcessShape, StepShape


@dataclass
class Shelf:
    """Later packs may use what stands here; none may name it again."""

    units: dict[str, Named] = field(default_factory=dict)
    features: dict[str, FeatureShape] = field(default_factory=dict)
    formats: dict[str, Named] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    processes: dict[str, ProcessShape] = field(default_factory=dict)
    routes: dict[str, list[StepShape]] = field(default_factory=dict)
    options: dict[str, OptionShape] = field(default_factory=dict)
    label_rules: list[LabelRule] = field(default_factory=list)
    entrusted: EntrustedRule | None = None

    def capabilities(self) -> dict[str, CapabilityWords]:
        return {
            code: CapabilityWords(code, named(one), one.unit, tuple(one.formats), tuple(one.features))
            for code, one in self.processes.items()
        }


def named(shape: NamedShape) -> Named:
    return Named(shape.zh, shape.en)


def shelve(file: str, pack: PackShape, shelf: Shelf) -> None:
    """Put what *pack* names on the shelf. Raises PackFault for a code that is taken or names nothing known."""
    root = Spot(file)
    _expect_new(root / "units", pack.units, shelf.units)
    _expect_new(root / "features", pack.features, shelf.features)
    _expect_new(root / "formats", pack.formats, shelf.formats)
    _expect_new(root / "items", pack.items, shelf.items)
    _expect_new(root / "processes", pack.processes, shelf.processes)
    _expect_new(root / "routes", pack.routes, shelf.routes)
    _expect_new(root / "options", pack.options, shelf.options)
    shelf.units.update({code: named(one) for code, one in pack.units.items()})
    shelf.features.update(pack.features)
    shelf.formats.update({code: named(one) for code, one in pack.formats.items()})
    for code, item in pack.items.items():
        (root / "items" / code / "unit").expect_known(item.unit, shelf.units)
        shelf.items[code] = Item(code, named(item), item.unit, item.buyer_only, item.shelf_life_days)
    for code, process in pack.processes.items():
        _check_process(root / "processes" / code, process, shelf)
        shelf.processes[code] = process
    shelf.routes.update(pack.routes)
    for code, option in pack.options.items():
        _check_option(root / "options" / code, option)
        shelf.options[code] = option
    shelf.label_rules += [LabelRule(one.code, one.from_on, one.until_on, named(one)) for one in pack.label_rules]
    if pack.entrusted_production is not None:
        rule = pack.entrusted_production
        shelf.entrusted = EntrustedRule(rule.rule, rule.from_on, tuple((one.code, named(one)) for one in rule.fields))


def _expect_new(spot: Spot, added: Iterable[str], known: Iterable[str]) -> None:
    for code in sorted(set(added) & set(known)):
        raise (spot / code).fault("this code is taken by a pack read before")


def _check_process(spot: Spot, process: ProcessShape, shelf: Shelf) -> None:
    if process.unit != "any":
        (spot / "unit").expect_known(process.unit, shelf.units)
    # A capability may name formats of a trade that comes later (the laboratory's benches), so the list is held
    # against its own steps only.
    if len(process.formats) != len(set(process.formats)):
        raise (spot / "formats").fault(f"expected each format once, found {process.formats}")
    for index, code in enumerate(process.features):
        (spot / "features" / index).expect_known(code, shelf.features)
    if len(process.includes.zh) != len(process.includes.en):
        raise (spot / "includes").fault("expected as many operations in zh as in en")


def _check_option(spot: Spot, option: OptionShape) -> None:
    if option.kind == "text" and (option.choices or option.default):
        raise spot.fault("a text option has neither choices nor a default")
    if option.kind == "choice" and not option.choices:
        raise (spot / "choices").fault("expected at least one choice")
    if option.default and option.default not in option.choices:
        raise (spot / "default").fault(f"expected one of {sorted(option.choices)}, found {option.default!r}")
